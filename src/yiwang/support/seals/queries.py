"""Which seal machine stands behind the port now; permits and uses of seals."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from django.conf import settings

from yiwang.kernel.actor import Actor
from yiwang.kernel.pages import Page, bounded, cut
from yiwang.mechanisms.crypto import actions as crypto
from yiwang.mechanisms.crypto import rules as crypto_rules
from yiwang.network.nodes import queries as nodes
from yiwang.support.seals import rules
from yiwang.support.seals.definitions import PermitView, SealDriver, UseView
from yiwang.support.seals.drivers.host import HostSeal
from yiwang.support.seals.drivers.sample import SampleSeal
from yiwang.support.seals.models import SealPermit, SealUse

DRIVERS: Final[Mapping[str, Callable[[], SealDriver]]] = {"sample": SampleSeal, "host": HostSeal}
_MOST: Final = 500


def get_driver() -> SealDriver:
    """The driver named by the setting ``SEAL_DRIVER``; KeyError for an unknown name, never another."""
    return DRIVERS[getattr(settings, "SEAL_DRIVER", "sample")]()


def list_permits(actor: Actor) -> tuple[PermitView, ...]:
    """The host's list as this keeper sees it: those that hold first, then the revoked, newest first."""
    rows = SealPermit.objects.visible_to(actor).order_by("-id")[:_MOST]
    names = {node.code: node.name for node in nodes.list_nodes()}
    found = [permit_view(row, names.get(row.node, row.node)) for row in rows]
    return tuple(sorted(found, key=lambda one: not one.holds))


def permit_view(row: SealPermit, node_name: str) -> PermitView:
    return PermitView(
        key=row.key,
        node=row.node,
        node_name=node_name,
        body=row.body,
        body_name=row.body_name,
        division_code=row.division_code,
        permitted_at=row.permitted_at,
        permitted_by=row.permitted_by,
        revoked_at=row.revoked_at,
        revoked_by=row.revoked_by,
        reason=row.reason,
    )


def list_uses(actor: Actor, *, after: str = "", limit: int = 50) -> Page[UseView]:
    """Uses of seals a keeper may see, newest first."""
    rows = SealUse.objects.visible_to(actor)
    if after:
        rows = rows.filter(id__lt=SealUse.objects.filter(no=after).values("id")[:1])
    shown, following = cut(rows.order_by("-id")[: bounded(limit) + 1], limit)
    return Page(tuple(map(use_view, shown)), following)


def find_use(no: str) -> UseView | None:
    """One use by the number on the document, for anybody who holds it: it says nothing personal."""
    row = SealUse.objects.filter(no=no).order_by("-made_here").first()
    return use_view(row) if row else None


def find_seal_of(document: str) -> UseView | None:
    """The seal the host put on one of our own documents; None: none."""
    row = SealUse.objects.filter(document=document, made_here=False).order_by("-id").first()
    return use_view(row) if row else None


def use_view(row: SealUse) -> UseView:
    facts = rules.read_statement(row.statement) or {}
    return UseView(
        no=row.no,
        node=row.node,
        body=row.body,
        body_name=facts.get("body_name", ""),
        title=facts.get("title", ""),
        number=facts.get("number", ""),
        digest=row.digest,
        sealed=facts.get("sealed", False),
        mark=facts.get("mark", ""),
        driver=facts.get("driver", ""),
        made_at=row.made_at,
        host=facts.get("host", ""),
        made_here=row.made_here,
        genuine=is_stated_by(facts.get("host", ""), row.statement, row.signature),
        document=row.document,
    )


def is_stated_by(node: str, statement: str, signature: str) -> bool:
    """Did this node sign exactly these words, with a key we know of it? Needs nobody else."""
    known = nodes.own() if node == settings.NODE else nodes.find_node(node)
    return known is not None and any(
        crypto_rules.is_signed_by(statement.encode(), signature, key_id=key.key_id, point=key.point)
        for key in known.keys
    )


def check_document(content: bytes) -> UseView | None:
    """A sealed PDF somebody holds: what its seal says; None when it bears none, is not as it was sealed,
    or the seal is not the host's."""
    taken = rules.take_apart(content)
    facts = rules.read_statement(taken.statement) if taken else None
    if taken is None or facts is None or crypto.digest(taken.document) != facts["digest"]:
        return None
    if not is_stated_by(facts["host"], taken.statement, taken.signature):
        return None
    return find_use(facts["no"])
