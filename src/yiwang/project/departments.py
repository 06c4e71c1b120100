"""示例部门: small REST services of the sample province's departments, behind its own exchange.

They answer about the sample's own persons and firms, and misbehave when told to
(``yiwang sources misbehave department.household_register AWAY``, at the node they stand at). Only on the
sample installation. With its further nodes some stand there, with data of their own (decision 0327).
"""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Iterator, Mapping
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

from django.conf import settings
from django.db import close_old_connections, connection, transaction

from yiwang.capability.intake import queries as intake
from yiwang.capability.journey import facts
from yiwang.capability.materials import queries as materials
from yiwang.foundation.agreements import sample as agreements
from yiwang.foundation.exchange import calls, routes, simulator
from yiwang.foundation.exchange import queries as exchange
from yiwang.foundation.exchange import sample as services
from yiwang.foundation.exchange.definitions import (
    TRIAL,
    Misbehaviour,
    NewService,
    RouteView,
    ServiceParameter,
    State,
)
from yiwang.kernel.actor import machine
from yiwang.kernel.identifiers import make_uscc
from yiwang.kernel.moments import now
from yiwang.kernel.refusals import TryLater
from yiwang.project.departments_cast import DEPARTMENTS, Department
from yiwang.project.process_names import DEPARTMENTS_ANSWER

#: What the platform may ask them for: every purpose a pack's journey has.
PURPOSES: Final = (intake.FOR_FORM, intake.FOR_REGISTER, materials.PURPOSE, facts.PURPOSE)
#: What one county department of the sample may try from its own systems: nothing in clear.
TRIED: Final = "household-register"
TRIED_FIELDS: Final = ("name", "sex", "people", "alive")
_SAID: Final = {
    "citizen_id": "公民身份号码",
    "name": "姓名",
    "number": "身份证号或统一社会信用代码",
    "uscc": "统一社会信用代码",
}
SLOW_SECONDS: Final = 5.0
#: How often a further node is asked whether its departments answer.
LOOK_SECONDS: Final = 2.0
#: How often our own exchange is asked whether it knows what was just published.
LISTED_SECONDS: Final = 0.3
_HOST: Final = "127.0.0.1"
_USCC_LENGTH: Final = 18


def serve(stopping: threading.Event) -> None:
    """Listen, say where, and answer until told to stop; whose node answers moves there meanwhile."""
    with listening() as port:
        publish(port)
        while not (_is_published() or stopping.wait(LISTED_SECONDS)):
            close_old_connections()
        (settings.YIWANG_HOME / DEPARTMENTS_ANSWER).touch()
        waiting = [] if settings.REGISTRY else list(settings.NODES_BESIDE)
        while waiting and not stopping.wait(LOOK_SECONDS):
            close_old_connections()
            waiting = [node for node in waiting if not _moved_to(node)]
        stopping.wait()


@contextlib.contextmanager
def listening() -> Iterator[int]:
    """They answer on this port of this machine."""
    server = ThreadingHTTPServer((_HOST, 0), _Desk)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, name="departments", daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def publish(port: int) -> None:
    """The services of those that stand here; at the province a grant and the routes for each.

    What an operator ended stays ended: grants and routes are made once. Where they listen may move, and
    at the start everybody answers at the province until his own node is seen to answer.
    """
    at = now()
    for number, one in enumerate(DEPARTMENTS, start=1):
        with transaction.atomic():
            if one.stands_here:
                services.provide(_service(one, port), at=at)
            if not settings.REGISTRY:
                _lay(one, one.code, number, at=at)
                if one.away in settings.NODES_BESIDE:
                    _grant_once(one, one.code_at(one.away), number)
    if not settings.REGISTRY:
        _grant_trial()


def move(node: str) -> None:
    """From now on who stands at this node is asked there."""
    for number, one in enumerate(DEPARTMENTS, start=1):
        if one.away == node:
            with transaction.atomic():
                _lay(one, one.code_at(node), number, at=now())


def _is_published() -> bool:
    """Has the exchange beside us read what was published last, so that the first call is answered?"""
    found = (exchange.find_service(one.code) for one in DEPARTMENTS if one.stands_here)
    wanted = {(one.code, one.version) for one in found if one and one.state is State.ACTIVE}
    try:
        listed = calls.list_services_at(settings.NODE)
    except TryLater:
        return False
    return wanted <= {(str(one.get("code")), one.get("version")) for one in listed}


def _moved_to(node: str) -> bool:
    """Does the node list all that stand there? Then they are asked there from now on."""
    theirs = {one.code_at(node) for one in DEPARTMENTS if one.away == node}
    try:
        answering = {str(one.get("code")) for one in calls.list_services_at(node)}
    except TryLater:
        return False
    if not theirs <= answering:
        return False
    move(node)
    return True


def _lay(one: Department, code: str, number: int, *, at: datetime) -> None:
    """Routes to this service: new ones with its first grant, later only those in force elsewhere."""
    first = _grant_once(one, code, number)
    before = routes.find(one.serves)
    for provider, field in one.serves.items():
        known = before.get(provider)
        if (first and known is None) or (known and known.service != code and _is_ours(known, one)):
            route = RouteView(provider, code, field, one.told, one.about)
            routes.lay(route=route, actor=machine("sample"), at=at)


def _is_ours(route: RouteView, one: Department) -> bool:
    """The same department's service, at whichever node."""
    return route.service.partition("/")[2] == one.name


def _service(one: Department, port: int) -> NewService:
    return NewService(
        code=one.code,
        title=one.title,
        summary=f"{one.body}提供，数据是编的。",
        upstream=f"http://{_HOST}:{port}/{one.name}",
        fields=one.fields,
        parameters=tuple(ServiceParameter(name, _SAID[name]) for name in one.told),
        subject_parameter=one.about,
        limit_seconds=3.0,
        private_ok=True,
    )


def _grant_once(one: Department, code: str, number: int) -> bool:
    """True when there was none yet."""
    names = [field.name for field in one.fields]
    if agreements.has_grant(code, fields=names):
        return False
    agreements.grant(
        code,
        consumer_node=settings.NODE,
        provider=one.away if len(one.away) == _USCC_LENGTH else _body(number),
        provider_name=one.body,
        purposes=PURPOSES,
        needs_case=True,
        fields=names,
        clear_fields=names,
    )
    return True


@transaction.atomic
def _grant_trial() -> None:
    """联调测试 for the county's civil affairs, once; docs/handbook/integrator.md walks through it."""
    code = f"{settings.NODE}/{TRIED}"
    if not agreements.has_grant(code, fields=TRIED_FIELDS, purpose=TRIAL):
        agreements.grant(
            code,
            consumer_node=settings.NODE,
            provider=_body(1),
            provider_name=DEPARTMENTS[0].body,
            purposes=(TRIAL,),
            fields=TRIED_FIELDS,
            per_day=1_000,
            per_second=10,
        )


def _body(number: int) -> str:
    """The code of a provincial body that has none in the sample."""
    return make_uscc("1", "1", "620000", 100 + number)


class _Desk(BaseHTTPRequestHandler):
    """One request to one department."""

    protocol_version = "HTTP/1.1"
    timeout = 60

    def do_POST(self) -> None:
        """The record as JSON, null when there is none; or whatever the switch says."""
        close_old_connections()
        told = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or "{}")
        one = next((d for d in DEPARTMENTS if f"/{d.name}" == self.path), None)
        if one is None or not isinstance(told, dict):
            self.send_error(404)
            return
        mode = simulator.misbehaviour_of(one.switch)
        if mode is Misbehaviour.AWAY:
            self.close_connection = True
            return
        if mode is Misbehaviour.SLOW:
            time.sleep(SLOW_SECONDS)
        self._say(_spoiled(one.answer(told), mode))

    def finish(self) -> None:
        """Whoever asked has gone."""
        super().finish()
        connection.close()  # this thread's own

    def _say(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: receipts say who asked."""


def _spoiled(answer: Mapping[str, Any] | None, mode: Misbehaviour | None) -> bytes:
    if mode is Misbehaviour.GARBAGE:
        return b"\x00<html>502 Bad Gateway"
    said: Any = answer
    if mode is Misbehaviour.WRONG_TYPE:
        said = 7
    if mode is Misbehaviour.DUPLICATE:
        said = [answer, answer]
    return json.dumps(said, ensure_ascii=False).encode()
