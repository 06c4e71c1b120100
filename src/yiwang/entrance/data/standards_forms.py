"""The form on which a data element or a code table is written, and what was typed into it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Final, TypeVar

from django.http import HttpRequest, HttpResponse

from yiwang.entrance.data import forms, navigation
from yiwang.entrance.shell.typed import Field
from yiwang.foundation.resources import queries as resources
from yiwang.foundation.resources.definitions.standards import (
    STANDARD_LABELS,
    Standard,
    StandardKind,
    code_of,
    title_of,
)
from yiwang.foundation.standards import queries as standards
from yiwang.foundation.standards.definitions import (
    ABOUT_LABELS,
    ELEMENT_TYPE_LABELS,
    CodeTable,
    Element,
)
from yiwang.kernel.refusals import FieldProblem, InvalidInput, Refusal

Choice = TypeVar("Choice", bound=StrEnum)
HOMES: Final = {
    StandardKind.ELEMENT: navigation.ELEMENTS,
    StandardKind.TABLE: navigation.CODE_TABLES,
}
#: 一个数据元，一张代码表.
MEASURES: Final = {StandardKind.ELEMENT: "个", StandardKind.TABLE: "张"}
_NAMES: Final = {
    StandardKind.ELEMENT: ("code", "name", "kind", "length", "about", "table", "basis"),
    StandardKind.TABLE: ("name", "title", "source", "codes"),
}


def read_form(request: HttpRequest, kind: StandardKind, content: Standard | None) -> Standard:
    """What was typed; InvalidInput. ``content``: what is in force or the draft, whose code and meaning stay."""
    said: dict[str, object] = {name: request.POST.get(name, "") for name in _NAMES[kind]}
    if isinstance(content, Element):  # what a code means stays
        said |= {"code": content.code, "kind": content.kind, "about": content.about}
    elif isinstance(content, CodeTable):
        said["name"] = content.name
    read: Callable[..., tuple[Standard, tuple[FieldProblem, ...]]] = (
        resources.read_element if kind is StandardKind.ELEMENT else resources.read_table
    )
    found, problems = read(said)
    if problems:
        raise InvalidInput(fields=problems)
    return found


def show_form(
    request: HttpRequest,
    kind: StandardKind,
    content: Standard | None,
    version: int,
    *,
    refusal: Refusal | None = None,
) -> HttpResponse:
    """The form, empty or with what there is, and what was wrong with it."""
    label, home = STANDARD_LABELS[kind], HOMES[kind]
    fields = _element_fields(content) if kind is StandardKind.ELEMENT else _table_fields(content)
    form = forms.Form(
        title=f"修改{label}：{title_of(content)}" if content else f"提出一{MEASURES[kind]}{label}",
        consequences=("先存为草稿，看过以后报送；由主管部门的另一个人审核发布。",),
        button="存为草稿",
        action=f"{home}{code_of(content)}/edit/" if content else f"{home}new/",
        back=home,
        back_label=f"回到{label}",
        version=version,
        fields=fields,
    )
    return forms.show(request, form, refusal=refusal)


def _element_fields(content: Standard | None) -> tuple[Field, ...]:
    one = content if isinstance(content, Element) else None
    fixed = () if one else (
        Field("code", "代码", "text", "小写字母和点，例如 person.school；发布以后不能改"),
        Field("kind", "类型", "choice", "发布以后不能改", options=_options(ELEMENT_TYPE_LABELS)),
        Field("about", "说的是", "choice", "发布以后不能改", options=_options(ABOUT_LABELS)),
    )  # fmt: skip
    tables = tuple((name, standards.get_table(name).title) for name in standards.list_tables())
    return (
        Field("name", "名称", "text", value=one.name if one else ""),
        *fixed,
        Field("length", "长度", "text", "最多多少个字符", str(one.length) if one else "100"),
        Field("table", "代码表", "choice", "只有代码型要选", one.table if one else "", tables, True),
        Field("basis", "依据", "text", "标准号或者法规的条；没有的不填，算本地约定",
              one.basis if one else "", optional=True),
    )  # fmt: skip


def _table_fields(content: Standard | None) -> tuple[Field, ...]:
    one = content if isinstance(content, CodeTable) else None
    name = () if one else (
        Field("name", "代码", "text", "小写字母和短横线，例如 school-kind；发布以后不能改"),
    )  # fmt: skip
    lines = "\n".join(f"{code.code} {code.label}" for code in one.codes) if one else ""
    return (
        Field("title", "名称", "text", value=one.title if one else ""),
        *name,
        Field("source", "来源", "text", "标准号；没有标准的写“本地约定”", one.source if one else ""),
        Field("codes", "代码和含义", "long", "一行一个：代码，空格，含义。行多的请用导入", lines),
    )  # fmt: skip


def _options(labels: Mapping[Choice, str]) -> tuple[tuple[str, str], ...]:
    return tuple((value.value, label) for value, label in labels.items())
