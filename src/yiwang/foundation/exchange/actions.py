"""Verbs of the exchange's books: services here, calling systems and their keys beside. Effective within
seconds."""

from __future__ import annotations

import re
from dataclasses import asdict
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from django.db import transaction

from yiwang.foundation.exchange.alerts import answer_alert as answer_alert
from yiwang.foundation.exchange.alerts import find_dead as find_dead
from yiwang.foundation.exchange.alerts import get_alert as get_alert
from yiwang.foundation.exchange.alerts import list_alerts as list_alerts
from yiwang.foundation.exchange.alerts import raise_about_ledger as raise_about_ledger
from yiwang.foundation.exchange.checks import code_problem, if_, refuse, tell_fast_path
from yiwang.foundation.exchange.definitions import (
    MOST_REPLY_BYTES,
    NewService,
    ServiceField,
    ServiceKind,
    State,
)
from yiwang.foundation.exchange.events import ServicePublished, ServiceResumed, ServiceStopped
from yiwang.foundation.exchange.fastpath import own
from yiwang.foundation.exchange.grading import grades_of
from yiwang.foundation.exchange.models import Service
from yiwang.foundation.exchange.refusals import ServiceTaken
from yiwang.foundation.exchange.reports import attach_report as attach_report
from yiwang.foundation.exchange.systems import end_key as end_key
from yiwang.foundation.exchange.systems import issue_key as issue_key
from yiwang.foundation.exchange.systems import provide_system as provide_system
from yiwang.foundation.exchange.systems import register_system as register_system
from yiwang.foundation.exchange.systems import rotate_key as rotate_key
from yiwang.kernel.actor import Actor
from yiwang.kernel.refusals import NotFound, VersionConflict
from yiwang.mechanisms.journal import actions as journal

LOCAL: Final = re.compile(r"local:[a-z0-9-]{2,60}")
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,59}")


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
    one stays stopped, the same again changes nothing. ServiceTaken when somebody else's bears the code, InvalidInput."""
    row = Service.objects.select_for_update().filter(code=service.code).first()
    if row is None:
        return publish_service(service=service, actor=actor, at=at)
    if row.upstream != service.upstream:
        raise ServiceTaken
    if all(getattr(row, name) == value for name, value in _columns(service).items()):
        return row.key
    change_service(service=service, version=row.version, actor=actor, at=at)
    return row.key


@transaction.atomic
def stop_service(*, code: str, reason: str, actor: Actor, at: datetime) -> None:
    """技术停用 (政务数据共享条例: safety comes first): it answers nobody, within seconds."""
    refuse(if_(not reason.strip(), "reason", "请写停用的原因。"))
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
    tell_fast_path()


def _announce_published(row: Service, actor: Actor, at: datetime) -> None:
    event = ServicePublished(subject=row.reference, at=at, code=row.code, version=row.version)
    journal.announce(event, actor=actor)
    tell_fast_path()


def _columns(service: NewService) -> dict[str, object]:
    given = asdict(service)
    given["fields"] = [asdict(field) for field in service.fields]
    given["parameters"] = [asdict(parameter) for parameter in service.parameters]
    given["grades"] = grades_of(
        resource=service.resource, kind=service.kind, fields=[asdict(one) for one in service.fields]
    )
    return given


def _check_service(service: NewService) -> None:
    names = [field.name for field in service.fields]
    wrong = [n for n in (*names, *(p.name for p in service.parameters)) if not _NAME.fullmatch(n)]
    about = service.subject_parameter
    refuse(
        [
            code_problem(service.code),
            *if_(not service.title, "title", "请写服务名称。"),
            *if_(not _is_upstream(service), "upstream", "地址应为 https://…，或 local:名称。"),
            *if_(not names, "fields", "请至少列出一个返回字段。"),
            *if_(len(set(names)) != len(names), "fields", "字段名重复。"),
            *if_(bool(wrong), "fields", f"字段名不合规：{'、'.join(wrong)}"),
            *if_(any(not _is_graded(f) for f in service.fields), "fields", "字段分级应为 1 到 4。"),
            *if_(
                bool(about) and about not in [p.name for p in service.parameters],
                "subject_parameter",
                "当事人参数应是参数之一。",
            ),
            *if_(not 0 < service.limit_seconds <= 60, "limit_seconds", "时限应在 60 秒以内。"),
            *if_(
                not 1 <= service.per_partner <= 10_000,
                "per_partner",
                "并发数应在 1 到 10000 之间。",
            ),
            *if_(
                not 1 <= service.reply_bytes <= MOST_REPLY_BYTES,
                "reply_bytes",
                "回复不超过 200 MB；10 MB 以上用大答复取。",
            ),
        ]
    )


def _is_upstream(service: NewService) -> bool:
    """https anywhere; http only where an operator vouched for the host; a topic has nothing behind it."""
    if service.kind is ServiceKind.MESSAGE:
        return not service.upstream
    if LOCAL.fullmatch(service.upstream):
        return True
    if service.upstream.startswith(
        own.PREFIX
    ):  # of this node's own house, under its own name alone
        return service.upstream == own.PREFIX + service.code.partition("/")[2]
    parts = urlsplit(service.upstream)
    allowed = ("https", "http") if service.private_ok else ("https",)
    plain = not parts.username and not parts.password and not parts.fragment and not parts.query
    return parts.scheme in allowed and bool(parts.hostname) and plain


def _is_graded(field: ServiceField) -> bool:
    return field.grade in (1, 2, 3, 4)


def _service(code: str) -> Service:
    row = Service.objects.select_for_update().filter(code=code).first()
    if row is None:
        raise NotFound
    return row
