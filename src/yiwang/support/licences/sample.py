"""A licence template and licences for tests and the sample province."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final

from yiwang.kernel.actor import Actor
from yiwang.kernel.identifiers import make_uscc
from yiwang.support.licences import actions
from yiwang.support.licences.definitions import LicenceView

ISSUER: Final = make_uscc("1", "1", "620102", 7)
TEMPLATE: Final[dict[str, Any]] = {
    "code": "sample-licence",
    "name": "示例证照",
    "type_code": make_uscc("1", "1", "100000", 1) + "001",
    "specimen": "样本，不作为法律凭证",
    "local": True,
    "fields": [
        {"key": "name", "label": "名称"},
        {"key": "operator", "label": "经营者", "grade": 2, "mask": "NAME"},
        {"key": "citizen_id", "label": "身份证号", "grade": 3, "required": False},
    ],
    "face": {"title": "示例证照", "rows": ["name", "operator"]},
}


def publish(at: datetime) -> None:
    """The sample template, version 1."""
    actions.publish_template(definition=TEMPLATE, version=1, at=at)


def issue(
    *,
    case: str,
    at: datetime,
    actor: Actor,
    holder: str = "person:sample",
    holder_name: str = "马晓燕",
    valid_from: date = date(2026, 1, 1),
    valid_until: date | None = None,
) -> LicenceView:
    """One licence of the sample template."""
    return actions.issue(
        case=case,
        template="sample-licence",
        holder=holder,
        holder_name=holder_name,
        values={"name": "城关区马晓燕小吃店", "operator": holder_name},
        valid_from=valid_from,
        valid_until=valid_until,
        at=at,
        actor=actor,
        issuer=ISSUER,
        issuer_name="兰州市城关区市场监督管理局",
        division_code="620102000000",
    )
