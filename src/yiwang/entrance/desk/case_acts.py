"""Acts of a case with a page of their own: ask once more, then do it."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods

from yiwang.capability.cases import queries as case_queries
from yiwang.capability.cases.definitions import CaseView
from yiwang.entrance.desk import dock, forms
from yiwang.entrance.desk.act_forms import FORMS
from yiwang.entrance.desk.navigation import DESK_ROLES
from yiwang.entrance.shell.access import OFFICIAL, access
from yiwang.kernel.moments import now
from yiwang.kernel.refusals import Refusal

#: The address part of every act here.
SLUGS = tuple(name.replace("_", "-") for name in FORMS)


@dataclass(frozen=True, slots=True)
class ActLink:
    """One act as a link to its page."""

    href: str
    label: str


def act_links(case: CaseView) -> tuple[ActLink, ...]:
    """The acts with a page that this official may take now."""
    return tuple(
        ActLink(f"/desk/cases/{case.key}/acts/{act.name.replace('_', '-')}/", act.label)
        for act in case.acts
        if act.name in FORMS and act.name not in dock.SIGNED
    )


@require_http_methods(["GET", "POST"])
@access(OFFICIAL, roles=DESK_ROLES)
def take_act(request: HttpRequest, case_key: str, slug: str) -> HttpResponse:
    """Show the act's page, or take it; who was too slow sees why, and what was typed is kept."""
    at, actor, name = now(), request.actor, slug.replace("-", "_")  # type: ignore[attr-defined]
    case = case_queries.get_case(case_key, actor, at=at)
    back = f"/desk/cases/{case.key}/"
    if request.method != "POST":
        if name not in {act.name for act in case.acts}:
            return HttpResponseRedirect(back)
        return forms.show(request, _form(case, name, slug))
    try:
        FORMS[name].take(request, case, actor, at)
    except Refusal as refusal:
        if refusal.status not in (409, 422):
            raise
        newest = case_queries.get_case(case_key, actor, at=at)
        return forms.show(request, _form(newest, name, slug), refusal=refusal)
    return HttpResponseRedirect(f"{back}?done=1")


def _form(case: CaseView, name: str, slug: str) -> forms.Form:
    given = FORMS[name]
    back = f"/desk/cases/{case.key}/"
    return forms.Form(
        title=f"{given.title}：{case.item_name}，{case.applicant_masked}",
        consequences=given.consequences,
        button=given.button,
        action=f"{back}acts/{slug}/",
        back=back,
        back_label="回到办件",
        version=case.version,
        fields=given.fields(case),
        kind=given.kind,
    )
