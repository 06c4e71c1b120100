"""Services and calling systems for tests and for the sample province."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from yiwang.foundation.exchange import actions
from yiwang.foundation.exchange.definitions import (
    IssuedKey,
    NewService,
    ServiceField,
    ServiceParameter,
)
from yiwang.foundation.exchange.models import Service
from yiwang.kernel.actor import machine
from yiwang.kernel.moments import now

HOUSEHOLD = (
    ServiceField("name", "姓名", 3, "name"),
    ServiceField("citizen_id", "公民身份号码", 3, "citizen_id"),
    ServiceField("address", "户籍地址", 3),
    ServiceField("alive", "是否健在", 2),
)


def system(
    code: str = "62/approval", *, per_second: int = 1_000, at: datetime | None = None
) -> IssuedKey:
    """A calling system with a fresh key."""
    at, actor = at or now(), machine("sample")
    actions.register_system(
        code=code, name="审批系统（示例）", per_second=per_second, actor=actor, at=at
    )
    return actions.issue_key(system=code, actor=actor, at=at)


def service(
    code: str = "62/household-register",
    *,
    upstream: str,
    title: str = "户籍信息查询（示例）",
    fields: Sequence[ServiceField] = HOUSEHOLD,
    limit_seconds: float = 10.0,
    per_partner: int = 256,
    reply_bytes: int = 1_048_576,
    private_ok: bool = True,
    at: datetime | None = None,
) -> str:
    """A service about one person, asked by identity number."""
    new = NewService(
        code=code,
        title=title,
        upstream=upstream,
        fields=tuple(fields),
        parameters=(ServiceParameter("citizen_id", "公民身份号码"),),
        subject_parameter="citizen_id",
        limit_seconds=limit_seconds,
        per_partner=per_partner,
        reply_bytes=reply_bytes,
        private_ok=private_ok,
    )
    return actions.publish_service(service=new, actor=machine("sample"), at=at or now())


def provide(new: NewService, *, at: datetime | None = None) -> bool:
    """Publish a service unless it is published; then only its address follows. True the first time."""
    known = Service.objects.filter(code=new.code).first()
    if known is None:
        actions.publish_service(service=new, actor=machine("sample"), at=at or now())
    elif known.upstream != new.upstream:
        actions.change_service(
            service=new, version=known.version, actor=machine("sample"), at=at or now()
        )
    return known is None
