"""Twenty people at one case at once, in real transactions: no version is lost, nothing happens twice."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from django.db import connection

from yiwang.capability import journey
from yiwang.capability.cases import queries as cases
from yiwang.capability.cases.definitions import CaseView
from yiwang.capability.cases.definitions.profiles import machine_of
from yiwang.capability.journey import sample
from yiwang.capability.journey.tests.test_trusting_at_once import at_once
from yiwang.foundation.libraries import sample as libraries
from yiwang.kernel.actor import Actor, Role
from yiwang.kernel.refusals import InvalidInput, NotAllowed, NotFound, VersionConflict
from yiwang.mechanisms.journal import queries as journal
from yiwang.mechanisms.states.rules import CannotDo
from yiwang.network.directory import sample as directory
from yiwang.support.letters import queries as letters

AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
TWENTY, TRIES = 20, 40
pytestmark = pytest.mark.django_db(transaction=True)
Verb = Callable[..., CaseView]


def given(**flow) -> tuple:
    directory.load_chengguan()
    directory.register_departments()
    more_time = {"amount": 10, "basis": "行政许可法 第四十二条"}
    item = sample.publish_plain(
        at=AT, extension=more_time, special_procedures=["HEARING", "EXPERT_REVIEW"], **flow
    )
    me = sample.citizen(libraries.register_person(5, at=AT, born_on=date(1980, 1, 1)))
    return item, me, sample.handed_in(me, at=AT, delivery="window").case_key


def staff(item, *roles: Role) -> list[Actor]:
    return [sample.official(item, role, f"{role.name.lower()}{n}") for n, role in enumerate(roles)]


#: What somebody at his desk may do, by name, with the words it needs.
DOES: dict[str, tuple[Verb, dict[str, object]]] = {
    "forward": (journey.forward, {"proposal": "APPROVE", "opinion": "拟同意"}),
    "send_back": (journey.send_back, {"opinion": "再看"}),
    "ask_extension": (journey.ask_extension, {"reason": "复杂"}),
    "grant_extension": (journey.grant_extension, {}),
    "decline_extension": (journey.decline_extension, {}),
    "begin_special": (
        journey.begin_special,
        {"kind": "HEARING", "reason": "听证", "expected_on": date(2026, 4, 1)},
    ),
    "end_special": (journey.end_special, {"kind": "HEARING", "finding": "完"}),
}


def test_whatever_twenty_do_again_and_again_every_version_is_one_act() -> None:
    item, _, key = given(chain=["HANDLE", "REVIEW", "APPROVE"])
    handler = sample.official(item, Role.HANDLER, "first")
    case = cases.get_case(key, handler, at=AT)
    case = journey.accept(case_key=key, version=case.version, actor=handler, at=AT)
    roles = (Role.HANDLER, Role.REVIEWER, Role.APPROVER, Role.HEAD, Role.HANDLER)
    people = staff(item, *roles * (TWENTY // len(roles)))
    made: list[tuple[int, int]] = []
    refused: Counter[str] = Counter()

    def work(place: int) -> None:
        chance, actor = random.Random(place), people[place]
        for _ in range(TRIES):
            seen = cases.get_case(key, actor, at=AT)
            names = sorted({act.name for act in seen.acts} & set(DOES))
            if not names:
                time.sleep(0.02)
                continue
            verb, words = DOES[chance.choice(names)]
            try:
                after = verb(case_key=key, version=seen.version, actor=actor, at=AT, **words)
                made.append((seen.version, after.version))
            except (VersionConflict, CannotDo, NotAllowed, InvalidInput, NotFound) as refusal:
                refused[type(refusal).__name__] += 1

    assert at_once(work) == {"done": TWENTY}
    last = cases.get_case(key, handler, at=AT)
    assert sorted(made) == [(v, v + 1) for v in range(case.version, last.version)]
    assert len(made) > TWENTY // 2
    assert refused["VersionConflict"] > 0
    assert replayed(last) == last.state
    held = [span.ended_at for span in last.time_account.spans]
    assert held.count(None) == 1


def replayed(case: CaseView) -> str:
    """Where the acts the journal wrote down lead, one after another, by the transition table alone."""
    acts = {
        "cases.passed_to_official": "to_official", "cases.case_accepted": "accept",
        "cases.case_forwarded": "forward", "cases.case_sent_back": "send_back",
        "cases.special_begun": "begin_special", "cases.special_ended": "end_special",
    }  # fmt: skip
    facts = {"chained", "chain_reviews", "last_special", "special_offered"}
    state = "SUBMITTED"
    for entry in sorted(journal.list_entries(subject=case.reference), key=lambda e: e.entry_id):
        if entry.act not in acts:
            continue
        ways = {
            one.target
            for one in machine_of("LICENCE").transitions
            if (one.source, one.act) == (state, acts[entry.act])
            and all(
                (word.strip().removeprefix("!") in facts) is not word.strip().startswith("!")
                for word in one.guard.split("&")
                if word.strip() not in ("", "!accept_lapsed")
            )
        }
        assert len(ways) == 1, f"{entry.act} from {state}"
        (state,) = ways
    return state


def test_of_twenty_different_acts_on_one_version_one_happens() -> None:
    item, me, key = given()
    official, head = sample.official(item), sample.official(item, Role.HEAD, "head")
    version = cases.get_case(key, official, at=AT).version
    words = {"case_key": key, "version": version, "at": AT}
    ways: list[Callable[[], object]] = [
        lambda: journey.accept(**words, actor=official),
        lambda: journey.return_for_correction(**words, actor=official, problems=["缺图"]),
        lambda: journey.refuse_acceptance(**words, actor=official, reason="不在范围"),
        lambda: journey.not_ours(**words, actor=official, kind="NOT_NEEDED", reason="不需要"),
        lambda: journey.terminate(**words, actor=head, reason="主体已注销"),
        lambda: journey.withdraw(**words, actor=me),
    ]
    outcomes = at_once(lambda place: ways[place % len(ways)]())
    assert outcomes["done"] == 1
    assert outcomes == {"done": 1, "VersionConflict": TWENTY - 1}
    case = cases.get_case(key, me, at=AT)
    assert case.version == version + 1
    told = [letter.kind for letter in letters.list_letters(case.reference)]
    assert len(told) == 1, told
    assert sum(clock.stopped_on is None for clock in case.clocks) == (
        case.state in ("ACCEPTED", "RETURNED")
    )


def test_twenty_rounds_of_the_clock_at_once_accept_by_silence_once() -> None:
    _, me, key = given()
    late = AT.replace(day=12)
    lock, said = threading.Lock(), []

    def round_of_the_clock(_place: int) -> None:
        happened = journey.deem_accepted(case_key=key, actor=sample.PUBLISHER, at=late)
        with lock:
            said.append(happened)

    assert at_once(round_of_the_clock) == {"done": TWENTY}
    assert sum(said) == 1
    case = cases.get_case(key, me, at=late)
    acts = [entry.act for entry in journal.list_entries(subject=case.reference)]
    assert acts.count("cases.accepted_by_silence") == 1
    assert [clock.kind for clock in case.clocks] == ["accept", "decide"]
    connection.close()
