"""Two devices, one draft: what changed only on one side is taken, what changed on both is kept twice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Merged:
    """``conflicts``: field → the later value, which did not replace the kept one."""

    answers: dict[str, Any]
    changed_at: dict[str, int]
    conflicts: dict[str, Any]
    changed: bool


def merge(
    *,
    kept: Mapping[str, Any],
    changed_at: Mapping[str, int],
    version: int,
    seen_version: int,
    changes: Mapping[str, Any],
    told: Mapping[str, Any] | None = None,
) -> Merged:
    """Apply ``changes`` made by somebody who saw ``seen_version``; None removes an answer.

    ``changed_at`` says in which version each field last changed. A field changed after the seen
    version to something else is a conflict. Sending the same change twice changes nothing.

    ``told``: what sources said. A kept value that is only that, and not seen yet, is nobody's wish:
    a box left empty on a page that had not heard of it leaves it, what was typed there replaces it.
    """
    answers, stamps = dict(kept), dict(changed_at)
    sources = told or {}
    conflicts: dict[str, Any] = {}
    for key, value in changes.items():
        if answers.get(key) == value and type(answers.get(key)) is type(value):
            continue
        if stamps.get(key, 0) > seen_version:
            only_told = key in sources and answers.get(key) == sources[key]
            if not only_told:
                conflicts[key] = value
            if not only_told or value is None:
                continue
        stamps[key] = version + 1
        if value is None:
            answers.pop(key, None)
        else:
            answers[key] = value
    return Merged(answers, stamps, conflicts, changed=stamps != dict(changed_at))
