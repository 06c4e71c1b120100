"""The registry's side: who is let in, whose key changes, who leaves."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from yiwang.kernel.actor import Actor, ActorKind, Grant, Role
from yiwang.kernel.refusals import InvalidInput, NotAllowed, NotFound
from yiwang.mechanisms.crypto import primitives
from yiwang.mechanisms.crypto import rules as crypto
from yiwang.mechanisms.journal import queries as journal
from yiwang.network.directory import queries as directory
from yiwang.network.nodes import actions, queries, refusals, rules, sample
from yiwang.network.nodes.definitions import LEAD, OVERLAP, NodeState, RequestKind, RequestState
from yiwang.network.nodes.models import NodeRequest

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 1, tzinfo=UTC)
SOON = AT + timedelta(seconds=2)
OPERATOR = Actor(
    ActorKind.OFFICIAL, "official:op", grants=(Grant(Role.OPERATOR, "620000000000", None),)
)
CLERK = Actor(
    ActorKind.OFFICIAL, "official:cl", grants=(Grant(Role.WINDOW_CLERK, "620000000000", None),)
)


@pytest.fixture
def registry(db):
    return actions.begin(at=AT)


def ask(node, **changes):
    return actions.receive(given=sample.asks(node, RequestKind.JOIN, at=AT, **changes), at=AT)


def confirm(key, node, **changes):
    given = {"fingerprint": crypto.fingerprint(node.point)[:16], "at": SOON, "actor": OPERATOR}
    actions.confirm(request=key, **given | changes)


def members():
    return {one["code"]: one for one in queries.find_document("members").body["nodes"]}


def test_a_newcomer_waits_until_its_fingerprint_was_compared(registry):
    node = sample.far_node()
    key = ask(node)
    (waiting,) = queries.list_requests()
    assert (waiting.key, waiting.asked.name) == (key, node.name)
    assert waiting.fingerprint == crypto.fingerprint(node.point)
    assert set(members()) == {"62"}
    confirm(key, node)
    assert members()[node.code]["state"] == "ACTIVE"
    assert queries.get_node(node.code).key.point == node.point
    assert queries.list_requests() == ()
    acts = [entry.act for entry in journal.list_entries(subject=f"node:{node.code}")]
    assert acts == ["nodes.join_done", "nodes.node_joined"]


def test_a_department_comes_along_with_its_node_and_a_known_one_stays_as_it_is(registry):
    node = sample.far_node("116201020000008602", "示例区教育局")
    told = {"uscc": node.code, "division_code": "620102000000"}
    confirm(ask(node, **told), node)
    known = directory.get_department(node.code)
    assert (known.name, known.division_code) == (node.name, told["division_code"])
    renamed = sample.far_node("620200", "别的名字")
    confirm(ask(renamed, **told), renamed)
    assert directory.get_department(node.code) == known
    wrong = sample.far_node("620300")
    key = ask(wrong, uscc="116201020000008603")
    with pytest.raises(InvalidInput):
        confirm(key, wrong)
    assert wrong.code not in members()


def test_what_was_read_out_may_have_blanks_and_capitals_and_must_be_long_enough(registry):
    node = sample.far_node()
    key, print_ = ask(node), crypto.fingerprint(node.point)
    for wrong in ("", print_[:15], "0" * 16, print_[1:20]):
        with pytest.raises(refusals.FingerprintDiffers):
            confirm(key, node, fingerprint=wrong)
    confirm(key, node, fingerprint=f"{print_[:4].upper()} {print_[4:10]}-{print_[10:20]} ")
    assert node.code in members()


def test_only_the_registrys_operators_confirm(registry, settings):
    node = sample.far_node()
    key = ask(node)
    with pytest.raises(NotAllowed):
        confirm(key, node, actor=CLERK)
    with pytest.raises(NotAllowed):
        actions.suspend(code="62", reason="试一试", at=AT, actor=CLERK)
    settings.REGISTRY = "http://127.0.0.1:1"
    with pytest.raises(refusals.NotRegistry):
        confirm(key, node)


def test_a_request_is_settled_once(registry):
    node = sample.far_node()
    key = ask(node)
    assert ask(node) == key
    confirm(key, node)
    with pytest.raises(NotFound):
        confirm(key, node)
    with pytest.raises(NotFound):
        actions.decline(request=key, reason="晚了一步", at=SOON, actor=OPERATOR)


def test_a_request_is_sent_back_with_a_reason(registry):
    key = ask(sample.far_node())
    with pytest.raises(InvalidInput):
        actions.decline(request=key, reason=" ", at=SOON, actor=OPERATOR)
    actions.decline(request=key, reason="电话里说没有申请过", at=SOON, actor=OPERATOR)
    (settled,) = queries.list_requests(waiting=False)
    assert (settled.state, settled.reason) == (RequestState.DECLINED, "电话里说没有申请过")
    assert set(members()) == {"62"}


def test_a_member_is_not_replaced_by_somebody_of_its_name(registry):
    node, double = sample.far_node(), sample.far_node()
    key, other = ask(node), ask(double)
    confirm(key, node)
    with pytest.raises(refusals.CannotJoin):
        confirm(other, double)
    assert queries.get_node(node.code).key.point == node.point


@pytest.mark.parametrize(
    "change",
    [
        {"name": "另一个名字"},
        {"address": "http://127.0.0.1:8"},
        {"code": "620200"},
        {"key_id": "sign-node.2"},
        {"at": "2026-03-02T01:00:01.000000+00:00"},
        {"signature": "sm2-sm3$sign-node.1$AAAA"},
        {"proof": None},
        {"kind": "OTHER"},
        {"kind": "LEAVE"},
    ],
)
def test_a_request_altered_on_its_way_is_no_request(registry, change):
    given = sample.asks(sample.far_node(), RequestKind.JOIN, at=AT)
    with pytest.raises(refusals.BadRequest):
        actions.receive(given=given | change, at=AT)


@pytest.mark.parametrize(
    "change",
    [
        {"code": "兰州"},
        {"name": " "},
        {"name": "a\nb"},
        {"name": "长" * 81},
        {"point": "04" + "00" * 64},
        {"key_id": "../master-key"},
        {"address": "file:///etc/passwd"},
        {"address": "http://user@host:1"},
        {"address": "http://host:1/path"},
        {"address": "http://host:x"},
    ],
)
def test_nonsense_is_no_request_however_well_signed(registry, change):
    with pytest.raises(refusals.BadRequest):
        actions.receive(
            given=sample.asks(sample.far_node(), RequestKind.JOIN, at=AT, **change), at=AT
        )


def test_an_old_request_is_not_sent_again_by_somebody_else(registry):
    given = sample.asks(sample.far_node(), RequestKind.JOIN, at=AT)
    with pytest.raises(refusals.ClockOff):
        actions.receive(given=given, at=AT + timedelta(minutes=6))


def test_more_than_two_hundred_do_not_wait(registry):
    rows = [
        NodeRequest(kind="JOIN", code=f"63-{n}", fingerprint=str(n), body="{}", received_at=AT)
        for n in range(200)
    ]
    NodeRequest.objects.bulk_create(rows)
    with pytest.raises(refusals.TooManyWaiting):
        ask(sample.far_node())


def keep(given, kind):
    NodeRequest.objects.create(
        kind=kind,
        code=given["code"],
        fingerprint=crypto.fingerprint(given["point"]),
        body=rules.canonical(given),
        received_at=AT,
    )


def test_a_new_key_is_told_before_it_is_used_and_the_old_one_holds_a_day(registry):
    node, _police = sample.three_nodes(at=AT)
    new = sample.FarNode(node.code, node.name, primitives.new_sm2_key(), "sign-node.2")
    keep(sample.asks(node, RequestKind.ROTATE, at=AT, new=new), "ROTATE")
    assert actions.settle_signed(at=SOON) == 1
    assert actions.settle_signed(at=SOON) == 0
    newest, old = queries.get_node(node.code).keys
    assert (newest.point, newest.valid_from) == (new.point, SOON + LEAD)
    assert (old.point, old.valid_until) == (node.point, SOON + LEAD + OVERLAP)
    told = members()[node.code]["keys"]
    assert [key["id"] for key in told] == ["sign-node.2", "sign-node.1"]
    assert queries.get_node(node.code).key_at(SOON).point == node.point
    assert queries.get_node(node.code).key_at(SOON + LEAD).point == new.point


def test_a_member_that_moved_tells_where_and_nobody_else_does(registry):
    node, police = sample.three_nodes(at=AT)
    moved = {"address": "http://127.0.0.1:7", "name": "兰州市（新名）"}
    keep(sample.asks(police, RequestKind.CHANGE, at=AT, code=node.code, **moved), "CHANGE")
    actions.settle_signed(at=SOON)
    assert queries.get_node(node.code).address == node.address
    keep(sample.asks(node, RequestKind.CHANGE, at=AT, **moved), "CHANGE")
    actions.settle_signed(at=SOON)
    told = members()[node.code]
    assert (told["address"], told["name"]) == ("http://127.0.0.1:7", "兰州市（新名）")
    assert len(told["keys"]) == 1


def test_nobody_changes_anothers_key(registry):
    node, police = sample.three_nodes(at=AT)
    new = sample.FarNode(node.code, node.name, primitives.new_sm2_key(), "sign-node.2")
    forged = sample.asks(police, RequestKind.ROTATE, at=AT, new=new, code=node.code)
    keep(forged, "ROTATE")
    without_proof = sample.asks(node, RequestKind.ROTATE, at=AT, new=new)
    actions.settle_signed(at=SOON)
    keep(without_proof | {"proof": without_proof["signature"]}, "ROTATE")
    actions.settle_signed(at=SOON)
    assert queries.get_node(node.code).key.point == node.point
    settled = queries.list_requests(waiting=False)
    assert [one.state for one in settled] == [RequestState.DECLINED] * 2


def test_the_registry_changes_its_own_key_and_nobody_loses_the_way(registry):
    before = queries.own().key
    key_id = actions.change_own_key(at=SOON, actor=OPERATOR)
    told = queries.find_document("members")
    assert told.signed_by == before.key_id
    rules.believe(told, [before])
    later = SOON + LEAD + timedelta(seconds=1)
    actions.publish(part="grants", body={"grants": []}, at=later, actor=OPERATOR)
    newest = queries.find_document("grants")
    assert newest.signed_by == key_id
    keys = queries.own().keys
    rules.believe(newest, keys)
    with pytest.raises(refusals.WrongSignature):
        rules.believe(newest, [before])


@pytest.mark.django_db
def test_a_registry_that_has_not_begun_changes_its_key_too():
    key_id = actions.change_own_key(at=AT, actor=OPERATOR)
    assert queries.own().key.key_id == key_id
    assert len(queries.own().keys) == 2


def test_who_leaves_is_out_at_once_and_may_come_back_with_a_fingerprint(registry):
    node, _police = sample.three_nodes(at=AT)
    keep(sample.asks(node, RequestKind.LEAVE, at=AT), "LEAVE")
    assert actions.settle_signed(at=SOON) == 1
    assert members()[node.code]["state"] == "LEFT"
    keep(sample.asks(node, RequestKind.LEAVE, at=AT), "LEAVE")
    actions.settle_signed(at=SOON)
    assert queries.list_requests(waiting=False)[0].state is RequestState.DECLINED
    confirm(ask(node), node)
    assert members()[node.code]["state"] == "ACTIVE"
    assert queries.get_node(node.code).key.valid_until is None


def test_a_machine_set_up_anew_comes_back_with_a_key_of_another_name(registry):
    node, _police = sample.three_nodes(at=AT)
    actions.remove(code=node.code, reason="机器坏了", at=AT, actor=OPERATOR)
    anew = sample.far_node(node.code, node.name)
    key = ask(anew)
    with pytest.raises(refusals.CannotJoin) as refused:
        confirm(key, anew)
    assert "node rotate" in refused.value.remedy
    assert members()[node.code]["state"] == "LEFT"
    renamed = replace(anew, secret=primitives.new_sm2_key(), key_id="sign-node.2")
    confirm(ask(renamed), renamed)
    assert members()[node.code]["state"] == "ACTIVE"
    assert queries.get_node(node.code).key.key_id == "sign-node.2"


def test_a_member_is_kept_out_let_in_and_taken_out(registry):
    node, _police = sample.three_nodes(at=AT)
    with pytest.raises(InvalidInput):
        actions.suspend(code=node.code, reason="", at=AT, actor=OPERATOR)
    actions.suspend(code=node.code, reason="违规调用，暂停核查", at=AT, actor=OPERATOR)
    assert members()[node.code]["state"] == "SUSPENDED"
    with pytest.raises(refusals.CannotJoin):
        actions.suspend(code=node.code, reason="再停一次", at=AT, actor=OPERATOR)
    actions.resume(code=node.code, at=AT, actor=OPERATOR)
    assert queries.get_node(node.code).state is NodeState.ACTIVE
    actions.remove(code=node.code, reason="机构撤销", at=AT, actor=OPERATOR)
    assert members()[node.code]["state"] == "LEFT"
    with pytest.raises(refusals.CannotJoin):
        actions.resume(code=node.code, at=AT, actor=OPERATOR)
    with pytest.raises(refusals.CannotJoin):
        actions.remove(code="62", reason="自己不行", at=AT, actor=OPERATOR)
    with pytest.raises(NotFound):
        actions.resume(code="nowhere", at=AT, actor=OPERATOR)


def test_members_are_told_where_a_newcomers_pages_are_and_a_node_of_before_says_nothing(registry):
    told, silent = sample.far_node(), sample.far_node("620200", "嘉峪关市（示例）")
    confirm(ask(told, web="https://lanzhou.example"), told)
    confirm(ask(silent), silent)
    assert members()["620100"]["web"] == "https://lanzhou.example"
    assert members()["620200"]["web"] == ""
    with pytest.raises(refusals.BadRequest):
        ask(sample.far_node("620300", "金昌市（示例）"), web="https://evil.example/path")
