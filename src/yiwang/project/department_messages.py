"""示例：市场监管部门和省公安厅听证照状态变更. The platform tells of firms' licences; a department's system, at the
province or at its own node, takes a signed callback, keeps the newest state of each and drops what it has
heard already.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import threading
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import OperationalError, close_old_connections, connection, transaction

from yiwang.foundation.agreements import sample as agreements
from yiwang.foundation.agreements.definitions import Way
from yiwang.foundation.exchange import sample as services
from yiwang.foundation.exchange.definitions import NewService, ServiceField, ServiceKind
from yiwang.foundation.exchange.topics import queries as topics
from yiwang.kernel.actor import machine
from yiwang.kernel.identifiers import make_uscc
from yiwang.kernel.moments import now
from yiwang.mechanisms.crypto import primitives
from yiwang.mechanisms.crypto import rules as crypto
from yiwang.support.licences.reactions import TOPIC

log = logging.getLogger("yiwang.departments")

PATH: Final = "/licence-changes"
PURPOSE: Final = "更新企业登记信息里的许可证状态"
SYSTEM_NAME: Final = "market-supervision"
MARKET: Final = ("甘肃省市场监督管理局（示例）", make_uscc("1", "1", "620000", 107))
PROVIDER: Final = ("甘肃省政务服务平台（示例）", make_uscc("1", "1", "620000", 131))
FIELDS: Final = (
    ServiceField("number", "证照编号", 1),
    ServiceField("name", "证照名称", 1),
    ServiceField("holder_name", "持证单位", 1),
    ServiceField("uscc", "统一社会信用代码", 1),
    ServiceField("state", "状态", 1),
    ServiceField("changed_on", "变更日期", 1),
)
#: 许可类电子证照照面信息: whose changes the topic tells.
LICENCES: Final = "105002/000001"
_HOST: Final = "127.0.0.1"
_CLOCK: Final = timedelta(minutes=5)
_lock = threading.Lock()


#: Who hears of them at his own node: the police (decision 0368).
POLICE: Final = "11620000000000078C"
POLICE_NAME: Final = "示例省公安厅"
POLICE_PURPOSE: Final = "核对旅馆、娱乐场所等单位的许可证状态"
POLICE_SYSTEM: Final = "venues"
#: How often a further node looks whether the province's grant has come.
LOOK_SECONDS: Final = 2.0


@contextlib.contextmanager
def listening() -> Iterator[int]:
    """The department's system listens on this port of this machine; at the province it has subscribed."""
    server = ThreadingHTTPServer((_HOST, 0), _Desk)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, name="market", daemon=True)
    thread.start()
    try:
        if not settings.REGISTRY:
            with transaction.atomic():
                publish(server.server_port, at=now())
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def declare(*, at: datetime) -> None:
    """The topic and the grant of it, once: before the first licence is issued."""
    topic = NewService(
        code=f"{settings.NODE}/{TOPIC}",
        title="证照状态变更（示例）",
        summary="本平台颁发给单位的证照，颁发、暂扣、恢复、撤销、注销和换新时发布。",
        upstream="",
        kind=ServiceKind.MESSAGE,
        resource=LICENCES,
        fields=FIELDS,
        department=PROVIDER[1],
    )
    services.provide(topic, at=at)
    _grant_once(topic.code, settings.NODE, MARKET, PURPOSE)
    if POLICE in settings.NODES_BESIDE:
        _grant_once(topic.code, POLICE, (POLICE_NAME, POLICE), POLICE_PURPOSE)


def _grant_once(topic: str, node: str, consumer: tuple[str, str], purpose: str) -> None:
    """What an operator ended stays ended."""
    names = [field.name for field in FIELDS]
    if not agreements.has_grant(topic, fields=names, purpose=purpose):
        agreements.grant(
            topic,
            consumer_node=node,
            consumer=consumer[1],
            consumer_name=consumer[0],
            consumer_division="620000000000",
            provider=PROVIDER[1],
            provider_name=PROVIDER[0],
            purposes=(purpose,),
            fields=names,
            way=Way.MESSAGE,
        )


def serve(stopping: threading.Event) -> None:
    """At the police's node, until told to stop: their system listens, and subscribes once the grant has come.
    Where it listens may move."""
    if settings.NODE != POLICE:
        return
    with listening() as port:
        is_subscribed = False
        while not (is_subscribed or stopping.is_set()):
            close_old_connections()
            try:
                is_subscribed = subscribe_there(port, at=now())
            except OperationalError:
                log.warning("database away")
            stopping.wait(0 if is_subscribed else LOOK_SECONDS)
        stopping.wait()


@transaction.atomic
def subscribe_there(port: int, *, at: datetime) -> bool:
    """False while the grant has not come."""
    offers = topics.list_offers(machine("sample"))
    topic = next((one.topic for one in offers if one.purpose == POLICE_PURPOSE), "")
    if topic:
        services.subscriber(
            code=f"{settings.NODE}/{POLICE_SYSTEM}",
            name="治安管理业务系统（示例）",
            department=POLICE,
            topic=topic,
            purpose=POLICE_PURPOSE,
            callback=f"http://{_HOST}:{port}{PATH}",
            at=at,
        )
    return bool(topic)


def publish(port: int, *, at: datetime) -> None:
    """The department's system and its subscription, once; where it listens may move."""
    declare(at=at)
    services.subscriber(
        code=f"{settings.NODE}/{SYSTEM_NAME}",
        name="市场监管业务系统（示例）",
        department=MARKET[1],
        topic=f"{settings.NODE}/{TOPIC}",
        purpose=PURPOSE,
        callback=f"http://{_HOST}:{port}{PATH}",
        at=at,
    )


def hear(headers: Mapping[str, str], body: bytes) -> bytes | None:
    """One callback: None when it is not genuine, else what says that it was taken."""
    if not _is_genuine(headers, body):
        return None
    told = json.loads(body)
    with _lock:
        known = states()
        old = known.get(told["order"])
        if old is None or old["position"] < told["position"]:
            _keep({**known, told["order"]: {**told["body"], "position": told["position"]}})
    return json.dumps({"message": told["message"]}).encode()


def states() -> dict[str, Any]:
    """The newest state of each licence the department has heard of."""
    try:
        found: dict[str, Any] = json.loads(_place().read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return found


def _keep(known: Mapping[str, Any]) -> None:
    place = _place()
    place.parent.mkdir(parents=True, exist_ok=True)
    fresh = place.with_suffix(".new")
    fresh.write_text(json.dumps(known, ensure_ascii=False), encoding="utf-8")
    os.replace(fresh, place)


def _place() -> Path:
    return Path(settings.YIWANG_HOME) / "simulator" / "licence-changes.json"


def _is_genuine(headers: Mapping[str, str], body: bytes) -> bool:
    """As the handbook tells integrators: the same seven lines as a call."""
    names = ("Key", "Time", "Nonce", "Digest", "Mac")
    key_id, time, nonce, digest, mac = (headers.get(f"X-Exchange-{n}") or "" for n in names)
    secret = services.secret_of(key_id)
    if secret is None:
        return False
    seen = primitives.sm3(body).hex()
    text = "\n".join(("yw1", "POST", PATH, key_id, time, nonce, seen)).encode()
    expected = primitives.hmac_sm3(bytes.fromhex(secret), text).hex()
    if digest != seen or not crypto.same(expected, mac):
        return False
    return abs(datetime.fromisoformat(time) - now()) <= _CLOCK


class _Desk(BaseHTTPRequestHandler):
    """One callback."""

    protocol_version = "HTTP/1.1"
    timeout = 60

    def do_POST(self) -> None:
        """Taken, or 401."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        try:
            taken = hear(dict(self.headers.items()), body) if self.path == PATH else None
        finally:
            connection.close()  # this thread's own
        if taken is None:
            self.send_error(401)
            return
        self.send_response(200)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(taken)))
        self.end_headers()
        self.wfile.write(taken)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: the queue says what was taken."""
