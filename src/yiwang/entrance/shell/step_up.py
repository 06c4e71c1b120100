"""核验身份: a signed-in person proves once more to be himself and goes back to what he was doing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import rotate_token
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from yiwang.entrance.shell.access import SIGNED_IN, access
from yiwang.entrance.shell.entering import again, answered, enter, origin_of, question
from yiwang.entrance.shell.returning import next_of
from yiwang.entrance.shell.security import home_of
from yiwang.kernel import moments
from yiwang.kernel.actor import Actor, ActorKind
from yiwang.kernel.refusals import Refusal
from yiwang.support.identity import actions as identity
from yiwang.support.identity import queries
from yiwang.support.identity.definitions import ASSURANCE_LABELS, SignedIn
from yiwang.support.identity.definitions.factors import CannotStepUp, Proof

_PAGE = "shell/step_up.html"
_LEVELS = {str(level): level for level in ASSURANCE_LABELS if level >= 2}


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def _given(request: HttpRequest, **more: object) -> dict[str, Any]:
    sent = request.POST if request.method == "POST" else request.GET
    wanted = _LEVELS.get(sent.get("level", ""), 2)
    actor = _actor(request)
    asked = queries.find_step_up(
        actor,
        session_key=request.session_key,  # type: ignore[attr-defined]
        wanted=wanted,
        at=moments.now(),
    )
    return {
        "asked": asked,
        "face_label": gettext(asked.face_label),
        "label": gettext(ASSURANCE_LABELS[wanted]),
        "next": next_of(request, otherwise=home_of(actor)),
        # What asked for more would only ask again.
        "home": "/desk/" if actor.kind is ActorKind.OFFICIAL else "/my/",
        **more,
    }


@access(SIGNED_IN)
@require_http_methods(["GET", "HEAD", "POST"])
def step_up(request: HttpRequest) -> HttpResponse:
    """Choose a proof and give it; then back, with a new secret for the raised session."""
    given = _given(request)
    if request.method != "POST":
        return render(request, _PAGE, given)
    try:
        raised = _prove(request)
    except Refusal as refusal:
        sent = request.POST.get("proof") == Proof.CODE_AND_ID
        return again(request, _PAGE, refusal, given | {"sent": sent})
    rotate_token(request)
    return enter(raised, given["next"])


def _prove(request: HttpRequest) -> SignedIn:
    """The one call that belongs to the chosen proof."""
    proofs: dict[str, tuple[Callable[..., SignedIn], dict[str, str]]] = {
        Proof.PASSWORD: (
            identity.step_up_with_password,
            {"password": request.POST.get("password", "")},
        ),
        Proof.TOTP: (
            identity.step_up_with_totp,
            {"number": request.POST.get("number", "")[:10]},
        ),
        Proof.CODE_AND_ID: (
            identity.step_up_with_code,
            {
                "citizen_id": request.POST.get("citizen_id", "")[:30],
                "code": request.POST.get("code", "")[:10],
            },
        ),
        Proof.PASSKEY: (identity.step_up_with_passkey, answered(request)),
        Proof.FACE: (identity.step_up_with_face, {"given": request.POST.get("given", "")[:200]}),
    }
    act, values = proofs.get(request.POST.get("proof", ""), (None, {}))
    if act is None:
        raise CannotStepUp
    return act(
        session_key=request.session_key,  # type: ignore[attr-defined]
        actor=_actor(request),
        origin=origin_of(request),
        at=moments.now(),
        **values,
    )


@access(SIGNED_IN)
@require_POST
def send_code(request: HttpRequest) -> HttpResponse:
    """A code to the registered phone, then the form to type it in."""
    given = _given(request)
    try:
        identity.send_step_up_code(
            session_key=request.session_key,  # type: ignore[attr-defined]
            actor=_actor(request),
            at=moments.now(),
        )
    except Refusal as refusal:
        return again(request, _PAGE, refusal, given)
    return render(request, _PAGE, given | {"sent": True})


@access(SIGNED_IN)
@require_POST
def ask_passkey(request: HttpRequest) -> HttpResponse:
    """The question for my passkeys."""
    return question(
        identity.begin_step_up(
            session_key=request.session_key,  # type: ignore[attr-defined]
            actor=_actor(request),
            at=moments.now(),
        )
    )
