"""A real exchange process on the test database, a partner that misbehaves, a caller that signs."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.db import connection
from psycopg.conninfo import make_conninfo

from yiwang.foundation.exchange.fastpath import envelope
from yiwang.foundation.exchange.partner import Partner, household

SOURCE = Path(__file__).resolve().parents[4]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def database_url() -> str:
    """The test database as the process's environment names it."""
    found = connection.settings_dict
    return (
        f"postgresql://{found['USER']}:{found['PASSWORD']}@/{found['NAME']}?host={found['HOST']}"
        + (f"&port={found['PORT']}" if found["PORT"] else "")
    )


def conninfo() -> str:
    found = connection.settings_dict
    given = {
        "host": found["HOST"],
        "dbname": found["NAME"],
        "user": found["USER"],
        "password": found["PASSWORD"],
        "port": found["PORT"],
    }
    return make_conninfo(**{key: value for key, value in given.items() if value})


class Node:
    """One exchange process."""

    def __init__(self, code: str, *, home: Path, url: str, **more: str) -> None:
        self.code, self.home, self.url, self.more = code, home, url, more
        #: Where it listens, and what it is started by: a network of its own.
        self.host, self.prefix = "127.0.0.1", ()
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        environment = {
            **os.environ,
            "PYTHONPATH": str(SOURCE),
            "YIWANG_HOME": str(self.home),
            "YIWANG_NODE": self.code,
            "DATABASE_URL": self.url,
            "EXCHANGE_PORT": str(self.port),
            "YIWANG_EXCHANGE_BIND": self.host,
            **self.more,
        }
        self.process = subprocess.Popen(
            [*self.prefix, sys.executable, "-m", "yiwang.foundation.exchange.fastpath"],
            env=environment,
            process_group=0,
        )
        self.wait_until(ready=True)

    def wait_until(self, *, ready: bool, seconds: float = 120.0) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            with contextlib.suppress(OSError, http.client.HTTPException):
                if (self.get("/exchange/v1/health")[0] == 200) is ready:
                    return
            time.sleep(0.05)
        raise AssertionError(f"exchange ready is not {ready} after {seconds} s")

    def get(self, path: str) -> tuple[int, bytes]:
        status, _headers, body = self.send("GET", path)
        return status, body

    def send(self, method, path, body=b"", headers=None, seconds=30.0):
        link = http.client.HTTPConnection(self.host, self.port, timeout=seconds)
        try:
            link.request(method, path, body=body or None, headers=headers or {})
            answer = link.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()
        finally:
            link.close()

    def kill(self) -> None:
        """As the kernel would: no goodbye, workers included."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def kill_worker(self) -> bool:
        """The worker alone, which the process starts again; False when there is none just now."""
        pid = self.process.pid
        children = Path(f"/proc/{pid}/task/{pid}/children")
        found = children.read_text().split() if children.exists() else []
        for child in found:
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(child), signal.SIGKILL)
        return bool(found)

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                self.kill()


@contextlib.contextmanager
def running(code: str = "62", *, home: Path | None = None, url: str = "", **more) -> Iterator[Node]:
    node = Node(code, home=home or Path(settings.YIWANG_HOME), url=url or database_url(), **more)
    try:
        node.start()
        yield node
    finally:
        node.stop()


@contextlib.contextmanager
def partner(
    record=household, *, slow_seconds: float = 10.0, host: str = "127.0.0.1"
) -> Iterator[tuple[Partner, str]]:
    """A misbehaving service in a thread; its address."""
    found = Partner(record, slow_seconds=slow_seconds)
    port, loop, ready = free_port(), asyncio.new_event_loop(), threading.Event()

    async def begin() -> None:
        await found.serve(port, host)
        ready.set()

    def run() -> None:
        beginning = loop.create_task(begin())
        loop.run_forever()
        left = [beginning, *asyncio.all_tasks(loop)]
        loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert ready.wait(10)
    try:
        yield found, f"http://{host}:{port}"
    finally:
        loop.call_soon_threadsafe(_end, loop)
        thread.join(10)


def _end(loop: asyncio.AbstractEventLoop) -> None:
    for task in asyncio.all_tasks(loop):
        task.cancel()
    loop.stop()


class Caller:
    """A system with a key, as an integrator would write it."""

    def __init__(self, node: Node, key_id: str, secret: str) -> None:
        self.node, self.key_id, self.secret = node, key_id, bytes.fromhex(secret)

    def headers(self, path, body, *, method="POST", at=None, time_text="", nonce=None, **changes):
        time_text = time_text or (at or datetime.now(UTC)).isoformat(timespec="milliseconds")
        nonce = nonce or secrets.token_hex(16)
        digest = envelope.digest(body)
        text = envelope.text_of_request(
            method=method,
            target=path,
            key_id=self.key_id,
            time=time_text,
            nonce=nonce,
            digest=digest,
        )
        return {
            "Content-Type": "application/json",
            "X-Exchange-Key": self.key_id,
            "X-Exchange-Time": time_text,
            "X-Exchange-Nonce": nonce,
            "X-Exchange-Digest": digest,
            "X-Exchange-Mac": envelope.mac(self.secret, text),
            **changes,
        }

    def call(
        self, service="62/household-register", *, at=None, nonce=None, seconds=60.0, **question
    ):
        """Status and answer, the answer's own proof checked."""
        question = {
            "purpose": "核对申请人情况",
            "parameters": {"citizen_id": "62010219400101001X"},
            **question,
        }
        body = json.dumps(question, ensure_ascii=False).encode()
        path = f"/exchange/v1/calls/{service}"
        headers = self.headers(path, body, at=at, nonce=nonce)
        status, back, answer = self.node.send("POST", path, body, headers, seconds)
        if "x-exchange-mac" in back:
            text = envelope.text_of_reply(
                status=status, nonce=headers["X-Exchange-Nonce"], digest=envelope.digest(answer)
            )
            assert back["x-exchange-mac"] == envelope.mac(self.secret, text)
        return status, json.loads(answer)
