"""不得索要: what a register or this platform holds, what nobody can truly prove, the same thing twice.

国务院关于在线政务服务的若干规定 7 (obtainable by sharing); 优化营商环境条例 35 (nothing added without a
rule) and 44 (no proof that the issuer cannot look into).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from yiwang.capability.catalogue.definitions import Item, Material, MaterialSource, PackProblem

Problems = Iterator[PackProblem]
_VILLAGE: Final = re.compile(r"村(民)?委(员)?会|居(民)?委(员)?会|社区")
_PROOF: Final = re.compile(r"(证明|证实)(材料|书)?$")


@dataclass(frozen=True, slots=True)
class Held:
    """A paper nobody need bring: its name, who holds what it says, and the provider to ask instead."""

    paper: str
    holder: str
    provider: str


def check_held(item: Item, held: Sequence[Held]) -> Problems:
    """Uploads that must not be asked for, unless a reason with its article is recorded."""
    for material in item.materials:
        if material.source is not MaterialSource.UPLOADED:
            continue
        here = f"materials.{material.key}"
        excused = bool(material.asked_because and material.asked_basis)
        known = next((one for one in held if one.paper in material.name), None)
        if known is not None and not excused:
            said = f"“{known.paper}”{known.holder}里有，不得要求申请人提交。"
            yield _say(f"{here}.source", said, _instead(known))
        elif _of_a_village(material) and not excused:
            said = "村、社区查不清的情况，不能要他们开证明。"
            yield _say(f"{here}.issuer", said, _REASON)
        if material.asked_because and not material.asked_basis:
            said = "写了要交的理由，没有写依据的条款。"
            yield _say(f"{here}.asked_basis", said, "请写 asked_basis: [{law, article}]。")
    yield from _twice(item)


def _twice(item: Item) -> Problems:
    """One thing under two keys of one list, both asked of the same person."""
    uploads = [m for m in item.materials if m.source is MaterialSource.UPLOADED]
    for position, one in enumerate(uploads):
        for other in uploads[position + 1 :]:
            same = one.name == other.name or (one.kind and one.kind == other.kind)
            if same and _together(one, other):
                said = f"和“{one.key}”是同一样材料，要了两份。"
                yield _say(f"materials.{other.key}.name", said, "请删去一样。")


def _together(one: Material, other: Material) -> bool:
    """Can one person's answers leave both?"""
    shared = set(one.when) & set(other.when)
    return all(set(one.when[key]) & set(other.when[key]) for key in shared)


def _of_a_village(material: Material) -> bool:
    return bool(_VILLAGE.search(material.issuer) and _PROOF.search(material.name))


_REASON: Final = (
    "请删去；法律、行政法规确实要求的，在 asked_because 写理由，在 asked_basis 写条款。"
)


def _instead(known: Held) -> str:
    wanted = f"请改为 FETCHED，provider 写 {known.provider}；" if known.provider else ""
    return f"{wanted}{_REASON}"


def _say(key: str, sentence: str, remedy: str) -> PackProblem:
    return PackProblem("item.yaml", key, sentence, remedy)
