"""Masking, the class that follows from harm, the grade of a set. Pure; the exchange's fast path uses it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from yiwang.foundation.privacy.definitions import DataClass, Degree, Grade, Harmed, Mask
from yiwang.kernel import masks

_HIDDEN: Final = "****"
#: Up to the county or district; an autonomous region, a residential quarter and an estate are none.
_COUNTY: Final = re.compile(r"^.{0,25}?(?:(?<!自治)(?<!小)(?<!社)(?<!园)区|县|旗)")
#: Up to a county-level city, ``甘肃省酒泉市敦煌市``; otherwise to the first city.
_TOWN: Final = re.compile(r"^[^市]{1,12}市[^市]{1,6}市(?!场)")
_CITY: Final = re.compile(r"^.{0,12}?(?:市|州(?!市)|盟)")
#: GB/T 43697-2024: harm to each object by degree.
_CLASSES: Final[Mapping[Harmed, Mapping[Degree, DataClass]]] = {
    Harmed.NATION: {
        Degree.EXTREME: DataClass.CORE,
        Degree.SEVERE: DataClass.CORE,
        Degree.ORDINARY: DataClass.IMPORTANT,
    },
    Harmed.ORDER: {
        Degree.EXTREME: DataClass.CORE,
        Degree.SEVERE: DataClass.IMPORTANT,
        Degree.ORDINARY: DataClass.GENERAL,
    },
    Harmed.RIGHTS: dict.fromkeys(Degree, DataClass.GENERAL),
}


def mask(value: object, rule: Mask | str) -> object:
    """The value as it may be shown under a rule; unknown rules hide everything (fail closed).

    Nothing stays nothing. A list is masked one by one; an object cannot be masked by a rule for text
    and is hidden whole.
    """
    if rule == Mask.NONE or value is None or value == "":
        return value
    if isinstance(value, list | tuple):
        return [mask(one, rule) for one in value]
    if not isinstance(value, str):
        return _HIDDEN
    match rule:
        case Mask.NAME:
            return masks.mask_name(value)
        case Mask.CITIZEN_ID:
            return masks.mask_citizen_id(value)
        case Mask.PHONE:
            return masks.mask_phone(value)
        case Mask.ACCOUNT:
            return masks.mask_account(value)
        case Mask.ADDRESS:
            return mask_address(value)
    return _HIDDEN


def mask_address(address: str) -> str:
    """``甘肃省兰州市城关区静宁路 12 号`` → ``甘肃省兰州市城关区****``; no place found: all hidden."""
    found = _COUNTY.match(address) or _TOWN.match(address) or _CITY.match(address)
    return (found[0] if found else "") + _HIDDEN


def class_of(harms: Iterable[tuple[Harmed, Degree]]) -> DataClass:
    """The class that follows from all harms one can do with the data: the gravest counts."""
    order = list(DataClass)
    found = [_CLASSES[whom][how] for whom, how in harms]
    return max(found, key=order.index, default=DataClass.GENERAL)


def grade_of(grades: Iterable[int], *, stated: int = Grade.PUBLIC) -> Grade:
    """The grade of a set: at least its highest item's, higher when stated (together they may say more)."""
    return Grade(max([*grades, stated]))
