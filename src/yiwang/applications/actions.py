"""Testing a pack and putting it on the shelf: all parts in one transaction, frozen together."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from yiwang.applications import queries, rules
from yiwang.applications.definitions import ExampleOutcome, Pack, PackProblem
from yiwang.capability.cases import actions as cases
from yiwang.capability.cases.definitions.flow import table_code
from yiwang.capability.catalogue import actions as catalogue
from yiwang.capability.catalogue import queries as catalogue_queries
from yiwang.capability.catalogue.definitions import CommitmentKind
from yiwang.capability.intake import actions as intake
from yiwang.capability.intake import queries as intake_queries
from yiwang.capability.intake.definitions import Kind
from yiwang.kernel.actor import Actor
from yiwang.kernel.refusals import FieldProblem, Refusal
from yiwang.mechanisms.clocks import queries as clocks
from yiwang.mechanisms.clocks import rules as clock_rules
from yiwang.mechanisms.rulings import actions as rulings
from yiwang.mechanisms.rulings import rules as ruling_rules
from yiwang.network.directory import queries as directory
from yiwang.support.licences import actions as licences
from yiwang.support.messages import actions as messages
from yiwang.support.messages.definitions import parse_pack_notice


class CannotPublishPack(Refusal):
    """Something in the pack is wrong; nothing was published. ``fields`` are file:key."""

    status = 422
    sentence = "应用包有问题，什么也没有发布。"
    remedy = "请按提示改好；随时可以用 yiwang pack check 检查。"


def publish(
    *, folder: Path, approved_by: str, actor: Actor, at: datetime
) -> tuple[int, tuple[PackProblem, ...]]:
    """Put a pack on the shelf: every part under one item version, or nothing.

    The pack is checked against the rules and the law library and its examples are run first. The
    version is frozen; the same content again changes nothing. Returns the version and the warnings.
    Refusals: ``CannotPublishPack`` (problems, a failing example, the same person publishing and
    approving), ``NoSuchPack``.
    """
    pack = queries.read_pack(folder)
    if not isinstance(pack, Pack):
        raise _refusal(pack)
    problems = queries.check_pack(pack)
    if any(not p.warning for p in problems):
        raise _refusal(problems)
    failed = [one for one in run_examples(pack) if one.differences]
    if failed:
        raise CannotPublishPack(
            "应用包的例子没有通过，什么也没有发布。",
            fields=[FieldProblem(one.name, "；".join(one.differences)) for one in failed],
        )
    if approved_by == actor.reference:
        raise CannotPublishPack("发布和批准不能是同一个人。", "请由另一位事项管理员批准。")
    with transaction.atomic():
        version = _publish_parts(pack, approved_by, actor, at)
    return version, tuple(p for p in problems if p.warning)


def _publish_parts(pack: Pack, approved_by: str, actor: Actor, at: datetime) -> int:
    version = catalogue.publish_item(
        item=pack.item,
        texts=pack.texts_as_data,
        approved_by=approved_by,
        parts=_parts_digest(pack),
        actor=actor,
        at=at,
    )
    intake.publish_form(
        item_code=pack.code,
        item_version=version,
        form=pack.documents["form"],
        actor=actor,
        at=at,
    )
    cases.publish_flow(
        item_code=pack.code, item_version=version, flow=pack.documents["flow"], at=at, actor=actor
    )
    for table in pack.tables.values():
        rulings.publish_table(
            code=table_code(pack.code, table.name),
            version=version,
            table=table.table,
            tests=table.tests,
            at=at,
            actor=actor,
        )
    if pack.licence is not None:
        licences.publish_template(definition=pack.licence, version=version, at=at)
    messages.publish_notices(
        item_code=pack.code,
        version=version,
        notices=[parse_pack_notice(name, text) for name, text in pack.notices.items()],
    )
    return version


def _parts_digest(pack: Pack) -> str:
    """One fingerprint over form, flow, tables and licence: a change in any makes a new version."""
    parts = {
        "form": pack.documents["form"],
        "flow": pack.documents["flow"],
        "licence": pack.licence,
        "notices": dict(pack.notices),
        "tables": {t.name: [t.table, list(t.tests)] for t in pack.tables.values()},
    }
    told = json.dumps(parts, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(told.encode()).hexdigest()


def _refusal(problems: tuple[PackProblem, ...]) -> CannotPublishPack:
    wrong = [p for p in problems if not p.warning]
    return CannotPublishPack(
        fields=[FieldProblem(f"{p.file}:{p.key}", p.sentence, p.remedy) for p in wrong]
    )


def run_examples(pack: Pack) -> tuple[ExampleOutcome, ...]:
    """Try every example of a pack, and the tests of its tables; nothing is written."""
    tables = [
        ExampleOutcome(f"决策表 {table.name}", tuple(f"{p.place} {p.sentence}" for p in found))
        for table in pack.tables.values()
        if (found := ruling_rules.check_table(table.table))
        or (found := ruling_rules.check_tests(table.table, table.tests))
    ]
    if tables:  # an engine that cannot compile a table cannot be asked either
        return tuple(tables)
    tried = [
        rules.run_example(pack, example, check=_check, due=_due, narrow=_narrow)
        for example in pack.examples
    ]
    return tuple(tried)


def _check(pack: Pack, answers: Mapping[str, Any], on: date) -> tuple[str, ...]:
    """Fields that are wrong; places are only compared where the divisions have been loaded."""
    found = {p.field for p in intake_queries.check_answers(pack.form, answers, on=on)}
    if not directory.list_children(None):
        found -= {f.key for f in pack.form.fields if f.kind is Kind.DIVISION and f.key in answers}
    return tuple(sorted(found))


def _due(pack: Pack, on: date, promised: bool) -> date:
    """As the item's flow says, or as its commitment does where a permit is asked for on a promise."""
    limit = pack.item.commitment.decide if promised and pack.item.commitment else None
    within = limit.within if limit else pack.flow.decide_within
    return clock_rules.due(start=on, allowance=within, calendar=clocks.get_calendar()).on


def _narrow(
    pack: Pack, questions: Mapping[str, str], answers: Mapping[str, Any]
) -> tuple[tuple[str, ...], str, bool]:
    """As at submission: what the form says counts over what the guide was told."""
    said = intake_queries.questions_of(pack.form, questions, answers)
    narrowed = catalogue_queries.narrow(pack.item, said)
    handling = narrowed.handling_item.key if narrowed.handling_item else ""
    promise = narrowed.commitment
    on_promise = promise is not None and promise.kind is CommitmentKind.PERMIT
    return tuple(m.key for m in narrowed.to_bring), handling, on_promise
