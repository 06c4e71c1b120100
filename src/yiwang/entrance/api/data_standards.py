"""数据标准: data elements with their users, and code tables with their values."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Router, Schema

from yiwang.entrance.api.data_lists import DemandOut
from yiwang.entrance.api.resources import Count
from yiwang.entrance.shell.access import OFFICIAL, access
from yiwang.foundation.resources import queries as resources
from yiwang.foundation.resources.definitions.codes import READERS
from yiwang.foundation.standards import queries as standards

router = Router(tags=["数据资源目录"])


class ElementOut(Schema):
    """``table``: the code table it is written in; ``local``: no standard names it. ``withdrawn``: why nothing
    new may hold it."""

    code: str
    name: str
    kind: str
    length: int
    about: str
    table: str
    basis: str
    local: bool
    withdrawn: str


class ElementPageOut(Schema):
    rows: list[ElementOut]
    next: str


class HolderOut(Schema):
    """``key``: the resource's."""

    key: str
    name: str
    provider_name: str
    item: str
    label: str
    authoritative: bool


class ElementUsersOut(ElementOut):
    """``holders``: resources, a page of them; ``needs``: items, at most 200."""

    holders: list[HolderOut]
    next: str
    needs: list[DemandOut]


class CodeOut(Schema):
    code: str
    label: str


class CodeTableRowOut(Schema):
    name: str
    title: str
    source: str
    local: bool
    withdrawn: str


class CodeTableOut(CodeTableRowOut):
    codes: list[CodeOut]


@router.get("/data/elements", response=ElementPageOut, summary="数据元")
@access(OFFICIAL, roles=READERS, scope="data:read")
def list_elements(request: HttpRequest, q: str = "", after: str = "", limit: Count = 50) -> object:
    """By code; found by a part of code or name."""
    del request
    return standards.page_of_elements(text=q[:60], after=after[:60], limit=limit)


@router.get(
    "/data/elements/{element_code}", response=ElementUsersOut, summary="一个数据元和它的使用"
)
@access(OFFICIAL, roles=READERS, scope="data:read")
def get_element(
    request: HttpRequest, element_code: str, after: str = "", limit: Count = 50
) -> object:
    """What it is, which resources hold it, which items need it."""
    del request
    element = standards.get_element(element_code[:60])
    page = resources.list_holders(element.code, after=after[:16], limit=limit)
    said = {name: getattr(element, name) for name in ElementOut.model_fields}
    needs = resources.list_needs_of(element.code)
    return {**said, "holders": page.rows, "next": page.next, "needs": needs}


@router.get("/data/code-tables", response=list[CodeTableRowOut], summary="代码表")
@access(OFFICIAL, roles=READERS, scope="data:read")
def list_code_tables(request: HttpRequest) -> object:
    """Every table with the standard it comes from; they are few."""
    del request
    return list(standards.read_tables())


@router.get("/data/code-tables/{code_table}", response=CodeTableOut, summary="一张代码表")
@access(OFFICIAL, roles=READERS, scope="data:read")
def get_code_table(request: HttpRequest, code_table: str) -> object:
    """With its values, in published order."""
    del request
    return standards.get_table(code_table[:40])
