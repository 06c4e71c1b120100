"""告知承诺 as the guide tells it, honestly: what is promised, how it is checked, what follows. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from yiwang.capability.catalogue.definitions import (
    Citation,
    Commitment,
    CommitmentKind,
    Item,
    Limit,
)
from yiwang.capability.catalogue.queries import Narrowed
from yiwang.entrance.shell.forms.amounts import amount_words


@dataclass(frozen=True, slots=True)
class Road:
    """One commitment in words; ``chosen``: the answers on the guide lead along it."""

    title: str
    statements: tuple[str, ...]
    replaces: tuple[str, ...]
    rows: tuple[tuple[str, str], ...]
    basis: tuple[Citation, ...]
    local: bool
    chosen: bool


def road(item: Item, narrowed: Narrowed) -> Road | None:
    """The item's commitment, shown whole whether it was chosen or not; None when it has none."""
    promise = item.commitment
    if promise is None:
        return None
    permit = promise.kind is CommitmentKind.PERMIT
    rows = [(_("多久决定"), _decided(promise))] if permit else []
    rows += [(_("怎么核查"), _checked(promise.check)), (_("不实的后果"), promise.liability)]
    if promise.correction is not None:
        time = amount_words(promise.correction.within)
        rows.append((_("改正"), _("责令改正的，给您 %(time)s") % {"time": time}))
    barred = _("有虚假承诺等严重失信记录、还没有修复的；请用普通方式办。")
    rows.append((_("谁不能用"), "".join(filter(None, (barred, promise.not_for)))))
    names = {m.key: m.name for m in item.materials}
    return Road(
        title=_("用承诺来办") if permit else _("用承诺代替证明"),
        statements=tuple(one.text for one in promise.statements),
        replaces=tuple(names[key] for key in promise.replaces if key in names),
        rows=tuple(rows),
        basis=promise.basis,
        local=promise.local or promise.check.local,
        chosen=narrowed.commitment is not None,
    )


def _decided(promise: Commitment) -> str:
    limit = promise.decide
    if limit is None or limit.within.amount == 0:
        return _("材料齐全的，当场决定")
    return _("材料齐全的，%(time)s内决定") % {"time": amount_words(limit.within)}


def _checked(limit: Limit) -> str:
    return _("决定后 %(time)s内：%(how)s") % {"time": amount_words(limit.within), "how": limit.how}
