"""My account: how well I am known, my password, and keys for programs that act for me."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from yiwang.entrance.shell.access import SIGNED_IN, access
from yiwang.entrance.shell.returning import next_of
from yiwang.kernel import moments
from yiwang.kernel.actor import Actor, ActorKind
from yiwang.kernel.refusals import FieldProblem, NotFound, Refusal
from yiwang.support.identity import actions as identity
from yiwang.support.identity import queries as identity_queries
from yiwang.support.identity.definitions import (
    ASSURANCE_LABELS,
    COOKIE,
    SCOPES,
    AccountView,
    IssuedToken,
)

_TERMS: Final = {"30": "30 天", "90": "90 天", "365": "一年"}
_STAFF_SCOPES: Final = ("desk:", "studio:", "console:")


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def _account(actor: Actor) -> AccountView:
    account = identity_queries.find_account(actor.reference)
    if account is None:
        raise NotFound
    return account


def _page(
    request: HttpRequest, *, refusal: Refusal | None = None, issued: IssuedToken | None = None
) -> HttpResponse:
    actor = _actor(request)
    account = _account(actor)
    official = actor.kind is ActorKind.OFFICIAL
    at = moments.now()
    tokens = identity_queries.list_tokens(account.key)
    values = {
        "account": account,
        "level": ASSURANCE_LABELS.get(account.assurance_level, ""),
        "acting_for": actor.on_behalf_of,
        "official": official,
        "tokens": [t for t in tokens if t.revoked_at is None and t.expires_at > at],
        "scopes": [
            (name, label) for name, label in SCOPES.items() if official or not _is_staff(name)
        ],
        "terms": _TERMS.items(),
        "issued": issued,
        "refusal": refusal,
    }
    return render(
        request, "citizen/account.html", values, status=refusal.status if refusal else 200
    )


def _is_staff(scope: str) -> bool:
    return scope.startswith(_STAFF_SCOPES)


@access(SIGNED_IN)
@require_safe
def account(request: HttpRequest) -> HttpResponse:
    """What is known of my account, and what I can change."""
    return _page(request)


@access(SIGNED_IN)
@require_POST
def change_password(request: HttpRequest) -> HttpResponse:
    """A new password; I sign in anew, everywhere."""
    actor = _actor(request)
    try:
        if request.POST.get("new", "") != request.POST.get("again", ""):
            raise _differs()
        identity.change_password(
            account=_account(actor).key,
            old=request.POST.get("old", ""),
            new=request.POST.get("new", ""),
            actor=actor,
            at=moments.now(),
        )
    except Refusal as refusal:
        return _page(request, refusal=_named(refusal))
    where = "/staff/sign-in/" if actor.kind is ActorKind.OFFICIAL else "/sign-in/?next=/my/account/"
    response = HttpResponseRedirect(where)
    response.delete_cookie(COOKIE)
    return response


class _PasswordsDiffer(Refusal):
    status = 422
    sentence = "两次输入的新密码不一样。"
    remedy = "请重新输入。"


def _differs() -> Refusal:
    return _PasswordsDiffer(
        fields=[FieldProblem("again", "两次输入的新密码不一样。", "请重新输入。")]
    )


def _named(refusal: Refusal) -> Refusal:
    """The action says “password”; on this page the field is called “new”."""
    refusal.fields = tuple(
        replace(problem, field="new") if problem.field == "password" else problem
        for problem in refusal.fields
    )
    return refusal


@access(SIGNED_IN)
@require_POST
def issue_token(request: HttpRequest) -> HttpResponse:
    """A key for a program, shown this once."""
    actor = _actor(request)
    days = request.POST.get("days", "30")
    at = moments.now()
    wanted = request.POST.getlist("scopes")
    try:
        issued = identity.issue_token(
            name=request.POST.get("name", "").strip()[:80] or "未命名",
            scopes=[s for s in wanted if actor.kind is ActorKind.OFFICIAL or not _is_staff(s)],
            expires_at=at + timedelta(days=int(days) if days in _TERMS else 30),
            actor=actor,
            at=at,
        )
    except Refusal as refusal:
        return _page(request, refusal=refusal)
    return _page(request, issued=issued)


@access(SIGNED_IN)
@require_POST
def revoke_token(request: HttpRequest, token_key: str) -> HttpResponse:
    """The program is out from now on."""
    identity.revoke_token(token=token_key, actor=_actor(request), at=moments.now())
    return HttpResponseRedirect(next_of(request, otherwise="/my/account/"))
