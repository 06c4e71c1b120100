"""What follows from a publication: the catalogue of data hears what the item asks of others."""

from __future__ import annotations

from typing import Final

from yiwang.applications import rules
from yiwang.capability.cases import queries as cases
from yiwang.capability.catalogue import queries as catalogue
from yiwang.capability.catalogue.events import ItemPublished
from yiwang.capability.intake import queries as intake
from yiwang.foundation.resources import actions as resources
from yiwang.kernel.actor import machine
from yiwang.kernel.refusals import NotFound

_PUBLISHER: Final = machine("applications")


def tell_needs(*, event: ItemPublished, **_: object) -> None:
    """The needs of the version just published take the place of the earlier ones. Safe to run twice."""
    item = catalogue.get_content(event.item_code, event.version)
    try:
        form = intake.get_form(event.item_code, event.version)
    except NotFound:  # an item that is only described
        form = None
    flow = cases.find_flow(event.item_code, event.version)
    resources.note_needs(
        item_code=item.code,
        item_name=item.name,
        department=item.department,
        department_name=item.department_name,
        needs=rules.needs_of(item, form, flow),
        actor=_PUBLISHER,
        at=event.at,
    )
