"""共享授权: what my department may take and gives; one on a page, suspended, stopped, renewed, ended."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from yiwang.entrance.data import forms, grants_forms, navigation, reports
from yiwang.entrance.data.navigation import GRANTS
from yiwang.entrance.shell.access import OFFICIAL, access
from yiwang.entrance.shell.item_names import names_of
from yiwang.foundation.agreements import queries
from yiwang.foundation.agreements.definitions import (
    GRANT_ROLES,
    REQUEST_ROLES,
    GrantState,
    GrantView,
)
from yiwang.foundation.exchange import queries as exchange
from yiwang.kernel.actor import Actor
from yiwang.kernel.moments import now
from yiwang.kernel.refusals import Refusal

PAGE_SIZE: Final = 50
_MISFIT: Final = "MISFIT"
_TABS: Final[dict[str, str]] = {
    str(GrantState.ACTIVE): "有效",
    str(GrantState.SUSPENDED): "已暂停",
    str(GrantState.ENDED): "已终止",
    _MISFIT: "方式不符",
    queries.DOUBTED: "依据变了，待核对",
}


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


@require_GET
@access(OFFICIAL, roles=GRANT_ROLES)
def show_grants(request: HttpRequest) -> HttpResponse:
    """The grants of one tab, newest first."""
    wanted = request.GET.get("state", "")
    tab = wanted if wanted in _TABS else str(GrantState.ACTIVE)
    after = request.GET.get("after", "")[:40]
    page = queries.list_grants(
        _actor(request),
        at=now(),
        state=tab,
        misfit=tab == _MISFIT,
        doubted=tab == queries.DOUBTED,
        after=after,
        limit=PAGE_SIZE,
    )
    context = {
        "links": navigation.links(request),
        "tabs": [(one, label, one == tab) for one, label in _TABS.items()],
        "label": _TABS[tab],
        "rows": page.rows,
        "titles": exchange.titles_of({row.service for row in page.rows}),
        "next": f"?state={tab}&after={page.next}" if page.next else "",
        "first": f"?state={tab}" if after else "",
    }
    return render(request, "data/grants.html", context)


@require_GET
@access(OFFICIAL, roles=GRANT_ROLES)
def show_grant(request: HttpRequest, agreement_key: str) -> HttpResponse:
    """One grant: what may be taken for what, who used it, what may be done."""
    actor = _actor(request)
    view = queries.get_grant(agreement_key, actor, at=now())
    context = {
        "links": navigation.links(request),
        "one": view,
        "titles": exchange.titles_of([view.service]),
        "fields": queries.labelled_fields(view),
        "items": names_of(view.items),
        "acts": forms.in_order(
            (act.replace("_", "-"), label, grants_forms.FORMS[act].kind)
            for act, label in view.acts
            if act not in reports.ACTS[:2]  # records of use have their own page
        ),
        "opens_request": any(actor.has_role(role) for role in REQUEST_ROLES),
        "done": request.GET.get("done", "") == "1",
    }
    return render(request, "data/grant.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@access(OFFICIAL, roles=GRANT_ROLES)
def take_act(request: HttpRequest, agreement_key: str, slug: str) -> HttpResponse:
    """Asked once more with what will happen; then done."""
    actor, at, act = _actor(request), now(), slug.replace("-", "_")
    view = queries.get_grant(agreement_key, actor, at=at)
    back = f"{GRANTS}{view.key}/"
    if request.method != "POST":
        if act not in dict(view.acts):
            return HttpResponseRedirect(back)
        return forms.show(request, _form(act, view))
    try:
        grants_forms.FORMS[act].take(request, view, actor, at)
    except Refusal as refusal:
        if refusal.status not in (409, 422):
            raise
        newest = queries.get_grant(agreement_key, actor, at=at)
        return forms.show(request, _form(act, newest), refusal=refusal)
    return HttpResponseRedirect(f"{back}?done=1")


def _form(act: str, view: GrantView) -> forms.Form:
    given = grants_forms.FORMS[act]
    back = f"{GRANTS}{view.key}/"
    return forms.Form(
        title=f"{given.title}：{exchange.titles_of([view.service]).get(view.service, view.service)}",
        consequences=given.consequences,
        button=given.button,
        action=f"{back}{act.replace('_', '-')}/",
        back=back,
        back_label="回到这份授权",
        version=view.version,
        fields=grants_forms.fields_of(act, view),
        kind=given.kind,
    )
