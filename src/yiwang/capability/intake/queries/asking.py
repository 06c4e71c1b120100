"""What other registers say for a draft. Asked outside any transaction, a second at most."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from yiwang.capability.intake import rules
from yiwang.capability.intake.definitions import DraftView, Field, Prefilled
from yiwang.capability.intake.queries.forms import get_form
from yiwang.foundation.exchange import sources
from yiwang.kernel.actor import Actor

#: A person waits at most this long for prefilled answers.
PREFILL_SECONDS: Final = 1.0


@dataclass(frozen=True, slots=True)
class Prefill:
    """What the sources said: found, no such record, or not reachable now."""

    found: Mapping[str, Prefilled]
    not_found: tuple[str, ...] = ()
    away: Mapping[str, str] | None = None  # field → the source's name in words


def prefill(
    draft: DraftView,
    actor: Actor,
    *,
    fields: Collection[str] | None = None,
    limit_seconds: float = PREFILL_SECONDS,
    at: datetime | None = None,
) -> Prefill:
    """Ask every source the form names, all at once, outside any transaction.

    Only what is not known yet is asked; ``fields`` asks again for exactly these.
    """
    form = get_form(draft.item_code, draft.item_version)
    wanted = [f for f in form.fields if f.prefill and _is_wanted(f.key, draft, fields)]
    questions = [sources.Question(f.prefill or "", draft.applicant) for f in wanted]
    if not questions:
        return Prefill({})
    answers = sources.ask_all(
        questions,
        purpose="填写申请表",
        case=draft.reference,
        limit_seconds=limit_seconds,
        at=at,
    )
    found: dict[str, Prefilled] = {}
    missing, away = [], {}
    for field, answer in zip(wanted, answers, strict=True):
        value = _fits(field, answer.value)
        if answer.status is sources.Status.AWAY or (answer.value is not None and value is None):
            away[field.key] = answer.source_label
        elif value is None:
            missing.append(field.key)
        else:
            found[field.key] = Prefilled(value, answer.source_label, answer.as_of, answer.source)
    return Prefill(found, tuple(missing), away)


def _is_wanted(key: str, draft: DraftView, fields: Collection[str] | None) -> bool:
    return key in fields if fields is not None else key not in draft.prefilled


def _fits(field: Field, value: Any) -> Any:
    """The value as this question keeps it; None when it is not an answer to it."""
    if value is None:
        return None
    kept, problems = rules.clean([field], {field.key: value})
    if problems or not rules.has_right_type(field, kept.get(field.key)):
        return None
    return kept[field.key]
