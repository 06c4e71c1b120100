import json
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings as live
from django.db import connection

from yiwang.kernel.actor import machine
from yiwang.mechanisms.crypto import rules as crypto
from yiwang.mechanisms.journal import queries as journal
from yiwang.network.nodes import actions, queries, refusals, rules, sample
from yiwang.network.nodes.definitions import VALID_FOR, NodeRole, NodeState

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 1, tzinfo=UTC)
BY = machine("tests")


def publish(body, **more):
    return actions.publish(part="grants", body=body, at=AT, actor=BY, **more)


def test_a_registry_knows_itself_and_tells_the_members():
    node = actions.begin(at=AT)
    assert (node.code, node.state, node.role) == ("62", NodeState.ACTIVE, NodeRole.HOST)
    document = queries.find_document("members")
    assert document.version == 1
    assert [one["code"] for one in document.body["nodes"]] == ["62"]
    assert actions.begin(at=AT + timedelta(hours=1)) == node
    assert queries.find_document("members").version == 1


def test_a_changed_address_is_told(settings):
    actions.begin(at=AT)
    settings.EXCHANGE_ADDRESS, settings.NODE_GIVEN = "https://exchange.example:8443", True
    node = actions.begin(at=AT)
    assert (node.address, node.role) == ("https://exchange.example:8443", NodeRole.HOST)
    assert queries.find_document("members").body["nodes"][0]["address"] == node.address


def test_every_field_of_a_document_is_signed():
    actions.begin(at=AT)
    assert publish({"grants": []}, audience="620100") == 1
    document = queries.find_document("grants", "620100")
    rules.believe(document, queries.own().keys)
    wire = rules.as_wire(document)
    for name, other in {
        "part": "members",
        "audience": "*",
        "version": 2,
        "registry": "63",
        "body": '{"grants":[{}]}',
        "issued_at": rules.spelled(AT + timedelta(seconds=1)),
        "valid_until": rules.spelled(AT + timedelta(days=900)),
        "signed_by": "sign-node.99",
        "signature": "sm2-sm3$sign-node.1$AAAA",
    }.items():
        with pytest.raises(refusals.WrongSignature):
            rules.believe(rules.read_document(wire | {name: other}), queries.own().keys)


def test_the_same_words_again_make_no_new_version_and_other_words_do():
    assert publish({"grants": ["a"]}) == 1
    assert publish({"grants": ["a"]}) == 1
    assert publish({"grants": ["b"]}) == 2
    assert publish({"grants": ["b"]}, audience="620100") == 1
    (first, second) = journal.list_entries(subject="document:grants/*")
    assert [first.facts["version"], second.facts["version"]] == [1, 2]


def test_words_that_would_run_out_are_issued_anew():
    publish({"grants": ["a"]})
    assert actions.renew(at=AT + timedelta(hours=23), actor=BY) == 0
    later = AT + timedelta(hours=25)
    assert actions.renew(at=later, actor=BY) == 1
    document = queries.find_document("grants")
    assert (document.version, document.valid_until) == (2, later + VALID_FOR)


def test_a_clock_set_back_does_not_order_documents_wrongly():
    publish({"grants": ["a"]})
    actions.publish(part="grants", body={}, at=AT - timedelta(days=1), actor=BY)
    assert queries.find_document("grants").issued_at > AT


def test_only_a_registry_publishes_and_only_known_parts(settings):
    with pytest.raises(refusals.UnknownPart):
        actions.publish(part="rumours", body={}, at=AT, actor=BY)
    settings.REGISTRY = "http://127.0.0.1:1"
    with pytest.raises(refusals.NotRegistry):
        publish({})
    assert actions.renew(at=AT, actor=BY) == 0


def test_the_newest_lies_in_a_file_too(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        publish({"grants": ["a"]})
        publish({"grants": ["b"]})
        publish({"grants": ["secret of 620100"]}, audience="620100")
    kept = json.loads((live.YIWANG_HOME / "exchange" / "grants.json").read_text())
    assert kept == rules.as_wire(queries.find_document("grants"))


def test_the_fast_side_reads_members_and_documents_from_views():
    lanzhou, _police = sample.three_nodes(at=AT)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT code, name, role, address, state, keys FROM nodes_fast_members ORDER BY code"
        )
        rows = {row[0]: row[1:] for row in cursor.fetchall()}
        assert set(rows) == {"62", sample.LANZHOU, sample.POLICE}
        name, role, address, state, keys = rows[sample.LANZHOU]
        assert (name, role, address, state) == (
            lanzhou.name,
            "CONSUMER",
            lanzhou.address,
            "ACTIVE",
        )
        (key,) = json.loads(keys) if isinstance(keys, str) else keys
        assert (key["id"], key["point"], key["until"]) == (lanzhou.key_id, lanzhou.point, None)
        assert datetime.fromisoformat(key["from"]) == AT
        cursor.execute(
            "SELECT part, audience, max(version) FROM nodes_fast_documents GROUP BY 1, 2"
        )
        assert cursor.fetchall() == [("members", "*", 3)]


def test_two_nodes_share_a_key_nobody_else_has():
    lanzhou, police = sample.three_nodes(at=AT)
    own = queries.own()
    theirs = lanzhou.pair_key(partner=own.code, key_id=own.key.key_id, point=own.key.point)
    from yiwang.mechanisms.crypto import actions as keys

    info = rules.pair_info((own.code, own.key.key_id), (lanzhou.code, lanzhou.key_id))
    ours = keys.agree(key_id=own.key.key_id, point=lanzhou.point, info=info)
    assert ours == theirs
    assert police.pair_key(partner=own.code, key_id=own.key.key_id, point=own.key.point) != ours
    assert crypto.fingerprint(lanzhou.point) == queries.get_node(sample.LANZHOU).key.fingerprint


def test_no_node_is_called_anything_else_than_a_code():
    for code in ("62", "620100", sample.POLICE):
        assert rules.is_code(code)
    for code in ("", "6", "62/x", "gansu", "-62", "6" * 33, "62\n"):
        assert not rules.is_code(code)
