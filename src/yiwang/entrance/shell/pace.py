"""How fast one address may ask: for doors that need no sign-in."""

from __future__ import annotations

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

from yiwang.kernel import moments
from yiwang.kernel.refusals import TryLater


class TooManyQuestions(TryLater):
    status = 429
    sentence = "查询太频繁了。"
    remedy = "请一分钟后再试。"
    retry_after_seconds = 60


def address_of(request: HttpRequest) -> str:
    """The visitor's address: as many forwarded hops are believed as we have proxies of our own."""
    hops = settings.TRUSTED_PROXIES
    forwarded = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
    if hops and len(forwarded) >= hops and forwarded[-hops]:
        return forwarded[-hops]
    return str(request.META.get("REMOTE_ADDR", ""))


def slow_down(request: HttpRequest, *, what: str, per_minute: int) -> None:
    """Count this question; TooManyQuestions (429) above the limit of this minute.

    Counted per process: with n web processes an address may ask up to n times as often. It protects
    the service, not the codes, which carry 80 random bits.
    """
    minute = int(moments.now().timestamp()) // 60
    key = f"pace:{what}:{address_of(request)}:{minute}"
    cache.add(key, 0, 120)
    try:
        count = cache.incr(key)
    except ValueError:  # dropped between the two lines by a full cache
        return
    if count > per_minute:
        raise TooManyQuestions
