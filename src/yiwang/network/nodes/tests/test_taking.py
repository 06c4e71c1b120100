from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings as live
from django.db import connection

from yiwang.mechanisms.crypto import primitives
from yiwang.mechanisms.journal import queries as journal
from yiwang.network.nodes import actions, queries, refusals, rules, sample
from yiwang.network.nodes.definitions import SKEW, VALID_FOR, NodeRole, NodeState

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 1, tzinfo=UTC)
SOON = AT + timedelta(seconds=2)


@pytest.fixture
def registry(settings):
    settings.REGISTRY = "http://127.0.0.1:1"
    settings.NODE, settings.NODE_NAME = "620100", "兰州市（示例）"
    yield sample.far_registry(at=AT)
    (live.YIWANG_HOME / "exchange" / "registry.json").unlink(missing_ok=True)


def take(*documents, at=SOON):
    return actions.take(documents=documents, at=at)


def versions():
    return {(one.part, one.version) for one in queries.list_newest()}


def test_before_it_is_known_a_node_introduces_itself(registry):
    node = actions.begin(at=AT)
    assert (node.code, node.state, node.role) == ("620100", NodeState.JOINING, NodeRole.CONSUMER)
    assert node.key.fingerprint
    assert queries.list_nodes() == ()


def test_members_are_taken_with_their_keys(registry):
    police = sample.far_node(sample.POLICE, "示例省公安厅")
    assert take(registry.members(police, version=3, at=AT)) == ("members:3",)
    nodes = {node.code: node for node in queries.list_nodes()}
    assert set(nodes) == {"63", "620100", sample.POLICE}
    assert nodes["63"].role is NodeRole.HOST
    assert nodes[sample.POLICE].key.point == police.point
    assert nodes[sample.POLICE].known_until == AT + VALID_FOR
    assert queries.own().state is NodeState.ACTIVE
    (entry,) = journal.list_entries(subject="document:members/*")
    assert (entry.act, entry.facts["version"]) == ("nodes.document_taken", 3)


def test_the_same_again_changes_nothing(registry):
    document = registry.members(version=3, at=AT)
    assert take(document) == ("members:3",)
    assert take(document, document) == ()
    assert len(journal.list_entries(subject="document:members/*")) == 1


def test_an_older_one_is_refused_though_it_was_signed_once(registry):
    older, newer = registry.members(version=3, at=AT), registry.members(version=4, at=SOON)
    take(newer)
    with pytest.raises(refusals.RolledBack):
        take(older)
    backdated = registry.members(version=5, at=AT)
    with pytest.raises(refusals.RolledBack):
        take(backdated)
    assert versions() == {("members", 4)}


def test_two_documents_of_one_version_are_noticed(registry):
    take(registry.members(version=3, at=AT))
    other = registry.members(sample.far_node(sample.POLICE), version=3, at=AT)
    with pytest.raises(refusals.Forked):
        take(other)


def test_a_stranger_signs_in_vain(registry):
    stranger = sample.FarRegistry(sample.FarNode("63", "", primitives.new_sm2_key()), AT)
    with pytest.raises(refusals.WrongSignature):
        take(stranger.members(version=3, at=AT))
    elsewhere = sample.FarRegistry(sample.FarNode("64", "", primitives.new_sm2_key()), AT)
    with pytest.raises(refusals.NotForUs):
        take(elsewhere.members(version=3, at=AT))
    assert queries.list_nodes() == ()


def test_one_altered_character_spoils_it(registry):
    document = registry.members(version=3, at=AT)
    for name, other in {
        "body": document["body"].replace("620100", "620200"),
        "version": 4,
        "part": "grants",
        "audience": "620100",
        "valid_until": rules.spelled(AT + timedelta(days=90)),
        "signature": document["signature"][:-6] + "AAAA==",
    }.items():
        with pytest.raises(refusals.WrongSignature):
            take(document | {name: other})


@pytest.mark.parametrize(
    "change",
    [
        {"version": "3"},
        {"version": True},
        {"version": 0},
        {"body": "{"},
        {"body": "[]"},
        {"body": None},
        {"part": "rumours"},
        {"issued_at": "yesterday"},
        {"issued_at": "2026-03-02T01:00:00"},
        {"signature": 7},
        {"signature": ""},
        {"signed_by": None},
    ],
)
def test_what_is_no_document_is_not_taken(registry, change):
    with pytest.raises(refusals.CannotTake):
        take(registry.members(version=3, at=AT) | change)
    with pytest.raises(refusals.CannotTake):
        take({})


def test_time_is_kept_on_both_sides(registry):
    document = registry.members(version=3, at=AT)
    with pytest.raises(refusals.Outdated):
        take(document, at=AT + VALID_FOR)
    with pytest.raises(refusals.Outdated):
        take(document, at=AT - SKEW - timedelta(seconds=1))
    assert take(document, at=AT - SKEW) == ("members:3",)


def test_another_nodes_document_is_not_ours(registry):
    with pytest.raises(refusals.NotForUs):
        take(registry.issue({}, version=1, at=AT, part="grants", audience="620200"))
    assert take(registry.issue({}, version=1, at=AT, part="grants", audience="620100")) == (
        "grants:1",
    )


def test_one_bad_document_keeps_the_good_ones_out_too(registry):
    good = registry.members(version=3, at=AT)
    with pytest.raises(refusals.WrongSignature):
        take(good, good | {"version": 4})
    assert versions() == set()


def test_after_the_registrys_key_was_changed_the_way_leads_over_the_old_one(registry):
    """Away for weeks: the last document under the old key, out of time itself, names the new one."""
    take(registry.members(version=3, at=AT))
    week, month = AT + timedelta(days=7), AT + timedelta(days=30)
    new = sample.FarNode("63", registry.node.name, primitives.new_sm2_key(), "sign-node.2")
    old_key = registry.node.told(AT)["keys"][0] | {"until": rules.spelled(week)}
    told = new.told(week, role=NodeRole.HOST)
    told["keys"].append(old_key)
    body = {
        "nodes": [
            told,
            sample.FarNode("620100", "", b"").told_as(
                queries.own().key.key_id, queries.own().key.point, AT
            ),
        ]
    }
    step = registry.issue(body, version=8, at=week - timedelta(seconds=1))
    under_new = sample.FarRegistry(new, week).issue(body, version=31, at=month)
    with pytest.raises(refusals.WrongSignature):
        take(under_new, at=month)
    assert take(under_new, step, at=month) == ("members:8", "members:31")
    stolen = registry.issue(body, version=32, at=month + timedelta(hours=1))
    with pytest.raises(refusals.WrongSignature):
        take(stolen, at=month + timedelta(hours=1))
    backdated = registry.issue(body, version=32, at=week - timedelta(seconds=1))
    with pytest.raises(refusals.RolledBack):
        take(backdated, at=month + timedelta(hours=1))


def test_who_is_no_longer_named_has_left_and_nothing_of_him_is_lost(registry):
    police = sample.far_node(sample.POLICE)
    take(registry.members(police, version=3, at=AT))
    take(registry.members(version=4, at=AT))
    node = queries.get_node(sample.POLICE)
    assert (node.state, node.key.point) == (NodeState.LEFT, police.point)


def test_members_work_on_for_a_week_without_the_registry_and_no_longer(registry):
    now = datetime.now(UTC)
    fresh, stale = now - timedelta(days=6, hours=23), now - timedelta(days=7, seconds=1)

    def states():
        with connection.cursor() as cursor:
            cursor.execute("SELECT DISTINCT state FROM nodes_fast_members")
            return {state for (state,) in cursor.fetchall()}

    registry = sample.far_registry(at=stale)
    take(registry.members(version=3, at=stale), at=stale)
    assert states() == {"EXPIRED"}
    take(registry.members(version=4, at=fresh), at=fresh)
    assert states() == {"ACTIVE"}


def test_without_a_confirmed_registry_nothing_is_taken(registry):
    (live.YIWANG_HOME / "exchange" / "registry.json").unlink()
    with pytest.raises(refusals.CannotTake):
        take(registry.members(version=3, at=AT))
    (live.YIWANG_HOME / "exchange" / "registry.json").write_text("{}")
    with pytest.raises(refusals.CannotTake):
        take(registry.members(version=3, at=AT))


def test_a_registry_takes_from_nobody(registry, settings):
    settings.REGISTRY = ""
    with pytest.raises(refusals.IsRegistry):
        take(registry.members(version=3, at=AT))


def test_a_document_with_a_key_that_is_none_is_refused_whole(registry):
    broken = sample.far_node(sample.POLICE).told(AT)
    broken["keys"][0]["point"] = "04" + "00" * 64
    with pytest.raises(refusals.CannotTake):
        take(registry.issue({"nodes": [registry.node.told(AT), broken]}, version=3, at=AT))
    assert queries.list_nodes() == ()
