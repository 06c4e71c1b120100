"""Procedure profiles 办理程序: transition tables as data, with the law behind each.

行政许可法 does not govern everything: market registration and benefits follow their own rules. A case
keeps the version of the table it began with.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from yiwang.capability.cases.definitions.profiles import tables, version_1
from yiwang.capability.cases.definitions.profiles.names import Profile, State, Step
from yiwang.mechanisms.states.definitions import Machine

__all__ = ["PROFILES", "Profile", "ProfileRule", "State", "Step", "machine_of"]


@dataclass(frozen=True, slots=True)
class ProfileRule:
    """One profile: its Chinese name, what governs it, and its tables, the newest last."""

    profile: Profile
    label: str
    rule: str
    basis: tuple[str, ...]
    machines: tuple[Machine, ...]

    @property
    def machine(self) -> Machine:
        """The table new cases begin with."""
        return self.machines[-1]


_LICENCE_LAW = ("行政许可法 第三十二条", "行政许可法 第四十二条")
PROFILES: Mapping[Profile, ProfileRule] = {
    rule.profile: rule
    for rule in (
        ProfileRule(
            Profile.LICENCE,
            "行政许可",
            "缺材料当场或五个工作日内一次告知，逾期不告知的，收到之日即为受理；受理后二十个工作日内决定。",
            _LICENCE_LAW,
            (tables.LICENCE,),
        ),
        ProfileRule(
            Profile.MARKET_REGISTRATION,
            "市场主体登记",
            "只作形式审查；齐全的当场登记，不能当场登记的三个工作日内登记；不齐的退回材料，一次告知。",
            ("市场主体登记管理条例 第十九条", "市场主体登记管理条例实施细则 第十八条"),
            (version_1.MARKET_REGISTRATION, tables.MARKET_REGISTRATION),
        ),
        ProfileRule(
            Profile.BENEFIT,
            "行政给付",
            "按各自的法律和本地规定办理；缺什么一次告知；不批准要书面说明理由。",
            (),
            (version_1.BENEFIT, tables.BENEFIT),
        ),
        ProfileRule(
            Profile.CONFIRMATION,
            "行政确认和公共服务",
            "按各自的规定或本地承诺办理；缺什么一次告知；不予办理要书面说明理由。",
            (),
            (tables.CONFIRMATION,),
        ),
        ProfileRule(
            Profile.FILING,
            "备案",
            "收到即出具回执，不作实质审查，不使用“批准”字样。",
            (),
            (tables.FILING,),
        ),
        ProfileRule(
            Profile.COMMITMENT,
            "告知承诺",
            "申请人自愿承诺并交齐材料的当场决定，事后核查。",
            _LICENCE_LAW,
            (tables.COMMITMENT,),
        ),
    )
}


def machine_of(profile: str, version: int | None = None) -> Machine:
    """A profile's table: the newest, or the one a case began with. ``LookupError`` for none."""
    rule = PROFILES[Profile(profile)]
    if version is None:
        return rule.machine
    for one in rule.machines:
        if one.version == version:
            return one
    raise LookupError(f"{profile} has no table of version {version}")
