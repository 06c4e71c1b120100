"""The keys of ``flow.yaml`` that say how a procedure runs: acceptance, signing, more time, delivery."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from yiwang.capability.cases.definitions.flow import (
    AcceptancePlan,
    ChainStep,
    DeliveryPlan,
    EarlierPlan,
    Effect,
    ExtensionPlan,
    InNameOf,
    Silence,
    Special,
)
from yiwang.capability.cases.definitions.flow_earlier import read_conditions, read_earlier
from yiwang.capability.cases.definitions.flow_reader import Reader
from yiwang.capability.cases.definitions.profiles import Profile
from yiwang.mechanisms.clocks.definitions import Allowance, Unit

PROCEDURE_KEYS: Final = frozenset(
    [
        "acceptance", "chain", "extension", "special_procedures", "delivery", "silence", "earlier",
        "conditions", "in_name_of",
    ]
)  # fmt: skip
#: What 行政许可法 says where the flow says nothing.
_BY_LICENCE_LAW: Final = (Profile.LICENCE, Profile.COMMITMENT)
_ACCEPT: Final = AcceptancePlan(
    Allowance(5, Unit.WORKING_DAY, 2), True, False, "行政许可法 第三十二条"
)
_DELIVER: Final = DeliveryPlan(Allowance(10, Unit.WORKING_DAY, 2), "行政许可法 第四十四条")
#: 市场主体登记管理条例 19: three working days more.
_REGISTER_LATER: Final = ExtensionPlan(3, "市场主体登记管理条例 第十九条")
_CHAINS: Final = (
    (ChainStep.APPROVE,),
    (ChainStep.HANDLE, ChainStep.APPROVE),
    (ChainStep.HANDLE, ChainStep.REVIEW, ChainStep.APPROVE),
)
_USCC_LENGTH: Final = 18


def procedure(reader: Reader, top: Mapping[str, Any], profile: Profile) -> dict[str, Any]:
    """The fields of ``Flow`` these keys fill."""
    silence = reader.choice(top["silence"], Silence, "silence") if "silence" in top else None
    earlier = read_earlier(reader, top["earlier"]) if "earlier" in top else None
    if silence and (profile is not Profile.LICENCE or not _may_be_silent(earlier)):
        reader.say("silence", "只有写明多久以前申请的行政许可延续，才有“逾期视为准予延续”")
    return {
        "acceptance": _acceptance(reader, top, profile),
        "chain": _chain(reader, top, profile),
        "extension": _extension(reader, top, profile),
        "special": _special(reader, top, profile),
        "delivery": _delivery(reader, top, profile),
        "silence": silence,
        "earlier": earlier,
        "conditions": read_conditions(reader, top.get("conditions", [])),
        "in_name_of": _in_name_of(reader, top["in_name_of"]) if "in_name_of" in top else None,
    }


def _may_be_silent(earlier: EarlierPlan | None) -> bool:
    acts = earlier.acts if earlier else ()
    return any(act.effect is Effect.RENEW and act.ask_before is not None for act in acts)


def _acceptance(reader: Reader, top: Mapping[str, Any], profile: Profile) -> AcceptancePlan:
    usual = _ACCEPT if profile in _BY_LICENCE_LAW else AcceptancePlan()
    if "acceptance" not in top:
        return usual
    path = "acceptance"
    given = reader.mapping(top[path], path, {"within", "deemed", "at_window", "basis"})
    deemed = reader.flag(given, "deemed", path) if "deemed" in given else usual.deemed
    if profile in _BY_LICENCE_LAW and not deemed:
        reader.say(
            f"{path}/deemed", "行政许可逾期不告知的视为受理，事项不能改（行政许可法第三十二条）"
        )
    if profile not in _BY_LICENCE_LAW and deemed:
        reader.say(f"{path}/deemed", "只有行政许可有“逾期不告知视为受理”")
    within = reader.allowance(given["within"], f"{path}/within") if "within" in given else None
    if within and usual.within and _longer(within, usual.within):
        reader.say(f"{path}/within", "不能超过五个工作日（行政许可法第三十二条）")
    return AcceptancePlan(
        within or usual.within,
        deemed,
        reader.flag(given, "at_window", path) if "at_window" in given else usual.at_window,
        reader.text(given, "basis", path, required=False) or usual.basis,
    )


def _longer(given: Allowance, most: Allowance) -> bool:
    """Longer than the law's five working days, or in a unit that cannot be compared with them."""
    if given.unit is Unit.HOUR:
        return given.amount > most.amount * 24
    return given.unit is not most.unit or given.amount > most.amount


def _chain(reader: Reader, top: Mapping[str, Any], profile: Profile) -> tuple[ChainStep, ...]:
    given = top.get("chain", [ChainStep.APPROVE])
    if not isinstance(given, list) or tuple(given) not in _CHAINS:
        written = "、".join("[" + ", ".join(chain) + "]" for chain in _CHAINS)
        reader.say("chain", f"只能是 {written} 里的一种")
        return (ChainStep.APPROVE,)
    if profile is Profile.FILING and len(given) > 1:
        reader.say("chain", "备案收到即出具回执，没有签批")
    return tuple(ChainStep(one) for one in given)


def _extension(reader: Reader, top: Mapping[str, Any], profile: Profile) -> ExtensionPlan | None:
    if "extension" not in top:
        return _REGISTER_LATER if profile is Profile.MARKET_REGISTRATION else None
    given = reader.mapping(top["extension"], "extension", {"amount", "basis"})
    if profile is Profile.FILING:
        reader.say("extension", "备案收到即出具回执，没有延长")
    amount = given.get("amount")
    if not isinstance(amount, int) or isinstance(amount, bool) or not 1 <= amount <= 366:
        reader.say("extension/amount", "要写 1 到 366 的整数，单位和办理时限相同")
        amount = 1
    return ExtensionPlan(amount, reader.text(given, "basis", "extension"))


def _special(reader: Reader, top: Mapping[str, Any], profile: Profile) -> tuple[Special, ...]:
    given = top.get("special_procedures", [])
    if not isinstance(given, list):
        reader.say("special_procedures", "要写成列表")
        return ()
    if given and profile is not Profile.LICENCE:
        reader.say("special_procedures", "只有行政许可的特别程序不计入时限（行政许可法第四十五条）")
    return tuple(
        dict.fromkeys(
            reader.choice(one, Special, f"special_procedures/{n}") for n, one in enumerate(given)
        )
    )


def _delivery(reader: Reader, top: Mapping[str, Any], profile: Profile) -> DeliveryPlan | None:
    if "delivery" not in top:
        return _DELIVER if profile in _BY_LICENCE_LAW else None
    given = reader.mapping(top["delivery"], "delivery", {"within", "basis", "chosen"})
    chosen = reader.text(given, "chosen", "delivery", required=False)
    kind, _, name = chosen.partition(":")
    if chosen and (kind != "answer" or not name):
        reader.say("delivery/chosen", "要写成 answer:…")
    within = _DELIVER.within
    if "within" in given:
        within = reader.allowance(given["within"], "delivery/within")
    basis = reader.text(given, "basis", "delivery", required=False) or _DELIVER.basis
    return DeliveryPlan(within, basis, name)


def _in_name_of(reader: Reader, value: Any) -> InNameOf:
    path = "in_name_of"
    given = reader.mapping(value, path, {"department", "department_name", "basis"})
    department = reader.text(given, "department", path)
    if department and len(department) != _USCC_LENGTH:
        reader.say(f"{path}/department", "要写 18 位统一社会信用代码")
    return InNameOf(
        department,
        reader.text(given, "department_name", path),
        reader.text(given, "basis", path),
    )
