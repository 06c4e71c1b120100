"""What packs may ask about a person or a firm: prefill and checks, from the two basic libraries."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from yiwang.foundation.exchange.definitions import Found, Plain, Shape, SourceAway
from yiwang.foundation.exchange.sources import provides
from yiwang.foundation.libraries import queries, rules
from yiwang.foundation.libraries.definitions import (
    OrganizationState,
    OrganizationView,
    PersonView,
)
from yiwang.foundation.standards import queries as standards
from yiwang.kernel.refusals import NotFound

PERSONS = "人口库（示例数据）"
ORGANIZATIONS = "法人库（示例数据）"
BANKS = "社会保障卡账户库（示例数据）"
ALLOWANCES = "津贴发放共享库（示例数据）"
REAL_ESTATE = "不动产登记（示例数据）"
PENALTIES = "行政处罚信用信息（示例数据）"
_CLOSED = {OrganizationState.REVOKED: "已吊销", OrganizationState.CANCELLED: "已注销"}


def _person(subject: str) -> PersonView | None:
    if not subject.startswith("person:"):
        return None
    try:
        return queries.get_person(subject)
    except NotFound:
        return None


def _organization(subject: str) -> OrganizationView | None:
    if not subject.startswith("organization:"):
        return None
    try:
        return queries.get_organization(subject)
    except NotFound:
        return None


def _identity(person: PersonView) -> dict[str, str]:
    """What a material “identity” holds: enough to recognise the person, the number masked."""
    return {
        "姓名": person.name,
        "公民身份号码": person.citizen_id_masked,
        "出生日期": person.born_on.isoformat(),
        "性别": standards.find_label("sex", person.sex.value) or "",
    }


def _of_person(
    name: str,
    label: str,
    value: Callable[[PersonView], Plain],
    shape: Shape = Shape.TEXT,
    papers: tuple[str, ...] = (),
) -> None:
    def provide(*, subject: str, parameters: Mapping[str, str]) -> Plain:
        person = _person(subject)
        found = None if person is None else value(person)
        if person is None or found is None or found == "":  # "": nobody has said it yet
            return None
        return Found(found, person.as_of)

    provide.__qualname__ = f"libraries.{name}"
    provides(name, label=label, source_label=PERSONS, shape=shape, papers=papers)(provide)


def _of_organization(
    name: str, label: str, value: Callable[[OrganizationView], Plain], shape: Shape = Shape.TEXT
) -> None:
    def provide(*, subject: str, parameters: Mapping[str, str]) -> Plain:
        body = _organization(subject)
        found = None if body is None else value(body)
        return None if body is None or found is None else Found(found, body.as_of)

    provide.__qualname__ = f"libraries.{name}"
    provides(name, label=label, source_label=ORGANIZATIONS, shape=shape)(provide)


_of_person("person.name", "姓名", lambda p: p.name)
_of_person("person.citizen_id", "公民身份号码", lambda p: queries.find_citizen_id(p.reference))
_of_person("person.phone", "手机号码", lambda p: queries.find_phone(p.reference))
_of_person("person.address", "户籍地址", lambda p: queries.find_address(p.reference))
_of_person("person.born_on", "出生日期", lambda p: p.born_on, Shape.DATE)
_of_person("person.sex", "性别", lambda p: p.sex.value)
_of_person("person.people", "民族", lambda p: p.people)
_of_person(
    "person.household_division",
    "户籍所在地",
    lambda p: p.division_code,
    papers=("户口簿", "户口本", "户籍证明"),
)
_of_person("person.division", "户籍所在地", lambda p: p.division_code)
_of_person(
    "person.identity",
    "身份信息",
    lambda p: _identity(p),
    Shape.OBJECT,
    papers=("居民身份证", "身份证复印件", "身份证照片", "身份证正反面", "身份证原件"),
)
_of_person(
    "person.alive",
    "是否健在",
    lambda p: p.alive,
    Shape.YES_NO,
    papers=("健在证明", "生存证明"),
)
_of_person("person.died_on", "死亡日期", lambda p: p.died_on, Shape.DATE)
_of_organization("organization.name", "名称", lambda o: o.name)
_of_organization("organization.uscc", "统一社会信用代码", lambda o: o.uscc)
_of_organization("organization.kind", "类型", lambda o: o.kind.value)
_of_organization("organization.state", "登记状态", lambda o: o.state.value)
_of_organization("organization.division", "住所所在地", lambda o: o.division_code)
_of_organization("organization.address", "住所", lambda o: o.address or None)
_of_organization("organization.industry", "行业", lambda o: o.industry or None)
_of_organization("organization.established_on", "成立日期", lambda o: o.established_on, Shape.DATE)
_of_organization(
    "organization.legal_representative", "法定代表人", lambda o: o.legal_representative
)


@provides("person.bank_account", label="收款账户", source_label=BANKS)
def person_bank_account(*, subject: str, parameters: Mapping[str, str]) -> str | None:
    """The whole number of the account public money is paid to: the social card's if there is one."""
    return queries.find_bank_account(subject) if subject.startswith("person:") else None


@provides("person.match", label="姓名和身份证号是否一致", source_label=PERSONS, shape=Shape.OBJECT)
def person_match(*, subject: str, parameters: Mapping[str, str]) -> Plain:
    """Is ``name`` the name of whoever has ``number``? The name the register has is never told.

    ``subject`` is who asks; ``about`` names by reference who was looked at.
    """
    person = queries.find_person(parameters.get("number", ""))
    if person is None:
        return None
    agrees = rules.same_name(person.name, parameters.get("name", ""))
    return {"agrees": agrees, "about": person.reference}


@provides(
    "organization.match",
    label="名称和统一社会信用代码是否一致",
    source_label=ORGANIZATIONS,
    shape=Shape.OBJECT,
)
def organization_match(*, subject: str, parameters: Mapping[str, str]) -> Plain:
    """Is ``name`` the name of the firm with the code ``number``? ``remark``: it is closed (public)."""
    body = queries.find_organization(parameters.get("number", ""))
    if body is None:
        return None
    agrees = rules.same_name(body.name, parameters.get("name", ""))
    remark = _CLOSED.get(body.state, "") if agrees else ""
    return {"agrees": agrees, "about": body.reference, "remark": remark}


@provides(
    "person.allowance_elsewhere",
    label="是否在其他地方领取",
    source_label=ALLOWANCES,
    shape=Shape.YES_NO,
)
def person_allowance_elsewhere(*, subject: str, parameters: Mapping[str, str]) -> bool | None:
    """Does the person draw an allowance (``kind``) that another place reported and has not ended?"""
    if _person(subject) is None:
        return None
    drawn = queries.list_allowances(subject, kind=parameters.get("kind", ""))
    return any(one.until is None for one in drawn)


@provides(
    "holder.number", label="身份证号或者统一社会信用代码", source_label="人口库、法人库（示例数据）"
)
def holder_number(*, subject: str, parameters: Mapping[str, str]) -> str | None:
    """The number other bodies know the applicant by, be it a person or a firm."""
    if _person(subject) is not None:
        return queries.find_citizen_id(subject)
    body = _organization(subject)
    return None if body is None else body.uscc


@provides(
    "holder.premises",
    label="本人名下的不动产",
    source_label=REAL_ESTATE,
    shape=Shape.OBJECT,
    papers=("不动产权证书", "不动产权证", "房屋所有权证", "房产证"),
)
def holder_premises(*, subject: str, parameters: Mapping[str, str]) -> Plain:
    """What the land register has in the applicant's name; only a route answers it. SourceAway."""
    raise SourceAway("还没有接到不动产登记")


@provides(
    "holder.food_permit_revoked",
    label="五年内是否被吊销食品生产经营许可",
    source_label=PENALTIES,
    shape=Shape.YES_NO,
)
def holder_food_permit_revoked(*, subject: str, parameters: Mapping[str, str]) -> Plain:
    """Has the applicant lost a food licence within five years (食品安全法 135)? Only a route answers.

    SourceAway.
    """
    raise SourceAway("还没有接到行政处罚信用信息")
