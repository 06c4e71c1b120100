"""材料库: a paper verified once is offered again; its owner may have it forgotten."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from yiwang.capability.materials.actions import rows
from yiwang.capability.materials.definitions import Supply
from yiwang.capability.materials.models import SuppliedMaterial
from yiwang.kernel.actor import Actor
from yiwang.kernel.refusals import NotFound

_HERE = (Supply.UPLOADED, Supply.REUSED)


def verify(
    *, case: str, materials: Collection[str], body: str, actor: Actor, at: datetime
) -> tuple[str, ...]:
    """An official has compared these papers of a case with what they must show: marked, once.

    ``body``: the department's name, shown with the mark. The paper of the vault they were taken from
    carries the mark too. Returns what was marked now. Who may, the case decides.
    """
    mine = SuppliedMaterial.objects.select_for_update().filter(subject=case)
    wanted = mine.filter(material__in=list(materials), supply__in=_HERE, verified_at=None)
    marked = []
    for row in wanted.order_by("id"):
        said = {"verified_at": at, "verified_by": actor.reference, "verified_body": body}
        SuppliedMaterial.objects.filter(pk=row.pk).update(**said)
        if row.reused_from:
            origin = SuppliedMaterial.objects.filter(
                subject=row.reused_from, applicant=row.applicant, kind=row.kind, verified_at=None
            )
            origin.update(**said)
        rows.record(row, "materials.verify", actor, at)
        marked.append(row.material)
    return tuple(marked)


def forget(*, case: str, material: str, actor: Actor, at: datetime) -> None:
    """The owner has one paper taken out of the vault: never offered again. The case keeps its file.

    Refuses NotFound for another's, and for what is not in the vault.
    """
    mine = SuppliedMaterial.objects.kept_of(actor).select_for_update()
    row = mine.filter(subject=case, material=material).first()
    if row is None:
        raise NotFound("材料库里没有这份材料。", "它可能已经删掉了，请刷新页面。")
    row.forgotten_at = at
    row.save(update_fields=["forgotten_at"])
    rows.record(row, "materials.forget", actor, at)
