"""What may be asked for and of whom: resources of the catalogue, departments with their nodes."""

from __future__ import annotations

from django.conf import settings

from yiwang.foundation.agreements.definitions import Body, Offer, OfferedField
from yiwang.foundation.exchange import queries as exchange
from yiwang.foundation.privacy.definitions import DataClass, Mask
from yiwang.foundation.resources import queries as resources
from yiwang.foundation.resources.definitions import ResourceState
from yiwang.kernel.places import pad, significant_prefix
from yiwang.kernel.refusals import Refusal
from yiwang.network.directory import queries as directory
from yiwang.network.nodes import queries as nodes
from yiwang.network.nodes.definitions import NodeState, NodeView


class CannotBeAskedFor(Refusal):
    """Core and important data, or what is not published now."""

    sentence = "这个资源不能通过本平台申请。"
    remedy = "请在资源目录里另选，或者和提供部门联系。"


def get_offer(resource: str) -> Offer:
    """One published resource; ``NotFound``, ``CannotBeAskedFor``.

    What is on the negative list may be asked for: the refusal is then on record, with its article.
    """
    found = resources.get_resource(resource)
    general = found.content.data_class is DataClass.GENERAL
    if not general or found.state is not ResourceState.PUBLISHED:
        raise CannotBeAskedFor(found.closed)
    return Offer(
        resource=found.code,
        name=found.name,
        provider=Body(
            uscc=found.provider,
            name=found.provider_name,
            division_code=found.division_code,
            node=node_of(found.provider, found.division_code),
        ),
        sharing=found.sharing,
        condition=found.content.condition,
        basis=found.basis,
        fields=tuple(
            OfferedField(one.name, one.label, one.grade, one.mask is not Mask.NONE)
            for one in found.items
        ),
    )


def list_bodies(departments: frozenset[str]) -> tuple[Body, ...]:
    """Departments that may ask, by code, with the node each calls from: where it registered a system, else
    the one it belongs to."""
    found = directory.find_departments(departments)
    calling = exchange.list_calling_nodes(departments)
    return tuple(
        Body(
            uscc=uscc,
            name=found[uscc].name,
            division_code=found[uscc].division_code,
            node=calling.get(uscc) or node_of(uscc, found[uscc].division_code),
        )
        for uscc in sorted(found)
    )


def node_of(uscc: str, division_code: str) -> str:
    """The department's own node, else that of the nearest place above it, else this one."""
    active = [node for node in nodes.list_nodes() if node.state == NodeState.ACTIVE]
    own = [node.code for node in active if node.uscc == uscc]
    if own:
        return own[0]
    above = [node for node in active if _place(node) and division_code.startswith(_place(node))]
    above.sort(key=lambda node: len(_place(node)))
    return above[-1].code if above else str(settings.NODE)


def _place(node: NodeView) -> str:
    """What every division of a node's place begins with; "" for the node of one department."""
    digits = node.code.isdigit() and len(node.code) <= 12
    code = node.division_code or (pad(node.code) if digits else "")
    return significant_prefix(code) if code and not node.uscc else ""
