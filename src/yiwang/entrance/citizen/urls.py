"""Routes of the citizens' pages. The addresses are agreed in docs/contracts.md."""

from __future__ import annotations

from django.urls import path

from yiwang.entrance.citizen import (
    acts,
    duties,
    figures,
    holdings,
    home,
    house,
    inbox,
    items,
    laws,
    my,
    progress,
    reads,
    results,
    reviews,
    sign_in,
    sms_simulator,
    staff_sign_in,
)

app_name = "citizen"
urlpatterns = [
    path("", home.home, name="home"),
    path("sign-in/", sign_in.sign_in, name="sign-in"),
    path("sign-in/code/", sign_in.send_code, name="send-code"),
    path("sign-in/firm/", sign_in.choose_firm, name="choose-firm"),
    path("sign-out/", sign_in.sign_out, name="sign-out"),
    path("staff/sign-in/", staff_sign_in.staff_sign_in, name="staff-sign-in"),
    path("sample/sms/", sms_simulator.sms, name="sms-simulator"),
    path("search/", home.search, name="search"),
    path("search/suggest/", home.suggest, name="suggest"),
    path("division/", home.division, name="division"),
    path("departments/", home.departments, name="departments"),
    path("items/", items.items, name="items"),
    path("persons/", items.persons, name="persons"),
    path("firms/", items.firms, name="firms"),
    path("items/<str:code>/", items.guide, name="guide"),
    path("items/<str:code>/short/", items.short, name="short"),
    path("laws/", laws.library, name="laws"),
    path("laws/law/", laws.law, name="law"),
    path("house/", house.house, name="house"),
    path("figures/", figures.figures, name="figures"),
    path("my/", my.space, name="my"),
    path("my/cases/<str:key>/", progress.progress, name="progress"),
    path("my/cases/<str:key>/withdraw/", acts.withdraw, name="withdraw"),
    path("my/cases/<str:key>/ask-person/", acts.ask_for_person, name="ask-person"),
    path("my/cases/<str:key>/correct/", acts.correct, name="correct"),
    path("my/licences/", holdings.holdings, name="licences"),
    *results.urlpatterns,
    *reviews.urlpatterns,
    path("my/messages/", inbox.inbox, name="messages"),
    path("my/messages/read/", inbox.read_all, name="messages-read"),
    path("my/reads/", reads.reads, name="reads"),
    path("accessibility/", duties.accessibility, name="accessibility"),
    path("privacy/", duties.privacy, name="privacy"),
    path("site-map/", duties.site_map, name="site-map"),
]
