"""Django's way to call a service: through this node's own exchange, with the platform's own key.

``call`` never raises for the other side's sake: silence, nonsense and a closed exchange are AWAY.
"""

from __future__ import annotations

import http.client
import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.db import connection, transaction

from yiwang.foundation.exchange import actions
from yiwang.foundation.exchange.definitions import PLATFORM, CallStatus, Reply
from yiwang.foundation.exchange.fastpath import envelope
from yiwang.foundation.exchange.models import SystemKey
from yiwang.kernel import moments
from yiwang.kernel.actor import machine

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
) -> Reply:
    """Ask a service in the platform's name and wait at most ``limit_seconds``.

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
    headers = _signed(_platform_key(moment), path, body)
    try:
        answer = _post(path, body, headers, min(limit_seconds, _LONGEST_SECONDS))
    except (OSError, http.client.HTTPException, ValueError):
        return Reply(CallStatus.AWAY, None, (), service, moment, sentence=_AWAY)
    return _reply(answer, service, moment)


def _signed(key: SystemKey, path: str, body: bytes) -> dict[str, str]:
    """The exchange compares this with its own clock, so it is the present moment, not ``at``."""
    time = moments.now().isoformat(timespec="milliseconds")
    nonce, digest = secrets.token_hex(16), envelope.digest(body)
    text = envelope.text_of_request(
        method="POST", target=path, key_id=key.key_id, time=time, nonce=nonce, digest=digest
    )
    return {
        "Content-Type": "application/json",
        "X-Exchange-Key": key.key_id,
        "X-Exchange-Time": time,
        "X-Exchange-Nonce": nonce,
        "X-Exchange-Digest": digest,
        "X-Exchange-Mac": envelope.mac(bytes.fromhex(key.secret), text),
    }


def _post(path: str, body: bytes, headers: dict[str, str], seconds: float) -> dict[str, Any]:
    """The answer of our own node on this machine; ValueError when it is not one."""
    link = http.client.HTTPConnection("127.0.0.1", settings.EXCHANGE_PORT, timeout=seconds)
    try:
        link.request("POST", path, body=body, headers=headers)
        answer = json.loads(link.getresponse().read())
    finally:
        link.close()
    if not isinstance(answer, dict):
        raise ValueError("not an answer")
    return answer


def _reply(answer: dict[str, Any], service: str, moment: datetime) -> Reply:
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


def _platform_key(at: datetime) -> SystemKey:
    """The platform's newest key; made at the first asking."""
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
