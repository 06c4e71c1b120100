"""兼容性测试报告: what the conformance kit found about a service, attached by whoever provides it (U14)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction

from yiwang.foundation.exchange.checks import if_, refuse
from yiwang.foundation.exchange.definitions import CheckLine, Outcome, ReportView
from yiwang.foundation.exchange.models import ConformanceReport, Service
from yiwang.kernel.actor import Actor, ActorKind, Role
from yiwang.kernel.refusals import NotAllowed, NotFound
from yiwang.mechanisms.crypto import primitives
from yiwang.mechanisms.journal import actions as journal

MOST_BYTES: Final = 100_000
_OLDEST: Final = timedelta(days=30)
_AHEAD: Final = timedelta(minutes=5)
_MOST_CHECKS: Final = 100


@transaction.atomic
def attach_report(*, service: str, report: bytes, actor: Actor, at: datetime) -> ReportView:
    """The report becomes part of the service as it stands now; its digest is computed again. The same
    one twice is one. NotFound, NotAllowed, InvalidInput."""
    row = Service.objects.select_for_update().filter(code=service).first()
    if row is None:
        raise NotFound
    if not _provides(actor, row.department):
        raise NotAllowed("只有提供部门的数据专员能附上报告。", "请由提供部门办理。")
    told, made_at, checks = _read(report, service, at)
    digest = str(told["digest"])
    kept, made = ConformanceReport.objects.get_or_create(
        service=service,
        digest=digest,
        defaults={
            "service_version": row.version,
            "passed": all(one.result != Outcome.FAILED for one in checks),
            "checks": [[one.check, one.title, one.result, one.seen, one.remedy] for one in checks],
            "kit": str(told.get("kit", ""))[:20],
            "tried_at": made_at,
            "attached_at": at,
            "attached_by": actor.reference,
        },
    )
    if made:
        journal.record(
            actor=actor,
            act="exchange.report_attached",
            subject=row.reference,
            at=at,
            facts={"digest": digest, "version": row.version, "passed": kept.passed},
        )
    return view_of(kept)


def view_of(row: ConformanceReport) -> ReportView:
    """As it is shown."""
    checks = tuple(CheckLine(*line) for line in row.checks)
    return ReportView(
        row.digest, row.service_version, row.passed, row.tried_at, row.attached_at, checks
    )


def _read(
    raw: bytes, service: str, at: datetime
) -> tuple[Mapping[str, Any], datetime, tuple[CheckLine, ...]]:
    refuse(if_(len(raw) > MOST_BYTES, "report", "报告不超过 100 KB。"))
    try:
        told = json.loads(raw)
        made_at = datetime.fromisoformat(told["at"])
        checks = tuple(_line(one) for one in told["checks"])
        digest = _digest(told)
    except (ValueError, KeyError, TypeError, RecursionError):
        told, made_at, checks, digest = {}, at, (), ""
    good = bool(checks) and len(checks) <= _MOST_CHECKS and made_at.tzinfo is not None
    refuse(if_(not good, "report", "这不是兼容性测试报告。"))
    refuse(
        [
            *if_(told["digest"] != digest, "report", "报告和它的摘要不符，内容被改动过。"),
            *if_(told.get("service") != service, "report", "这是另一个服务的报告。"),
            *if_(not at - _OLDEST <= made_at <= at + _AHEAD, "report", "报告应是三十天内做的。"),
        ]
    )
    return told, made_at, checks


def _line(given: Mapping[str, Any]) -> CheckLine:
    texts = [str(given[name])[:200] for name in ("check", "title", "result", "seen", "remedy")]
    return CheckLine(texts[0], texts[1], Outcome(texts[2]), texts[3], texts[4])


def _digest(told: Mapping[str, Any]) -> str:
    """SM3 over the report without its digest: keys in order, no spaces, UTF-8."""
    bare = {name: value for name, value in told.items() if name != "digest"}
    text = json.dumps(bare, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return primitives.sm3(text.encode()).hex()


def _provides(actor: Actor, department: str) -> bool:
    if actor.kind is ActorKind.MACHINE:
        return True
    return bool(department) and any(
        grant.role == Role.DATA_OFFICER and grant.department == department for grant in actor.grants
    )
