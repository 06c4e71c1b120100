"""Yellow and red cards on the desk: the list, one card, what is written on it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from yiwang.entrance.desk import navigation
from yiwang.entrance.desk.navigation import DESK_ROLES
from yiwang.entrance.shell import typed
from yiwang.entrance.shell.access import OFFICIAL, access
from yiwang.governance.supervision import actions, queries
from yiwang.governance.supervision.definitions import CardStatus, CardView
from yiwang.kernel.actor import Actor, Role
from yiwang.kernel.moments import now
from yiwang.kernel.references import split
from yiwang.kernel.refusals import NotFound, Refusal

ROLES: Final = (*DESK_ROLES, Role.LEADER)
_LISTS: Final = (
    (CardStatus.OPEN, "要办的"),
    (CardStatus.EXPLAINED, "已说明"),
    (CardStatus.CANCELLED, "已撤销"),
    (CardStatus.ALL, "全部"),
)
#: Where the page of a card's matter is, and who may open it.
_PAGES: Final[Mapping[str, tuple[str, Collection[Role]]]] = {
    "case": ("/desk/cases/", DESK_ROLES),
    "data-request": ("/data/requests/", (Role.HEAD, Role.LEADER, Role.DATA_OFFICER)),
    "data-grant": ("/data/grants/", (Role.HEAD, Role.LEADER, Role.DATA_OFFICER)),
    "data-correction": ("/data/corrections/", (Role.DATA_OFFICER,)),
    "catalogue-change": ("/data/changes/", (Role.DATA_OFFICER, Role.HEAD)),
    "enquiry": ("/data/enquiries/", (Role.DATA_OFFICER,)),
}
#: The address part of every act on a card.
SLUGS: Final = ("explain", "ask-cancel", "confirm-cancel", "decline-cancel")


@require_GET
@access(OFFICIAL, roles=ROLES)
def show_cards(request: HttpRequest) -> HttpResponse:
    """The cards of the body, or of those a leader oversees."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    wanted = request.GET.get("list", "")
    status = next((one for one, _ in _LISTS if one == wanted), CardStatus.OPEN)
    page = queries.list_cards(actor, status=status, after=request.GET.get("after", "")[:16])
    context = {
        "links": navigation.links(request),
        "tabs": [(one.value, label, one is status) for one, label in _LISTS],
        "cards": page.rows,
        "next": f"?list={status}&after={page.next}" if page.next else "",
    }
    return render(request, "desk/cards.html", context)


@require_GET
@access(OFFICIAL, roles=ROLES)
def show_card(request: HttpRequest, card_key: str) -> HttpResponse:
    """One card with everything written on it."""
    return _page(request, queries.get_card(card_key, request.actor))  # type: ignore[attr-defined]


@require_POST
@access(OFFICIAL, roles=DESK_ROLES)
def take_act(request: HttpRequest, card_key: str, slug: str) -> HttpResponse:
    """Explain, ask to cancel, decide about it; what was typed is kept after a refusal."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    at = now()
    card = queries.get_card(card_key, actor)
    steps: Mapping[str, Callable[[int, str], CardView]] = {
        "explain": lambda version, text: actions.explain(
            key=card.key, version=version, text=text, actor=actor, at=at
        ),
        "ask-cancel": lambda version, text: actions.ask_cancel(
            key=card.key, version=version, reason=text, actor=actor, at=at
        ),
        "confirm-cancel": lambda version, _text: actions.confirm_cancel(
            key=card.key, version=version, actor=actor, at=at
        ),
        "decline-cancel": lambda version, _text: actions.decline_cancel(
            key=card.key, version=version, actor=actor, at=at
        ),
    }
    if slug not in steps:
        raise NotFound
    try:
        steps[slug](typed.version_in(request), request.POST.get("text", ""))
    except Refusal as refusal:
        if refusal.status not in (403, 409, 422):
            raise
        return _page(request, queries.get_card(card_key, actor), refusal=refusal)
    return HttpResponseRedirect(f"/desk/cards/{card.key}/")


def _page(request: HttpRequest, card: CardView, *, refusal: Refusal | None = None) -> HttpResponse:
    context = {
        "links": navigation.links(request),
        "card": card,
        "about": _about(card, request.actor),  # type: ignore[attr-defined]
        "typed": request.POST.get("text", "")[:2000],
        "refusal": refusal,
    }
    return render(request, "desk/card.html", context, status=refusal.status if refusal else 200)


def _about(card: CardView, actor: Actor) -> str:
    """The address of what the card is about, for who may open it."""
    kind, key = split(card.subject)
    address, roles = _PAGES[kind]
    return f"{address}{key}/" if any(actor.has_role(role) for role in roles) else ""
