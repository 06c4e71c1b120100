"""``earlier``, ``conditions`` and ``result.term`` of ``flow.yaml`` beside item and form: what they name is
asked, and as the right kind of question."""

from __future__ import annotations

from collections.abc import Iterator

from yiwang.applications.definitions import Pack, PackProblem
from yiwang.applications.rules.jointly import check_questions
from yiwang.capability.cases.definitions.flow import EFFECT_LABELS, EarlierPlan, Effect
from yiwang.capability.catalogue.definitions import ResultKind
from yiwang.capability.intake.definitions import Kind

Problems = Iterator[PackProblem]
_FILE = "flow.yaml"


def check_earlier(pack: Pack) -> Problems:
    """An earlier licence nobody asks for or of another item; a term that is no day; strange questions."""
    plan = pack.flow.earlier
    if plan is not None:
        yield from _licence(pack, plan.licence)
        yield from _told(plan)
        for number, act in enumerate(plan.acts):
            yield from check_questions(pack, act.when, f"earlier.acts.{number}.when")
    for number, one in enumerate(pack.flow.conditions):
        yield from check_questions(pack, one.when, f"conditions.{number}.when")
    for name in ("first", "last"):
        asked = getattr(pack.flow.term, name)
        field = pack.form.find_field(asked)
        if asked and (field is None or field.kind is not Kind.DATE):
            said = f"表单里没有“{asked}”这个日期。"
            yield PackProblem(_FILE, f"result.term.{name}", said, "请核对字段名。")


def cited_earlier(pack: Pack) -> Iterator[tuple[str, str, str]]:
    """The articles they stand on: (file:key, law, article)."""
    acts = pack.flow.earlier.acts if pack.flow.earlier else ()
    without = pack.flow.earlier.without if pack.flow.earlier else ()
    found = [(f"earlier.acts.{n}.basis", act.basis) for n, act in enumerate(acts)]
    found += [(f"earlier.without.{n}.basis", one.basis) for n, one in enumerate(without)]
    found += [(f"conditions.{n}.basis", one.basis) for n, one in enumerate(pack.flow.conditions)]
    for key, said in found:
        if said:
            law, _, article = said.rpartition(" ")
            yield f"{_FILE}:{key}", law, article


def flow_words(pack: Pack) -> dict[str, str]:
    """``flow.earlier.without.<effect>``: why a licence needs no such act, as its holder reads it."""
    without = pack.flow.earlier.without if pack.flow.earlier else ()
    return {f"flow.earlier.without.{one.effect}": one.why for one in without}


def _told(plan: EarlierPlan) -> Problems:
    """A holder asks for more time, a change, an end: each is done here, or the law has none."""
    told = {act.effect for act in plan.acts} | {one.effect for one in plan.without}
    for effects in (
        (Effect.RENEW, Effect.PROLONG), (Effect.CHANGE,), (Effect.CANCEL,)
    ):  # fmt: skip
        if not told & set(effects):
            named = "、".join(EFFECT_LABELS[effect] for effect in effects)
            said = f"没有写证照怎样{named}，也没有写为什么不用办。"
            remedy = f"请在 acts 里写 {effects[0]}，或在 without 里写明原因和依据。"
            yield PackProblem(_FILE, "earlier", said, remedy)


def _licence(pack: Pack, asked: str) -> Problems:
    here, result = "earlier.licence", pack.item.result
    if result is None or result.kind is not ResultKind.LICENCE:
        said = "事项的结果不是证照，没有原证照可办。"
        yield PackProblem(_FILE, here, said, "请删去 earlier，或者核对 item.yaml 的 result。")
        return
    field = pack.form.find_field(asked)
    if field is None or field.kind is not Kind.LICENCE or field.licence != result.licence:
        said = f"表单里没有选本事项证照的“{asked}”。"
        remedy = f"请在 form.yaml 写 x-kind: licence、x-licence: {result.licence}。"
        yield PackProblem(_FILE, here, said, remedy)
