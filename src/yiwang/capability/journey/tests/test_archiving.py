"""电子归档: a finished case becomes one tested, sealed package; kept, handed over, destroyed by two."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from yiwang.capability import journey
from yiwang.capability.archives import actions, checker, queries
from yiwang.capability.archives import jobs as archive_jobs
from yiwang.capability.archives import sample as archive_sample
from yiwang.capability.archives.actions import CannotArchive, NoRetentionTable
from yiwang.capability.archives.definitions import PackageState, PackageView, Tab
from yiwang.capability.archives.models import ArchivePackage, RetentionVersion
from yiwang.capability.cases import queries as cases
from yiwang.capability.cases.definitions import CaseView
from yiwang.capability.cases.events import CaseClosed
from yiwang.capability.journey import archiving, sample
from yiwang.foundation.libraries import sample as libraries
from yiwang.foundation.libraries.queries import find_citizen_id
from yiwang.kernel.actor import Actor, ActorKind, Grant, Role, machine
from yiwang.kernel.moments import legal_date
from yiwang.kernel.refusals import NotAllowed, NotFound
from yiwang.mechanisms.clocks import actions as clocks
from yiwang.mechanisms.clocks.definitions import Allowance
from yiwang.mechanisms.files import queries as files
from yiwang.mechanisms.jobs import actions as jobs
from yiwang.mechanisms.journal import actions as journal
from yiwang.mechanisms.journal import queries as entries
from yiwang.mechanisms.states.rules import CannotDo
from yiwang.network.directory import sample as directory
from yiwang.project import wiring
from yiwang.support.letters import reactions as letter_tasks
from yiwang.support.licences import reactions as licence_tasks

assert all((archive_jobs, letter_tasks, licence_tasks, wiring))  # they register tasks
AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
LATER = AT + timedelta(days=70)
CLOCK = machine("worker")
pytestmark = pytest.mark.django_db


@pytest.fixture
def item(db):
    queries.forget_tables()
    directory.load_chengguan()
    directory.register_departments()
    archive_sample.publish_table(at=AT)
    yield sample.publish_plain(at=AT)
    queries.forget_tables()


@pytest.fixture
def person(item):
    return libraries.register_person(5, at=AT, born_on=date(1980, 1, 1))


@pytest.fixture
def me(person):
    return sample.citizen(person)


@pytest.fixture
def keeper(item):
    return sample.official(item, Role.HANDLER, "sun")


@pytest.fixture
def head(item):
    return sample.official(item, Role.HEAD, "qian")


def settle(at: datetime = AT) -> None:
    """What happens by itself: PDFs, the journal's numbers, those who hear."""
    jobs.run_waiting(at=at)
    journal.seal(at=at)
    journal.run_listeners(at=at)
    jobs.run_waiting(at=at)
    journal.seal(at=at)


def finished(me: Actor, item, *, outcome: str = "APPROVE", at: datetime = AT) -> CaseView:
    """A case decided by an official and delivered."""
    official = sample.official(item)
    receipt = sample.handed_in(me, at=at)
    case = cases.get_case(receipt.case_key, me, at=at)
    case = journey.accept(case_key=case.key, version=case.version, actor=official, at=at)
    journey.decide(
        case_key=case.key,
        version=case.version,
        outcome=outcome,
        reason="符合条件",
        basis=(),
        actor=official,
        at=at,
    )
    settle(at)
    return cases.get_case(receipt.case_key, me, at=at)


def due(case: CaseView) -> str:
    return ArchivePackage.objects.get(case=case.reference).key


def archived(me: Actor, item, **how: object) -> PackageView:
    case = finished(me, item, **how)
    return archiving.archive(package_key=due(case), actor=CLOCK, at=LATER)


def content(view: PackageView) -> bytes:
    row = ArchivePackage.objects.get(key=view.row.key)
    return b"".join(files.open_file(row.file).chunks)


def test_a_finished_case_becomes_due_and_its_package_passes_the_four_tests(me, item, keeper):
    case = finished(me, item)
    row = queries.list_packages(keeper, tab=Tab.DUE, at=AT).rows[0]
    assert row.case_no == case.case_no
    assert row.due_on == legal_date(AT) + timedelta(days=60)
    view = archiving.archive(package_key=row.key, actor=keeper, at=LATER)
    assert view.row.state == PackageState.ARCHIVED
    assert {check.test for check in view.runs[0].checks} == set(checker.TESTS)
    assert all(check.ok for check in view.runs[0].checks), view.runs[0].checks
    assert queries.find_archive_no(case.reference) == view.row.archive_no


def test_the_package_holds_the_whole_case_and_its_open_parts_nothing_personal(me, person, item):
    view = archived(me, item)
    with zipfile.ZipFile(io.BytesIO(content(view))) as package:
        names = package.namelist()
        told = json.loads(package.read(checker.METADATA))
        case = json.loads(package.read(checker.CASE))
        listed = {one["path"] for one in json.loads(package.read(checker.DIRECTORY))["files"]}
        clear = "".join(package.read(name).decode() for name in checker.OPEN_PARTS)
        extract = json.loads(package.read(checker.JOURNAL))
    assert listed | {checker.MANIFEST, *checker.BY_MANIFEST} == set(names)
    assert {name.partition("/")[0] for name in names} >= {"content", "letters", "journal"}
    assert told["archive_no"] == view.row.archive_no
    assert told["retention"]["label"] == view.row.period_label
    assert case["applicant_name"] == person.name
    assert case["decision"]["outcome"] == "APPROVE"
    assert person.name not in clear
    assert find_citizen_id(person.reference) not in clear
    assert [one["position"] for one in extract["entries"]]


def test_a_third_person_checks_the_package_with_the_command_alone(me, item, tmp_path, capsys):
    from yiwang.capability.archives import commands

    place = tmp_path / "package.zip"
    place.write_bytes(content(archived(me, item)))
    with CaptureQueriesContext(connection) as asked:
        assert commands.main(["check", str(place)]) == 0
    assert not asked.captured_queries
    assert "检测通过" in capsys.readouterr().out
    assert commands.main(["check", str(place), "--trust", "0" * 64]) == 1
    assert commands.main(["check", str(tmp_path / "nothing.zip")]) == 2


def test_refused_and_withdrawn_cases_are_archived_too_and_kept_as_their_kind_says(me, item):
    view = archived(me, item, outcome="REJECT")
    assert view.row.period_label == "30年"
    receipt = sample.handed_in(me, at=AT)
    case = cases.get_case(receipt.case_key, me, at=AT)
    journey.withdraw(case_key=case.key, version=case.version, actor=me, at=AT)
    settle()
    second = archiving.archive(package_key=due(case), actor=CLOCK, at=LATER)
    assert second.row.period_label == "10年"
    assert second.row.retained_until == date(2037, 1, 1)


def test_the_clock_archives_what_is_due_and_only_that(me, item):
    case = finished(me, item)
    assert archiving.hand_on_due(at=AT) == 0
    assert archiving.hand_on_due(at=LATER) == 1
    settle(LATER)
    assert ArchivePackage.objects.get(case=case.reference).state == PackageState.ARCHIVED
    assert archiving.hand_on_due(at=LATER) == 0


def test_hearing_the_end_twice_makes_one_package(me, item):
    case = finished(me, item)
    row = ArchivePackage.objects.get(case=case.reference)
    entry = next(
        one for one in entries.list_entries(subject=case.reference) if one.position == row.position
    )
    event = CaseClosed(
        subject=case.reference, at=entry.at, **{k: v for k, v in entry.facts.items() if k != "at"}
    )
    actions.become_due(event=event, position=row.position)
    assert ArchivePackage.objects.filter(case=case.reference).count() == 1
    assert ArchivePackage.objects.get(case=case.reference).version == row.version


def test_a_case_that_goes_on_is_not_archived(me, item, keeper):
    receipt = sample.handed_in(me, at=AT)
    case = cases.get_case(receipt.case_key, me, at=AT)
    assert not ArchivePackage.objects.filter(case=case.reference).exists()
    finished_one = finished(me, item)
    key = due(finished_one)
    clocks.start(
        subject=finished_one.reference, kind="deliver-again", allowance=Allowance(5), at=AT,
        actor=CLOCK,
    )  # fmt: skip
    with pytest.raises(CannotArchive):
        archiving.archive(package_key=key, actor=keeper, at=LATER)
    archiving.archive_by_clock(package_key=key, actor=CLOCK, at=LATER)
    row = queries.get_package(key, keeper, at=LATER).row
    assert row.state == PackageState.DUE
    assert "期限" in row.problem
    assert row.due_on > legal_date(LATER)


def test_a_case_taken_up_anew_is_set_aside_and_an_archived_one_gets_a_second_part(me, item, head):
    first = finished(me, item, outcome="REJECT")
    archiving.archive(package_key=due(first), actor=CLOCK, at=LATER)
    for case, state in (
        (first, PackageState.ARCHIVED),
        (finished(me, item, outcome="REJECT"), PackageState.SET_ASIDE),
    ):
        version = cases.get_case(case.key, head, at=LATER).version
        journey.reopen(
            case_key=case.key, version=version, ground="REVIEW", document="复议〔2026〕1 号",
            reason="撤销原决定", actor=head, at=LATER,
        )  # fmt: skip
        settle(LATER)
        assert ArchivePackage.objects.get(case=case.reference).state == state
    version = cases.get_case(first.key, head, at=LATER).version
    journey.decide(
        case_key=first.key, version=version, outcome="APPROVE", reason="符合条件", basis=(),
        actor=sample.official(item, name="li"), at=LATER,
    )  # fmt: skip
    settle(LATER)
    assert list(
        ArchivePackage.objects.filter(case=first.reference).values_list("part", flat=True)
    ) == [1, 2]


def test_without_an_approved_table_nothing_is_archived(me, item):
    case = finished(me, item)
    RetentionVersion.objects.all().delete()
    queries.forget_tables()
    with pytest.raises(NoRetentionTable):
        archiving.archive(package_key=due(case), actor=CLOCK, at=LATER)


def test_others_and_oneself_do_not_archive(me, person, item, keeper):
    key = due(finished(me, item))
    elsewhere = Actor(
        ActorKind.OFFICIAL, "official:far", grants=(Grant(Role.HEAD, "620103000000", None),)
    )
    clerk = sample.official(item, Role.WINDOW_CLERK)
    oneself = replace(keeper, person=person.reference)
    for actor, refusal in (
        (elsewhere, NotFound),
        (clerk, NotFound),
        (me, NotFound),
        (oneself, NotAllowed),
    ):
        with pytest.raises(refusal):
            actions.build(key=key, actor=actor, at=LATER)
    archiving.archive(package_key=key, actor=keeper, at=LATER)
    with pytest.raises(CannotDo):
        archiving.archive(package_key=key, actor=keeper, at=LATER)


def test_taking_a_package_out_is_written_for_the_person(me, person, item, keeper):
    view = archived(me, item)
    opened = actions.open_package(key=view.row.key, purpose="复议答辩", actor=keeper, at=LATER)
    assert b"".join(opened.chunks).startswith(b"PK")
    read = entries.list_reads_of(person.reference)[0]
    assert (read.subject, read.purpose) == (view.row.reference, "复议答辩")
