"""批量办理: one confirmation, single answers; and twenty at once on one case."""

from __future__ import annotations

import random
import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from yiwang.capability import journey
from yiwang.capability.cases import queries as cases
from yiwang.capability.cases.models import Case
from yiwang.capability.journey import acceptance, reconciling, sample
from yiwang.foundation.libraries import sample as libraries
from yiwang.kernel.actor import Actor, Role
from yiwang.kernel.refusals import InvalidInput, Refusal, VersionConflict
from yiwang.mechanisms.journal import queries as entries
from yiwang.network.directory import sample as directory

AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


def _me() -> Actor:
    with transaction.atomic():
        return sample.citizen(libraries.register_person(5, at=AT, born_on=date(1980, 1, 1)))


@pytest.fixture
def item(db):
    directory.load_chengguan()
    return sample.publish_plain(
        at=AT,
        extension={"amount": 10, "basis": "行政许可法 第四十二条"},
        special_procedures=["HEARING"],
    )


def test_each_case_is_answered_by_itself_and_one_failure_stops_no_other(item) -> None:
    me, official = _me(), sample.official(item)
    keys = [sample.handed_in(me, at=AT).case_key for _ in range(4)]
    seen = [(key, cases.get_case(key, official, at=AT).version) for key in keys]
    journey.accept(case_key=keys[1], version=seen[1][1], actor=official, at=AT)
    wanted = [*seen, ("0" * 16, 1)]
    told = journey.batch(acts=wanted, act="accept", reason="", actor=official, at=AT)
    assert [(one.done, one.code) for one in told] == [
        (True, ""), (False, "VersionConflict"), (True, ""), (True, ""), (False, "NotFound"),
    ]  # fmt: skip
    assert told[0].state_label == "审查中"
    assert told[1].remedy
    again = [(key, cases.get_case(key, official, at=AT).version) for key in keys]
    told = journey.batch(acts=again, act="approve", reason="符合条件", actor=official, at=AT)
    assert all(one.done for one in told)
    assert {cases.get_case(key, me, at=AT).state for key in keys} == {"CLOSED"}


@pytest.mark.parametrize(
    ("acts", "act"),
    [([], "accept"), ([("a", 1), ("a", 1)], "accept"), ([("a", 1)], "reject"),
     ([(str(n), 1) for n in range(101)], "accept")],
)  # fmt: skip
def test_a_no_is_never_said_to_many_at_once(item, acts, act) -> None:
    with pytest.raises(InvalidInput):
        journey.batch(acts=acts, act=act, reason="x", actor=sample.official(item), at=AT)


def test_a_reason_that_is_missing_fails_each_case_and_leaves_it(item) -> None:
    me, official = _me(), sample.official(item)
    key = sample.handed_in(me, at=AT).case_key
    case = journey.accept(
        case_key=key, version=cases.get_case(key, me, at=AT).version, actor=official, at=AT
    )
    (told,) = journey.batch(
        acts=[(key, case.version)], act="approve", reason=" ", actor=official, at=AT
    )
    assert (told.done, told.code) == (False, "InvalidInput")
    assert cases.get_case(key, me, at=AT).state == "ACCEPTED"


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_lose_no_version_and_leave_one_story(db) -> None:
    """Real threads on PostgreSQL: everybody does what the screen offers, all on the same cases."""
    directory.load_chengguan()
    item = sample.publish_plain(at=AT, extension={"amount": 10, "basis": "行政许可法 第四十二条"})
    me = _me()
    keys = [sample.handed_in(me, at=AT).case_key for _ in range(3)]
    done: list[tuple[str, int]] = []
    conflicts: list[str] = []
    refused: list[int] = []
    broken: list[BaseException] = []
    gate = threading.Barrier(20)

    def work(number: int) -> None:
        chance = random.Random(number)
        role = Role.HEAD if number % 4 == 0 else Role.APPROVER
        actor = me if number % 5 == 1 else sample.official(item, role, f"o{number}")
        try:
            gate.wait()
            for _ in range(6):
                _something(chance, actor)
        except Exception as error:  # a thread's failure must fail the test
            broken.append(error)
        finally:
            connection.close()

    def _something(chance: random.Random, actor: Actor) -> None:
        key = chance.choice(keys)
        view = cases.get_case(key, actor, at=AT)
        known = [act.name for act in view.acts if act.name in VERBS]
        if not known:
            return
        try:
            VERBS[chance.choice(known)](key, view.version, actor)
            done.append((key, view.version))
        except VersionConflict:
            conflicts.append(key)
        except Refusal as refusal:
            refused.append(refusal.status)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert broken == []
    assert max(refused, default=0) < 500
    assert len(done) == len(set(done)), "two acts were taken on one version"
    assert done
    for row in Case.objects.all():
        steps = [e for e in entries.list_entries(subject=row.reference, limit=200)
                 if e.act.startswith("cases.case_") or e.act in OTHERS]  # fmt: skip
        assert row.version == len(steps)
    for key in keys:
        with transaction.atomic():
            journey.write_receipt(case_key=key, actor=me, at=AT)
    late = datetime(2026, 3, 3, 2, 0, tzinfo=UTC)
    assert [d.what for d in reconciling.reconcile(at=late)] == []


OTHERS = {f"cases.{name}" for name in (
    "passed_to_official", "extension_asked", "extension_granted", "extension_declined",
)}  # fmt: skip
VERBS = {
    "accept": lambda k, v, a: journey.accept(case_key=k, version=v, actor=a, at=AT),
    "return_for_correction": lambda k, v, a: journey.return_for_correction(
        case_key=k, version=v, problems=["缺图"], actor=a, at=AT
    ),
    "supply_correction": lambda k, v, a: journey.supply_correction(
        case_key=k, version=v, answers={"subject": "补"}, actor=a, at=AT
    ),
    "ask_extension": lambda k, v, a: journey.ask_extension(
        case_key=k, version=v, reason="复杂", actor=a, at=AT
    ),
    "grant_extension": lambda k, v, a: journey.grant_extension(
        case_key=k, version=v, actor=a, at=AT
    ),
    "decline_extension": lambda k, v, a: journey.decline_extension(
        case_key=k, version=v, actor=a, at=AT
    ),
    "approve": lambda k, v, a: journey.decide(
        case_key=k, version=v, outcome="APPROVE", reason="符合", actor=a, at=AT
    ),
    "reject": lambda k, v, a: journey.decide(
        case_key=k, version=v, outcome="REJECT", reason="不符合", actor=a, at=AT
    ),
    "revoke": lambda k, v, a: journey.revoke(
        case_key=k, version=v, reason="骗取", actor=a, at=AT
    ),
    "reopen": lambda k, v, a: journey.reopen(
        case_key=k, version=v, ground="COURT", document="〔2026〕1号", reason="重办", actor=a,
        at=AT,
    ),
}  # fmt: skip


def test_what_breaks_on_one_case_is_told_and_hides_no_other(item, monkeypatch, caplog) -> None:
    me, official = _me(), sample.official(item)
    keys = [sample.handed_in(me, at=AT).case_key for _ in range(3)]
    accept = acceptance.accept

    def broken_once(*, case_key, **given):
        if case_key == keys[1]:
            raise IntegrityError("planted")
        return accept(case_key=case_key, **given)

    monkeypatch.setattr(acceptance, "accept", broken_once)
    seen = [(key, cases.get_case(key, official, at=AT).version) for key in keys]
    told = journey.batch(acts=seen, act="accept", reason="", actor=official, at=AT)
    assert [(one.done, one.code) for one in told] == [(True, ""), (False, "Broken"), (True, "")]
    assert told[1].remedy
    assert "planted" in caplog.text


def test_a_machine_whose_clock_went_back_an_hour_hinders_no_act(item) -> None:
    me, official = _me(), sample.official(item)
    key = sample.handed_in(me, at=AT).case_key
    before = AT - timedelta(hours=1)
    case = journey.accept(
        case_key=key,
        version=cases.get_case(key, official, at=AT).version,
        actor=official,
        at=AT,
    )
    case = journey.begin_special(
        case_key=key, version=case.version, kind="HEARING", reason="利害关系人申请听证",
        expected_on=date(2026, 3, 20), actor=official, at=AT,
    )  # fmt: skip
    case = journey.end_special(
        case_key=key, version=case.version, kind="HEARING", finding="无异议", actor=official,
        at=before,
    )  # fmt: skip
    told = journey.batch(
        acts=[(key, case.version)], act="approve", reason="符合条件", actor=official, at=before
    )
    assert [one.done for one in told] == [True], told
