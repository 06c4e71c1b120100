"""What came out of a case: the decision, the licence or the entitlement, its papers, its review."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from yiwang.capability import journey
from yiwang.capability.cases import queries as cases
from yiwang.capability.cases.definitions import CaseView
from yiwang.capability.entitlements import actions as entitlement_actions
from yiwang.capability.entitlements import queries as entitlements
from yiwang.capability.entitlements.definitions import EntitlementView
from yiwang.capability.reviews import queries as reviews
from yiwang.capability.reviews.definitions import LEVELS, TAGS, ReviewView
from yiwang.entrance.shell.access import CITIZEN, SIGNED_IN, access
from yiwang.entrance.shell.downloads import send_file
from yiwang.entrance.shell.speaking import speak
from yiwang.entrance.shell.templatetags.words import of_item
from yiwang.kernel import moments
from yiwang.kernel.actor import Actor, PowerAct
from yiwang.kernel.refusals import InvalidInput, NotFound, Refusal
from yiwang.support.letters import queries as letters
from yiwang.support.letters.definitions import LetterView
from yiwang.support.licences import queries as licences
from yiwang.support.licences.definitions import LicenceView
from yiwang.support.mandates import queries as mandates

_TAKEN_BACK: Final = ("REVOKED", "CANCELLED")


@dataclass(frozen=True, slots=True)
class ResultPage:
    """Everything the page shows; parts a case does not have are None or empty."""

    case: CaseView
    licence: LicenceView | None
    entitlement: EntitlementView | None
    letters: tuple[LetterView, ...]
    review: ReviewView | None
    reader: str

    @property
    def owns_entitlement(self) -> bool:
        """False for a relative who applied for the one who is paid."""
        return self.entitlement is not None and self.entitlement.person == self.reader

    @property
    def taken_back(self) -> bool:
        """The licence was revoked or cancelled: it is shown, marked, and given to nobody."""
        return self.licence is not None and self.licence.state in _TAKEN_BACK

    @property
    def heading(self) -> str:
        """One sentence with the outcome in it."""
        if self.licence and self.licence.state in _TAKEN_BACK:
            return _("%(name)s%(state)s") % {
                "name": of_item(self.licence.name, self.case),
                "state": speak(self.licence.state_label),
            }
        if self.licence and self.licence.seal_wait:
            return _("同意您的申请，%(name)s正在等盖章") % {
                "name": of_item(self.licence.name, self.case)
            }
        if self.licence:
            return _("同意您的申请，%(name)s已经发出") % {
                "name": of_item(self.licence.name, self.case)
            }
        if self.entitlement:
            name = self.entitlement.benefit_name
            return _("同意您的申请，%(name)s已经批准") % {"name": name}
        if self.case.decision:
            return speak(self.case.decision.outcome_label)
        return _("还没有结果")


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def read_page(key: str, actor: Actor) -> ResultPage:
    """One case with what came out of it; NotFound when it is not the actor's."""
    at = moments.now()
    case = cases.get_case(key, actor, at=at)
    mandates.insist(actor, PowerAct.RECEIVE, case.item_code)
    return ResultPage(
        case=case,
        licence=licences.find_case_licence(case.reference, at=at),
        entitlement=entitlements.find_case_entitlement(case.reference),
        letters=letters.list_letters(case.reference),
        review=reviews.find_review(case.reference, actor),
        reader=actor.applicant,
    )


@access(CITIZEN)
@require_safe
def result(request: HttpRequest, key: str) -> HttpResponse:
    """The result of my case."""
    page = read_page(key, _actor(request))
    return render(request, "citizen/results/result.html", _values(page))


def _values(page: ResultPage, refusal: Refusal | None = None) -> dict[str, object]:
    return {"page": page, "levels": LEVELS, "tags": TAGS, "refusal": refusal}


@access(SIGNED_IN)
@require_safe
def letter(request: HttpRequest, key: str, letter: str) -> HttpResponse:
    """One letter of a case as a page to read or print; the case's rights decide."""
    read = journey.read_letter(case_key=key, letter=letter, actor=_actor(request), at=moments.now())
    values = {
        "case": read.case,
        "letter": read.letter,
        "to_correct": any(act.name == "supply_correction" for act in read.case.acts),
        "face": read.face,
    }
    return render(request, "citizen/results/letter.html", values)


@access(SIGNED_IN)
@require_safe
def letter_pdf(request: HttpRequest, key: str, letter: str) -> StreamingHttpResponse:
    """The same letter as a PDF."""
    case = cases.get_case(key, _actor(request), at=moments.now())
    return send_file(letters.open_pdf(letter, subject=case.reference))


@access(SIGNED_IN)
@require_safe
def licence(request: HttpRequest, key: str) -> HttpResponse:
    """One licence as it looks, large enough to be shown."""
    at, actor = moments.now(), _actor(request)
    shown = licences.get_licence(key, actor, at=at)
    onward = journey.list_ways(
        licence_key=key, actor=actor, at=at, language=get_language() or "zh-hans"
    )
    return render(request, "citizen/results/licence.html", {"licence": shown, "onward": onward})


@access(SIGNED_IN)
@require_safe
def licence_pdf(request: HttpRequest, key: str) -> StreamingHttpResponse:
    """The licence as a PDF."""
    return send_file(licences.open_pdf(key, _actor(request)))


def read_benefit(key: str, actor: Actor) -> tuple[EntitlementView, bool]:
    """A benefit and whether it is the actor's own: who applied for somebody else may read it.

    NotFound for everybody else. The one who applied is known by the case the benefit came from.
    """
    try:
        return entitlements.get_entitlement(key, actor), True
    except NotFound:
        case = entitlements.find_case_of(key)
        if case is None:
            raise
        cases.get_case(case.partition(":")[2], actor, at=moments.now())
        found = entitlements.find_case_entitlement(case)
        if found is None:
            raise
        return found, False


@access(CITIZEN, own=True)
@require_http_methods(["GET", "HEAD", "POST"])
def account(request: HttpRequest, key: str) -> HttpResponse:
    """My benefit's account: the next list pays to the new one. Who applied for a relative reads only."""
    actor = _actor(request)
    shown, own = read_benefit(key, actor)
    refusal: Refusal | None = None
    if request.method == "POST":
        version = request.POST.get("version", "")
        try:
            entitlement_actions.change_account(
                key=key,
                version=int(version) if version.isascii() and version.isdecimal() else -1,
                account=request.POST.get("account", "")[:64],
                account_name=request.POST.get("account_name", "")[:64],
                at=moments.now(),
                actor=actor,
            )
        except (InvalidInput, entitlement_actions.CannotChangeAccount) as error:
            refusal = error
        else:
            return HttpResponseRedirect(f"/my/entitlements/{key}/?changed=1")
    values = {
        "entitlement": shown,
        "own": own,
        "case_key": shown.case.partition(":")[2],
        "refusal": refusal,
        "changed": "changed" in request.GET,
    }
    return render(
        request, "citizen/results/account.html", values, status=refusal.status if refusal else 200
    )


urlpatterns = [
    path("my/cases/<str:key>/result/", result, name="result"),
    path("cases/<str:key>/letters/<str:letter>/", letter, name="letter"),
    path("cases/<str:key>/letters/<str:letter>/pdf", letter_pdf, name="letter-pdf"),
    path("my/licences/<str:key>/", licence, name="licence"),
    path("my/licences/<str:key>/pdf", licence_pdf, name="licence-pdf"),
    path("my/entitlements/<str:key>/", account, name="entitlement"),
]
