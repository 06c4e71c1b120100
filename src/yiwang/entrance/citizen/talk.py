"""给承办人留言: the applicant writes about a case, reads what was answered, opens what came with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from yiwang.capability.cases import queries as cases
from yiwang.capability.journey import together
from yiwang.entrance.citizen import progress
from yiwang.entrance.citizen.acts import actor_of
from yiwang.entrance.shell.access import CITIZEN, access
from yiwang.entrance.shell.downloads import send_file
from yiwang.kernel import moments
from yiwang.kernel.actor import Actor
from yiwang.kernel.references import KEY_PATTERN, new_key
from yiwang.kernel.refusals import FieldProblem, InvalidInput, Refusal
from yiwang.mechanisms.files import actions as files
from yiwang.mechanisms.files.definitions import StoredFile

_MOST_AT_ONCE: Final = 5


@access(CITIZEN)
@require_POST
def say(request: HttpRequest, key: str) -> HttpResponse:
    """Write to the official; what was typed is kept when it cannot be sent."""
    actor, at = actor_of(request), moments.now()
    cases.get_case(key, actor, at=at)
    given = request.POST.get("form", "")
    try:
        together.say(
            case_key=key,
            text=request.POST.get("text", ""),
            idempotency_key=given if KEY_PATTERN.fullmatch(given) else new_key(),
            stored=_stored(request, actor),
            actor=actor,
            at=at,
        )
    except Refusal as refusal:
        if refusal.status not in (409, 422):
            raise
        return progress.page(request, key, refusal=refusal)
    return HttpResponseRedirect(f"/my/cases/{key}/#talk")


@access(CITIZEN)
@require_POST
def read(request: HttpRequest, key: str) -> HttpResponse:
    """I have read what was written to me."""
    actor, at = actor_of(request), moments.now()
    cases.get_case(key, actor, at=at)
    together.mark_talk_read(case_key=key, actor=actor, at=at)
    return HttpResponseRedirect(f"/my/cases/{key}/#talk")


@access(CITIZEN)
@require_safe
def show_file(
    request: HttpRequest, key: str, remark_key: str, remark_file: str
) -> StreamingHttpResponse:
    """A file that came with a message."""
    return send_file(together.open_talk_file(key, remark_key, remark_file, actor_of(request)))


def _stored(request: HttpRequest, actor: Actor) -> Sequence[StoredFile]:
    """The files, checked and kept before any transaction. InvalidInput names the field."""
    sent = request.FILES.getlist("files")
    if len(sent) > _MOST_AT_ONCE:
        raise InvalidInput(fields=[FieldProblem("files", _("一次最多 5 个文件。"))])
    kept = []
    for one in sent:
        try:
            kept.append(
                files.store(
                    data=one.file,  # type: ignore[arg-type]
                    filename=one.name or "",
                    actor=actor,
                    at=moments.now(),
                )
            )
        except Refusal as refusal:
            if refusal.status >= 500:
                raise
            problem = FieldProblem("files", refusal.sentence, refusal.remedy)
            raise InvalidInput(fields=[problem]) from refusal
    return kept
