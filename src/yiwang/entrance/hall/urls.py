"""Routes of the hall."""

from __future__ import annotations

from django.urls import path

from yiwang.entrance.hall import (
    open_form,
    places,
    printed,
    reader,
    screen,
    tickets,
    today,
    turn,
    turn_acts,
    window,
)

_TURN = "hall/turns/<str:turn_key>"

urlpatterns = [
    path("hall/", window.show_window),
    path("hall/counters/<str:counter_key>/begin/", window.begin),
    *(
        path(f"hall/counters/<str:counter_key>/{act}/", places.take_act, {"act": act})
        for act in ("close", "relieve")
    ),
    *(path(f"hall/{act}/", window.take_act, {"act": act}) for act in window.ACTS),
    path("hall/pair/", window.pair),
    path("hall/tickets/<str:ticket_key>/call/", window.call_ticket),
    path("hall/today/", today.show_day),
    path("hall/places/", places.show_places),
    path("hall/reader/", reader.show_reader),
    path("hall/consultations/<str:consultation_key>/", printed.show_notice),
    path(f"{_TURN}/", turn.show_turn),
    path(f"{_TURN}/print/", printed.show_form),
    path(f"{_TURN}/letters/<str:letter_key>/", printed.show_letter),
    path(f"{_TURN}/step/all/", open_form.whole),
    path(f"{_TURN}/step/all/save/", open_form.save),
    path(f"{_TURN}/step/all/prefill/", open_form.prefill),
    path(f"{_TURN}/step/all/look-up/<str:field>/", open_form.look_up),
    path(f"{_TURN}/files/<str:field>/", open_form.upload),
    *(path(f"{_TURN}/{act}/", turn_acts.take_act, {"act": act}) for act in turn_acts.ACTS),
    path("screen/", screen.show_screen),
    path("screen/now/", screen.show_now),
    path("screen/pair/", screen.pair),
    path("screen/sign/", screen.sign),
    path("halls/<str:hall_key>/", tickets.take),
    path("halls/<str:hall_key>/board/", tickets.board),
    path("halls/<str:hall_key>/tickets/<str:ticket_key>/", tickets.show_ticket),
]
