"""The keys ``branches`` and ``visit`` of ``flow.yaml``: who must approve too, what is checked on the spot."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from yiwang.capability.cases.definitions.flow_reader import Reader
from yiwang.capability.cases.definitions.jointly import (
    BranchPlan,
    CheckPoint,
    CountedFrom,
    OnRefusal,
    VisitPlan,
)
from yiwang.capability.cases.definitions.profiles import Profile
from yiwang.kernel.actor import CASE_STAFF, Role

JOINTLY_KEYS: Final = frozenset(["branches", "visit"])
_FORMAL: Final = (Profile.MARKET_REGISTRATION, Profile.FILING)
_BRANCH: Final = {
    "key", "department", "department_name", "title", "when", "within", "basis", "local",
    "on_refusal", "roles", "materials",
}  # fmt: skip
_VISIT: Final = {"when", "may_skip_when", "within", "from", "basis", "local", "checklist"}
_LONGEST_TITLE: Final = 80
_LONGEST_KEY: Final = 40


def jointly(reader: Reader, top: Mapping[str, Any], profile: Profile) -> dict[str, Any]:
    """The fields of ``Flow`` these keys fill.

    What is only checked for its form, or only noted, needs nobody else.
    """
    for key in sorted(JOINTLY_KEYS & set(top)):
        if profile in _FORMAL:
            reader.say(key, "形式审查和备案不能有并联部门和现场核查")
    return {
        "branches": _branches(reader, top.get("branches", [])),
        "visit": _visit(reader, top.get("visit")),
    }


def _branches(reader: Reader, value: Any) -> tuple[BranchPlan, ...]:
    """``branches: [...]`` of a flow file; what is wrong goes to the reader."""
    if not isinstance(value, list):
        reader.say("branches", "要写成列表")
        return ()
    plans = tuple(_branch(reader, entry, f"branches/{n}") for n, entry in enumerate(value))
    for name in ("key", "department"):
        given = [getattr(plan, name) for plan in plans]
        for twice in sorted({one for one in given if one and given.count(one) > 1}):
            reader.say("branches", f"{name} 重复：{twice}")
    return plans


def _visit(reader: Reader, value: Any) -> VisitPlan | None:
    """``visit: {...}`` of a flow file; None when there is none."""
    if value is None:
        return None
    given = reader.mapping(value, "visit", _VISIT)
    local = reader.flag(given, "local", "visit")
    points = given.get("checklist")
    if not isinstance(points, list) or not points:
        reader.say("visit/checklist", "要列出核查的每一项")
        points = []
    checklist = tuple(_point(reader, p, f"visit/checklist/{n}") for n, p in enumerate(points))
    keys = [point.key for point in checklist]
    for twice in sorted({key for key in keys if key and keys.count(key) > 1}):
        reader.say("visit/checklist", f"key 重复：{twice}")
    skip = given.get("may_skip_when")
    counted = given.get("from", CountedFrom.OFFICERS)
    return VisitPlan(
        within=reader.allowance(given.get("within"), "visit/within"),
        checklist=checklist,
        basis=reader.text(given, "basis", "visit", required=not local),
        local=local,
        when=reader.when(given.get("when", {}), "visit/when"),
        may_skip_when=None if skip is None else reader.when(skip, "visit/may_skip_when"),
        counted_from=reader.choice(counted, CountedFrom, "visit/from"),
    )


def _branch(reader: Reader, value: Any, path: str) -> BranchPlan:
    given = reader.mapping(value, path, _BRANCH)
    local = reader.flag(given, "local", path)
    refusal = given.get("on_refusal", OnRefusal.ENDS)
    title = reader.text(given, "title", path)
    if len(title) > _LONGEST_TITLE:
        reader.say(f"{path}/title", f"最多 {_LONGEST_TITLE} 字")
    return BranchPlan(
        key=_key(reader, given, path),
        department=reader.text(given, "department", path),
        department_name=reader.text(given, "department_name", path),
        title=title,
        within=reader.allowance(given.get("within"), f"{path}/within"),
        basis=reader.text(given, "basis", path, required=not local),
        local=local,
        on_refusal=reader.choice(refusal, OnRefusal, f"{path}/on_refusal"),
        when=reader.when(given.get("when", {}), f"{path}/when"),
        roles=_roles(reader, given.get("roles", [Role.APPROVER]), f"{path}/roles"),
        materials=_materials(reader, given.get("materials"), f"{path}/materials"),
    )


def _point(reader: Reader, value: Any, path: str) -> CheckPoint:
    given = reader.mapping(value, path, {"key", "text", "article"})
    return CheckPoint(
        _key(reader, given, path),
        reader.text(given, "text", path),
        reader.text(given, "article", path, required=False),
    )


def _key(reader: Reader, given: Mapping[str, Any], path: str) -> str:
    key = reader.text(given, "key", path)
    if not all(
        sign.isascii() and (sign.islower() or sign.isdigit() or sign == "-") for sign in key
    ):
        reader.say(f"{path}/key", "只能用小写英文字母、数字和连字符")
    if len(key) > _LONGEST_KEY:
        reader.say(f"{path}/key", f"最多 {_LONGEST_KEY} 个字符")
    return key


def _roles(reader: Reader, value: Any, path: str) -> tuple[Role, ...]:
    if not isinstance(value, list) or not value or not all(one in CASE_STAFF for one in value):
        reader.say(path, "要从 " + "、".join(CASE_STAFF) + " 里选")
        return (Role.APPROVER,)
    return tuple(Role(one) for one in value)


def _materials(reader: Reader, value: Any, path: str) -> tuple[str, ...] | None:
    if value is None:
        return None
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        reader.say(path, "要写成材料 key 的列表")
        return None
    return tuple(value)
