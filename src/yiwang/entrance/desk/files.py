"""One uploaded material, served only through its case."""

from __future__ import annotations

from urllib.parse import quote

from django.http import HttpRequest, StreamingHttpResponse
from django.views.decorators.http import require_GET

from yiwang.capability.cases import actions as case_actions
from yiwang.entrance.desk.navigation import DESK_ROLES
from yiwang.entrance.shell.access import OFFICIAL, access
from yiwang.kernel.moments import now
from yiwang.kernel.refusals import NotFound
from yiwang.mechanisms.files import queries as file_queries


@require_GET
@access(OFFICIAL, roles=DESK_ROLES)
def show_material(request: HttpRequest, case_key: str, file_key: str) -> StreamingHttpResponse:
    """The file as an attachment; NotFound when it is not a material of a case this official sees."""
    case = case_actions.read_case(case_key=case_key, actor=request.actor, at=now())  # type: ignore[attr-defined]
    if not file_key or file_key not in {material.file_key for material in case.materials}:
        raise NotFound
    file = file_queries.open_file(file_key)
    response = StreamingHttpResponse(file.chunks, content_type=file.content_type)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(file.filename)}"
    return response
