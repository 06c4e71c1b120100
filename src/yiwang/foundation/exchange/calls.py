"""Django's way to call a service: through this node's own exchange, with the platform's own key.

``call`` never raises for the other side's sake: silence, nonsense and a closed exchange are AWAY.
"""

from __future__ import annotations

import http.client
import json
import secrets
import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q

from yiwang.foundation.exchange import actions
from yiwang.foundation.exchange.definitions import (
    PLATFORM,
    Algorithm,
    CallStatus,
    Reply,
    Sent,
)
from yiwang.foundation.exchange.fastpath import envelope
from yiwang.foundation.exchange.models import SystemKey
from yiwang.foundation.exchange.refusals import CannotSign
from yiwang.kernel import moments
from yiwang.kernel.actor import machine
from yiwang.kernel.refusals import TryLater

_LONGEST_SECONDS: Final = 30.0
_AWAY: Final = "现在连不上交换节点"


def call(
    *,
    service: str,
    parameters: Mapping[str, Any],
    purpose: str,
    item: str = "",
    case: str = "",
    fields: Sequence[str] = (),
    subject: str = "",
    limit_seconds: float = 1.0,
    at: datetime | None = None,
    key: SystemKey | None = None,
) -> Reply:
    """Ask a service in the platform's name and wait at most ``limit_seconds``.

    ``key``: the platform's, where the caller has looked it up already (``platform_key``).

    ``subject``: the identity number or USCC of whom it is about, so that they can see who looked;
    only a keyed index of it is kept. Refuses (RuntimeError) inside a database transaction.
    """
    if not purpose:
        raise ValueError("say why it is asked")
    _refuse_inside_a_transaction()
    moment = at or moments.now()
    question = {
        "purpose": purpose,
        "item": item,
        "case": case,
        "subject": subject,
        "parameters": dict(parameters),
        "fields": list(fields),
    }
    body = json.dumps(question, ensure_ascii=False).encode()
    path = f"/exchange/v1/calls/{service}"
    headers = sign(key or platform_key(moment), path, body)
    try:
        answer = _post(path, body, headers, min(limit_seconds, _LONGEST_SECONDS))
    except (OSError, http.client.HTTPException, ValueError):
        return Reply(CallStatus.AWAY, None, (), service, moment, sentence=_AWAY)
    return read_reply(answer, service, moment)


def list_services_at(node: str, *, limit_seconds: float = 3.0) -> tuple[Mapping[str, Any], ...]:
    """What another node answers, asked of it through this one; TryLater when nothing is known."""
    path = f"/exchange/v1/services/{node}"
    headers = sign(platform_key(moments.now()), path, b"", method="GET")
    try:
        status, _headers, body = send("GET", path, b"", dict(headers), limit_seconds)
        found = json.loads(body)["services"] if status == 200 else None
    except (OSError, http.client.HTTPException, ValueError, KeyError):
        found = None
    if not isinstance(found, list):
        raise TryLater("现在问不到这个节点有哪些服务。", "请过一会儿再试。")
    return tuple(found)


def make_key(*, at: datetime) -> None:
    """The platform's first key, before the exchange starts: made with the first call, that call would
    come before the exchange had heard of its key, and be refused."""
    platform_key(at)


def is_ready() -> bool:
    """Does this node's exchange take calls now?"""
    try:
        return send("GET", "/exchange/v1/health", b"", {}, 1.0)[0] == 200
    except (OSError, http.client.HTTPException):
        return False


def must_sign(*, system: str, at: datetime) -> None:
    """CannotSign when the platform has no secret of a system that holds."""
    _secret_key(system, at)


def send_as(
    *, system: str, service: str, question: Mapping[str, Any], limit_seconds: float, at: datetime
) -> Sent:
    """One real call in the name of a department's system, shown whole. CannotSign when the platform has
    no secret of it. Refuses (RuntimeError) inside a database transaction."""
    _refuse_inside_a_transaction()
    key = _secret_key(system, at)
    body = json.dumps(dict(question), ensure_ascii=False).encode()
    path = f"/exchange/v1/calls/{service}"
    headers, began = sign(key, path, body), time.monotonic()
    try:
        status, told, answer = send(
            "POST", path, body, dict(headers), min(limit_seconds, _LONGEST_SECONDS)
        )
    except (OSError, http.client.HTTPException):
        status, told, answer = 0, {}, b""
    took = int((time.monotonic() - began) * 1000)
    return _as_sent(key, path, body, headers, status, told, answer, took)


def _as_sent(
    key: SystemKey,
    path: str,
    body: bytes,
    headers: Mapping[str, str],
    status: int,
    told: Mapping[str, str],
    answer: bytes,
    took: int,
) -> Sent:
    nonce = headers["X-Exchange-Nonce"]
    covered = envelope.text_of_reply(status=status, nonce=nonce, digest=envelope.digest(answer))
    expected = envelope.mac(bytes.fromhex(key.secret), covered)
    try:
        given = json.loads(answer)
    except ValueError:
        given = {}
    reply = read_reply(given if isinstance(given, dict) else {}, path, moments.now())
    return Sent(
        target=path,
        headers=tuple(headers.items()),
        signed=_text(path, key.key_id, headers).decode(),
        question=body.decode(),
        http_status=status,
        answer=json.dumps(given, ensure_ascii=False, indent=2) if given else "",
        outcome=reply.status,
        message=reply.message,
        milliseconds=took,
        proven=told.get("x-exchange-mac") == expected,
    )


def _secret_key(system: str, at: datetime) -> SystemKey:
    """The newest key of a system that holds and whose secret lies here."""
    rows = SystemKey.objects.filter(system__code=system, ended_at=None, algorithm=Algorithm.HMAC)
    rows = rows.filter(Q(valid_until=None) | Q(valid_until__gt=at))
    found = rows.order_by("-issued_at").first()
    if found is None:
        raise CannotSign
    return found


def sign(key: SystemKey, path: str, body: bytes, *, method: str = "POST") -> dict[str, str]:
    """The exchange compares this with its own clock, so it is the present moment, not ``at``."""
    headers = {
        "Content-Type": "application/json",
        "X-Exchange-Key": key.key_id,
        "X-Exchange-Time": moments.now().isoformat(timespec="milliseconds"),
        "X-Exchange-Nonce": secrets.token_hex(16),
        "X-Exchange-Digest": envelope.digest(body),
    }
    text = _text(path, key.key_id, headers, method=method)
    return {**headers, "X-Exchange-Mac": envelope.mac(bytes.fromhex(key.secret), text)}


def _text(path: str, key_id: str, headers: Mapping[str, str], *, method: str = "POST") -> bytes:
    """What is signed."""
    return envelope.text_of_request(
        method=method,
        target=path,
        key_id=key_id,
        time=headers["X-Exchange-Time"],
        nonce=headers["X-Exchange-Nonce"],
        digest=headers["X-Exchange-Digest"],
    )


def _post(path: str, body: bytes, headers: dict[str, str], seconds: float) -> dict[str, Any]:
    """The answer of our own node on this machine; ValueError when it is not one."""
    answer = json.loads(send("POST", path, body, headers, seconds)[2])
    if not isinstance(answer, dict):
        raise ValueError("not an answer")
    return answer


def send(
    method: str, path: str, body: bytes, headers: dict[str, str], seconds: float
) -> tuple[int, dict[str, str], bytes]:
    """To our own node on this machine: status, headers, body. OSError, HTTPException."""
    link = http.client.HTTPConnection("127.0.0.1", settings.EXCHANGE_PORT, timeout=seconds)
    try:
        link.request(method, path, body=body or None, headers=headers)
        answer = link.getresponse()
        told = {name.lower(): value for name, value in answer.getheaders()}
        return answer.status, told, answer.read()
    finally:
        link.close()


def read_reply(answer: dict[str, Any], service: str, moment: datetime) -> Reply:
    """An answer of our own node as what came of a call."""
    refusal = answer.get("refusal") or {}
    message = str(answer.get("message") or refusal.get("request_id", ""))
    code, sentence = str(refusal.get("code", "")), str(refusal.get("sentence", ""))
    if refusal:
        away = answer.get("status") == "AWAY" or int(refusal.get("status", 500)) >= 500
        status = CallStatus.AWAY if away else CallStatus.REFUSED
        return Reply(status, None, (), service, moment, message, code, sentence)
    try:
        as_of = datetime.fromisoformat(str(answer["as_of"]))
        status = CallStatus(answer["status"])
    except (KeyError, ValueError):
        return Reply(CallStatus.AWAY, None, (), service, moment, message, sentence=_AWAY)
    rows, source = tuple(answer.get("rows") or ()), str(answer.get("source") or service)
    as_of = as_of if as_of.tzinfo else as_of.replace(tzinfo=moments.SHANGHAI)
    return Reply(
        status, answer.get("value"), rows, source, as_of, message, more=answer.get("more") is True
    )


def platform_key(at: datetime) -> SystemKey:
    """The platform's newest key; made when there is none."""
    code = f"{settings.NODE}/{PLATFORM}"
    found = (
        SystemKey.objects.filter(system__code=code, ended_at=None).order_by("-issued_at").first()
    )
    return found or _first_key(code, at)


def _first_key(code: str, at: datetime) -> SystemKey:
    """Two processes may come here at once: both keys are good."""
    actor = machine("exchange")
    with transaction.atomic():
        actions.provide_system(code=code, name="一体化平台", per_second=5_000, actor=actor, at=at)
        issued = actions.issue_key(system=code, actor=actor, at=at)
    return SystemKey.objects.get(key_id=issued.key_id)


def _refuse_inside_a_transaction() -> None:
    blocks: Iterable[object] = connection.atomic_blocks
    if any(not getattr(block, "_from_testcase", False) for block in blocks):
        raise RuntimeError("ask other machines before the transaction opens, or after it")
