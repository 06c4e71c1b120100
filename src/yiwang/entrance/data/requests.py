"""共享申请: what my department asked others for, what others ask of mine; one on a page, and its acts."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from yiwang.entrance.data import citing, forms, navigation, requests_forms
from yiwang.entrance.data.navigation import REQUESTS
from yiwang.entrance.shell import typed
from yiwang.entrance.shell.access import OFFICIAL, access
from yiwang.entrance.shell.item_names import names_of
from yiwang.foundation.agreements import actions, queries
from yiwang.foundation.agreements.definitions import (
    ASKERS,
    REQUEST_ROLES,
    Act,
    Body,
    Offer,
    RequestView,
)
from yiwang.kernel.actor import Actor
from yiwang.kernel.moments import now
from yiwang.kernel.refusals import Refusal

PAGE_SIZE: Final = 50
_TABS: Final = {
    "open": "办理中",
    "disputes": "不予共享和争议",
    "delivered": "已提供",
    "closed": "已结束",
    queries.DOUBTED: "依据变了，待核对",
}


#: Before these the articles are read once more.
_SIGNED: Final = (Act.HAND_TO_HEAD, Act.SIGN)


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


@require_GET
@access(OFFICIAL, roles=REQUEST_ROLES)
def show_requests(request: HttpRequest) -> HttpResponse:
    """The requests of one tab, newest first."""
    actor, at = _actor(request), now()
    tab = request.GET.get("list", "")
    tab = tab if tab in _TABS else "open"
    after = request.GET.get("after", "")[:40]
    page = queries.list_requests(actor, at=at, tab=tab, after=after, limit=PAGE_SIZE)
    context = {
        "links": navigation.links(request),
        "tabs": [(name, label, name == tab) for name, label in _TABS.items()],
        "label": _TABS[tab],
        "rows": page.rows,
        "next": f"?list={tab}&after={page.next}" if page.next else "",
        "first": f"?list={tab}" if after else "",
        "may_ask": bool(queries.offices_of(actor)),
        "waiting": queries.list_unmet(actor) if tab == "open" and not after else (),
    }
    return render(request, "data/requests.html", context)


@require_GET
@access(OFFICIAL, roles=REQUEST_ROLES)
def show_request(request: HttpRequest, request_key: str) -> HttpResponse:
    """One request: what is asked, how it stands, what may be done."""
    view = queries.get_request(request_key, _actor(request), at=now())
    context = {
        "links": navigation.links(request),
        "one": view,
        "fields": queries.labelled_fields(view),
        "items": names_of(view.items),
        "proposed": () if view.articles else citing.bases_of(view.items),
        "acts": forms.in_order(
            (act.replace("_", "-"), label, requests_forms.FORMS[act].kind)
            for act, label in view.acts
        ),
        "done": request.GET.get("done", "") == "1",
    }
    return render(request, "data/request.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@access(OFFICIAL, roles=ASKERS)
def new_request(request: HttpRequest) -> HttpResponse:
    """Ask for items of one resource: chosen in the catalogue, or by its code."""
    actor, at = _actor(request), now()
    offices = queries.offices_of(actor)
    code = request.GET.get("resource", "").strip()[:80]
    if not code or not offices:
        context = {"links": navigation.links(request), "no_office": not offices}
        return render(request, "data/choose.html", context)
    offer = queries.get_offer(code)
    if request.method != "POST":
        return _show_new(request, offer, offices)
    try:
        view = actions.draft(
            resource=code,
            values=requests_forms.draft_in(request),
            consumer=_office_in(request, offices),
            actor=actor,
            at=at,
        )
    except Refusal as refusal:
        if refusal.status not in (409, 422):
            raise
        return _show_new(request, offer, offices, refusal=refusal)
    return HttpResponseRedirect(f"{REQUESTS}{view.key}/?done=1")


def _office_in(request: HttpRequest, offices: tuple[Body, ...]) -> Body:
    given = request.POST.get("office", offices[0].uscc)
    found = next((one for one in offices if one.uscc == given), None)
    if found is None:
        raise typed.wrong("office", "还没有选是哪个部门申请", "，请选一项")
    return found


def _show_new(
    request: HttpRequest,
    offer: Offer,
    offices: tuple[Body, ...],
    *,
    refusal: Refusal | None = None,
) -> HttpResponse:
    departments = [one.uscc for one in offices]
    known = citing.known_of(offer.resource, departments) if request.method != "POST" else {}
    known["way"] = request.GET.get("way", "")[:7]
    form = forms.Form(
        title=f"申请共享：{offer.name}",
        consequences=requests_forms.told_of(offer),
        button="保存草稿",
        action=f"{REQUESTS}new/?resource={offer.resource}",
        back=REQUESTS,
        back_label="回到共享申请",
        fields=(
            *requests_forms.office_fields(offices),
            *requests_forms.draft_fields(offer, known=known),
        ),
    )
    return forms.show(request, form, refusal=refusal)


@require_http_methods(["GET", "HEAD", "POST"])
@access(OFFICIAL, roles=REQUEST_ROLES)
def take_act(request: HttpRequest, request_key: str, slug: str) -> HttpResponse:
    """Asked once more with what will happen; then done."""
    actor, at, act = _actor(request), now(), slug.replace("-", "_")
    view = queries.get_request(request_key, actor, at=at)
    back = f"{REQUESTS}{view.key}/"
    if request.method != "POST":
        if act not in dict(view.acts):
            return HttpResponseRedirect(back)
        return forms.show(request, _form(act, view))
    try:
        requests_forms.FORMS[act].take(request, view, actor, at)
    except Refusal as refusal:
        if refusal.status not in (409, 422):
            raise
        newest = queries.get_request(request_key, actor, at=at)
        return forms.show(request, _form(act, newest), refusal=refusal)
    return HttpResponseRedirect(f"{back}?done=1")


def _form(act: str, view: RequestView) -> forms.Form:
    given = requests_forms.FORMS[act]
    back = f"{REQUESTS}{view.key}/"
    return forms.Form(
        title=f"{given.title}：{view.resource_name}",
        consequences=(*given.consequences, *(citing.told_of(view) if act in _SIGNED else ())),
        button=given.button,
        action=f"{back}{act.replace('_', '-')}/",
        back=back,
        back_label="回到这份申请",
        version=view.version,
        fields=given.fields(view),
        kind=given.kind,
    )
