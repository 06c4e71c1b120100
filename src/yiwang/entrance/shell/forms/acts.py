"""What the small buttons of a form do, after its answers are kept: each says where the page goes on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final
from urllib.parse import urlencode

from django.db import transaction
from django.http import HttpRequest

from yiwang.capability import journey
from yiwang.capability.intake import actions as intake_actions
from yiwang.capability.intake import queries as intake
from yiwang.capability.intake.definitions import DraftView, FormStep
from yiwang.entrance.shell.forms.opened import WHOLE, OpenDraft


def _narrow(request: HttpRequest, opened: OpenDraft, shown: FormStep, rest: str) -> str:
    return f"#{rest}"


def _find(request: HttpRequest, opened: OpenDraft, shown: FormStep, rest: str) -> str:
    words = request.POST.get(f"{rest}-q", "")[:40]
    return f"?{urlencode({f'q-{rest}': words})}#{rest}"


def _add(request: HttpRequest, opened: OpenDraft, shown: FormStep, rest: str) -> str:
    names = {key.split("-")[1] for key in request.POST if key.startswith(f"{rest}-")}
    count = len(names) + 1
    return f"?{urlencode({f'rows-{rest}': min(count, 99)})}#{rest}-{count - 1}"


def _drop(request: HttpRequest, opened: OpenDraft, shown: FormStep, rest: str) -> str:
    group, _, number = rest.partition(":")
    draft = intake.get_draft(opened.draft.key, opened.actor)
    rows = list(draft.answers.get(group, []))
    if number.isdigit() and int(number) < len(rows):
        del rows[int(number)]
        _answer(opened, draft, {group: rows or None})
    return f"#{group}"


def _choose(request: HttpRequest, opened: OpenDraft, shown: FormStep, rest: str) -> str:
    field, _, which = rest.partition(":")
    with transaction.atomic():
        intake_actions.settle(
            draft_key=opened.draft.key,
            field=field,
            take_other=which == "other",
            actor=opened.actor,
            at=opened.at,
        )
    return f"#{field}"


def _ask(request: HttpRequest, opened: OpenDraft, shown: FormStep, rest: str) -> str:
    only = {rest} if rest else None
    found = intake.prefill(opened.draft, opened.actor, fields=only, at=opened.at)
    with transaction.atomic():
        intake_actions.keep_prefilled(
            draft_key=opened.draft.key, found=found.found, actor=opened.actor, at=opened.at
        )
    return f"?{urlencode({'away': ','.join(found.away or ())})}#{rest or 'main'}"


def _look(request: HttpRequest, opened: OpenDraft, shown: FormStep, rest: str) -> str:
    looked_up(opened, shown)
    return f"#{rest}"


def _stay(request: HttpRequest, opened: OpenDraft, shown: FormStep, rest: str) -> str:
    return f"#{rest}"


def _remove(request: HttpRequest, opened: OpenDraft, shown: FormStep, rest: str) -> str:
    field, _, file_key = rest.partition(":")
    with transaction.atomic():
        intake_actions.detach_file(
            draft_key=opened.draft.key,
            field=field,
            file_key=file_key,
            actor=opened.actor,
            at=opened.at,
        )
    return f"#{field}"


def looked_up(opened: OpenDraft, shown: FormStep) -> DraftView:
    """Whoever is named here and was not looked up yet is compared with the register now."""
    return journey.look_up(
        draft_key=opened.draft.key,
        step=None if shown.key == WHOLE else shown.key,
        actor=opened.actor,
        at=opened.at,
    )


def _answer(opened: OpenDraft, draft: DraftView, answers: dict[str, object]) -> None:
    journey.answer(
        draft_key=draft.key,
        answers=answers,
        version=draft.version,
        actor=opened.actor,
        at=opened.at,
    )


_Handler = Callable[[HttpRequest, OpenDraft, FormStep, str], str]
ACTS: Final[dict[str, _Handler]] = {
    "narrow": _narrow,
    "find": _find,
    "add": _add,
    "drop": _drop,
    "choose": _choose,
    "ask": _ask,
    "look": _look,
    "upload": _stay,
    "remove": _remove,
}
