"""Many at once: of twenty findings one stands, of twenty late papers none is lost, one signature holds."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection

from yiwang.capability import journey
from yiwang.capability.commitments import queries as promises
from yiwang.capability.commitments.models import Commitment, Tolerance, Undertaking
from yiwang.capability.commitments.sample import TRUST
from yiwang.capability.journey import sample
from yiwang.capability.journey.tests import test_trusting as story
from yiwang.capability.materials import actions as materials
from yiwang.foundation.libraries import sample as libraries
from yiwang.kernel.references import new_key
from yiwang.network.directory import sample as directory
from yiwang.support.credit.models import Breach

pytestmark = pytest.mark.django_db(transaction=True)
AT, TWENTY = story.AT, 20


@pytest.fixture
def item():
    directory.load_chengguan()
    directory.register_departments()
    return sample.publish_plain(at=AT, code=story.CODE, said=TRUST)


@pytest.fixture
def me(item):
    return sample.citizen(libraries.register_person(5, at=AT, born_on=date(1980, 1, 1)))


@pytest.fixture
def official(item):
    return sample.official(item)


def at_once(act: Callable[[int], object], number: int = TWENTY) -> Counter[str]:
    """What came of it: "done", or the name of the refusal."""
    gate, outcomes = threading.Barrier(number), []

    def one(place: int) -> None:
        try:
            gate.wait()
            act(place)
            outcomes.append("done")
        except Exception as trouble:  # named by the assertion
            outcomes.append(type(trouble).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=(place,)) for place in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Counter(outcomes)


def test_of_twenty_findings_at_once_one_stands(me, item, official):
    case = story.on_promise(me, item, official)
    view = story.promise_of(case, official)

    def find(place: int) -> None:
        about = {"commitment_key": view.key, "version": view.version, "words": "看过"}
        if place % 2:
            journey.find_true(**about, actor=official, at=AT)
        else:
            journey.find_broken(**about, serious=True, actor=official, at=AT)

    assert at_once(find) == {"done": 1, "VersionConflict": TWENTY - 1}
    row = Commitment.objects.get(key=view.key)
    assert Breach.objects.count() == (1 if row.state == "BROKEN" else 0)
    assert len(row.notes) == 1


def test_twenty_uploads_of_one_late_paper_never_lose_a_file_or_pass_the_limit(me, item, official):
    case = story.accepted(me, item, official)
    late = story.late_of(case)
    kept = [story.a_file(me) for _ in range(TWENTY)]

    def supply(place: int) -> None:
        journey.supply_late(
            case_key=case.key, tolerance_key=late.key, files=[kept[place]], actor=me, at=AT
        )

    outcomes = at_once(supply)
    assert outcomes == {
        "done": materials.MOST_FILES, "TooManyFiles": TWENTY - materials.MOST_FILES,
    }  # fmt: skip
    assert Tolerance.objects.get(key=late.key).state == "SUPPLIED"
    assert story.look(case, me).blocks == ()


def test_one_draft_handed_in_twenty_times_binds_its_promise_once(me, item):
    key = story.drafted(me, item, story.PROMISE)
    story.sign_all(me, key)
    same = new_key()

    def submit(_place: int) -> None:
        journey.submit(draft_key=key, idempotency_key=same, actor=me, at=AT)

    assert at_once(submit) == {"done": TWENTY}
    assert Commitment.objects.count() == 1
    assert Undertaking.objects.count() == 1


def test_signing_twenty_times_leaves_one_signature(me, item):
    key = story.drafted(me, item, story.PROMISE)
    assert set(at_once(lambda _place: story.sign_all(me, key))) == {"done"}
    assert Undertaking.objects.count() == 1
    [paper] = story.papers(me, key)
    assert paper.signed_at == AT
    assert promises.list_signed(case="case:none") == ()
