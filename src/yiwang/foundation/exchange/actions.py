"""Verbs of the exchange's books: calling systems, their keys, services. Effective within seconds."""

from __future__ import annotations

import contextlib
import re
import secrets
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from django.db import connection, transaction

from yiwang.foundation.exchange.definitions import (
    PLATFORM,
    Algorithm,
    IssuedKey,
    NewService,
    ServiceField,
    ServiceKind,
    State,
)
from yiwang.foundation.exchange.events import ServicePublished, ServiceResumed, ServiceStopped
from yiwang.foundation.exchange.models import Service, System, SystemKey
from yiwang.foundation.exchange.refusals import KeyOver, ServiceTaken, SystemTaken
from yiwang.kernel.actor import Actor
from yiwang.kernel.references import new_key
from yiwang.kernel.refusals import FieldProblem, InvalidInput, NotFound, VersionConflict
from yiwang.mechanisms.journal import actions as journal

CODE: Final = re.compile(r"[0-9A-Z-]{2,32}/[a-z0-9-]{2,40}")
LOCAL: Final = re.compile(r"local:[a-z0-9-]{2,60}")
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,59}")
_POINT: Final = re.compile(r"04[0-9a-f]{128}")


@transaction.atomic
def register_system(
    *,
    code: str,
    name: str,
    actor: Actor,
    at: datetime,
    department: str = "",
    per_second: int = 50,
) -> str:
    """Enter an application that may call services; answers its key. SystemTaken, InvalidInput.

    ``department``: whose it is (USCC); only the node's own service platform belongs to none.
    """
    _refuse([_code_problem(code), *_if(not name, "name", "请写系统名称。")])
    nobodys = not department and not code.endswith(f"/{PLATFORM}")
    _refuse(_if(nobodys, "department", "请写这个系统属于哪个部门。"))
    _refuse([*_if(not 1 <= per_second <= 10_000, "per_second", "每秒次数应在 1 到 10000 之间。")])
    row, made = System.objects.get_or_create(
        code=code,
        defaults={
            "node": code.split("/")[0],
            "name": name,
            "department": department,
            "per_second": per_second,
            "made_at": at,
            "made_by": actor.reference,
        },
    )
    if not made:
        raise SystemTaken
    journal.record(
        actor=actor,
        act="exchange.system_registered",
        subject=row.reference,
        at=at,
        facts={"code": code, "department": department},
    )
    _tell_fast_path()
    return row.key


@transaction.atomic
def provide_system(*, code: str, name: str, per_second: int, actor: Actor, at: datetime) -> None:
    """Enter a system unless it is entered already: for the platform's own."""
    if not System.objects.filter(code=code).exists():
        with contextlib.suppress(SystemTaken):
            register_system(code=code, name=name, per_second=per_second, actor=actor, at=at)


@transaction.atomic
def issue_key(
    *,
    system: str,
    actor: Actor,
    at: datetime,
    valid_until: datetime | None = None,
    point: str = "",
) -> IssuedKey:
    """Give a system a key; its secret is shown this once. ``point``: it signs with its own SM2 key
    instead. Older keys go on until they are ended. NotFound, InvalidInput."""
    row = _system(system)
    _refuse(_if(bool(point) and not _POINT.fullmatch(point), "point", "公钥应为 130 位十六进制。"))
    secret = "" if point else secrets.token_hex(32)
    key = SystemKey.objects.create(
        key_id=new_key(),
        system=row,
        algorithm=Algorithm.SM2 if point else Algorithm.HMAC,
        secret=secret,
        point=point,
        issued_at=at,
        valid_until=valid_until,
    )
    journal.record(
        actor=actor,
        act="exchange.key_issued",
        subject=row.reference,
        at=at,
        facts={"key_id": key.key_id, "algorithm": key.algorithm},
    )
    _tell_fast_path()
    return IssuedKey(key.key_id, secret)


@transaction.atomic
def end_key(*, key_id: str, actor: Actor, at: datetime) -> None:
    """From now on nobody gets in with this key. NotFound, KeyOver."""
    row = SystemKey.objects.select_for_update().select_related("system").filter(key_id=key_id)
    key = row.first()
    if key is None:
        raise NotFound
    if key.ended_at is not None:
        raise KeyOver
    key.ended_at = at
    key.save(update_fields=["ended_at"])
    journal.record(
        actor=actor,
        act="exchange.key_ended",
        subject=key.system.reference,
        at=at,
        facts={"key_id": key_id},
    )
    _tell_fast_path()


@transaction.atomic
def publish_service(*, service: NewService, actor: Actor, at: datetime) -> str:
    """Let a service be asked for (who may, grants say); answers its key. ServiceTaken, InvalidInput."""
    _check_service(service)
    row, made = Service.objects.get_or_create(
        code=service.code,
        defaults={**_columns(service), "node": service.code.split("/")[0], "changed_at": at},
    )
    if not made:
        raise ServiceTaken
    _announce_published(row, actor, at)
    return row.key


@transaction.atomic
def change_service(*, service: NewService, version: int, actor: Actor, at: datetime) -> int:
    """The next version of a service; answers its number. NotFound, VersionConflict, InvalidInput."""
    _check_service(service)
    row = _service(service.code)
    if row.version != version:
        raise VersionConflict
    for name, value in _columns(service).items():
        setattr(row, name, value)
    row.version, row.changed_at = version + 1, at
    row.save()
    _announce_published(row, actor, at)
    return row.version


@transaction.atomic
def put_service(*, service: NewService, actor: Actor, at: datetime) -> str:
    """A module's own service as it is from now on, whatever version it had; answers its key. A stopped
    one stays stopped. ServiceTaken when somebody else's bears the code, InvalidInput."""
    row = Service.objects.select_for_update().filter(code=service.code).first()
    if row is None:
        return publish_service(service=service, actor=actor, at=at)
    if row.upstream != service.upstream:
        raise ServiceTaken
    change_service(service=service, version=row.version, actor=actor, at=at)
    return row.key


@transaction.atomic
def stop_service(*, code: str, reason: str, actor: Actor, at: datetime) -> None:
    """技术停用 (政务数据共享条例: safety comes first): it answers nobody, within seconds."""
    _refuse(_if(not reason.strip(), "reason", "请写停用的原因。"))
    row = _service(code)
    if row.state == State.STOPPED:
        return
    _turn(row, State.STOPPED, at)
    event = ServiceStopped(subject=row.reference, at=at, code=code, reason=reason)
    journal.announce(event, actor=actor)


@transaction.atomic
def resume_service(*, code: str, actor: Actor, at: datetime) -> None:
    """The service answers again."""
    row = _service(code)
    if row.state == State.ACTIVE:
        return
    _turn(row, State.ACTIVE, at)
    journal.announce(ServiceResumed(subject=row.reference, at=at, code=code), actor=actor)


def _turn(row: Service, state: State, at: datetime) -> None:
    row.state, row.version, row.changed_at = state, row.version + 1, at
    row.save(update_fields=["state", "version", "changed_at"])
    _tell_fast_path()


def _announce_published(row: Service, actor: Actor, at: datetime) -> None:
    event = ServicePublished(subject=row.reference, at=at, code=row.code, version=row.version)
    journal.announce(event, actor=actor)
    _tell_fast_path()


def _columns(service: NewService) -> dict[str, object]:
    given = asdict(service)
    given["fields"] = [asdict(field) for field in service.fields]
    given["parameters"] = [asdict(parameter) for parameter in service.parameters]
    return given


def _check_service(service: NewService) -> None:
    names = [field.name for field in service.fields]
    wrong = [n for n in (*names, *(p.name for p in service.parameters)) if not _NAME.fullmatch(n)]
    about = service.subject_parameter
    _refuse(
        [
            _code_problem(service.code),
            *_if(not service.title, "title", "请写服务名称。"),
            *_if(not _is_upstream(service), "upstream", "地址应为 https://…，或 local:名称。"),
            *_if(not names, "fields", "请至少列出一个返回字段。"),
            *_if(len(set(names)) != len(names), "fields", "字段名重复。"),
            *_if(bool(wrong), "fields", f"字段名不合规：{'、'.join(wrong)}"),
            *_if(any(not _is_graded(f) for f in service.fields), "fields", "字段分级应为 1 到 4。"),
            *_if(
                bool(about) and about not in [p.name for p in service.parameters],
                "subject_parameter",
                "当事人参数应是参数之一。",
            ),
            *_if(not 0 < service.limit_seconds <= 60, "limit_seconds", "时限应在 60 秒以内。"),
            *_if(
                not 1 <= service.per_partner <= 10_000,
                "per_partner",
                "并发数应在 1 到 10000 之间。",
            ),
            *_if(not 1 <= service.reply_bytes <= 10_485_760, "reply_bytes", "回复不超过 10 MB。"),
        ]
    )


def _is_upstream(service: NewService) -> bool:
    """https anywhere; http only where an operator vouched for the host; a topic has nothing behind it."""
    if service.kind is ServiceKind.MESSAGE:
        return not service.upstream
    if LOCAL.fullmatch(service.upstream):
        return True
    parts = urlsplit(service.upstream)
    allowed = ("https", "http") if service.private_ok else ("https",)
    plain = not parts.username and not parts.password and not parts.fragment and not parts.query
    return parts.scheme in allowed and bool(parts.hostname) and plain


def _is_graded(field: ServiceField) -> bool:
    return field.grade in (1, 2, 3, 4)


def _code_problem(code: str) -> FieldProblem | None:
    if CODE.fullmatch(code):
        return None
    return FieldProblem("code", "编码应为“节点编码/名称”。", "名称用小写字母、数字和连字符。")


def _if(wrong: bool, field: str, sentence: str) -> list[FieldProblem]:
    return [FieldProblem(field, sentence)] if wrong else []


def _refuse(problems: Sequence[FieldProblem | None]) -> None:
    found = [problem for problem in problems if problem is not None]
    if found:
        raise InvalidInput(fields=found)


def _system(code: str) -> System:
    row = System.objects.select_for_update().filter(code=code).first()
    if row is None:
        raise NotFound
    return row


def _service(code: str) -> Service:
    row = Service.objects.select_for_update().filter(code=code).first()
    if row is None:
        raise NotFound
    return row


def _tell_fast_path() -> None:
    """The server beside us reads its views again when this transaction commits."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify('exchange_changed', '')")
