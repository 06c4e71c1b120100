"""The head consents before an entry leaves the body; the catalogue follows a change in ten working days."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from yiwang.foundation.resources import actions, queries, sample
from yiwang.foundation.resources.definitions import VersionState
from yiwang.kernel.actor import Actor, ActorKind, Grant, Role, machine
from yiwang.kernel.moments import legal_date
from yiwang.kernel.refusals import InvalidInput, NotAllowed, NotFound, VersionConflict
from yiwang.mechanisms.clocks import actions as clocks
from yiwang.mechanisms.journal import queries as journal
from yiwang.mechanisms.states.rules import CannotDo
from yiwang.network.directory import sample as places

POLICE, AUTHORITY = sample.officer(), sample.authority()
BODY = POLICE.grants[0].department
HEAD = Actor(
    ActorKind.OFFICIAL, "official:head", "王", grants=(Grant(Role.HEAD, places.CHENGGUAN, BODY),)
)
OTHER_HEAD = Actor(
    ActorKind.OFFICIAL, "official:other-head", "王",
    grants=(Grant(Role.HEAD, places.CHENGGUAN, sample.officer(serial=2).grants[0].department),),
)  # fmt: skip


@pytest.fixture
def asked(ground, at):
    draft = actions.write(content=sample.content(), actor=POLICE, at=at)
    return actions.submit(
        key=draft.key, version=draft.version, assessment="不涉密", actor=POLICE, at=at
    )


def test_an_entry_goes_to_the_authority_when_the_head_consents(asked, at) -> None:
    assert asked.state is VersionState.TO_CONSENT
    assert asked.submitted_at is None
    assert [row.key for row in queries.list_waiting(HEAD, at=at).rows] == [asked.key]
    assert queries.list_waiting(AUTHORITY, at=at).rows == ()
    handed = actions.consent(key=asked.key, version=asked.version, actor=HEAD, at=at)
    assert handed.state is VersionState.SUBMITTED
    assert handed.due_on is not None
    assert handed.assessment == "不涉密"
    assert [row.key for row in queries.list_waiting(AUTHORITY, at=at).rows] == [asked.key]


def test_nobody_but_the_bodys_own_head_consents(asked, at) -> None:
    for actor, refusal in ((POLICE, NotAllowed), (AUTHORITY, NotAllowed), (OTHER_HEAD, NotFound)):
        with pytest.raises(refusal):
            actions.consent(key=asked.key, version=asked.version, actor=actor, at=at)
    with pytest.raises(VersionConflict):
        actions.consent(key=asked.key, version=asked.version - 1, actor=HEAD, at=at)


def test_without_consent_nothing_is_published_and_nothing_changed(asked, at) -> None:
    with pytest.raises(CannotDo):
        actions.publish(key=asked.key, version=asked.version, actor=AUTHORITY, at=at)
    with pytest.raises(actions.CannotWriteResource):
        actions.write(content=sample.content(), actor=POLICE, at=at, version=asked.version)


def test_the_head_who_consented_does_not_publish(asked, at) -> None:
    both = Actor(
        ActorKind.OFFICIAL, "official:both", "王",
        grants=(*HEAD.grants, *AUTHORITY.grants),
    )  # fmt: skip
    handed = actions.consent(key=asked.key, version=asked.version, actor=both, at=at)
    with pytest.raises(NotAllowed):
        actions.publish(key=handed.key, version=handed.version, actor=both, at=at)


def test_the_head_gives_it_back_with_a_reason(asked, at) -> None:
    with pytest.raises(InvalidInput):
        actions.hand_back(key=asked.key, version=asked.version, reason=" ", actor=HEAD, at=at)
    back = actions.hand_back(
        key=asked.key, version=asked.version, reason="级别定低了", actor=HEAD, at=at
    )
    assert (back.state, back.remark) == (VersionState.DRAFT, "级别定低了")


def test_what_was_assessed_must_be_said(ground, at) -> None:
    draft = actions.write(content=sample.content(), actor=POLICE, at=at)
    with pytest.raises(InvalidInput):
        actions.submit(key=draft.key, version=draft.version, assessment="", actor=POLICE, at=at)


def noted(at, **changes):
    given = {
        "department": BODY, "cause": "LAW", "basis": "户口登记条例修改", "what": "加一项住址",
        "happened_on": legal_date(at), "actor": POLICE, "at": at,
    }  # fmt: skip
    return actions.note_change(**given | changes)


def test_the_catalogue_has_ten_working_days_from_the_change_and_five_more_by_consent(
    ground,
) -> None:
    from yiwang.foundation.agreements.tests.people import AT

    change = noted(AT)  # Monday, 2 March 2026
    assert change.due_on == date(2026, 3, 16)
    asked = actions.ask_longer(key=change.key, version=1, words="系统在改造", actor=POLICE, at=AT)
    with pytest.raises(NotAllowed):
        actions.consent_longer(key=change.key, version=asked.version, actor=POLICE, at=AT)
    longer = actions.consent_longer(key=change.key, version=asked.version, actor=AUTHORITY, at=AT)
    assert longer.due_on == date(2026, 3, 23)
    with pytest.raises(CannotDo):
        actions.ask_longer(
            key=change.key, version=longer.version, words="还要", actor=POLICE, at=AT
        )


def test_a_change_of_long_ago_is_late_at_once_and_told(ground, at) -> None:
    change = noted(at, happened_on=legal_date(at) - timedelta(days=40))
    assert change.due_on < legal_date(at)
    clocks.warn(at=at, actor=machine("test"))
    assert actions.note_change_limit(change=change.reference, late=True, at=at)
    acts = [entry.act for entry in journal.list_entries(subject=change.reference)]
    assert "resources.change_late" in acts


def test_a_version_handed_in_closes_what_had_to_change_in_it(ground, at) -> None:
    resource = sample.publish(sample.content(), at=at)
    change = noted(at, resource=resource.key)
    other = noted(at)
    draft = actions.write(content=sample.content(summary="新的一版"), actor=POLICE, at=at)
    sample.handed_in(draft, actor=POLICE, at=at)
    assert queries.get_change(change.key, POLICE, at=at).state == "DONE"
    assert queries.get_change(other.key, POLICE, at=at).state == "OPEN"
    done = actions.finish_change(
        key=other.key, version=1, words="登记了两项新目录", actor=POLICE, at=at
    )
    assert done.state == "DONE"
    assert not actions.note_change_limit(change=other.reference, late=True, at=at)


def test_another_body_neither_sees_nor_notes_it(ground, at) -> None:
    change = noted(at)
    stranger = sample.officer("stranger", serial=2)
    with pytest.raises(NotFound):
        queries.get_change(change.key, stranger, at=at)
    with pytest.raises(NotAllowed):
        noted(at, actor=stranger)
    assert queries.list_changes(stranger, at=at).rows == ()


@pytest.mark.parametrize(
    "changes", [{"cause": "X"}, {"basis": ""}, {"what": " "}, {"happened_on": date(2999, 1, 1)}]
)
def test_a_change_says_why_and_since_when(ground, at, changes) -> None:
    with pytest.raises(InvalidInput):
        noted(at, **changes)
