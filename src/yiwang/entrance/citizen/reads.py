"""Who looked at my data: reads by officials and calls of the exchange; a line may be asked about."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from yiwang.capability.journey import looks
from yiwang.entrance.citizen.addresses import page_of
from yiwang.entrance.shell.access import CITIZEN, access
from yiwang.kernel.actor import Actor
from yiwang.kernel.moments import now
from yiwang.kernel.refusals import InvalidInput
from yiwang.mechanisms.journal import queries as journal
from yiwang.mechanisms.journal.definitions import Entry
from yiwang.support.enquiries import queries as enquiries
from yiwang.support.enquiries.definitions import ALLOWANCE, LONGEST, EnquiryKind

_A_PAGE: Final = 20


@access(CITIZEN, own=True)
@require_safe
def reads(request: HttpRequest) -> HttpResponse:
    """Who looked at my data, when, and what for."""
    before = request.GET.get("before", "")
    page = looks.list_looks(_actor(request), before=before)
    values = {
        "rows": [(row, page_of(row.subject)) for row in page.rows],
        "next": f"/my/reads/?before={page.next}" if page.next else "",
        "first": "/my/reads/" if before else "",
        "days": ALLOWANCE.amount,
        "proof": f"/my/reads/proof/?before={page.reads_from}"
        if page.reads_from
        else "/my/reads/proof/",
    }
    return render(request, "citizen/reads.html", values)


def page_of_looks(request: HttpRequest, actor: Actor) -> tuple[tuple[Entry, ...], bool]:
    """One page of what the journal says of who looked, and whether there are older ones: for proofs."""
    before = request.GET.get("before", "")
    start = int(before) if before.isdecimal() and len(before) < 16 else 0
    entries = journal.list_reads_of(actor.applicant, before=start, limit=_A_PAGE + 1)
    return entries[:_A_PAGE], len(entries) > _A_PAGE


@access(CITIZEN, own=True)
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, look_key: str) -> HttpResponse:
    """A question or an objection about one line; the body answers within its days."""
    actor = _actor(request)
    row = looks.get_look(look_key, actor)
    if row.enquiry:
        return HttpResponseRedirect(f"/my/enquiries/{row.enquiry}/")
    words = request.POST.get("words", "")
    refusal: InvalidInput | None = None
    kind = _kind(request.POST.get("kind", ""))
    if request.method == "POST":
        try:
            if kind is None:
                raise InvalidInput("请选一样：询问，还是异议。")
            key = looks.ask_about(key=look_key, kind=kind, words=words, actor=actor, at=now())
        except InvalidInput as error:
            refusal = error
        else:
            return HttpResponseRedirect(f"/my/enquiries/{key}/")
    values = {
        "row": row,
        "typed": words[:LONGEST],
        "chosen": kind,
        "refusal": refusal,
        "days": ALLOWANCE.amount,
    }
    return render(
        request, "citizen/enquire.html", values, status=refusal.status if refusal else 200
    )


@access(CITIZEN, own=True)
@require_safe
def enquiry(request: HttpRequest, enquiry_key: str) -> HttpResponse:
    """What I asked, by when it is answered, and the answer."""
    found = enquiries.get_enquiry(enquiry_key, _actor(request), at=now())
    return render(request, "citizen/enquiry.html", {"one": found})


def _kind(given: str) -> EnquiryKind | None:
    return EnquiryKind(given) if given in list(EnquiryKind) else None


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor
