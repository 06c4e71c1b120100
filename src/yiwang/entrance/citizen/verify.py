"""Anybody: is this licence or letter real, and is it in force now?"""

from __future__ import annotations

import re

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_POST, require_safe

from yiwang.entrance.shell import pace
from yiwang.entrance.shell.access import ANYONE, access
from yiwang.kernel import moments
from yiwang.kernel.identifiers import is_licence_identifier
from yiwang.kernel.references import KEY_PATTERN
from yiwang.kernel.refusals import NotFound, TryLater
from yiwang.support.letters import queries as letters
from yiwang.support.licences import actions
from yiwang.support.licences import queries as licences
from yiwang.support.seals import queries as seals

#: Questions one address may ask in a minute, here and by the API together.
PER_MINUTE = 60


@access(ANYONE)
@require_safe
def ask(request: HttpRequest) -> HttpResponse:
    """The form; with a code in it, the answer under the code's own address."""
    typed = re.sub(r"[\s-]", "", request.GET.get("code", ""))[:64].lower()
    if not typed:
        return render(request, "citizen/verify/ask.html")
    found = re.search(KEY_PATTERN.pattern + "$", typed)
    if is_licence_identifier(number := request.GET.get("code", "").strip()[:96]):
        return number_answer(request, number)
    if found is None:
        return render(request, "citizen/verify/ask.html", {"wrong": True, "code": typed})
    return HttpResponseRedirect(f"/v/{found[0]}")


@access(ANYONE)
@require_safe
def answer(request: HttpRequest, code: str) -> HttpResponse:
    """What the register says now; a letter's code and a seal's number are answered on the same page."""
    pace.slow_down(request, what="verify", per_minute=PER_MINUTE)
    at = moments.now()
    shown = licences.verify_licence(code=code, at=at)
    proof = letters.find_proof(code.lower()) if not shown.name else None
    document = shown.document or (proof.document if proof else "")
    seal = seals.find_seal_of(document) if document else seals.find_use(code.lower())
    values = {"shown": shown, "proof": proof, "seal": seal, "code": code}
    response = render(request, "citizen/verify/answer.html", values)
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    return response


def number_answer(request: HttpRequest, number: str) -> HttpResponse:
    """By the number alone: how it stands, wherever it was issued; nothing of the holder."""
    pace.slow_down(request, what="verify", per_minute=PER_MINUTE)
    at = moments.now()
    try:
        found, away = actions.find_number(number, at=at), None
    except TryLater as refusal:
        found, away = None, refusal
    values = {"found": found, "away": away, "number": number, "at": at}
    status = away.status if away else 200
    response = render(request, "citizen/verify/number.html", values, status=status)
    response["Cache-Control"] = "no-store"
    return response


@access(ANYONE)
@require_POST
def check_file(request: HttpRequest) -> HttpResponse:
    """A sealed PDF somebody holds: is it as it was sealed, and by whom? The file is not kept."""
    pace.slow_down(request, what="verify", per_minute=PER_MINUTE)
    sent = request.FILES.get("file")
    if sent is None:
        return render(request, "citizen/verify/ask.html", {"no_file": True}, status=422)
    seal = seals.check_document(sent.read())
    values = {"seal": seal, "at": moments.now()}
    response = render(request, "citizen/verify/file.html", values)
    response["Cache-Control"] = "no-store"
    return response


@access(ANYONE)
@require_safe
def qr(request: HttpRequest, code: str) -> HttpResponse:
    """The QR picture of a code's address; made from the code alone, it tells nothing else."""
    if KEY_PATTERN.fullmatch(code) is None:
        raise NotFound
    response = HttpResponse(licences.qr_picture(code), content_type="image/svg+xml")
    response["Cache-Control"] = "public, max-age=86400, immutable"
    response["Content-Security-Policy"] = "default-src 'none'; style-src 'none'"
    return response


urlpatterns = [
    path("verify/", ask, name="verify"),
    path("verify/file/", check_file, name="verify-file"),
    path("v/<str:code>", answer, name="verify-code"),
    path("v/<str:code>/qr.svg", qr, name="verify-qr"),
]
