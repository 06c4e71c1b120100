"""Pure rules of licences: reading a template, which state may follow which, what strangers see."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from yiwang.kernel.identifiers import is_uscc
from yiwang.kernel.masks import mask_account, mask_citizen_id, mask_name, mask_phone
from yiwang.support.licences.definitions import (
    Face,
    LicenceField,
    LicenceState,
    LicenceTemplate,
    Mask,
)

_MASKS: Final = {
    Mask.NONE: lambda value: value,
    Mask.NAME: mask_name,
    Mask.CITIZEN_ID: mask_citizen_id,
    Mask.PHONE: mask_phone,
    Mask.ACCOUNT: mask_account,
}
#: act → (states it may start from, state it leads to). REVOKED and CANCELLED are ends.
CHANGES: Final[Mapping[str, tuple[frozenset[str], str]]] = {
    "suspend": (frozenset({LicenceState.VALID}), LicenceState.SUSPENDED),
    "resume": (frozenset({LicenceState.SUSPENDED}), LicenceState.VALID),
    "revoke": (frozenset({LicenceState.VALID, LicenceState.SUSPENDED}), LicenceState.REVOKED),
    "cancel": (frozenset({LicenceState.VALID, LicenceState.SUSPENDED}), LicenceState.CANCELLED),
    "supersede": (frozenset({LicenceState.VALID}), LicenceState.SUPERSEDED),
}
_SENTENCES: Final = {
    LicenceState.VALID: "是真的，现在有效。",
    LicenceState.SUSPENDED: "是真的，但目前被暂扣，暂时不能使用。",
    LicenceState.REVOKED: "曾经颁发过，现已撤销，不能再使用。",
    LicenceState.CANCELLED: "曾经颁发过，现已注销，不能再使用。",
    LicenceState.SUPERSEDED: "这是旧版本，已有新版本取代它。",
    LicenceState.EXPIRED: "是真的，但已经过了有效期。",
    LicenceState.UNKNOWN: "没有查到这张证照，请核对验证码；如果有人向您出示它，请不要采信。",
}


def parse_template(raw: Mapping[str, Any]) -> tuple[LicenceTemplate | None, tuple[str, ...]]:
    """A pack's ``licence.yaml`` as loaded → (template, no problems) or (None, problems in Chinese)."""
    problems = _template_problems(raw)
    if problems:
        return None, tuple(problems)
    face = raw.get("face") or {}
    fields = tuple(_field(entry) for entry in raw["fields"])
    template = LicenceTemplate(
        code=str(raw["code"]),
        name=str(raw["name"]),
        type_code=str(raw["type_code"]),
        fields=fields,
        face=Face(
            title=str(face.get("title") or raw["name"]),
            subtitle=str(face.get("subtitle") or ""),
            rows=tuple(str(key) for key in face.get("rows") or (f.key for f in fields)),
            landscape=bool(face.get("landscape", True)),
        ),
        specimen=str(raw.get("specimen") or ""),
        validity_months=raw.get("validity_months"),
        local=bool(raw.get("local")),
        version=int(raw.get("version", 1)),
    )
    return template, ()


def _field(entry: Mapping[str, Any]) -> LicenceField:
    return LicenceField(
        key=str(entry["key"]),
        label=str(entry["label"]),
        grade=int(entry.get("grade", 1)),
        public=bool(entry.get("public", int(entry.get("grade", 1)) < 3)),
        mask=Mask(str(entry.get("mask") or "")),
        required=bool(entry.get("required", True)),
    )


def _template_problems(raw: Mapping[str, Any]) -> list[str]:
    problems = [
        f"缺少 {key}" for key in ("code", "name", "type_code", "fields") if not raw.get(key)
    ]
    if problems:
        return problems
    type_code = str(raw["type_code"])
    if len(type_code) != 21 or not is_uscc(type_code[:18]) or not type_code[18:].isdigit():
        problems.append("type_code 应为定义机关统一社会信用代码（18 位）加三位数字")
    if re.fullmatch(r"[a-z0-9][a-z0-9-]{1,63}", str(raw["code"])) is None:
        problems.append("code 只能用小写字母、数字和连字符")
    keys: set[str] = set()
    for entry in raw["fields"]:
        key = str(entry.get("key", ""))
        if not key or not entry.get("label"):
            problems.append(f"字段缺少 key 或 label：{entry}")
        if key in keys:
            problems.append(f"字段重复：{key}")
        keys.add(key)
        if str(entry.get("mask") or "") not in set(Mask):
            problems.append(f"字段 {key} 的 mask 不认识：{entry.get('mask')}")
        if int(entry.get("grade", 1)) >= 3 and entry.get("public"):
            problems.append(f"字段 {key} 是三级以上数据，不能公开")
    for key in (raw.get("face") or {}).get("rows") or ():
        if key not in keys:
            problems.append(f"证面引用了不存在的字段：{key}")
    return problems


def value_problems(template: LicenceTemplate, values: Mapping[str, str]) -> tuple[str, ...]:
    """Keys that are not the template's, then required ones without a value."""
    known = {f.key for f in template.fields}
    strange = [f"+{key}" for key in sorted(set(values) - known)]
    blank = [
        f"-{f.key}" for f in template.fields if f.required and not values.get(f.key, "").strip()
    ]
    return tuple(strange + blank)


def state_on(stored: str, valid_until: date | None, on: date) -> str:
    """The state a reader sees on a day: a valid licence past its last day is EXPIRED.

    ``valid_until`` is exclusive.
    """
    if stored == LicenceState.VALID and valid_until is not None and on >= valid_until:
        return LicenceState.EXPIRED
    return stored


def sentence(state: str) -> str:
    """One plain sentence for whoever asked."""
    return _SENTENCES[LicenceState(state)]


def may_change(act: str, stored: str) -> bool:
    """True when the act may start from this stored state."""
    return stored in CHANGES[act][0]


def public_rows(
    template: LicenceTemplate, values: Mapping[str, str]
) -> tuple[tuple[str, str], ...]:
    """Label and masked value of what a stranger may see: public fields below grade 3 only."""
    return tuple(
        (field.label, _MASKS[field.mask](values[field.key]))
        for field in template.fields
        if field.public
        and field.grade < 3
        and field.mask is not Mask.HIDDEN
        and values.get(field.key)
    )


def face_rows(template: LicenceTemplate, values: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Label and value in the order of the face, empty ones left out."""
    return tuple((template.field(k).label, values[k]) for k in template.face.rows if values.get(k))


def add_months(start: date, months: int) -> date:
    """The same day some months later, or the last day of that month (30 Nov + 3 → 28 Feb)."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    for day in range(start.day, 27, -1):
        try:
            return date(year, month + 1, day)
        except ValueError:
            continue
    return date(year, month + 1, start.day)
