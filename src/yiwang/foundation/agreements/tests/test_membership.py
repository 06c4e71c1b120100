"""What the host does for its members comes with membership, and with nothing else."""

from datetime import UTC, datetime, timedelta

import pytest

from yiwang.foundation.agreements import actions
from yiwang.foundation.agreements.definitions import GrantState, MemberService
from yiwang.foundation.agreements.models import DataGrant
from yiwang.foundation.exchange import queries as exchange
from yiwang.foundation.exchange.definitions import ServiceField, ServiceParameter
from yiwang.kernel.actor import machine
from yiwang.mechanisms.journal import actions as journal
from yiwang.network.nodes import queries as nodes
from yiwang.network.nodes import sample as far
from yiwang.network.nodes.definitions import NodeState

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 1, tzinfo=UTC)
SELF = machine("test")
SERVICE = MemberService(
    name="greeting",
    title="问候",
    summary="说一句话。",
    purpose="问候",
    parameters=(ServiceParameter("word", "话"),),
    fields=(ServiceField("said", "话", 3),),
)


@pytest.fixture
def members(settings):
    settings.NODE_GIVEN = True
    return far.three_nodes(at=AT)


def provide(at=AT):
    return actions.provide_to_members(service=SERVICE, actor=SELF, at=at)


def grants(node="620100"):
    return DataGrant.objects.filter(service="62/greeting", consumer_node=node)


def test_every_member_has_a_grant_of_it_and_is_told(members):
    assert provide() == 2
    row = grants().get()
    assert (row.purposes, row.fields, row.clear_fields) == (["问候"], ["said"], ["said"])
    for _ in range(2):
        journal.seal(at=AT)
        journal.run_listeners(at=AT)
    told = nodes.find_document("grants", "620100").body["grants"]
    assert [one["service"] for one in told] == ["62/greeting"]
    assert exchange.find_service("62/greeting").title == "问候"


def test_again_changes_nothing(members):
    provide()
    version = exchange.find_service("62/greeting").version
    assert provide(AT + timedelta(days=1)) == 0
    assert exchange.find_service("62/greeting").version == version
    assert DataGrant.objects.count() == 2


def test_a_newcomer_is_given_it_and_one_that_is_kept_out_is_not(members):
    provide()
    far.member(far.far_node("620200", "嘉峪关市（示例）"), at=AT)
    far.member(far.far_node("620300", "金昌市（示例）"), at=AT, state=NodeState.SUSPENDED)
    assert provide() == 1
    assert grants("620200").exists()
    assert not grants("620300").exists()


def test_a_new_one_begins_before_the_term_is_over(members):
    provide()
    assert provide(AT + timedelta(days=5 * 365 - 40)) == 0
    assert provide(AT + timedelta(days=5 * 365 - 20)) == 2
    after = AT + timedelta(days=5 * 365 + 1)
    actions.expire(at=after, actor=SELF)
    assert provide(after) == 0
    assert list(grants().order_by("id").values_list("state", flat=True)) == ["ENDED", "ACTIVE"]


def test_what_people_ended_stays_ended(members):
    provide()
    grants().update(state=GrantState.ENDED, notes=[{"act": "agree_end"}])
    assert provide() == 0


def test_a_consumer_provides_nothing(members, settings):
    settings.REGISTRY = "http://127.0.0.1:9"
    assert provide() == 0
    assert not DataGrant.objects.exists()
