"""Officials sign in apart from citizens: password, then a passkey or the number their device shows."""

from __future__ import annotations

from datetime import timedelta

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import rotate_token
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from yiwang.entrance.shell.access import ANYONE, access
from yiwang.entrance.shell.entering import again, answered, enter, origin_of, question
from yiwang.entrance.shell.returning import next_of
from yiwang.kernel import moments
from yiwang.kernel.actor import CASE_STAFF, Actor, Role
from yiwang.kernel.refusals import Refusal
from yiwang.support.identity import actions as identity
from yiwang.support.identity.definitions import (
    AccountKind,
    CannotSignIn,
    SecondFactorNeeded,
    SignedIn,
)

_SALT = "yiwang.staff-sign-in.second-step"
_SECOND_STEP = timedelta(minutes=5)
_PAGE = "citizen/staff_sign_in.html"
#: Where each role's work lies; the first that fits. Others work by tokens, which their account makes.
_WORKPLACES = (
    *((role, "/desk/") for role in CASE_STAFF),
    (Role.LEADER, "/leader/"),
    (Role.DATA_OFFICER, "/data/resources/"),
    (Role.DATA_AUTHORITY, "/data/waiting/"),
    (Role.OPERATOR, "/console/"),
    (Role.SECURITY_ADMIN, "/console/rights/"),
    (Role.LOCAL_ADMIN, "/console/local/"),
)


@access(ANYONE)
@require_http_methods(["GET", "HEAD", "POST"])
def staff_sign_in(request: HttpRequest) -> HttpResponse:
    """First the password, then (outside the sample always) a passkey or the one-time number."""
    given: dict[str, object] = {
        "next": next_of(request, otherwise=""),
        "login": request.POST.get("login", "")[:60],
    }
    if request.method != "POST":
        return render(request, _PAGE, given)
    pending = request.POST.get("pending", "")[:500]
    try:
        outcome = _second(request, pending) if pending else _first(request)
    except Refusal as refusal:
        return again(request, _PAGE, refusal, given | {"pending": pending})
    if isinstance(outcome, SecondFactorNeeded):
        signed = signing.dumps([outcome.account, outcome.epoch], salt=_SALT)
        return render(request, _PAGE, given | {"pending": signed})
    rotate_token(request)
    return enter(outcome, str(given["next"]) or _workplace(outcome.actor))


def _workplace(actor: Actor) -> str:
    """The page somebody came to work on."""
    places = (place for role, place in _WORKPLACES if actor.has_role(role))
    return next(places, "/my/account/")


def _first(request: HttpRequest) -> SignedIn | SecondFactorNeeded:
    return identity.sign_in(
        kind=AccountKind.OFFICIAL,
        login=request.POST.get("login", "")[:100],
        password=request.POST.get("password", ""),
        origin=origin_of(request),
        at=moments.now(),
    )


def _second(request: HttpRequest, pending: str) -> SignedIn:
    """A passkey's answer when the form brings one, else the number or a spare code."""
    needed, at, origin = _awaited(pending), moments.now(), origin_of(request)
    if request.POST.get("answer"):
        return identity.confirm_with_passkey(
            needed=needed, origin=origin, at=at, **answered(request)
        )
    number = request.POST.get("number", "")[:20]
    return identity.confirm_second_factor(needed=needed, number=number, origin=origin, at=at)


def _awaited(pending: str) -> SecondFactorNeeded:
    """What the first step signed says whose proof is awaited; it is good for five minutes."""
    try:
        account, epoch = signing.loads(pending, salt=_SALT, max_age=_SECOND_STEP)
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise CannotSignIn("这一步等得太久了。", "请重新登录。") from error
    return SecondFactorNeeded(account, epoch)


@access(ANYONE)
@require_POST
def ask_passkey(request: HttpRequest) -> HttpResponse:
    """The question for the passkeys of the official whose password was right."""
    needed = _awaited(request.POST.get("pending", "")[:500])
    return question(identity.begin_second_factor(needed=needed, at=moments.now()))
