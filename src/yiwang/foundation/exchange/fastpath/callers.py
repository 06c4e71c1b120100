"""Who is calling: a key, a fresh moment, and a MAC or signature over exactly what was sent."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from yiwang.foundation.exchange.fastpath import envelope
from yiwang.foundation.exchange.fastpath.refusals import (
    CallerNotProven,
    CallerUnknown,
    ClockWrong,
    RequestMalformed,
)
from yiwang.foundation.exchange.fastpath.snapshot import Caller, Snapshot
from yiwang.foundation.exchange.fastpath.web import Request
from yiwang.mechanisms.crypto import primitives

if TYPE_CHECKING:
    from yiwang.foundation.exchange.fastpath.house import House

HMAC, SM2 = "hmac-sm3", "sm2-sm3"


def who(snapshot: Snapshot, request: Request, *, node: str, now: datetime) -> Caller:
    """The calling system, proven. The algorithm follows from its key, never from the request.

    CallerUnknown, CallerNotProven, ClockWrong, RequestMalformed; nothing is learnt about a request
    whose MAC does not fit.
    """
    nonce, moment = request.header("x-exchange-nonce"), request.header("x-exchange-time")
    if not envelope.NONCE.fullmatch(nonce):
        raise RequestMalformed("X-Exchange-Nonce 应为 16 到 64 位字母、数字、下划线或连字符。")
    caller = snapshot.callers.get(request.header("x-exchange-key"))
    if caller is None or caller.valid_until <= now or caller.node != node:
        raise CallerUnknown
    digest = envelope.digest(request.body)
    text = envelope.text_of_request(
        method=request.method,
        target=request.target,
        key_id=caller.key_id,
        time=moment,
        nonce=nonce,
        digest=digest,
    )
    if request.header("x-exchange-digest") != digest or not _is_proven(
        caller, text, request.header("x-exchange-mac")
    ):
        raise CallerNotProven
    at = envelope.moment_of(moment)
    if at is None or not envelope.is_timely(at, now):
        raise ClockWrong
    return caller


def _is_proven(caller: Caller, text: bytes, given: str) -> bool:
    if caller.algorithm == HMAC:
        return envelope.mac_fits(caller.secret, text, given)
    try:
        signature = bytes.fromhex(given)
    except ValueError:
        return False
    return caller.algorithm == SM2 and primitives.sm2_verify(caller.point, text, signature)


def proof(house: House, caller: Caller, text: bytes) -> str:
    """That this node says it to this caller: by the secret they share, or this node's signature."""
    if caller.algorithm == HMAC:
        return envelope.mac(caller.secret, text)
    key_id = house.partners.signing_key(house.snapshots.current)
    return f"{key_id}:{primitives.sm2_sign(house.store.get(key_id), text).hex()}"
