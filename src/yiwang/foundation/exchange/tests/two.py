"""Two nodes: the province on the test database, Lanzhou on a copy of it, each with keys of its own."""

from __future__ import annotations

import contextlib
import json
import secrets
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection
from psycopg import sql

from yiwang.foundation.exchange import sample
from yiwang.foundation.exchange.fastpath import envelope
from yiwang.foundation.exchange.tests import running
from yiwang.kernel.moments import now
from yiwang.mechanisms.crypto import keystore
from yiwang.mechanisms.crypto.drivers.encrypted_file import EncryptedFileKeyStore
from yiwang.network.nodes import actions as nodes
from yiwang.network.nodes import rules as node_rules
from yiwang.network.nodes import sample as far
from yiwang.network.nodes.models import ExchangeNode

RELAY = "/exchange/v1/relay"
NUMBER = "62010219400101001X"
#: What Lanzhou has to know, too: copied as the registry's documents and its own officers would say it.
TOLD = ("exchange_service", "agreements_grant", "nodes_node", "nodes_key")


class Two:
    """The province asks, Lanzhou answers."""

    def __init__(
        self,
        home: Path,
        networks: Sequence[Any] = (),
        *,
        countersign_after: str = "0.5",
        **more: str,
    ) -> None:
        self.name = f"{connection.settings_dict['NAME']}_lanzhou"
        self.home = home
        self.store = EncryptedFileKeyStore(home / "secrets")
        self.url = running.database_url().replace(
            f"/{connection.settings_dict['NAME']}?", f"/{self.name}?"
        )
        self.conninfo = psycopg.conninfo.make_conninfo(running.conninfo(), dbname=self.name)
        self.province = running.Node(
            "62",
            home=Path(settings.YIWANG_HOME),
            url=running.database_url(),
            YIWANG_COUNTERSIGN_AFTER=countersign_after,
        )
        self.lanzhou = running.Node(
            "620100",
            home=home,
            url=self.url,
            YIWANG_COUNTERSIGN_AFTER=countersign_after,
            **more,
        )
        for node, network in zip((self.province, self.lanzhou), networks, strict=False):
            node.host, node.prefix = network.host, network.prefix

    def admin(self, *statements: str) -> None:
        given = psycopg.conninfo.make_conninfo(running.conninfo(), dbname="postgres")
        with psycopg.connect(given, autocommit=True) as link:
            for statement in statements:
                link.execute(
                    sql.SQL(statement).format(
                        new=sql.Identifier(self.name),
                        old=sql.Identifier(connection.settings_dict["NAME"]),
                    )
                )

    def introduce(self) -> None:
        """Both are members, with the keys they really hold."""
        at = now() - timedelta(days=1)  # a clock that is behind finds keys that hold
        nodes.begin(at=at)
        ExchangeNode.objects.filter(code="62").update(
            address=f"http://{self.province.host}:{self.province.port}"
        )
        key_id = self.store.current("sign-node")
        far.member(
            far.FarNode(
                "620100",
                "兰州市（示例）",
                self.store.get(key_id),
                key_id,
                f"http://{self.lanzhou.host}:{self.lanzhou.port}",
            ),
            at=at,
        )

    def tell(self) -> None:
        """Lanzhou hears of services, grants and nodes."""
        with psycopg.connect(running.conninfo()) as here, psycopg.connect(self.conninfo) as there:
            there.execute(
                sql.SQL("TRUNCATE {} CASCADE").format(sql.SQL(", ").join(map(sql.Identifier, TOLD)))
            )
            for table in TOLD:
                name = sql.Identifier(table)
                with (
                    here.cursor().copy(sql.SQL("COPY {} TO STDOUT").format(name)) as out,
                    there.cursor().copy(sql.SQL("COPY {} FROM STDIN").format(name)) as into,
                ):
                    for piece in out:
                        into.write(piece)
            there.execute("SELECT pg_notify('exchange_changed', '')")

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """Both processes."""
        try:
            self.province.start()
            self.lanzhou.start()
            yield
        finally:
            self.province.stop()
            self.lanzhou.stop()

    def there(self, statement: str, *values: object) -> list[tuple]:
        """A look into Lanzhou's database."""
        with psycopg.connect(self.conninfo) as link:
            cursor = link.execute(statement, values)
            return cursor.fetchall() if cursor.description else []


def until(met, seconds=60.0):
    """The processes hear of a change within seconds; a busy machine takes longer."""
    end = time.monotonic() + seconds
    while not met():
        assert time.monotonic() < end, "not met in time"
        time.sleep(0.05)


def message_to(two, body, *, kind="call", **changes):
    """What the province would send to Lanzhou, made by hand."""
    store = keystore.get_store()
    own, theirs = store.current("sign-node"), two.store.current("sign-node")
    shared = node_rules.pair_key(
        store.get(own),
        own=("62", own),
        partner=("620100", theirs),
        point=two.store.public_key(theirs).point,
    )
    head = envelope.Head(
        "call", "62", "620100", own, theirs, datetime.now(UTC), secrets.token_hex(16)
    )
    keys = envelope.keys_of(shared)
    return keys, head._replace(kind=kind, **changes), body


def closed(two, **changes):
    """A question of the province as it lies on the wire; changes to it, ``head`` to its head."""
    head_changes = changes.pop("head", {})
    body = json.dumps(question(**changes), ensure_ascii=False).encode()
    keys, head, body = message_to(two, body, **head_changes)
    return envelope.close_message(keys, head, body)


def send(two, keys, head, body):
    raw = envelope.close_message(keys, head, body)
    status, _headers, answer = two.lanzhou.send("POST", RELAY, raw)
    return status, answer


def question(**changes: object) -> dict[str, object]:
    """What the province asks for one of its systems."""
    return {
        "system": "62/approval",
        "department": sample.CONSUMER,
        "purpose": "核对申请人情况",
        "item": "",
        "case": "",
        "subject": "",
        "parameters": {"citizen_id": NUMBER},
        "fields": ["alive"],
        **changes,
    }


@contextlib.contextmanager
def databases(home: Path, networks: Sequence[Any] = (), **more: str) -> Iterator[Two]:
    """Both databases; no process runs yet. ``networks``: a place for each; ``more``: Lanzhou's environment."""
    home.mkdir(exist_ok=True)
    found = Two(home, networks, **more)
    connection.close()
    found.admin(
        "DROP DATABASE IF EXISTS {new} WITH (FORCE)", "CREATE DATABASE {new} TEMPLATE {old}"
    )
    try:
        yield found
    finally:
        found.admin("DROP DATABASE IF EXISTS {new} WITH (FORCE)")


@contextlib.contextmanager
def running_two(home: Path, *, countersign_after: str = "0.5") -> Iterator[Two]:
    with databases(home, countersign_after=countersign_after) as found, found.running():
        yield found
