"""How was it? Five levels, a few words, once per handling; and the answer to a bad review."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_http_methods

from yiwang.capability import journey
from yiwang.capability.cases import queries as cases
from yiwang.capability.reviews import actions as review_actions
from yiwang.capability.reviews import queries as reviews
from yiwang.capability.reviews.definitions import LEVELS, TAGS, Channel
from yiwang.entrance.shell.access import CITIZEN, access
from yiwang.kernel import moments
from yiwang.kernel.actor import Actor
from yiwang.kernel.refusals import InvalidInput, Refusal


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def _level(request: HttpRequest) -> int:
    given = request.POST.get("level", "")
    return int(given) if given in {str(level) for level in LEVELS} else 0


@access(CITIZEN, own=True)
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest, key: str) -> HttpResponse:
    """The form; given once, the same address shows what was said and what came of it."""
    actor, at = _actor(request), moments.now()
    case = cases.get_case(key, actor, at=at)
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            journey.review(
                case_key=key,
                handling=case.reference,
                level=_level(request),
                tags=[tag for tag in request.POST.getlist("tags") if tag in TAGS],
                text=request.POST.get("text", "")[:2000],
                channel=Channel.WEB,
                actor=actor,
                at=at,
            )
        except (InvalidInput, review_actions.CannotReview) as error:
            refusal = error
        else:
            return HttpResponseRedirect(f"/my/cases/{key}/review/?thanks=1")
    given = reviews.find_review(case.reference, actor)
    order = None
    if given and given.rectification:
        order = reviews.get_order(given.rectification, actor, at=at)
    values = {
        "case": case, "given": given, "order": order, "levels": LEVELS, "tags": TAGS,
        "refusal": refusal, "thanks": "thanks" in request.GET, "typed": request.POST,
    }  # fmt: skip
    status = refusal.status if refusal else 200
    return render(request, "citizen/reviews/review.html", values, status=status)


@access(CITIZEN, own=True)
@require_http_methods(["POST"])
def again(request: HttpRequest, key: str) -> HttpResponse:
    """My judgement of the answer; it closes the follow-up."""
    actor = _actor(request)
    order = reviews.get_order(key, actor, at=moments.now())
    version = request.POST.get("version", "")
    review_actions.review_again(
        key=key,
        version=int(version) if version.isdigit() else -1,
        level=_level(request),
        text=request.POST.get("text", "")[:2000],
        actor=actor,
        at=moments.now(),
    )
    return HttpResponseRedirect(f"/my/cases/{order.review.case.partition(':')[2]}/review/?thanks=1")


urlpatterns = [
    path("my/cases/<str:key>/review/", review, name="review"),
    path("my/rectifications/<str:key>/again/", again, name="review-again"),
]
