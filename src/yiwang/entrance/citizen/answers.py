"""The five questions everybody asks of a service, answered from its item: pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from yiwang.capability.catalogue.definitions import (
    HandlingMode,
    Item,
    Material,
    MaterialSource,
    OnLapse,
    Tolerance,
)
from yiwang.capability.catalogue.definitions.codes import HandlingForm, ServedKind
from yiwang.capability.catalogue.queries import Narrowed
from yiwang.entrance.shell.forms.amounts import amount_words
from yiwang.mechanisms.clocks.definitions import Allowance

_BODIES: Final = frozenset(ServedKind) - {ServedKind.PERSON}


@dataclass(frozen=True, slots=True)
class Fact:
    """One question with its answer and a remark."""

    label: str
    value: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class MarkedMaterial:
    """One material with the mark that says who brings it."""

    name: str
    why: str
    mark: str
    kind: str
    icon: str
    sample: str
    issuer: str
    local: bool
    optional: bool
    later: str = ""  # by when it may come after all
    later_local: bool = False


def five(item: Item, narrowed: Narrowed) -> tuple[Fact, ...]:
    """能不能办, 带什么, 多久, 多少钱, 去不去现场: what the first screen must answer."""
    return (_who(item), _bring(narrowed), _how_long(item), _how_much(item), _go(item))


def sentence(narrowed: Narrowed) -> str:
    """What these answers come to, in the language of the page; the item's words are in it already."""
    if (get_language() or "zh-hans") == "zh-hans" or narrowed.not_here:
        return narrowed.sentence
    bring, chosen = narrowed.to_bring, narrowed.handling_item
    parts = [_("您办理的是“%(name)s”。") % {"name": chosen.name} if chosen else ""]
    parts.append(
        _("需要您准备 %(count)s 样材料：%(names)s。")
        % {"count": len(bring), "names": _names(bring)}
        if bring
        else _("不用准备材料。")
    )
    rest = (
        (_("其中%(names)s可以先受理、后补交。"), [m for m in bring if m.tolerance is not None]),
        (_("%(names)s用您的书面承诺代替。"), _of(narrowed, MaterialSource.COMMITTED)),
        (_("%(names)s由我们查询，不用您提交。"), narrowed.fetched),
    )
    parts += [said % {"names": _names(some)} for said, some in rest if some]
    return " ".join(part for part in parts if part)


def _of(narrowed: Narrowed, source: MaterialSource) -> list[Material]:
    return [m for m in narrowed.materials if m.source is source]


def _names(materials: Iterable[Material]) -> str:
    return "; ".join(material.name for material in materials)


def one_line(item: Item) -> str:
    """Trips and time in half a line, for lists: “不用跑，当场出结果”."""
    if item.handling_mode is not HandlingMode.PLATFORM:
        return _("这里看指南，到窗口或原系统办")
    trips = _("不用跑") if item.visits == 0 else _("去 %(number)s 次") % {"number": item.visits}
    return _("%(trips)s，%(time)s") % {"trips": trips, "time": time_words(item.promised)}


def time_words(allowance: Allowance | None) -> str:
    """“当场出结果”, “最多 7 个工作日”."""
    if allowance is None:
        return _("时限看指南")
    if allowance.amount == 0:
        return _("当场出结果")
    return _("最多 %(time)s") % {"time": amount_words(allowance)}


def _who(item: Item) -> Fact:
    person = ServedKind.PERSON in item.served
    bodies = bool(_BODIES & set(item.served))
    if person and bodies:
        value = _("个人和单位都能办")
    elif person or bodies:
        value = _("个人可以办") if person else _("单位可以办")
    else:
        value = _("清单里没有写")
    details = [item.conditions[0].text] if item.conditions else []
    if item.assurance is not None:
        details.append(_("要核验身份：实名等级 %(level)s 级") % {"level": item.assurance})
    return Fact(_("能不能办"), value, _("，").join(details))


def _bring(narrowed: Narrowed) -> Fact:
    mine, ours = len(narrowed.to_bring), len(narrowed.fetched)
    value = _("您交 %(number)s 样") % {"number": mine} if mine else _("什么都不用带")
    if narrowed.not_here:
        return Fact(_("带什么"), _("什么都不用带"), _("按您的回答，不用在这里申请。"))
    if not narrowed.materials:
        value = _("清单里没有写")
    late = sum(material.tolerance is not None for material in narrowed.to_bring)
    details = [_("%(number)s 样可以后补") % {"number": late}] if late else []
    details += [_("%(number)s 样我们替您取") % {"number": ours}] if ours else []
    return Fact(_("带什么"), value, _("，").join(details))


def _how_long(item: Item) -> Fact:
    details = []
    if item.promised is not None and item.promised_local:
        details.append(_("本地规定（示例）"))
    if item.statutory is not None:
        details.append(_("法定 %(time)s") % {"time": amount_words(item.statutory)})
    shown = item.promised or item.statutory
    value = time_words(shown) if shown else _("清单里没有写")
    return Fact(_("多久"), value, _("，").join(details))


def _how_much(item: Item) -> Fact:
    if not item.fee.charged:
        return Fact(_("多少钱"), _("不收费"))
    amount = f"¥{item.fee.amount_fen // 100:,}.{item.fee.amount_fen % 100:02d}"
    value = amount if item.fee.amount_fen else _("要收费")
    marks = [_("本地规定（示例）")] if item.fee.local else []
    return Fact(_("多少钱"), value, _("，").join([item.fee.explanation, *marks]))


def _go(item: Item) -> Fact:
    window = HandlingForm.WINDOW in item.forms
    if item.handling_mode is not HandlingMode.PLATFORM:
        return Fact(_("去不去现场"), _("先看“怎么办”"), _("还不能在这里网上办"))
    if item.visits == 0:
        detail = _("想去窗口也可以") if window else ""
        return Fact(_("去不去现场"), _("一次都不用去"), detail)
    return Fact(_("去不去现场"), _("去 %(number)s 次") % {"number": item.visits})


def marked(material: Material) -> MarkedMaterial:
    """A material with its mark: fetched by us, filled in here, uploaded, perhaps later, or promised."""
    mark, kind, icon = {
        MaterialSource.FETCHED: (_("我们替您取"), "info", "link"),
        MaterialSource.UPLOADED: (_("您上传"), "line", "up"),
        MaterialSource.FORM: (_("填表时生成"), "", "doc"),
        MaterialSource.COMMITTED: (_("用承诺代替"), "info", "check"),
    }[material.source]
    later = material.tolerance
    if later is not None:
        mark, kind, icon = _("可以后补"), "soon", "clock"
    return MarkedMaterial(
        name=material.name,
        why=material.why,
        mark=mark,
        kind=kind,
        icon=icon,
        sample=material.sample,
        issuer=material.issuer,
        local=material.local,
        optional=not material.required,
        later=_later(later) if later is not None else "",
        later_local=later is not None and later.local,
    )


def _later(given: Tolerance) -> str:
    """By when a late material must come, and that nothing is handed out before."""
    time = amount_words(given.within)
    if given.on_lapse is OnLapse.WITHDRAW:
        return _("可以先受理，受理后 %(time)s内补交；不补交，不发结果，逾期算撤回申请。") % {
            "time": time
        }
    return _("可以先受理，受理后 %(time)s内补交；不补交，不发结果，逾期按已有材料决定。") % {
        "time": time
    }
