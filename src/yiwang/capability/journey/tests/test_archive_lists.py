"""Hand-over, appraisal, holds and destruction by two: what may happen to a package, and what may not."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from yiwang.capability.archives import actions, queries
from yiwang.capability.archives.actions import SecondKeeperNeeded, UnderHold
from yiwang.capability.archives.definitions import BatchKind, HoldGround, PackageState, Tab
from yiwang.capability.archives.definitions.retention import Period
from yiwang.capability.archives.models import ArchivePackage
from yiwang.capability.cases import queries as cases
from yiwang.capability.journey import archiving, sample
from yiwang.capability.journey.tests import test_archiving as story
from yiwang.foundation.ledger import actions as ledger_actions
from yiwang.foundation.ledger import queries as ledger
from yiwang.foundation.ledger.sources import SOURCES
from yiwang.foundation.libraries import sample as libraries
from yiwang.kernel.actor import Role
from yiwang.kernel.refusals import InvalidInput, NotAllowed, NotFound, VersionConflict
from yiwang.mechanisms.files import queries as files
from yiwang.mechanisms.files import shelf
from yiwang.mechanisms.journal import actions as journal
from yiwang.mechanisms.journal import queries as entries
from yiwang.mechanisms.states.rules import CannotDo
from yiwang.support.letters import queries as letters

AT, LATER = story.AT, story.LATER
#: Everything kept for ten years has run out.
IN_TWELVE_YEARS = AT + timedelta(days=12 * 366)
item = story.item
pytestmark = pytest.mark.django_db


@pytest.fixture
def me(item):
    return sample.citizen(libraries.register_person(5, at=AT, born_on=date(1980, 1, 1)))


@pytest.fixture
def keeper(item):
    return sample.official(item, Role.HANDLER, "sun")


@pytest.fixture
def head(item):
    return sample.official(item, Role.HEAD, "qian")


def withdrawn(me, at: datetime = AT):
    """An archived package of a withdrawn case: kept for ten years."""
    from yiwang.capability import journey

    receipt = sample.handed_in(me, at=at)
    case = cases.get_case(receipt.case_key, me, at=at)
    journey.withdraw(case_key=case.key, version=case.version, actor=me, at=at)
    story.settle(at)
    return archiving.archive(package_key=story.due(case), actor=story.CLOCK, at=LATER)


def state_of(view) -> str:
    return ArchivePackage.objects.get(key=view.row.key).state


def test_a_list_is_tested_sent_received_and_each_package_knows_it(me, keeper):
    one, two = withdrawn(me), withdrawn(me)
    batch = actions.begin_hand_over(packages=[one.row.key, two.row.key], actor=keeper, at=LATER)
    actions.send_hand_over(key=batch.key, version=batch.version, actor=keeper, at=LATER)
    story.settle(LATER)
    view = queries.get_batch(batch.key, keeper)
    assert (view.row.state, view.row.receipt_no) == ("RECEIVED", f"SIM-{batch.batch_no}")
    assert [line.number for line in view.entries] == [1, 2]
    assert state_of(one) == state_of(two) == PackageState.HANDED_OVER
    assert queries.get_package(one.row.key, keeper, at=LATER).runs[0].occasion_label == "移交时"
    assert b"".join(queries.open_document(batch.key, keeper).chunks).startswith(b"%PDF")
    listed = actions.export_list(key=batch.key, actor=keeper, at=LATER).decode("utf-8-sig")
    assert one.row.archive_no in listed
    assert one.row.digest in listed
    with pytest.raises(CannotDo):
        actions.send_hand_over(key=batch.key, version=view.row.version, actor=keeper, at=LATER)
    actions.carry_out(key=batch.key, actor=story.CLOCK, at=LATER)
    assert queries.get_batch(batch.key, keeper).row == view.row


def test_the_archive_refuses_the_whole_list_and_names_the_package(me, keeper, settings):
    good, bad = withdrawn(me), withdrawn(me)
    settings.ARCHIVE_SIMULATOR_REFUSES = [bad.row.archive_no]
    batch = actions.begin_hand_over(packages=[good.row.key, bad.row.key], actor=keeper, at=LATER)
    actions.send_hand_over(key=batch.key, version=batch.version, actor=keeper, at=LATER)
    story.settle(LATER)
    view = queries.get_batch(batch.key, keeper)
    assert view.row.state == "REFUSED"
    assert bad.row.archive_no in view.row.answer
    assert [bool(line.problem) for line in view.entries] == [False, True]
    batch = actions.drop_from_hand_over(
        key=batch.key, version=view.row.version, package=bad.row.key, actor=keeper, at=LATER
    )
    actions.send_hand_over(key=batch.key, version=batch.version, actor=keeper, at=LATER)
    story.settle(LATER)
    assert state_of(good) == PackageState.HANDED_OVER
    assert state_of(bad) == PackageState.ARCHIVED


def test_a_damaged_package_is_not_handed_over(me, keeper):
    view = withdrawn(me)
    batch = actions.begin_hand_over(packages=[view.row.key], actor=keeper, at=LATER)
    row = ArchivePackage.objects.get(key=view.row.key)
    shelf.remove(row.file)
    with pytest.raises(InvalidInput):
        actions.send_hand_over(key=batch.key, version=batch.version, actor=keeper, at=LATER)
    assert queries.get_batch(batch.key, keeper).row.state == "OPEN"
    actions.drop_from_hand_over(
        key=batch.key, version=batch.version, package=view.row.key, actor=keeper, at=LATER
    )
    with pytest.raises(CannotDo):
        actions.begin_hand_over(packages=[view.row.key], actor=keeper, at=LATER)
    again = archiving.archive(package_key=view.row.key, actor=keeper, at=LATER)
    assert again.row.sound
    assert again.row.archive_no == view.row.archive_no


def test_only_keepers_of_the_body_and_only_chosen_packages(me, keeper, item):
    view = withdrawn(me)
    for wrong in ([], ["0" * 16]):
        with pytest.raises((InvalidInput, NotFound)):
            actions.begin_hand_over(packages=wrong, actor=keeper, at=LATER)
    with pytest.raises(NotFound):
        actions.begin_hand_over(
            packages=[view.row.key], actor=sample.official(item, Role.APPROVER), at=LATER
        )


def propose(view, keeper, at: datetime = IN_TWELVE_YEARS):
    return actions.propose_destruction(
        packages=[view.row.key], reason="期限届满，没有继续保存的价值", actor=keeper, at=at
    )


def test_what_ran_out_is_appraised_and_destroyed_by_two_and_only_the_list_stays(me, keeper, head):
    view = withdrawn(me)
    with pytest.raises(CannotDo):
        propose(view, keeper, at=LATER)
    (row,) = queries.list_packages(keeper, tab=Tab.EXPIRED, at=IN_TWELVE_YEARS).rows
    assert row.archive_no == view.row.archive_no
    file = ArchivePackage.objects.get(key=view.row.key).file
    batch = propose(view, keeper)
    with pytest.raises(SecondKeeperNeeded):
        archiving.confirm_destruction(
            batch_key=batch.key, version=batch.version, actor=keeper, at=IN_TWELVE_YEARS
        )
    done = archiving.confirm_destruction(
        batch_key=batch.key, version=batch.version, actor=head, at=IN_TWELVE_YEARS
    )
    assert done.row.state == "CONFIRMED"
    gone = ArchivePackage.objects.get(key=view.row.key)
    assert (gone.state, gone.file, gone.applicant) == (PackageState.DESTROYED, "", "")
    assert gone.digest == view.row.digest
    with pytest.raises(NotFound):
        files.get_file(file)
    with pytest.raises(NotFound):
        actions.open_package(key=view.row.key, purpose="看", actor=head, at=IN_TWELVE_YEARS)
    (line,) = queries.get_batch(batch.key, head).entries
    assert (line.archive_no, line.digest) == (view.row.archive_no, view.row.digest)
    assert letters.get_value(done.letter, subject=batch.reference, name="lines")
    told = [one.act for one in entries.list_entries(subject=gone.reference)]
    assert told[-1] == "archives.package_destroyed"


def test_what_the_ledger_can_prove_of_a_case_goes_with_its_package(me, keeper, head):
    view = withdrawn(me)
    case = cases.get_whole_case(view.row.case_key, at=AT).reference
    batch = propose(view, keeper)
    seal_and_append()
    told = [*entries.list_entries(subject=case), *entries.list_entries(subject=view.row.reference)]
    numbers = [row[0] for row in entries.list_proofs([one.entry_id for one in told])]
    others = [row[0] for row in entries.list_links(0, 500) if row[0] not in numbers]
    assert numbers
    assert others
    archiving.confirm_destruction(
        batch_key=batch.key, version=batch.version, actor=head, at=IN_TWELVE_YEARS
    )
    assert [n for n in numbers if ledger.find_salt(tree="journal", number=n)] == []
    assert all(ledger.find_salt(tree="journal", number=n) for n in others)
    seal_and_append()
    (noted,) = [
        one
        for one in entries.list_entries(subject=view.row.reference)
        if one.act == "ledger.forget"
    ]
    assert (noted.actor, noted.subjects) == (head.reference, (case,))
    destroyed = entries.list_proofs([noted.entry_id])[0][0]
    assert ledger.find_salt(tree="journal", number=destroyed)  # that it was done can be proven


def seal_and_append() -> None:
    journal.seal(at=AT)
    for _ in range(2):  # the first round enrols the tree
        ledger_actions.append(SOURCES[0])


def test_what_the_case_said_goes_with_its_package_and_only_its_bones_stay(item, keeper, head):
    person = libraries.register_person(6, at=AT, born_on=date(1980, 1, 1))
    me = sample.citizen(person)
    view = withdrawn(me)
    case = cases.get_whole_case(view.row.case_key, at=AT)
    assert case.applicant_name == person.name
    assert [one for one in letters.list_letters(case.reference) if one.printable]
    batch = propose(view, keeper)
    archiving.confirm_destruction(
        batch_key=batch.key, version=batch.version, actor=head, at=IN_TWELVE_YEARS
    )
    left = cases.get_whole_case(case.key, at=IN_TWELVE_YEARS)
    assert (left.case_no, left.state) == (case.case_no, case.state)
    assert left.answers == ()
    assert person.name not in repr(left)
    assert person.reference not in repr(left)
    assert files.list_attached(case.reference) == ()
    for letter in letters.list_letters(case.reference):
        assert person.name not in repr(letters.open_face(letter.key, subject=case.reference))
        assert files.list_attached(f"letter:{letter.key}") == ()
    with pytest.raises(NotFound):
        cases.get_case(case.key, me, at=IN_TWELVE_YEARS)
    assert cases.get_case(case.key, head, at=IN_TWELVE_YEARS).case_no == case.case_no


def test_who_holds_both_posts_does_not_confirm_what_he_proposed(me, keeper, head, item):
    view = withdrawn(me)
    from dataclasses import replace

    both = replace(keeper, grants=(*keeper.grants, *head.grants))
    batch = propose(view, both)
    with pytest.raises(SecondKeeperNeeded):
        archiving.confirm_destruction(
            batch_key=batch.key, version=batch.version, actor=both, at=IN_TWELVE_YEARS
        )
    with pytest.raises(NotAllowed):
        propose(view, head)


def test_a_held_package_is_neither_proposed_nor_destroyed(me, keeper, head):
    view, other = withdrawn(me), withdrawn(me)
    batch = propose(other, keeper)
    for one in (view, other):
        actions.place_hold(
            key=one.row.key, ground=HoldGround.LITIGATION, reason="（2038）甘01行初1号", actor=keeper,
            at=IN_TWELVE_YEARS,
        )  # fmt: skip
    with pytest.raises(UnderHold):
        propose(view, keeper)
    with pytest.raises(UnderHold):
        archiving.confirm_destruction(
            batch_key=batch.key, version=batch.version, actor=head, at=IN_TWELVE_YEARS
        )
    assert state_of(other) == PackageState.CONDEMNED
    with pytest.raises(InvalidInput):
        actions.place_hold(
            key=view.row.key, ground=HoldGround.LITIGATION, reason="又一次", actor=keeper,
            at=IN_TWELVE_YEARS,
        )  # fmt: skip
    with pytest.raises(NotAllowed):
        actions.lift_hold(key=other.row.key, actor=keeper, at=IN_TWELVE_YEARS)
    actions.lift_hold(key=other.row.key, actor=head, at=IN_TWELVE_YEARS)
    archiving.confirm_destruction(
        batch_key=batch.key, version=batch.version, actor=head, at=IN_TWELVE_YEARS
    )
    assert state_of(other) == PackageState.DESTROYED
    with pytest.raises(NotFound):
        actions.lift_hold(key=other.row.key, actor=head, at=IN_TWELVE_YEARS)


def test_the_second_person_may_decline_and_the_package_stays(me, keeper, head):
    view = withdrawn(me)
    batch = propose(view, keeper)
    with pytest.raises(VersionConflict):
        actions.decline_destruction(
            key=batch.key, version=9, reason="还有用", actor=head, at=IN_TWELVE_YEARS
        )
    actions.decline_destruction(
        key=batch.key, version=batch.version, reason="还有用", actor=head, at=IN_TWELVE_YEARS
    )
    assert state_of(view) == PackageState.ARCHIVED
    (row,) = queries.list_batches(head, kind=BatchKind.DESTRUCTION).rows
    assert (row.state, row.answer) == ("DECLINED", "还有用")


def test_a_package_may_be_kept_on_for_another_period(me, keeper):
    view = withdrawn(me)
    row = ArchivePackage.objects.get(key=view.row.key)
    with pytest.raises(InvalidInput):
        actions.prolong(
            key=row.key, version=row.version, period=Period.YEARS_30, reason="有用", actor=keeper,
            at=LATER,
        )  # fmt: skip
    kept = actions.prolong(
        key=row.key, version=row.version, period=Period.YEARS_10, reason="有用", actor=keeper,
        at=IN_TWELVE_YEARS,
    )  # fmt: skip
    assert kept.retained_until == date(2049, 1, 1)
    with pytest.raises(CannotDo):
        propose(view, keeper)
