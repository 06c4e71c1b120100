"""A pack's ``licence.yaml`` → ``LicenceTemplate``, or every problem in Chinese."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from yiwang.kernel.identifiers import is_uscc
from yiwang.support.licences.definitions import Face, LicenceField, LicenceTemplate, Mask


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
    """Public unless said otherwise: level 1, and level 2 behind a mask."""
    grade, mask = int(entry.get("grade", 1)), Mask(str(entry.get("mask") or ""))
    return LicenceField(
        key=str(entry["key"]),
        label=str(entry["label"]),
        grade=grade,
        public=bool(entry.get("public", grade < 2 or (grade < 3 and mask is not Mask.NONE))),
        mask=mask,
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
