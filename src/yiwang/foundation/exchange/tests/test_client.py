"""The Python client and the recipes of the protocol page, against a real node."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from yiwang.foundation.agreements import sample as agreements
from yiwang.foundation.exchange import sample
from yiwang.foundation.exchange.tests import running

ROOT = Path(__file__).resolve().parents[5]
sys.path.insert(0, str(ROOT / "clients" / "python"))
from yiwang_client import (  # noqa: E402
    AsyncClient,
    Away,
    Client,
    NotProven,
    Refused,
)

pytestmark = pytest.mark.django_db(transaction=True)

NUMBER = "62010219400101001X"
SERVICE = "62/household-register"
ASK = {"purpose": "核对申请人情况", "parameters": {"citizen_id": NUMBER}}


@pytest.fixture(scope="module")
def node(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), running.running() as found:
        yield found


@pytest.fixture
def key(node):
    with running.partner() as (_partner, address):
        sample.service(upstream=f"{address}/good")
        agreements.grant(SERVICE, fields=("name", "alive"), clear_fields=("name",))
        issued = sample.system()
        client = Client(address_of(node), key_id=issued.key_id, secret=issued.secret)
        end = time.monotonic() + 60
        while not works(client):
            assert time.monotonic() < end
            time.sleep(0.05)
        yield {"key_id": issued.key_id, "secret": issued.secret}


def works(client):
    try:
        return client.call(SERVICE, **ASK).found
    except (Refused, Away):
        return False


def address_of(node):
    return f"http://127.0.0.1:{node.port}"


def test_an_answer_is_read(node, key):
    answer = Client(address_of(node), **key).call(SERVICE, **ASK, case="62-1", subject=NUMBER)
    assert answer.found
    assert answer.value == {"name": "马晓燕", "alive": True}
    assert answer.source == "户籍信息查询（示例）"
    assert answer.as_of.tzinfo is not None


def test_many_wait_at_once(node, key):
    async def ask():
        async with AsyncClient(address_of(node), **key) as client:
            return await asyncio.gather(*(client.call(SERVICE, **ASK) for _ in range(40)))

    assert all(answer.found for answer in asyncio.run(ask()))


def test_a_large_reply_is_in_its_file_when_it_is_whole(node, key, tmp_path):
    path = tmp_path / "reply.ndjson"
    reply = Client(address_of(node), **key).stream(SERVICE, path, **ASK)
    assert (reply.found, reply.rows) == (True, 1)
    assert json.loads(path.read_text(encoding="utf-8")) == {"name": "马晓燕", "alive": True}

    async def ask():
        async with AsyncClient(address_of(node), **key) as client:
            return await client.stream(SERVICE, tmp_path / "again.ndjson", **ASK)

    assert asyncio.run(ask()).rows == 1
    assert (tmp_path / "again.ndjson").read_bytes() == path.read_bytes()
    assert sorted(file.name for file in tmp_path.iterdir()) == ["again.ndjson", "reply.ndjson"]


def test_a_large_reply_that_is_cut_or_changed_leaves_no_file(tmp_path):
    from yiwang_client import large

    said = {"stream": {"rows": 1, "bytes": 4, "sm3": "0" * 64}}
    for came in (b"abc", b"abcd"):
        with pytest.raises(NotProven), large.arriving(tmp_path / "reply", said) as take:
            take(came)
    assert list(tmp_path.iterdir()) == []


def test_a_refusal_says_what_to_do(node, key):
    with pytest.raises(Refused) as refused:
        Client(address_of(node), **key).call(SERVICE, purpose="随便", parameters={})
    assert refused.value.code == "PurposeNotGranted"
    assert refused.value.remedy

    async def ask():
        async with AsyncClient(address_of(node), **key) as client:
            await client.call(SERVICE, purpose="随便", parameters={})

    with pytest.raises(Refused):
        asyncio.run(ask())


def test_a_wrong_secret_is_refused(node, key):
    with pytest.raises(Refused) as refused:
        Client(address_of(node), key_id=key["key_id"], secret="00" * 32).call(SERVICE, **ASK)
    assert refused.value.code == "CallerNotProven"


def test_a_closed_node_is_away(key):
    with pytest.raises(Away):
        Client(f"http://127.0.0.1:{running.free_port()}", **key).call(SERVICE, **ASK)


def test_an_answer_of_a_stranger_is_not_taken(key):
    class Stranger(BaseHTTPRequestHandler):
        def do_POST(self):
            body = json.dumps(
                {
                    "message": "x",
                    "status": "FOUND",
                    "value": {"alive": False},
                    "as_of": "2026-12-14T04:00:00+00:00",
                    "source": "x",
                }
            ).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args):
            return

    server = HTTPServer(("127.0.0.1", 0), Stranger)
    threading.Thread(target=server.handle_request, daemon=True).start()
    with pytest.raises(NotProven):
        Client(f"http://127.0.0.1:{server.server_port}", **key).call(SERVICE, **ASK)
    server.server_close()


def test_what_there_is_can_be_asked(node, key):
    client = Client(address_of(node), **key)
    (service,) = client.services()
    assert (service["code"], service["kind"]) == (SERVICE, "CALL")
    assert "127.0.0.1" not in json.dumps(service)
    described = client.openapi(SERVICE)
    assert list(described["paths"]) == [
        f"/exchange/v1/{way}/{SERVICE}" for way in ("calls", "streams")
    ]
    assert isinstance(client.members(), list)
    with pytest.raises(Refused):
        client.openapi("62/nothing")


def recipe(language: str) -> str:
    """The block of that language on the protocol page."""
    page = (ROOT / "docs/look-up/exchange-protocol.md").read_text(encoding="utf-8")
    return page.split(f"```{language}\n", 1)[1].split("```", 1)[0]


def test_the_recipe_for_curl_works(node, key, tmp_path):
    script = recipe("bash").replace("http://exchange.example:8010", address_of(node))
    script = script.replace("KEY_ID", key["key_id"], 1).replace("64_HEX_DIGITS", key["secret"], 1)
    done = subprocess.run(
        ["bash", "-e"], input=script, capture_output=True, text=True, cwd=tmp_path, timeout=120
    )
    assert '"status":"FOUND"' in done.stdout, done.stdout + done.stderr


def test_the_recipe_for_java_works(node, key, tmp_path):
    if shutil.which("javac") is None:
        pytest.skip("no Java compiler on this machine")
    source = recipe("java").replace("http://exchange.example:8010", address_of(node))
    source = source.replace("KEY_ID", key["key_id"], 1).replace("64_HEX_DIGITS", key["secret"], 1)
    (tmp_path / "Call.java").write_text(source, encoding="utf-8")
    done = subprocess.run(
        ["java", "Call.java"], capture_output=True, text=True, cwd=tmp_path, timeout=120
    )
    assert '"status":"FOUND"' in done.stdout, done.stdout + done.stderr


def test_the_recipe_for_python_works(node, key, tmp_path):
    script = recipe("python").replace("http://exchange.example:8010", address_of(node))
    script = script.replace("KEY_ID", key["key_id"], 1).replace("64_HEX_DIGITS", key["secret"], 1)
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        timeout=120,
        env={"PYTHONPATH": str(ROOT / "clients" / "python"), "PYTHONUTF8": "1", "PATH": ""},
    )
    assert " True {" in done.stdout, done.stdout + done.stderr
