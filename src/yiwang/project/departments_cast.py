"""示例部门: which there are, what each holds about the sample's persons and firms, and where it stands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings

from yiwang.foundation.exchange.definitions import Found, ServiceField
from yiwang.foundation.libraries import queries as libraries
from yiwang.foundation.libraries.definitions import OrganizationView, PersonView
from yiwang.network.nodes.sample import LANZHOU, POLICE
from yiwang.support.licences import providers as licences

_SWITCH: Final = "department."
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
    away: str = ""  # the further node of the sample it stands at, when there is one

    @property
    def stands_here(self) -> bool:
        """At the province all, at a further node only its own."""
        return not settings.REGISTRY or self.away == settings.NODE

    @property
    def code(self) -> str:
        return self.code_at(settings.NODE)

    def code_at(self, node: str) -> str:
        return f"{node}/{self.name}"

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
    """Three of four have something: a shop on the ground floor."""
    found = _holder(told)
    if found is None or not int(_drawn(found, "1", "0", "1", "1")):
        return None
    number = sum(found.key.encode()) % 90 + 1
    return {
        "premises": {
            "坐落": f"兰州市城关区示例路 {number} 号 1 层",
            "用途": "商业服务",
            "有没有查封": "没有",
        }
    }


def _penalties(told: Mapping[str, Any]) -> Mapping[str, Any] | None:
    return None if _holder(told) is None else {"food_permit_revoked": False}


def _licences(told: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """What the registrar's own licence says, be it a firm's or an individual business's."""
    found = _holder(told)
    if found is None:
        return None
    said = licences.holder_business_licence(subject=found.reference, parameters={})
    return {
        "licence": said.value if isinstance(said, Found) else said,
        "licensed": said is not None,
    }


def _holder(told: Mapping[str, Any]) -> PersonView | OrganizationView | None:
    """Whom a number is of: a person's or a firm's."""
    number = str(told.get("number", ""))
    return libraries.find_person(number) or libraries.find_organization(number)


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
_EITHER = {"number": "source:holder.number"}
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
        _NUMBER, POLICE,
    ),
    Department(
        "identity-check", "姓名和身份证号核验（示例）", _POLICE, "citizen_id",
        (_F("match", "是否一致"),), _identity, {"person.match": "match"},
        {"citizen_id": "asked:number", "name": "asked:name"}, POLICE,
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
        "real-estate", "不动产登记查询（示例）", "兰州市自然资源局（示例）", "number",
        (_F("premises", "名下的不动产", 3),), _real_estate,
        {"holder.premises": "premises"}, _EITHER, LANZHOU,
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
        "business-licence", "营业执照核验（示例）", "甘肃省市场监督管理局（示例）", "number",
        (_F("licence", "照面信息", 1), _F("licensed", "是否已登记", 1)), _licences,
        {"holder.business_licence": "licence", "holder.licensed": "licensed"}, _EITHER,
    ),
    Department(
        "credit", "行政处罚信用信息查询（示例）", "甘肃省发展和改革委员会（示例）", "number",
        (_F("food_permit_revoked", "五年内是否被吊销食品生产经营许可", 1),), _penalties,
        {"holder.food_permit_revoked": "food_permit_revoked"}, _EITHER,
    ),
    Department(
        "tax-standing", "纳税信用查询（示例）", "国家税务总局甘肃省税务局（示例）", "uscc",
        (_F("grade", "纳税信用级别", 1), _F("arrears", "是否欠税", 1)), _tax, {}, _USCC,
    ),
)  # fmt: skip
