"""示例部门: small REST services of the sample province's departments, behind its own exchange.

They answer about the sample's own persons and firms, and misbehave when told to
(``yiwang sources misbehave department.household_register AWAY``). Only on the sample installation.
"""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

from django.conf import settings
from django.db import connection, transaction

from yiwang.capability.intake import queries as intake
from yiwang.capability.journey import facts
from yiwang.capability.materials import queries as materials
from yiwang.foundation.agreements import sample as agreements
from yiwang.foundation.exchange import routes, simulator
from yiwang.foundation.exchange import sample as services
from yiwang.foundation.exchange.definitions import (
    Misbehaviour,
    NewService,
    RouteView,
    ServiceField,
    ServiceParameter,
)
from yiwang.foundation.libraries import queries as libraries
from yiwang.foundation.libraries.definitions import OrganizationView, PersonView
from yiwang.kernel.actor import machine
from yiwang.kernel.identifiers import make_uscc
from yiwang.kernel.moments import now
from yiwang.project.process_names import DEPARTMENTS_ANSWER

#: What the platform may ask them for: every purpose a pack's journey has.
PURPOSES: Final = (intake.FOR_FORM, intake.FOR_REGISTER, materials.PURPOSE, facts.PURPOSE)
SLOW_SECONDS: Final = 5.0
_SWITCH: Final = "department."
_HOST: Final = "127.0.0.1"
Answer = Callable[[Mapping[str, Any]], Mapping[str, Any] | None]


@dataclass(frozen=True, slots=True)
class Department:
    """One service: whose, about whom, which fields, and which sources it answers (source → field)."""

    name: str
    title: str
    body: str
    about: str  # the parameter with the number of whom it is about
    fields: tuple[ServiceField, ...]
    answer: Answer
    serves: Mapping[str, str]
    told: Mapping[str, str]  # further parameters, as a route fills them

    @property
    def code(self) -> str:
        return f"{settings.NODE}/{self.name}"

    @property
    def switch(self) -> str:
        return _SWITCH + self.name.replace("-", "_")


def _household(told: Mapping[str, Any]) -> Mapping[str, Any] | None:
    person = libraries.find_person(str(told.get("citizen_id", "")))
    if person is None:
        return None
    return {
        "name": person.name,
        "born_on": person.born_on.isoformat(),
        "sex": person.sex.value,
        "people": person.people,
        "division": person.division_code,
        "address": libraries.find_address(person.reference),
        "alive": person.alive,
        "died_on": person.died_on.isoformat() if person.died_on else None,
    }


def _identity(told: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Whether they agree; under which name the number is listed stays there."""
    person = libraries.find_person(str(told.get("citizen_id", "")))
    if person is None:
        return None
    return {"match": {"agrees": libraries.is_called(person, str(told.get("name", "")))}}


def _allowances(told: Mapping[str, Any]) -> Mapping[str, Any] | None:
    person = libraries.find_person(str(told.get("citizen_id", "")))
    if person is None:
        return None
    drawn = libraries.list_allowances(person.reference)
    return {"elsewhere": any(one.until is None for one in drawn)}


def _accounts(told: Mapping[str, Any]) -> Mapping[str, Any] | None:
    person = libraries.find_person(str(told.get("citizen_id", "")))
    number = libraries.find_bank_account(person.reference) if person else None
    return {"account": number} if number else None


def _marriage(told: Mapping[str, Any]) -> Mapping[str, Any] | None:
    person = libraries.find_person(str(told.get("citizen_id", "")))
    return {"status": _drawn(person, "未婚", "已婚", "已婚", "离婚")} if person else None


def _real_estate(told: Mapping[str, Any]) -> Mapping[str, Any] | None:
    person = libraries.find_person(str(told.get("citizen_id", "")))
    if person is None:
        return None
    count = int(_drawn(person, "0", "1", "1", "2"))
    return {"count": count, "sealed": False} if count else None


def _credit(told: Mapping[str, Any]) -> Mapping[str, Any] | None:
    firm = libraries.find_organization(str(told.get("uscc", "")))
    return {"listed": False} if firm else None


def _tax(told: Mapping[str, Any]) -> Mapping[str, Any] | None:
    firm = libraries.find_organization(str(told.get("uscc", "")))
    return {"grade": _drawn(firm, "A", "B", "B", "M"), "arrears": False} if firm else None


def _business(told: Mapping[str, Any]) -> Mapping[str, Any] | None:
    firm = libraries.find_organization(str(told.get("uscc", "")))
    if firm is None:
        return None
    return {
        "name": firm.name,
        "state": firm.state.value,
        "address": firm.address or None,
        "industry": firm.industry or None,
        "established_on": firm.established_on.isoformat(),
    }


def _drawn(about: PersonView | OrganizationView, *choices: str) -> str:
    """Invented, and the same every time it is asked."""
    return choices[sum(about.key.encode()) % len(choices)]


_F = ServiceField
_NUMBER, _USCC = {"citizen_id": "source:person.citizen_id"}, {"uscc": "source:organization.uscc"}
_POLICE, _CIVIL = "甘肃省公安厅（示例）", "甘肃省民政厅（示例）"
DEPARTMENTS: Final = (
    Department(
        "household-register", "户籍信息查询（示例）", _POLICE, "citizen_id",
        (_F("name", "姓名", 3), _F("born_on", "出生日期", 3), _F("sex", "性别"),
         _F("people", "民族"), _F("division", "户籍所在地"), _F("address", "户籍地址", 3),
         _F("alive", "是否健在"), _F("died_on", "死亡日期")),
        _household,
        {"person.name": "name", "person.born_on": "born_on", "person.sex": "sex",
         "person.people": "people", "person.household_division": "division",
         "person.division": "division", "person.address": "address", "person.alive": "alive",
         "person.died_on": "died_on"},
        _NUMBER,
    ),
    Department(
        "identity-check", "姓名和身份证号核验（示例）", _POLICE, "citizen_id",
        (_F("match", "是否一致"),), _identity, {"person.match": "match"},
        {"citizen_id": "asked:number", "name": "asked:name"},
    ),
    Department(
        "allowances", "津贴发放查询（示例）", _CIVIL, "citizen_id",
        (_F("elsewhere", "是否在其他地方领取"),), _allowances,
        {"person.allowance_elsewhere": "elsewhere"}, _NUMBER,
    ),
    Department(
        "social-card-accounts", "社会保障卡账户查询（示例）", "甘肃省人力资源和社会保障厅（示例）",
        "citizen_id", (_F("account", "收款账户", 3),), _accounts,
        {"person.bank_account": "account"}, _NUMBER,
    ),
    Department(
        "marriage-register", "婚姻登记查询（示例）", _CIVIL, "citizen_id",
        (_F("status", "婚姻状况", 3),), _marriage, {}, _NUMBER,
    ),
    Department(
        "real-estate", "不动产登记查询（示例）", "甘肃省自然资源厅（示例）", "citizen_id",
        (_F("count", "套数", 3), _F("sealed", "是否查封")), _real_estate, {}, _NUMBER,
    ),
    Department(
        "business-register", "企业登记查询（示例）", "甘肃省市场监督管理局（示例）", "uscc",
        (_F("name", "名称", 1), _F("state", "登记状态", 1), _F("address", "住所", 1),
         _F("industry", "行业", 1), _F("established_on", "成立日期", 1)),
        _business,
        {"organization.name": "name", "organization.state": "state",
         "organization.address": "address", "organization.industry": "industry",
         "organization.established_on": "established_on"},
        _USCC,
    ),
    Department(
        "credit", "失信名单查询（示例）", "甘肃省发展和改革委员会（示例）", "uscc",
        (_F("listed", "是否在名单上", 1),), _credit, {}, _USCC,
    ),
    Department(
        "tax-standing", "纳税信用查询（示例）", "国家税务总局甘肃省税务局（示例）", "uscc",
        (_F("grade", "纳税信用级别", 1), _F("arrears", "是否欠税", 1)), _tax, {}, _USCC,
    ),
)  # fmt: skip


def serve(stopping: threading.Event) -> None:
    """Listen, say where, and answer until told to stop."""
    with listening() as port:
        publish(port)
        (settings.YIWANG_HOME / DEPARTMENTS_ANSWER).touch()
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
    """Services, a grant for each, and the routes of what they serve; where they listen may move.

    What an operator ended stays ended: routes and grants are made with the service, once.
    """
    at, actor = now(), machine("sample")
    for number, one in enumerate(DEPARTMENTS, start=1):
        with transaction.atomic():
            if not services.provide(_service(one, port), at=at):
                continue
            _grant(one, number)
            for provider, field in one.serves.items():
                route = RouteView(provider, one.code, field, one.told, one.about)
                routes.lay(route=route, actor=actor, at=at)


def _service(one: Department, port: int) -> NewService:
    return NewService(
        code=one.code,
        title=one.title,
        summary=f"{one.body}提供，数据是编的。",
        upstream=f"http://{_HOST}:{port}/{one.name}",
        fields=one.fields,
        parameters=tuple(ServiceParameter(name, name) for name in one.told),
        subject_parameter=one.about,
        limit_seconds=3.0,
        private_ok=True,
    )


def _grant(one: Department, number: int) -> None:
    names = [field.name for field in one.fields]
    agreements.grant(
        one.code,
        consumer_node=settings.NODE,
        provider=make_uscc("1", "1", "620000", number),
        provider_name=one.body,
        purposes=PURPOSES,
        needs_case=True,
        fields=names,
        clear_fields=names,
    )


class _Desk(BaseHTTPRequestHandler):
    """One request to one department."""

    protocol_version = "HTTP/1.1"
    timeout = 60

    def do_POST(self) -> None:
        """The record as JSON, null when there is none; or whatever the switch says."""
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
        try:
            self._say(_spoiled(one.answer(told), mode))
        finally:
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
