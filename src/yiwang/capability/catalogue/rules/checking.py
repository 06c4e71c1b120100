"""Rules every published item must keep; each says which law or standard asks for it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from yiwang.capability.catalogue.definitions import (
    HandlingMode,
    Item,
    MaterialSource,
    PackProblem,
    ResultKind,
)
from yiwang.capability.catalogue.definitions.codes import CaseType, HandlingForm
from yiwang.capability.catalogue.rules.trusting import (
    check_commitment,
    check_fee,
    check_tolerance,
)
from yiwang.kernel.identifiers import is_uscc
from yiwang.mechanisms.clocks.definitions import Allowance, Unit

Problems = Iterator[PackProblem]
#: Comparable size of an allowance; working days are taken at their longest (7 for 5).
_HOURS: Final = {
    Unit.HOUR: 1.0, Unit.NATURAL_DAY: 24.0, Unit.WORKING_DAY: 24.0, Unit.MONTH: 730.0, Unit.YEAR: 8760.0,
}  # fmt: skip
_CATCH_ALL: Final = re.compile(
    r"其他(相关|有关|必要|所需|需要|要求)?的?(材料|资料|文件|证明|手续)|等(相关|有关)(材料|资料|文件|证明)|"
    r"要求提供的其他|规定的其他(材料|条件)|视情况(提供|提交)"
)


def check_item(item: Item) -> tuple[PackProblem, ...]:
    """Everything that forbids publishing this item, and warnings. Empty when all is well."""
    return tuple(problem for rule in _RULES for problem in rule(item))


def _say(key: str, sentence: str, remedy: str, *, warning: bool = False) -> PackProblem:
    return PackProblem("item.yaml", key, sentence, remedy, warning)


def _promise(item: Item) -> Problems:
    """承诺办结时限 ≤ 法定办结时限 (GB/T 39046; 行政许可法 42)."""
    if item.statutory and item.promised and _longer(item.promised, item.statutory):
        yield _say("promised", "承诺时限长于法定时限。", "请改短承诺时限，或核对法定时限。")
    if item.statutory is None and not item.statutory_note:
        yield _say("statutory_note", "没有法定时限，也没有说明。", "请写明法律有没有规定办理时限。")
    if item.promised is None:
        yield _say("promised", "没有承诺时限。", "请写上承诺办结时限。")
    elif item.statutory is None and not item.promised_local:
        yield _say(
            "promised_local",
            "承诺时限没有国家规定可依，却没有标为本地。",
            "请写 promised_local: true。",
        )


def _longer(one: Allowance, other: Allowance) -> bool:
    if one.unit is other.unit:
        return one.amount > other.amount
    return one.amount * _HOURS[one.unit] > other.amount * _HOURS[other.unit]


def _instant(item: Item) -> Problems:
    """即办件: decided on the spot, so the promise is 0 (GB/T 39046 办件类型)."""
    instant = item.case_type is CaseType.INSTANT
    if instant and item.promised is not None and item.promised.amount != 0:
        yield _say(
            "promised.amount", "即办件的承诺时限应当是 0（当场）。", "请改为 0，或改成承诺件。"
        )
    if not instant and item.promised is not None and item.promised.amount == 0:
        yield _say("case_type", "承诺时限是 0 的应当是即办件。", "请改办件类型，或写上时限。")


def _visits(item: Item) -> Problems:
    """到办事现场次数: 0 only when the whole matter can be done online or by courier."""
    remote = {HandlingForm.COMPUTER, HandlingForm.MOBILE, HandlingForm.COURIER}
    if item.visits == 0 and not remote & set(item.forms):
        yield _say(
            "visits", "到现场 0 次，却没有网上或快递的办理形式。", "请补办理形式，或改次数。"
        )
    if item.visits > 1:
        yield _say("visits", "要跑一次以上。", "请核对能不能减少跑动。", warning=True)
    if HandlingForm.WINDOW not in item.forms:
        yield _say(
            "forms",
            "没有窗口办理。",
            "申请人有权自主选择线上线下，请保留窗口（优化营商环境条例 37）。",
        )


def _assurance(item: Item) -> Problems:
    """实名等级: no national text says which matter needs which level, so it is a local rule."""
    if item.assurance is not None and not item.assurance_local:
        yield _say(
            "assurance_local",
            "要求的实名等级没有国家规定可依，却没有标为本地。",
            "请写 assurance_local: true。",
        )


def _materials(item: Item) -> Problems:
    """Nothing sharing gives may be asked for (国务院令第716号 7); nothing without a legal basis
    (优化营商环境条例 35); every material has issuer and source."""
    for material in item.materials:
        place = f"materials.{material.key}"
        asked = material.source is MaterialSource.UPLOADED
        if material.obtainable_by_sharing and asked and not material.asked_because:
            yield _say(
                f"{place}.source",
                "共享能查到的材料不得要求申请人提交。",
                "请改为 FETCHED，或在 asked_because 写明法律依据（国务院关于在线政务服务的若干规定 第七条）。",
            )
        if material.source is MaterialSource.FETCHED and not material.provider:
            yield _say(
                f"{place}.provider", "免提交的材料没有写从哪里查。", "请写 provider 的名称。"
            )
        if material.source is not MaterialSource.FETCHED and material.provider:
            yield _say(f"{place}.provider", "只有 FETCHED 的材料才写 provider。", "请删去。")
        if not material.basis and not material.local:
            yield _say(
                f"{place}.basis", "材料没有依据。", "请写依据；只有本地规定的标 local: true。"
            )


def _catch_alls(item: Item) -> Problems:
    """No 兜底 clauses: “其他材料” asks for the unknown (优化营商环境条例 35)."""
    said = [(f"materials.{m.key}.name", m.name) for m in item.materials]
    said += [(f"materials.{m.key}.why", m.why) for m in item.materials]
    said += [(f"conditions.{c.key}.text", c.text) for c in item.conditions]
    for key, text in said:
        if _CATCH_ALL.search(text):
            yield _say(key, f"“{text}”是兜底条款。", "请写清楚到底要什么，或删去。")


def _local(item: Item) -> Problems:
    """A value no national text gives is marked, so that the guide can say “本地规定（示例）”."""
    for condition in item.conditions:
        if condition.basis is None and not condition.local:
            yield _say(
                f"conditions.{condition.key}.local",
                "条件没有依据，也没有标为本地。",
                "请补依据或标 local: true。",
            )
    for value in item.local_values:
        if not value.local:
            yield _say(
                f"local_values.{value.key}.local", "本地值没有标出来。", "请写 local: true。"
            )
    if item.result and item.result.benefit and not item.result.benefit.local and not item.basis:
        yield _say(
            "result.benefit.local",
            "待遇标准没有依据，也没有标为本地。",
            "请补依据或标 local: true。",
        )


def _questions(item: Item) -> Problems:
    """Questions must lead somewhere, and nothing may hang on an answer nobody can give."""
    known = {q.key: {o.value for o in q.options} for q in item.questions}
    used: set[str] = set()
    hung = [(f"materials.{m.key}.when", m.when) for m in item.materials]
    hung += [(f"handling_items.{h.key}.when", h.when) for h in item.handling_items]
    hung += [("commitment.when", item.commitment.when)] if item.commitment else []
    for place, when in hung:
        for key, values in when.items():
            used.add(key)
            if key not in known:
                yield _say(place, f"没有“{key}”这个问题。", "请核对 questions。")
            elif not set(values) <= known[key]:
                wrong = "、".join(sorted(set(values) - known[key]))
                yield _say(place, f"“{key}”没有这个选项：{wrong}。", "请核对选项的 value。")
    for key in sorted(set(known) - used):
        yield _say(f"questions.{key}", "这个问题不影响材料和办理项。", "请考虑删去。", warning=True)


def _body(item: Item) -> Problems:
    if item.department and not is_uscc(item.department):
        yield _say("department", "实施主体的统一社会信用代码校验不对。", "请核对 18 位代码。")
    if not item.basis:
        yield _say("basis", "没有设定依据。", "请写依据的法规和条款。")
    if item.contact is None:
        yield _say("contact", "没有咨询和投诉方式。", "请写 contact。")
    if not item.steps:
        yield _say("steps", "没有办理流程。", "请写 steps。")
    if item.handling_mode is HandlingMode.LINK_ONLY and not item.link:
        yield _say("link", "只给链接的事项没有写链接。", "请写 link。")


def _result(item: Item) -> Problems:
    if item.result is None:
        yield _say("result", "没有写办理结果。", "请写 result。")
    elif item.result.kind is ResultKind.LICENCE and not item.result.licence:
        yield _say(
            "result.licence", "结果是证照，却没有写证照模板。", "请写 licence.yaml 里的 code。"
        )
    elif item.result.kind is ResultKind.ENTITLEMENT:
        yield from _bands(item)


def _bands(item: Item) -> Problems:
    benefit = item.result.benefit if item.result else None
    if benefit is None:
        yield _say("result.benefit", "结果是待遇，却没有写标准。", "请写 benefit。")
        return
    for here, following in zip(benefit.bands, [*benefit.bands[1:], None], strict=True):
        wanted = following.from_age if following else None
        if here.until_age != wanted:
            yield _say(
                "result.benefit.bands",
                f"{here.from_age} 岁这一档没有和下一档接上。",
                "请核对 until_age。",
            )


_RULES: Final[tuple[Callable[[Item], Problems], ...]] = (
    _promise, _instant, _visits, _assurance, _materials, _catch_alls, _local, _questions, _body, _result,
    check_tolerance, check_commitment, check_fee,
)  # fmt: skip
