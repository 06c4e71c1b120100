"""Reading archives: lists by cursor, one package with its tests, lists that go out, the table in force."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final, TypeVar

from django.db.models import Count, Exists, OuterRef, Q

from yiwang.capability.archives import rules
from yiwang.capability.archives.checker import TESTS
from yiwang.capability.archives.definitions import (
    BATCH_KIND_LABELS,
    BATCH_LABELS,
    CONFIRMERS,
    DESTRUCTION,
    HAND_OVER,
    HOLD_LABELS,
    KEEPERS,
    OCCASION_LABELS,
    PACKAGE,
    PACKAGE_LABELS,
    BatchKind,
    BatchRow,
    BatchView,
    CheckRow,
    EntryRow,
    HoldRow,
    PackageRow,
    PackageState,
    PackageView,
    Tab,
    TestRun,
)
from yiwang.capability.archives.definitions.retention import (
    PERIOD_LABELS,
    RetentionTable,
    parse_table,
)
from yiwang.capability.archives.models import (
    ArchiveBatch,
    ArchiveHold,
    ArchivePackage,
    BatchEntry,
    PackageSet,
    PackageTest,
    RetentionVersion,
)
from yiwang.capability.cases import queries as cases
from yiwang.kernel.actor import Actor, ActorKind, Role
from yiwang.kernel.moments import legal_date
from yiwang.kernel.pages import MOST, Page, bounded, cut
from yiwang.kernel.references import split
from yiwang.kernel.refusals import NotFound
from yiwang.mechanisms.files.definitions import OpenFile
from yiwang.mechanisms.states import rules as state_rules
from yiwang.mechanisms.states.definitions import Party
from yiwang.support.identity import queries as identity
from yiwang.support.letters import queries as letters

#: Until a table is published nobody knows how long to wait; building refuses then anyhow.
_WAIT_UNKNOWN: Final = 60
_STATES: Final[Mapping[str, tuple[str, ...]]] = {
    Tab.DUE: (PackageState.DUE, PackageState.FAILED, PackageState.SET_ASIDE),
    Tab.ARCHIVED: (PackageState.ARCHIVED, PackageState.OFFERED, PackageState.CONDEMNED),
    Tab.EXPIRED: (PackageState.ARCHIVED, PackageState.CONDEMNED),
    Tab.GONE: (PackageState.HANDED_OVER, PackageState.DESTROYED),
}
Kind = TypeVar("Kind", ArchivePackage, ArchiveBatch)


def list_packages(
    actor: Actor, *, tab: Tab, at: datetime, archive_no: str = "", after: str = "", limit: int = 50
) -> Page[PackageRow]:
    """One list of the official's body, newest first; what ran out first on the list for appraisal."""
    rows = _held(ArchivePackage.objects.visible_to(actor).filter(state__in=_STATES[tab]))
    if archive_no:
        rows = rows.filter(archive_no=archive_no.strip())
    if tab is Tab.EXPIRED:
        return _expired(rows, actor, at, after, limit)
    if after:
        rows = rows.filter(id__lt=_place(ArchivePackage, after))
    shown, following = cut(rows.order_by("-id")[: bounded(limit) + 1], limit)
    return Page(_package_rows(shown, actor, at), following)


def _expired(
    rows: PackageSet, actor: Actor, at: datetime, after: str, limit: int
) -> Page[PackageRow]:
    rows = rows.filter(retained_until__lte=legal_date(at))
    last = ArchivePackage.objects.filter(key=after).first() if after else None
    if last is not None and last.retained_until is not None:
        same = Q(retained_until=last.retained_until, id__gt=last.pk)
        rows = rows.filter(Q(retained_until__gt=last.retained_until) | same)
    ordered = rows.order_by("retained_until", "id")
    shown, following = cut(ordered[: bounded(limit) + 1], limit)
    return Page(_package_rows(shown, actor, at), following)


def get_package(key: str, actor: Actor, *, at: datetime) -> PackageView:
    """One package with everything about it; ``NotFound`` for other bodies."""
    row = _held(ArchivePackage.objects.visible_to(actor)).filter(key=key).first()
    if row is None:
        raise NotFound
    runs = row.tests.order_by("-id")[:20]
    lists = ArchiveBatch.objects.filter(entries__package=row).order_by("id")[:MOST]
    return PackageView(
        row=_package_rows([row], actor, at)[0],
        runs=tuple(_run(one) for one in runs),
        holds=tuple(_hold(one) for one in row.holds.order_by("id")[:MOST]),
        batches=_batch_rows(list(lists), actor),
    )


def find_archive_no(case: str) -> str:
    """The number under which a case is archived; "" while it is not. The caller showed who may see it."""
    kept = ArchivePackage.objects.filter(case=case).exclude(archived_at=None)
    return kept.order_by("-part").values_list("archive_no", flat=True).first() or ""


def find_package_key(case: str, actor: Actor) -> str:
    """The newest package of a case, for a link; "" when the actor may not see it."""
    rows = ArchivePackage.objects.visible_to(actor).filter(case=case)
    return rows.order_by("-part").values_list("key", flat=True).first() or ""


def list_due(*, at: datetime, limit: int = 200) -> tuple[str, ...]:
    """Packages to build now, those that wait the longest first."""
    rows = ArchivePackage.objects.filter(state=PackageState.DUE, due_on__lte=legal_date(at))
    return tuple(rows.order_by("due_on", "id").values_list("key", flat=True)[:limit])


def is_buildable(key: str) -> bool:
    """Is a package still waiting to be built?"""
    return ArchivePackage.objects.filter(key=key, state=PackageState.DUE).exists()


def find_case(key: str) -> str:
    """Whose package it is, for the platform's own work; ``NotFound``."""
    case = ArchivePackage.objects.filter(key=key).values_list("case", flat=True).first()
    if case is None:
        raise NotFound
    return case


def list_batches(
    actor: Actor, *, kind: BatchKind, after: str = "", limit: int = 50
) -> Page[BatchRow]:
    """Hand-overs or destructions of the official's body, newest first."""
    rows = ArchiveBatch.objects.visible_to(actor).filter(kind=kind)
    if after:
        rows = rows.filter(id__lt=_place(ArchiveBatch, after))
    shown, following = cut(rows.order_by("-id")[: bounded(limit) + 1], limit)
    return Page(_batch_rows(shown, actor), following)


def get_batch(key: str, actor: Actor) -> BatchView:
    """One list with its lines; ``NotFound`` for other bodies."""
    row = ArchiveBatch.objects.visible_to(actor).filter(key=key).first()
    if row is None:
        raise NotFound
    entries = row.entries.select_related("package").order_by("number")
    lines = tuple(
        EntryRow(
            number=one.number,
            package_key=one.package.key,
            archive_no=one.archive_no,
            title=one.title,
            period_label=PERIOD_LABELS[one.period],
            files=one.files,
            digest=one.digest,
            problem=one.problem,
        )
        for one in entries
    )
    return BatchView(_batch_rows([row], actor)[0], lines, row.letter)


def open_document(key: str, actor: Actor) -> OpenFile:
    """A list as it was printed. Refuses NotFound, CannotPrint, TryLater (being made)."""
    row = ArchiveBatch.objects.visible_to(actor).filter(key=key).exclude(letter="").first()
    if row is None:
        raise NotFound
    return letters.open_pdf(row.letter, subject=row.reference)


def get_table(on: date) -> RetentionTable:
    """The retention table in force on a day. Refuses ``NoRetentionTable``."""
    rows = RetentionVersion.objects.filter(valid_from__lte=on).order_by("-version")
    newest = rows.values_list("version", flat=True).first()
    if newest is None:
        raise rules.NoRetentionTable
    return get_version(newest)


@lru_cache(maxsize=16)
def get_version(version: int) -> RetentionTable:
    """One published version; they never change."""
    row = RetentionVersion.objects.filter(version=version).first()
    if row is None:
        raise rules.NoRetentionTable
    table, problems = parse_table(row.document)
    if table is None:
        raise ValueError(problems)
    return table


def forget_tables() -> None:
    """After publishing."""
    get_version.cache_clear()
    _wait_days.cache_clear()


def wait_days(on: date) -> int:
    """How long after its end a case is due; read once a day by each process."""
    return _wait_days(on)


@lru_cache(maxsize=4)
def _wait_days(on: date) -> int:
    try:
        return get_table(on).wait_days
    except rules.NoRetentionTable:
        return _WAIT_UNKNOWN


def plain(document: Any) -> Any:
    """A YAML document as JSON keeps it."""
    if isinstance(document, Mapping):
        return {str(key): plain(value) for key, value in document.items()}
    if isinstance(document, list):
        return [plain(one) for one in document]
    return document.isoformat() if isinstance(document, date) else document


def label_of(row: ArchivePackage) -> str:
    return PACKAGE_LABELS[row.state]


def _held(rows: PackageSet) -> PackageSet:
    held = ArchiveHold.objects.filter(package=OuterRef("pk"), lifted_at=None)
    return rows.annotate(held=Exists(held))


def _place(kind: type[Kind], key: str) -> int:
    found = kind.objects.filter(key=key).values_list("pk", flat=True).first()
    return found or 0


def _package_rows(
    rows: Sequence[ArchivePackage], actor: Actor, at: datetime
) -> tuple[PackageRow, ...]:
    unnamed = [row.case for row in rows if not row.item_name]
    names = cases.list_item_names(unnamed) if unnamed else {}
    today = legal_date(at)
    return tuple(_package_row(row, actor, today, names) for row in rows)


def _package_row(
    row: ArchivePackage, actor: Actor, today: date, names: Mapping[str, str]
) -> PackageRow:
    expired = rules.is_expired(until=row.retained_until, today=today)
    held = bool(getattr(row, "held", False))
    facts = {"damaged": row.sound is False, "held": held, "expired": expired}
    return PackageRow(
        key=row.key,
        reference=row.reference,
        archive_no=row.archive_no,
        case_key=split(row.case)[1],
        case_no=row.case_no,
        part=row.part,
        item_code=row.item_code,
        item_name=row.item_name or names.get(row.case, row.item_code),
        division_code=row.division_code,
        department=row.department,
        department_name=row.department_name,
        state=row.state,
        state_label=PACKAGE_LABELS[row.state],
        ended_at=row.ended_at,
        due_on=row.due_on,
        problem=row.problem,
        archived_at=row.archived_at,
        period=row.period,
        period_label=PERIOD_LABELS.get(row.period, ""),
        retained_until=row.retained_until,
        files=row.files,
        size=row.size,
        digest=row.digest,
        sound=row.sound,
        tested_at=row.tested_at,
        held=held,
        expired=expired,
        version=row.version,
        acts=_package_acts(row, actor, facts),
    )


def _package_acts(row: ArchivePackage, actor: Actor, facts: Mapping[str, bool]) -> tuple[str, ...]:
    """What this official may do with it; nothing in his own matter."""
    roles = _held_roles(row, actor)
    if not roles or (row.applicant and row.applicant in (actor.reference, actor.person)):
        return ()
    acts = list(
        state_rules.allowed_acts(PACKAGE, state=row.state, role=Party.OFFICIAL, facts=facts)
    )
    acts = [act for act in acts if act in ("build", "offer", "condemn")]
    if Role.HANDLER not in roles:
        acts = [act for act in acts if act != "condemn"]
    if row.archived_at and row.state != PackageState.DESTROYED:
        acts += ["test", "open", "hold"]
        acts += ["prolong"] if row.state == PackageState.ARCHIVED and facts["expired"] else []
    if facts["held"] and roles & set(CONFIRMERS):
        acts.append("lift")
    return tuple(acts)


def _held_roles(row: ArchivePackage | ArchiveBatch, actor: Actor) -> frozenset[Role]:
    if actor.kind is not ActorKind.OFFICIAL:
        return frozenset()
    return actor.roles_at(row.division_code, row.department) & frozenset(KEEPERS)


def _run(one: PackageTest) -> TestRun:
    order = list(TESTS)
    checks = tuple(
        CheckRow(test, TESTS[test], name, bool(ok), sentence)
        for test, name, ok, sentence in sorted(one.checks, key=lambda row: order.index(row[0]))
    )
    return TestRun(one.at, OCCASION_LABELS[one.occasion], one.sound, checks)


def _hold(one: ArchiveHold) -> HoldRow:
    return HoldRow(HOLD_LABELS[one.ground], one.reason, one.placed_at, one.lifted_at)


def _batch_rows(rows: Sequence[ArchiveBatch], actor: Actor) -> tuple[BatchRow, ...]:
    people = {who for row in rows for who in (row.begun_by, row.settled_by) if who}
    names = identity.list_names(people) if people else {}
    listed = BatchEntry.objects.filter(batch__in=rows).values_list("batch").annotate(n=Count("pk"))
    counts: dict[int, int] = dict(listed) if rows else {}
    return tuple(_batch_row(row, actor, names, counts.get(row.pk, 0)) for row in rows)


def _batch_row(row: ArchiveBatch, actor: Actor, names: Mapping[str, str], count: int) -> BatchRow:
    return BatchRow(
        key=row.key,
        reference=row.reference,
        kind=row.kind,
        kind_label=BATCH_KIND_LABELS[row.kind],
        batch_no=row.batch_no,
        department_name=row.department_name,
        state=row.state,
        state_label=BATCH_LABELS[row.state],
        count=count,
        begun_at=row.begun_at,
        begun_by=names.get(row.begun_by, ""),
        settled_at=row.settled_at,
        settled_by=names.get(row.settled_by, row.receiver),
        reason=row.reason,
        answer=row.answer,
        receiver=row.receiver,
        receipt_no=row.receipt_no,
        version=row.version,
        acts=_batch_acts(row, actor),
    )


def _batch_acts(row: ArchiveBatch, actor: Actor) -> tuple[str, ...]:
    roles = _held_roles(row, actor)
    if not roles:
        return ()
    second = actor.reference != row.begun_by and any(
        role.value != row.begun_as for role in roles & frozenset(CONFIRMERS)
    )
    machine = HAND_OVER if row.kind == BatchKind.HAND_OVER else DESTRUCTION
    return state_rules.allowed_acts(
        machine, state=row.state, role=Party.OFFICIAL, facts={"second": second}
    )
