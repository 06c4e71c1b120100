"""Publish a decision table; ask one and keep the record; repeat every record."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from yiwang.kernel.actor import Actor
from yiwang.kernel.references import new_key, reference
from yiwang.kernel.refusals import FieldProblem, Refusal
from yiwang.mechanisms.crypto import actions as crypto
from yiwang.mechanisms.journal import actions as journal
from yiwang.mechanisms.rulings import queries, rules
from yiwang.mechanisms.rulings.definitions import Input, Ruling
from yiwang.mechanisms.rulings.events import TablePublished
from yiwang.mechanisms.rulings.models import RuleTable, RulingRecord


class CannotPublishTable(Refusal):
    """The table or its tests have problems; ``fields`` name the cells."""

    status = 422
    sentence = "这张决策表不能发布。"
    remedy = "请按提示改好单元格，再发布。"


class TableVersionExists(Refusal):
    """A published version is frozen."""

    sentence = "这一版决策表已经发布，内容不能再改。"
    remedy = "请换一个新的版本号。"


@dataclass(frozen=True, slots=True)
class Replayed:
    """One record repeated. ``differences``: what came out otherwise; empty when the same."""

    key: str
    subject: str
    differences: tuple[str, ...]


def publish_table(
    *,
    code: str,
    version: int,
    table: Mapping[str, Any],
    tests: Sequence[Mapping[str, Any]],
    at: datetime,
    actor: Actor,
) -> None:
    """Freeze a version of a decision table, once it compiles and passes its own tests.

    The same version with the same content changes nothing. Refusals: ``CannotPublishTable`` (each
    wrong cell a field), ``TableVersionExists`` (other content).
    """
    problems = rules.check_table(table) or rules.check_tests(table, tests)
    if problems:
        raise CannotPublishTable(
            fields=[FieldProblem(f"{code} {p.place}", p.sentence) for p in problems]
        )
    digest = digest_of(table)
    try:
        with transaction.atomic():
            RuleTable.objects.create(
                code=code,
                version=version,
                table=table,
                tests=list(tests),
                digest=digest,
                published_at=at,
                published_by=actor.reference,
            )
            subject = reference("table", f"{code}@{version}")
            event = TablePublished(
                subject=subject, at=at, table=code, version=version, digest=digest
            )
            journal.announce(event, actor=actor)
    except IntegrityError:
        if not RuleTable.objects.filter(code=code, version=version, digest=digest).exists():
            raise TableVersionExists from None
    queries.forget_tables()


def rule(
    *,
    subject: str,
    table: str,
    table_version: int,
    inputs: Mapping[str, Input],
    at: datetime,
    actor: Actor,
) -> Ruling:
    """Ask a published table about one subject and keep the whole record.

    Inputs carry their source and time. The record holds inputs, every row's outcome, the basis and
    the explanation, encrypted. Refusals: ``NotFound`` (no such table), ``CannotRule``.
    """
    table_id, content = queries._table(table, table_version)
    said = rules.evaluate(content, inputs)
    record = RulingRecord(
        key=new_key(),
        subject=subject,
        table_id=table_id,
        outcome=said.outcome,
        content=_content(inputs, said),
        at=at,
        ruled_by=actor.reference,
    )
    record.save(force_insert=True)
    facts: dict[str, str | int] = {
        "ruling": record.key,
        "table": table,
        "version": table_version,
        "outcome": said.outcome,
    }
    journal.record(actor=actor, act="rulings.rule", subject=subject, at=at, facts=facts)
    return Ruling(
        key=record.key,
        outcome=said.outcome,
        output=said.output,
        explanation=said.explanation,
        rows=said.rows,
        table=table,
        table_version=table_version,
        at=at,
        inputs=inputs,
        basis=said.basis,
    )


def replay(*, subject: str | None = None) -> Iterator[Replayed]:
    """Ask every stored record's table again with the record's own inputs; say what differs."""
    records = RulingRecord.objects.select_related("table").order_by("id")
    if subject is not None:
        records = records.filter(subject=subject)
    for record in records.iterator(chunk_size=200):
        yield Replayed(record.key, record.subject, tuple(_differences(record)))


def digest_of(table: Mapping[str, Any]) -> str:
    """The same for equal tables, however their keys are ordered."""
    return crypto.digest(json.dumps(table, sort_keys=True, ensure_ascii=False).encode())


def _content(inputs: Mapping[str, Input], said: rules.Evaluation) -> dict[str, Any]:
    return {
        "inputs": {
            name: {
                "value": given.value,
                "source": given.source,
                "obtained_at": given.obtained_at.isoformat(),
                "words": dict(given.words),
            }
            for name, given in inputs.items()
        },
        "outcome": said.outcome,
        "output": dict(said.output),
        "rows": [asdict(row) for row in said.rows],
        "explanation": list(said.explanation),
        "wording": rules.WORDING,
        "basis": list(said.basis),
    }


def _differences(record: RulingRecord) -> Iterator[str]:
    stored = record.content
    if digest_of(record.table.table) != record.table.digest:
        yield "决策表的内容和发布时不一样"
    if stored["outcome"] != record.outcome:
        yield "登记的结论和记录的结论不一样"
    inputs = queries.inputs_of(stored)
    try:
        again = json.loads(json.dumps(_content(inputs, rules.evaluate(record.table.table, inputs))))
    except rules.CannotRule as refusal:
        yield refusal.sentence
        return
    words = ("explanation",) if stored["wording"] == rules.WORDING else ()
    for part in ("outcome", "output", "rows", "basis", *words):
        if again[part] != stored[part]:
            yield f"{part} 不一样"


def erase(*, subject: str) -> None:
    """销毁以后: the records of this subject go with their inputs; the tables stay."""
    RulingRecord.objects.filter(subject=subject).delete()
