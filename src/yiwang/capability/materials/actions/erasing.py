"""销毁以后: the materials of a case are gone; that there were some stays."""

from __future__ import annotations

from datetime import datetime

from yiwang.capability.materials.models import SuppliedMaterial
from yiwang.kernel.actor import Actor
from yiwang.kernel.references import ERASED
from yiwang.mechanisms.files import actions as files


def erase(*, case: str, actor: Actor, at: datetime) -> None:
    """Files and values of a case's materials go; another case that uses the same file keeps it."""
    files.destroy_attached(subject=case, actor=actor, at=at)
    rows = SuppliedMaterial.objects.filter(subject=case)
    rows.update(files=[], value=None, applicant=ERASED, forgotten_at=at)
