"""A place takes an item off and on again; elsewhere, and without a reason, it is refused."""

from datetime import UTC, datetime

import pytest

from yiwang.capability import journey
from yiwang.capability.catalogue import actions, queries
from yiwang.capability.journey import sample
from yiwang.capability.journey.applicant import CannotStart
from yiwang.foundation.libraries import sample as libraries
from yiwang.kernel.actor import Actor, ActorKind, Grant, Role
from yiwang.kernel.refusals import InvalidInput, NotFound

AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def admin(division="620102000000", role=Role.LOCAL_ADMIN, **more):
    return Actor(ActorKind.OFFICIAL, "official:a", grants=(Grant(role, division, None),), **more)


@pytest.fixture
def item(db):
    return sample.publish_plain(at=AT)


@pytest.fixture
def me(db):
    return sample.citizen(libraries.register_person(7, at=AT))


def test_paused_nobody_begins_and_what_was_begun_goes_on(item, me):
    begun = sample.filled(item.code, me, {"subject": "示例"}, at=AT)
    actions.pause_item(code=item.code, reason="系统升级", actor=admin(), at=AT)
    version = queries.get_item(item.code)
    assert not version.open_for_application
    assert version.paused_reason == "系统升级"
    with pytest.raises(CannotStart):
        journey.start(item_code=item.code, actor=me, at=AT)
    receipt = journey.submit(draft_key=begun, idempotency_key="k", actor=me, at=AT)
    assert receipt.case_no
    actions.resume_item(code=item.code, actor=admin(), at=AT)
    assert journey.start(item_code=item.code, actor=me, at=AT).key


@pytest.mark.parametrize(
    "actor",
    [
        admin("620103000000"),
        admin(role=Role.APPROVER),
        admin(role=Role.OPERATOR),
        admin(on_behalf_of="official:b"),
    ],
)
def test_only_the_item_s_own_place_turns_it_off(item, actor):
    with pytest.raises(NotFound):
        actions.pause_item(code=item.code, reason="x", actor=actor, at=AT)


def test_a_reason_is_needed_and_nothing_happens_twice(item):
    with pytest.raises(InvalidInput):
        actions.pause_item(code=item.code, reason=" ", actor=admin(), at=AT)
    with pytest.raises(actions.CannotPause):
        actions.resume_item(code=item.code, actor=admin(), at=AT)
    actions.pause_item(code=item.code, reason="x", actor=admin(), at=AT)
    with pytest.raises(actions.CannotPause):
        actions.pause_item(code=item.code, reason="x", actor=admin(), at=AT)
    with pytest.raises(NotFound):
        actions.pause_item(code="nothing", reason="x", actor=admin(), at=AT)
