"""A node and its registry over a real connection; the registry here is a stand-in with keys of its own."""

import json
import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import pytest
from django.conf import settings as live

from yiwang.kernel.actor import machine
from yiwang.mechanisms.crypto import primitives
from yiwang.mechanisms.crypto import rules as crypto
from yiwang.mechanisms.journal import queries as journal
from yiwang.network.nodes import actions, jobs, queries, refusals, rules, sample
from yiwang.network.nodes.definitions import NodeState, RequestKind, RequestState

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 1, tzinfo=UTC)
BY = machine("tests")


@contextmanager
def listening(stand):
    """Answers what ``stand.answers`` says and keeps what it was asked."""

    class Handler(BaseHTTPRequestHandler):
        def _answer(self):
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            stand.asked.append((self.command, self.path, dict(self.headers), body))
            status, said = stand.answers
            raw = said if isinstance(said, bytes) else json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Length", "0" if status == 204 else str(len(raw)))
            self.end_headers()
            if status != 204:
                self.wfile.write(raw)

        do_GET = do_POST = _answer

        def log_message(self, *words):
            del words

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def registry(settings):
    settings.NODE, settings.NODE_NAME = "620100", "兰州市（示例）"
    stand = SimpleNamespace(asked=[], answers=(204, {}), far=sample.far_registry(at=AT))
    with listening(stand) as address:
        settings.REGISTRY = address
        yield stand
    (live.YIWANG_HOME / "exchange" / "registry.json").unlink(missing_ok=True)


def follow(at=AT):
    return actions.follow(at=at)


def test_what_is_new_is_in_force_after_one_question(registry):
    registry.answers = 200, {"documents": [registry.far.members(version=3, at=AT)]}
    assert follow() == ("members:3",)
    assert queries.own().state is NodeState.ACTIVE
    registry.answers = 204, {}
    assert follow() == ()
    assert [path for _m, path, _h, _b in registry.asked] == [
        "/exchange/v1/documents?have=grants:0,members:0",
        "/exchange/v1/documents?have=grants:0,members:3",
    ]
    contact = queries.find_contact()
    assert (contact.reached_at, contact.problem) == (AT, "")


def test_a_question_is_proven_by_the_key_the_two_share(registry):
    follow()
    ((_method, target, headers, _body),) = registry.asked
    own = queries.own()
    info = rules.pair_info(("63", "sign-node.1"), (own.code, own.key.key_id), "documents")
    shared = crypto.agree(registry.far.node.secret, own.key.point, info)
    text = rules.request_text(
        method="GET",
        target=target,
        node=own.code,
        key_id=headers["X-Exchange-Key"],
        time=headers["X-Exchange-Time"],
        nonce=headers["X-Exchange-Nonce"],
    )
    assert headers["X-Exchange-Mac"] == primitives.hmac_sm3(shared, text).hex()


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ((403, {}), "不认识"),
        (
            (403, {"refusal": {"code": "NodeClockOff", "sentence": "本节点的时钟比登记机构慢"}}),
            "慢",
        ),
        ((500, b"<html>"), "联系不上"),
        ((200, {"documents": "none"}), "联系不上"),
        ((200, b"[]"), "看不懂"),
        ((302, {}), "联系不上"),
    ],
)
def test_a_registry_out_of_order_changes_nothing_and_is_noted(registry, answers, words):
    registry.answers = 200, {"documents": [registry.far.members(version=3, at=AT)]}
    follow()
    registry.answers = answers
    assert follow(AT + timedelta(seconds=2)) == ()
    contact = queries.find_contact()
    assert words in contact.problem
    assert (contact.reached_at, contact.since) == (AT, AT + timedelta(seconds=2))
    assert queries.own().state is NodeState.ACTIVE
    registry.answers = 204, {}
    follow(AT + timedelta(seconds=4))
    assert queries.find_contact().problem == ""


def test_nobody_there_is_noted_too(registry, settings):
    settings.REGISTRY = "http://127.0.0.1:1"
    assert follow() == ()
    assert "联系不上" in queries.find_contact().problem


def test_a_refused_document_is_in_the_journal_once(registry):
    forged = registry.far.members(version=3, at=AT) | {"version": 4}
    registry.answers = 200, {"documents": [forged]}
    follow()
    follow(AT + timedelta(seconds=2))
    entries = journal.list_entries(subject="node:620100")
    assert [(e.act, e.facts["refusal"]) for e in entries] == [
        ("nodes.refuse_document", "WrongSignature")
    ]
    assert queries.list_nodes() == ()


def test_the_moment_of_contact_is_written_now_and_then_only(registry):
    for seconds in (0, 2, 4, 29):
        follow(AT + timedelta(seconds=seconds))
    assert queries.find_contact().reached_at == AT
    follow(AT + timedelta(seconds=31))
    assert queries.find_contact().reached_at == AT + timedelta(seconds=31)


def introduction(registry):
    node = registry.far.node
    return {
        "code": node.code,
        "name": node.name,
        "key_id": node.key_id,
        "point": node.point,
        "valid_from": rules.spelled(AT),
    }


def join(registry, print_):
    return actions.ask_to_join(registry_fingerprint=print_, at=AT, actor=BY)


def test_joining_sends_a_signed_request_and_trusts_what_was_read_out(registry):
    (live.YIWANG_HOME / "exchange" / "registry.json").unlink()
    registry.answers = 202, {"state": "WAITING", "registry": introduction(registry)}
    print_ = crypto.fingerprint(registry.far.node.point)
    assert join(registry, f"{print_[:8]} {print_[8:20].upper()}") is RequestState.WAITING
    ((method, path, _headers, body),) = registry.asked
    assert (method, path) == ("POST", "/exchange/v1/requests")
    given = json.loads(body)
    asked = rules.read_asked(given)
    assert (asked.kind, asked.code, asked.name) == (RequestKind.JOIN, "620100", "兰州市（示例）")
    rules.admit(asked, given, known=asked.point, at=AT)
    registry.answers = 200, {"documents": [registry.far.members(version=3, at=AT)]}
    assert follow() == ("members:3",)


@pytest.mark.parametrize("wrong", ["", "0" * 16, "abc"])
def test_a_registry_with_another_fingerprint_is_not_trusted(registry, wrong):
    (live.YIWANG_HOME / "exchange" / "registry.json").unlink()
    registry.answers = 202, {"registry": introduction(registry)}
    with pytest.raises(refusals.FingerprintDiffers):
        join(registry, wrong)
    assert follow() == ()


def test_what_the_registry_says_no_to_is_said(registry):
    said = refusals.CannotJoin("这个代码已经是成员。").as_json()
    registry.answers = 409, said
    with pytest.raises(refusals.CannotJoin) as no:
        join(registry, "0" * 16)
    assert no.value.sentence == "这个代码已经是成员。"
    registry.answers = 500, b""
    with pytest.raises(refusals.RegistryAway):
        join(registry, "0" * 16)
    registry.answers = 202, {"registry": {"point": "04"}}
    with pytest.raises(refusals.RegistryAway):
        join(registry, "0" * 16)


def test_a_new_key_is_used_when_the_registry_has_told_it(registry):
    registry.answers = 200, {"documents": [registry.far.members(version=3, at=AT)]}
    follow()
    before = queries.own().key
    registry.answers = 202, {"registry": introduction(registry)}
    key_id = actions.ask_for_new_key(at=AT, actor=BY)
    assert actions.ask_for_new_key(at=AT, actor=BY) == key_id != before.key_id
    given = json.loads(registry.asked[-1][3])
    asked = rules.read_asked(given)
    assert (asked.signed_by, asked.key_id) == (before.key_id, key_id)
    rules.admit(asked, given, known=before.point, at=AT)
    assert queries.own().key == before
    actions.ask_to_leave(at=AT, actor=BY)
    given = json.loads(registry.asked[-1][3])
    rules.admit(rules.read_asked(given), given, known=before.point, at=AT)


def test_who_is_no_member_yet_tells_nobody_of_a_new_key_and_joins_with_it(registry):
    before = queries.own().key
    key_id = actions.ask_for_new_key(at=AT, actor=BY)
    assert registry.asked == []
    assert key_id != before.key_id
    asked = rules.read_asked(actions.write_request(RequestKind.JOIN, at=AT))
    assert (asked.signed_by, asked.key_id) == (key_id, key_id)


def test_a_node_that_is_reached_elsewhere_now_says_so_itself(registry, settings):
    assert actions.tell_changes(at=AT) is False
    registry.answers = 200, {"documents": [registry.far.members(version=3, at=AT)]}
    follow()
    registry.asked.clear()
    registry.answers = 202, {"registry": introduction(registry)}
    settings.EXCHANGE_ADDRESS = "http://127.0.0.1:9"
    assert actions.tell_changes(at=AT) is False
    settings.EXCHANGE_ADDRESS = "https://new.example:8443"
    assert actions.tell_changes(at=AT) is True
    asked = rules.read_asked(json.loads(registry.asked[-1][3]))
    assert (asked.kind, asked.address) == (RequestKind.CHANGE, "https://new.example:8443")
    settings.EXCHANGE_ADDRESS = "http://127.0.0.1:9"
    settings.PUBLIC_ADDRESS = "https://lanzhou.example"
    assert actions.tell_changes(at=AT) is True
    assert rules.read_asked(json.loads(registry.asked[-1][3])).web == "https://lanzhou.example"
    assert asked.signed_by == asked.key_id


def test_a_registry_asks_nobody(registry, settings):
    settings.REGISTRY = ""
    with pytest.raises(refusals.IsRegistry):
        actions.ask_to_leave(at=AT, actor=BY)
    assert follow() == ()
    assert registry.asked == []


@pytest.mark.django_db(transaction=True)
def test_the_loop_enters_the_registry_and_ends_when_told(settings):
    settings.REGISTRY = ""
    stop = threading.Event()
    loop = threading.Thread(target=jobs.keep_up, args=(stop,))
    loop.start()
    for _ in range(100):
        if queries.find_document("members"):
            break
        stop.wait(0.1)
    stop.set()
    loop.join(timeout=10)
    assert not loop.is_alive()
    assert queries.find_document("members").version == 1
