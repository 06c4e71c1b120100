"""一次性告知: what somebody who only asks must be told about an item, all at once. Plain text from the item."""

from __future__ import annotations

from collections.abc import Mapping

from yiwang.capability.catalogue import queries as catalogue
from yiwang.capability.catalogue.definitions import Item, Material, MaterialSource
from yiwang.capability.catalogue.queries import ItemVersion
from yiwang.capability.halls.definitions import Told
from yiwang.mechanisms.clocks.definitions import Allowance

_BY: Mapping[MaterialSource, str] = {
    MaterialSource.FETCHED: "不用带，我们替您取",
    MaterialSource.UPLOADED: "请带来或者在网上传",
    MaterialSource.FORM: "现场填表就有",
    MaterialSource.COMMITTED: "用您的书面承诺代替",
}


def told_about(version: ItemVersion, answers: Mapping[str, str], *, remark: str = "") -> Told:
    """What the notice says: narrowed by the answers, nothing that the item does not say itself."""
    item = version.item
    narrowed = catalogue.narrow(item, answers)
    contact = item.contact
    return Told(
        item_code=item.code,
        item_name=item.name,
        item_version=version.version,
        body=item.department_name or "政务服务大厅",
        phone=contact.consult if contact else "12345",
        values={
            "who": _numbered("办理条件：", [one.text for one in item.conditions]),
            "materials": _materials(narrowed.materials),
            "where": _where(version),
            "limit": _limit(item),
            "fee": "收费：" + (item.fee.explanation or ("收费" if item.fee.charged else "不收费")),
            "conditions": narrowed.sentence,
            "remark": f"另外告诉您：{remark.strip()}" if remark.strip() else "",
            "basis": _basis(item),
        },
    )


def _basis(item: Item) -> str:
    return "；".join(f"《{one.law.strip('《》')}》{one.article}" for one in item.basis)


def _materials(materials: tuple[Material, ...]) -> str:
    if not materials:
        return "材料：不用带材料。"
    return _numbered("材料：", [_one(material) for material in materials])


def _one(material: Material) -> str:
    how = _BY[material.source]
    later = (
        f"；现在没有可以后补（{_words(material.tolerance.within)}内）" if material.tolerance else ""
    )
    return f"{material.name}（{how}{later}{'' if material.required else '；选交'}）"


def _where(version: ItemVersion) -> str:
    places = [
        f"{one.where}{f'（{one.hours}）' if one.hours else ''}" for one in version.item.channels
    ]
    trips = "不用跑" if version.item.visits == 0 else f"最多去 {version.item.visits} 次"
    here = (
        f"在哪里办：{'、'.join(places)}。"
        if places
        else f"在哪里办：{version.handling_mode_label}。"
    )
    return f"{here}{trips}。"


def _limit(item: Item) -> str:
    said = []
    if item.promised is not None:
        said.append("承诺" + ("当场办结" if item.promised.amount == 0 else _words(item.promised)))
    if item.statutory is not None and item.statutory.amount:
        said.append(f"法定{_words(item.statutory)}")
    return f"多久办好：{'，'.join(said)}。" if said else ""


def _words(allowance: Allowance) -> str:
    return str(allowance)


def _numbered(title: str, lines: list[str]) -> str:
    if not lines:
        return ""
    return "\n".join([title, *(f"{number}. {line}" for number, line in enumerate(lines, start=1))])
