"""``branches`` and ``visit`` of ``flow.yaml`` beside the item: what they name exists, nobody takes longer
than the whole."""

from __future__ import annotations

from collections.abc import Iterator

from yiwang.applications.definitions import Pack, PackProblem
from yiwang.capability.cases.definitions.jointly import BranchPlan, When
from yiwang.mechanisms.clocks.definitions import Allowance

Problems = Iterator[PackProblem]
_FILE = "flow.yaml"


def check_jointly(pack: Pack) -> Problems:
    """Questions, answers and materials that are not the item's; a body that is the lead; limits too long."""
    for number, plan in enumerate(pack.flow.branches):
        here = f"branches.{number}"
        yield from check_questions(pack, plan.when, f"{here}.when")
        yield from _limit(pack, plan.within, f"{here}.within")
        yield from _branch(pack, plan, here)
    visit = pack.flow.visit
    if visit is not None:
        yield from check_questions(pack, visit.when, "visit.when")
        yield from check_questions(pack, visit.may_skip_when or {}, "visit.may_skip_when")
        yield from _limit(pack, visit.within, "visit.within")


def cited_jointly(pack: Pack) -> Iterator[tuple[str, str, str]]:
    """The articles they stand on: (file:key, law, article)."""
    found = [(f"branches.{n}.basis", plan.basis) for n, plan in enumerate(pack.flow.branches)]
    if pack.flow.visit is not None:
        found.append(("visit.basis", pack.flow.visit.basis))
        points = enumerate(pack.flow.visit.checklist)
        found += [(f"visit.checklist.{n}.article", point.article) for n, point in points]
    for key, said in found:
        if said:
            law, _, article = said.rpartition(" ")
            yield f"{_FILE}:{key}", law, article


def _branch(pack: Pack, plan: BranchPlan, here: str) -> Problems:
    if plan.department == pack.item.department:
        said = "牵头部门自己不用再送一次。"
        yield PackProblem(_FILE, f"{here}.department", said, "请写别的部门，或者删去。")
    known = {material.key for material in pack.item.materials}
    for key in plan.materials or ():
        if key not in known:
            said = f"材料清单里没有“{key}”。"
            yield PackProblem(_FILE, f"{here}.materials", said, "请核对 materials。")


def check_questions(pack: Pack, when: When, here: str) -> Problems:
    """Questions and answers a ``when`` names that the item does not ask."""
    asked = {q.key: {option.value for option in q.options} for q in pack.item.questions}
    for key, values in when.items():
        if key not in asked:
            said = f"item.yaml 里没有“{key}”这个问题。"
            yield PackProblem(_FILE, f"{here}.{key}", said, "请核对 questions。")
            continue
        for value in sorted(set(values) - asked[key]):
            said = f"问题“{key}”没有“{value}”这个回答。"
            yield PackProblem(_FILE, f"{here}.{key}", said, "请核对 options。")


def _limit(pack: Pack, within: Allowance, here: str) -> Problems:
    """A part that may last longer than the whole makes the whole late."""
    whole = pack.flow.decide_within
    if within.unit is whole.unit and within.amount > whole.amount:
        yield PackProblem(_FILE, here, "长于整件事的办理时限。", "请改短。")
