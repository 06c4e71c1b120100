"""What materials announce. The subject is the case they belong to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from yiwang.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class MaterialArrived(Event):
    """A source that was away when the application went in has answered. ``found``: it has a record."""

    name: ClassVar[str] = "materials.material_arrived"
    material: str
    material_name: str
    source_label: str
    found: bool
