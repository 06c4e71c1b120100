"""An item that lets one paper wait and offers a commitment; promises made by real actions: for tests."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final

from django.db import transaction

from yiwang.capability.catalogue import actions as catalogue
from yiwang.capability.catalogue import queries as catalogue_queries
from yiwang.capability.catalogue.definitions import Item, parse_item
from yiwang.capability.commitments import actions, queries
from yiwang.capability.commitments.actions import Handed
from yiwang.kernel.actor import Actor, machine

CODE: Final = "trusting-item"
_BASIS: Final = [{"law": "行政许可法", "article": "第三十一条"}]
_FIVE: Final = {"amount": 5, "unit": "WORKING_DAY", "warn_days": 2}
#: What makes an item trust its applicants; the rest of it is anybody's.
TRUST: Final[dict[str, Any]] = {
    "questions": [
        {
            "key": "road",
            "text": "用哪种方式办？",
            "options": [
                {"value": "ordinary", "label": "普通方式"},
                {"value": "promise", "label": "告知承诺"},
            ],
        }
    ],
    "materials": [
        {
            "key": "map",
            "name": "位置图",
            "why": "看在哪里",
            "source": "UPLOADED",
            "issuer": "申请人",
            "basis": _BASIS,
            "when": {"road": ["ordinary"]},
        },
        {
            "key": "opinion",
            "name": "管线单位意见",
            "why": "不挖断管线",
            "source": "UPLOADED",
            "issuer": "管线单位",
            "basis": _BASIS,
            "kind": "pipe-opinion",
            "tolerance": {"within": _FIVE, "local": True},
        },
    ],
    "commitment": {
        "kind": "PERMIT",
        "when": {"road": ["promise"]},
        "statements": [{"key": "standards", "text": "场所符合规定的标准"}],
        "replaces": ["opinion"],
        "liability": "承诺和实际不符的，责令限期改正；逾期不改的，撤销许可。",
        "decide": {"within": {"amount": 1, "unit": "WORKING_DAY", "warn_days": 0}, "local": True},
        "check": {
            "within": {"amount": 20, "unit": "WORKING_DAY", "warn_days": 3},
            "how": "到现场核查",
            "local": True,
        },
        "correction": {
            "within": {"amount": 10, "unit": "WORKING_DAY", "warn_days": 2},
            "local": True,
        },
        "basis": _BASIS,
    },
}
_ITEM: Final[dict[str, Any]] = {
    "code": CODE,
    "name": "示例许可",
    "short_name": "示例许可",
    "item_type": "01",
    "profile": "LICENCE",
    "handling_mode": "PLATFORM",
    "case_type": "2",
    "exercise_level": "4",
    "department": "11620102000000019B",
    "department_name": "城关区民政局",
    "division_code": "620102000000",
    "valid_from": date(2026, 1, 1),
    "served": ["1"],
    "forms": ["1", "2"],
    "statutory": {"amount": 20, "unit": "WORKING_DAY", "warn_days": 2},
    "promised": {"amount": 20, "unit": "WORKING_DAY", "warn_days": 2},
    "basis": _BASIS,
    "steps": [{"key": "apply", "title": "申请", "who": "您"}],
    "contact": {"consult": "12345", "complain": "12345"},
    "result": {"kind": "DOCUMENT", "name": "决定书"},
    **TRUST,
}


@transaction.atomic
def publish(*, at: datetime, **changes: Any) -> Item:
    """The item on the shelf, without form and flow."""
    item = parse_item({**_ITEM, **changes})
    if not isinstance(item, Item):
        raise ValueError("; ".join(map(str, item)))
    publisher = machine("publisher")
    catalogue.publish_item(
        item=item, texts={}, approved_by="official:approver", actor=publisher, at=at
    )
    return item


@transaction.atomic
def promised(
    *,
    case: str,
    actor: Actor,
    at: datetime,
    department: str = "11620102000000019B",
    division_code: str = "620102000000",
) -> tuple[str, str]:
    """A case handed in on a commitment and with a late paper; the keys of both."""
    version = catalogue_queries.get_item(CODE)
    item, draft = version.item, f"draft:{case[5:]}"
    late = [m for m in catalogue_queries.narrow(item, {}).materials if m.tolerance is not None]
    papers = queries.papers_for(item, version.version, late=late, promise=item.commitment)
    for paper in papers:
        actions.sign(
            subject=draft,
            paper=paper,
            digest=queries.paper_view(paper).digest,
            agreed=[one.key for one in paper.declared],
            actor=actor,
            at=at,
        )
    handed = Handed(
        case=case,
        item_code=CODE,
        item_version=version.version,
        item_name=item.name,
        division_code=division_code,
        department=department,
        department_name="城关区民政局",
        applicant_masked="马**",
    )
    [tolerance] = actions.bind(
        signed=actions.insist_on_signed(draft=draft, papers=papers),
        draft=draft,
        handed=handed,
        late=late,
        promise=item.commitment,
        actor=actor,
        at=at,
    )
    commitment = queries.find_case_commitment(case, actor, at=at)
    if commitment is None:
        raise LookupError(case)
    return tolerance.partition(":")[2], commitment.key
