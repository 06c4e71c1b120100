"""Materials beside the form: which one is shown, and the route that shows it inside the page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest, StreamingHttpResponse
from django.views.decorators.http import require_GET

from yiwang.capability.cases import actions as case_actions
from yiwang.capability.cases.definitions import CaseView
from yiwang.entrance.desk.navigation import DESK_ROLES
from yiwang.entrance.shell import framing
from yiwang.entrance.shell.access import OFFICIAL, access
from yiwang.kernel.moments import now
from yiwang.kernel.refusals import NotFound
from yiwang.mechanisms.files import queries as file_queries
from yiwang.mechanisms.files.definitions import IMAGES, Kind

#: What a browser shows safely by itself; everything else is downloaded.
_SHOWN: Final = frozenset({Kind.PDF, *IMAGES})


@dataclass(frozen=True, slots=True)
class Shown:
    """One file in the viewer: its name, where it comes from, how it is shown."""

    name: str
    filename: str
    address: str
    download: str
    kind: str  # image, document, "" when it is only downloaded


@dataclass(frozen=True, slots=True)
class Viewer:
    """The file shown and the ones a key away."""

    shown: Shown
    place: int
    total: int
    before: str
    behind: str


def viewer_of(case: CaseView, wanted: str) -> Viewer | None:
    """The wanted file of the case, or its first; None when it has none."""
    files = {one.file_key: one for one in case.materials if one.file_key}
    if not files:
        return None
    keys = list(files)
    key = wanted if wanted in files else keys[0]
    place = keys.index(key)
    stored = file_queries.list_files([key]).get(key)
    kind = "" if stored is None or stored.kind not in _SHOWN else "document"
    if stored is not None and stored.kind in IMAGES:
        kind = "image"
    here = f"/desk/cases/{case.key}/materials/{key}/"
    return Viewer(
        Shown(files[key].name, files[key].filename, f"{here}inline/", here, kind),
        place + 1,
        len(keys),
        keys[place - 1] if place else "",
        keys[place + 1] if place + 1 < len(keys) else "",
    )


@require_GET
@access(OFFICIAL, roles=DESK_ROLES)
def show_inline(request: HttpRequest, case_key: str, file_key: str) -> StreamingHttpResponse:
    """A picture or PDF of the case inside the page; NotFound for other kinds and other cases."""
    case = case_actions.read_case(case_key=case_key, actor=request.actor, at=now())  # type: ignore[attr-defined]
    stored = file_queries.list_files([file_key]).get(file_key)
    of_case = file_key in {material.file_key for material in case.materials}
    if stored is None or not of_case or stored.kind not in _SHOWN:
        raise NotFound
    file = file_queries.open_file(file_key)
    response = StreamingHttpResponse(file.chunks, content_type=file.content_type)
    response["Content-Disposition"] = "inline"
    response["Content-Length"] = str(file.size)
    return framing.may_be_framed(response)
