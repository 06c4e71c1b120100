"""Writing a resource: a form of its core metadata and of its items, row by row, without scripts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeVar

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from yiwang.entrance.data import navigation
from yiwang.entrance.data.catalogue import actor_of
from yiwang.entrance.data.navigation import WRITERS
from yiwang.entrance.shell import asking, typed
from yiwang.entrance.shell.access import OFFICIAL, access
from yiwang.entrance.shell.typed import Field
from yiwang.foundation.privacy.definitions import DATA_CLASS_LABELS, GRADE_LABELS, MASK_LABELS
from yiwang.foundation.resources import actions as resource_actions
from yiwang.foundation.resources import queries as resources
from yiwang.foundation.resources.definitions import (
    CYCLE_LABELS,
    FORMAT_LABELS,
    KIND_LABELS,
    OPENING_LABELS,
    SHARING_LABELS,
    WAY_LABELS,
    Content,
)
from yiwang.foundation.standards import queries as standards
from yiwang.foundation.standards.definitions import ELEMENT_TYPE_LABELS
from yiwang.kernel.actor import Actor
from yiwang.kernel.moments import now
from yiwang.kernel.refusals import InvalidInput, Refusal
from yiwang.network.directory import queries as directory

Choice = TypeVar("Choice", bound=StrEnum)
_SPARE_ROWS: Final = 3
_MOST_ROWS: Final = 200
_COLUMNS: Final = ("name", "label", "kind", "length", "element", "grade", "mask", "authoritative")


@dataclass(frozen=True, slots=True)
class Row:
    """One item as its row is drawn."""

    number: int
    values: Mapping[str, str]


@require_http_methods(["GET", "HEAD", "POST"])
@access(OFFICIAL, roles=WRITERS)
def write_new(request: HttpRequest) -> HttpResponse:
    """Register a resource of the officer's own body."""
    return _write(request, None, None, "")


@require_http_methods(["GET", "HEAD", "POST"])
@access(OFFICIAL, roles=WRITERS)
def write_next(request: HttpRequest, resource_key: str) -> HttpResponse:
    """Write over the draft, or begin the next version from what is in force."""
    actor, at = actor_of(request), now()
    resource = resources.read_resource(resource_key, actor)
    open_version = resources.find_open_version(resource.key, actor, at=at)
    content = open_version.content if open_version else resource.content
    return _write(request, content, open_version.version if open_version else None, resource.key)


def _write(
    request: HttpRequest, content: Content | None, version: int | None, key: str
) -> HttpResponse:
    if request.method != "POST":
        return _page(request, content, version, key)
    if "more" in request.POST:
        return _page(request, content, version, key, more=True)
    try:
        written = resource_actions.write(
            content=_read(request, content),
            actor=actor_of(request),
            at=now(),
            version=typed.version_in(request) or None,
        )
    except Refusal as refusal:
        if refusal.status not in (403, 409, 422):
            raise
        return _page(request, content, version, key, refusal=refusal)
    return HttpResponseRedirect(f"{navigation.VERSIONS}{written.key}/")


def _read(request: HttpRequest, content: Content | None) -> Content:
    said: dict[str, object] = {
        name: request.POST.get(name, "")
        for name in (
            "code", "name", "kind", "provider", "summary", "format", "sharing", "cycle",
            "condition", "basis_law", "basis_article", "opening", "opening_condition",
            "data_class", "grade", "officer", "related",
        )
    }  # fmt: skip
    if content is not None:
        said["code"], said["local"] = content.code, "是" if content.local else ""
    said["ways"] = request.POST.getlist("ways")
    said["items"] = [
        row.values for row in _typed_rows(request) if row.values["name"] or row.values["label"]
    ]
    found, problems = resources.read_content(said)
    if problems:
        raise InvalidInput(fields=problems)
    return found


def _page(
    request: HttpRequest,
    content: Content | None,
    version: int | None,
    key: str,
    *,
    refusal: Refusal | None = None,
    more: bool = False,
) -> HttpResponse:
    rows = _typed_rows(request) if request.method == "POST" else _rows_of(content)
    first = len(rows)
    spare = _SPARE_ROWS if more or not rows or request.method != "POST" else 0
    rows += [_blank(first + number) for number in range(spare)]
    home = f"{navigation.RESOURCES}{key}/" if key else navigation.RESOURCES
    context = {
        "links": navigation.links(request),
        "refusal": refusal,
        "title": f"修改：{content.name}" if content else "登记一项资源",
        "action": f"{home}edit/" if key else f"{home}new/",
        "back": home,
        "version": version or 0,
        "fields": asking.boxes(_fields(content, actor_of(request)), request, refusal),
        "rows": rows[:_MOST_ROWS],
        "kinds": ELEMENT_TYPE_LABELS.items(),
        "grades": GRADE_LABELS.items(),
        "masks": MASK_LABELS.items(),
        "elements": standards.list_elements(),
        "wrong": [problem.field for problem in refusal.fields] if refusal else [],
    }
    status = refusal.status if refusal else 200
    return render(request, "data/write.html", context, status=status)


def _fields(content: Content | None, actor: Actor) -> tuple[Field, ...]:
    bodies = directory.find_departments(
        [one.department for one in actor.grants if one.role in WRITERS and one.department]
    )
    own = tuple((uscc, one.name) for uscc, one in sorted(bodies.items()))
    said = content.as_data() if content else {}

    def of(name: str, otherwise: str = "") -> str:
        return str(said.get(name, otherwise))

    code = () if content else (
        Field("code", "资源代码", "text", "类1位、项2位、目3位、细目，斜杠，顺序号，例如 302001/000001"),
    )  # fmt: skip
    return (
        *code,
        Field("name", "名称", "text", value=of("name")),
        Field("kind", "类别", "choice", value=of("kind"), options=_options(KIND_LABELS)),
        Field("provider", "提供方", "choice", value=of("provider"), options=own)
        if own
        else Field("provider", "提供方代码", "text", "统一社会信用代码", of("provider")),
        Field("summary", "摘要", "long", value=of("summary")),
        Field("format", "格式", "choice", value=of("format"), options=_options(FORMAT_LABELS)),
        Field("cycle", "更新周期", "choice", value=of("cycle"), options=_options(CYCLE_LABELS)),
        Field("sharing", "共享属性", "choice", "没有法律、行政法规或者国务院决定的依据，不能选不予共享",
              of("sharing"), _options(SHARING_LABELS)),
        Field("condition", "共享条件", "long", "有条件共享的，写明共享范围和使用用途",
              of("condition"), optional=True),
        Field("basis_law", "不予共享依据的法规", "text", "例如 食品安全法", of("basis_law"),
              optional=True),
        Field("basis_article", "不予共享依据的条号", "text", "例如 第一百一十五条",
              of("basis_article"), optional=True),
        Field("ways", "共享方式", "several", value=" ".join(said.get("ways", ())),
              options=_options(WAY_LABELS), optional=True),
        Field("opening", "开放属性", "choice", value=of("opening"),
              options=_options(OPENING_LABELS)),
        Field("opening_condition", "开放条件", "text", value=of("opening_condition"),
              optional=True),
        Field("data_class", "数据分类", "choice", "核心、重要数据只登记名称，不写信息项",
              of("data_class"), _options(DATA_CLASS_LABELS)),
        Field("grade", "级别", "choice", "不能低于最高的信息项", of("grade"),
              tuple((str(grade), label) for grade, label in GRADE_LABELS.items())),
        Field("officer", "责任人", "text", value=of("officer"), optional=True),
        Field("related", "关联资源代码", "text", value=" ".join(said.get("related", ())),
              optional=True),
    )  # fmt: skip


def _options(labels: Mapping[Choice, str]) -> tuple[tuple[str, str], ...]:
    return tuple((str(value), label) for value, label in labels.items())


def _rows_of(content: Content | None) -> list[Row]:
    return [
        Row(
            number,
            {
                "name": one.name,
                "label": one.label,
                "kind": one.kind,
                "length": str(one.length),
                "element": one.element,
                "grade": str(one.grade),
                "mask": one.mask,
                "authoritative": "是" if one.authoritative else "",
            },
        )
        for number, one in enumerate(content.items if content else ())
    ]


def _blank(number: int) -> Row:
    return Row(number, dict.fromkeys(_COLUMNS, ""))


def _typed_rows(request: HttpRequest) -> list[Row]:
    """The rows as they were sent, in order; the page says how many there are."""
    given = request.POST.get("rows", "")
    count = int(given) if given.isascii() and given.isdecimal() and len(given) < 5 else 0
    return [
        Row(
            number,
            {one: request.POST.get(f"item-{number}-{one}", "")[:200].strip() for one in _COLUMNS},
        )
        for number in range(min(count, _MOST_ROWS))
    ]
