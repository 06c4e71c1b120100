"""找回账号: with the code two officials gave out, a person chooses a new password and is in."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import rotate_token
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from yiwang.entrance.shell.access import ANYONE, access
from yiwang.entrance.shell.entering import again, enter, origin_of
from yiwang.entrance.shell.security import home_of
from yiwang.kernel import moments
from yiwang.kernel.refusals import FieldProblem, InvalidInput, Refusal
from yiwang.support.identity import actions as identity
from yiwang.support.identity.definitions import AccountKind

_PAGE = "citizen/recover.html"


@access(ANYONE)
@require_http_methods(["GET", "HEAD", "POST"])
def recover(request: HttpRequest) -> HttpResponse:
    """Account, code, new password; then the page where new keys are added."""
    sent = request.POST if request.method == "POST" else request.GET
    kind = AccountKind.OFFICIAL if sent.get("kind") == "OFFICIAL" else AccountKind.PERSON
    given = {"kind": kind.value, "login": request.POST.get("login", "")[:60]}
    if request.method != "POST":
        return render(request, _PAGE, given)
    new = request.POST.get("new", "")[:1024]
    try:
        if new != request.POST.get("again", ""):
            problem = FieldProblem("again", "两次输入的新密码不一样。", "请重新输入。")
            raise InvalidInput(fields=[problem])
        signed_in = identity.recover(
            kind=kind,
            login=request.POST.get("login", "")[:100],
            code=request.POST.get("code", "")[:40],
            new=new,
            origin=origin_of(request),
            at=moments.now(),
        )
    except Refusal as refusal:
        return again(request, _PAGE, refusal, given)
    rotate_token(request)
    return enter(signed_in, home_of(signed_in.actor))
