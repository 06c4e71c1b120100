"""Facts packs may name that no register answers as such: is a name taken, may it be used at all."""

from __future__ import annotations

import re
from collections.abc import Mapping

from yiwang.capability.catalogue.rules import names
from yiwang.foundation.exchange.sources import Shape, provides
from yiwang.foundation.libraries import queries as libraries

_REGISTER = "经营主体名称库（示例）"


@provides("names.clash", label="名称是否已被登记", source_label=_REGISTER, shape=Shape.YES_NO)
def names_clash(*, subject: str, parameters: Mapping[str, str]) -> bool:
    """Is there an organization of exactly this name? No name asked for: no clash."""
    wanted = re.sub(r"\s", "", parameters.get("name") or "")
    return bool(wanted) and libraries.find_organization_by_name(wanted) is not None


@provides(
    "names.forbidden", label="名称是否含禁用字词", source_label="名称登记规则", shape=Shape.YES_NO
)
def names_forbidden(*, subject: str, parameters: Mapping[str, str]) -> bool:
    """Does the name hold a word that needs a person's look (企业名称登记管理规定 11, 12, 25)?"""
    return names.forbidden_word(parameters.get("name") or "") is not None


@provides(
    "applicant.owns_account",
    label="账户是否在本人名下",
    source_label="社会保障卡和银行账户库（示例）",
    shape=Shape.YES_NO,
)
def applicant_owns_account(*, subject: str, parameters: Mapping[str, str]) -> bool | None:
    """Is this account registered in the person's own name?"""
    number = re.sub(r"\s", "", parameters.get("account") or "")
    if not subject.startswith("person:") or not number:
        return None
    return libraries.owns_bank_account(subject, number)
