"""What a published item asks of other bodies: its materials, its form, its decision table, one by one. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from yiwang.capability.cases.definitions.flow import Flow
from yiwang.capability.catalogue.definitions import Item
from yiwang.capability.catalogue.definitions.parts import Citation
from yiwang.capability.intake.definitions import Field, Form
from yiwang.foundation.resources.definitions import Need


def needs_of(item: Item, form: Form | None, flow: Flow | None) -> tuple[Need, ...]:
    """Every source the item names, each once, and papers another body has but the applicant still brings.

    Of what is named in several places the material tells why: it has the article.
    """
    general = _said(item.basis[:1])
    found = [*_of_materials(item)]
    if form is not None:
        found += _of_form(form, general)
    if flow is not None and flow.ruling is not None:
        found += [
            Need(one.provider, one.label, f"核对：{one.label}", general)
            for one in flow.ruling.inputs
            if one.provider
        ]
    unique: dict[tuple[str, str], Need] = {}
    for need in found:
        unique.setdefault((need.source, need.label if need.paper else ""), need)
    return tuple(unique.values())


def _of_materials(item: Item) -> Iterator[Need]:
    for material in item.materials:
        basis = _said(material.basis)
        if material.provider:
            yield Need(material.provider, material.name, f"材料：{material.name}", basis)
        elif material.obtainable_by_sharing or material.asked_because:
            basis = _said(material.asked_basis) or basis
            yield Need("", material.name, f"仍要申请人交：{material.name}", basis, paper=True)


def _of_form(form: Form, basis: str) -> Iterator[Need]:
    for step in form.steps:
        for field in _flat(step.fields):
            if field.prefill:
                yield Need(field.prefill, field.label, f"表单：{field.label}", basis)


def _flat(fields: Iterable[Field]) -> Iterator[Field]:
    for field in fields:
        yield field
        yield from _flat(field.fields)


def _said(citations: Iterable[Citation]) -> str:
    return "；".join(f"《{one.law}》{one.article}" for one in citations)
