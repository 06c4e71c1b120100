"""登录安全: where I am signed in, my passkeys, my programs' tokens, my e-mail address; one page for all.

``routes`` puts it below ``/my/security/`` for citizens and ``/desk/security/`` for officials.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yiwang.entrance.shell.access import OFFICIAL, SIGNED_IN, access
from yiwang.entrance.shell.entering import answered, question
from yiwang.kernel import moments
from yiwang.kernel.actor import Actor, ActorKind
from yiwang.kernel.refusals import InvalidInput, NotFound, Refusal
from yiwang.support.identity import actions as identity
from yiwang.support.identity import queries
from yiwang.support.identity.definitions.factors import NeedsStepUp, TotpOffer
from yiwang.support.identity.definitions.places import METHOD_LABELS, PLACE_LABELS, SessionView
from yiwang.support.messages import queries as message_queries

_SHOWN = (401, 409, 422)


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One sign-in in the visitor's language."""

    session: SessionView
    place: str
    method: str


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def _session_key(request: HttpRequest) -> str:
    return str(request.session_key)  # type: ignore[attr-defined]


def home_of(actor: Actor) -> str:
    """Where this person's page lies."""
    return "/desk/security/" if actor.kind is ActorKind.OFFICIAL else "/my/security/"


def _page(request: HttpRequest, refusal: Refusal | None = None) -> HttpResponse:
    actor, at = _actor(request), moments.now()
    account = queries.find_account(actor.reference)
    if account is None:
        raise NotFound
    key = _session_key(request)
    found = queries.list_sessions(actor, current=key, at=at)
    values = {
        "home": home_of(actor),
        "official": actor.kind is ActorKind.OFFICIAL,
        "sessions": [
            SessionRow(
                one,
                one.place_name or gettext(PLACE_LABELS[one.place]),
                gettext(METHOD_LABELS[one.method]),
            )
            for one in found
        ],
        "others": sum(not one.current for one in found),
        "passkeys": queries.list_passkeys(actor),
        "consents": queries.list_consents(actor),
        "has_totp": queries.has_totp(actor),
        "has_second_factor": account.has_second_factor,
        "spare_codes": queries.count_spare_codes(actor),
        "email": message_queries.find_address(actor.reference),
        "email_asked": queries.find_email_check(actor, at=at),
        "sends_email": message_queries.sends_email(),
        "standing": queries.find_step_up(actor, session_key=key, wanted=2, at=at),
        "tokens": [
            token
            for token in queries.list_tokens(account.key)
            if token.revoked_at is None and token.expires_at > at
        ],
        "refusal": refusal,
        "done": request.GET.get("done", ""),
    }
    template = "shell/security_staff.html" if values["official"] else "shell/security.html"
    return render(request, template, values, status=refusal.status if refusal else 200)


@access(SIGNED_IN)
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """My sign-ins, passkeys and tokens."""
    return _page(request)


def _done(request: HttpRequest, what: str) -> HttpResponse:
    return HttpResponseRedirect(f"{home_of(_actor(request))}?done={what}")


def _refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """On the page itself; what leads elsewhere (sign in, step up) goes its own way."""
    if refusal.status not in _SHOWN or isinstance(refusal, NeedsStepUp):
        raise refusal
    return _page(request, refusal)


@access(SIGNED_IN)
@require_POST
def ask_passkey(request: HttpRequest) -> HttpResponse:
    """The question for the device that is to make a passkey."""
    return question(
        identity.begin_passkey(
            session_key=_session_key(request), actor=_actor(request), at=moments.now()
        )
    )


@access(SIGNED_IN)
@require_POST
def add_passkey(request: HttpRequest) -> HttpResponse:
    """Keep what the device made."""
    try:
        identity.add_passkey(
            session_key=_session_key(request),
            name=request.POST.get("name", ""),
            actor=_actor(request),
            at=moments.now(),
            **answered(request),
        )
    except Refusal as refusal:
        return _refused(request, refusal)
    return _done(request, "added")


@access(SIGNED_IN)
@require_POST
def rename_passkey(request: HttpRequest, passkey_key: str) -> HttpResponse:
    """Another name for one of mine."""
    try:
        identity.rename_passkey(
            passkey=passkey_key,
            name=request.POST.get("name", ""),
            actor=_actor(request),
            at=moments.now(),
        )
    except Refusal as refusal:
        return _refused(request, refusal)
    return _done(request, "renamed")


@access(SIGNED_IN)
@require_POST
def withdraw_consent(request: HttpRequest, consent_key: str) -> HttpResponse:
    """This platform vouches for me there no more."""
    identity.withdraw_consent(consent=consent_key, actor=_actor(request), at=moments.now())
    return _done(request, "withdrawn")


@access(SIGNED_IN)
@require_POST
def remove_passkey(request: HttpRequest, passkey_key: str) -> HttpResponse:
    """Give one up; the other sessions end."""
    try:
        identity.remove_passkey(
            passkey=passkey_key,
            session_key=_session_key(request),
            actor=_actor(request),
            at=moments.now(),
        )
    except Refusal as refusal:
        return _refused(request, refusal)
    return _done(request, "removed")


@access(OFFICIAL)
@require_http_methods(["GET", "HEAD", "POST"])
def totp(request: HttpRequest) -> HttpResponse:
    """Scan a new secret, then type what the device shows; a wrong number keeps the same secret."""
    actor, at, key = _actor(request), moments.now(), _session_key(request)
    if request.method != "POST":
        return _totp_page(request, identity.offer_totp(session_key=key, actor=actor, at=at))
    state, number = request.POST.get("state", ""), request.POST.get("number", "")[:10]
    try:
        identity.enrol_totp(session_key=key, state=state, number=number, actor=actor, at=at)
    except InvalidInput as refusal:
        offer = identity.read_offer(session_key=key, state=state, actor=actor, at=at)
        return _totp_page(request, offer, refusal)
    return _done(request, "enrolled")


@access(OFFICIAL)
@require_POST
def spare_codes(request: HttpRequest) -> HttpResponse:
    """Ten new codes, on this page and never again."""
    actor, at, key = _actor(request), moments.now(), _session_key(request)
    try:
        codes = identity.make_spare_codes(session_key=key, actor=actor, at=at)
    except Refusal as refusal:
        return _refused(request, refusal)
    return render(request, "shell/spare_codes.html", {"home": home_of(actor), "codes": codes})


def _totp_page(
    request: HttpRequest, offer: TotpOffer, refusal: Refusal | None = None
) -> HttpResponse:
    values = {"home": home_of(_actor(request)), "offer": offer, "refusal": refusal}
    status = refusal.status if refusal else 200
    return render(request, "shell/totp.html", values, status=status)


@access(SIGNED_IN)
@require_POST
def ask_email(request: HttpRequest) -> HttpResponse:
    """A code to the address typed: it counts once the code came back."""
    try:
        identity.ask_email(
            session_key=_session_key(request),
            address=request.POST.get("address", "")[:400],
            actor=_actor(request),
            at=moments.now(),
        )
    except Refusal as refusal:
        return _refused(request, refusal)
    return _done(request, "email-asked")


@access(SIGNED_IN)
@require_POST
def confirm_email(request: HttpRequest) -> HttpResponse:
    """The code that came by e-mail."""
    try:
        identity.confirm_email(
            code=request.POST.get("code", ""), actor=_actor(request), at=moments.now()
        )
    except Refusal as refusal:
        return _refused(request, refusal)
    return _done(request, "email-confirmed")


@access(SIGNED_IN)
@require_POST
def remove_email(request: HttpRequest) -> HttpResponse:
    """No e-mails any more."""
    identity.remove_email(actor=_actor(request), at=moments.now())
    return _done(request, "email-removed")


@access(SIGNED_IN)
@require_POST
def end_session(request: HttpRequest, session_key: str) -> HttpResponse:
    """One of my other sign-ins is over."""
    identity.end_session(session_key=session_key, actor=_actor(request), at=moments.now())
    return _done(request, "ended")


@access(SIGNED_IN)
@require_POST
def end_others(request: HttpRequest) -> HttpResponse:
    """All my other sign-ins are over."""
    identity.end_other_sessions(
        session_key=_session_key(request), actor=_actor(request), at=moments.now()
    )
    return _done(request, "ended")


def routes(home: str) -> tuple[URLPattern, ...]:
    """The page and what can be done on it, below ``home``."""
    return (
        path(home, show),
        path(f"{home}passkeys/options/", ask_passkey),
        path(f"{home}passkeys/", add_passkey),
        path(f"{home}passkeys/<str:passkey_key>/rename/", rename_passkey),
        path(f"{home}passkeys/<str:passkey_key>/remove/", remove_passkey),
        path(f"{home}nodes/<str:consent_key>/withdraw/", withdraw_consent),
        path(f"{home}email/", ask_email),
        path(f"{home}email/confirm/", confirm_email),
        path(f"{home}email/remove/", remove_email),
        path(f"{home}sessions/end-others/", end_others),
        path(f"{home}sessions/<str:session_key>/end/", end_session),
    )
