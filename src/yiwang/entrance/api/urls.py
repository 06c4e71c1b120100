"""Version 1 of the API and its description."""

from __future__ import annotations

from functools import cache

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path

from yiwang.entrance.api import (
    agreements,
    archives,
    branches,
    cases,
    checking,
    conversations,
    data_changes,
    data_lists,
    data_proposals,
    data_standards,
    deliveries,
    desk,
    drafts,
    engine,
    halls,
    leader,
    ledger,
    locality,
    mandates,
    materials,
    messages,
    papers,
    promises,
    registers,
    resources,
    reviews,
    search,
    staff,
    standing_in,
    subscriptions,
    supervision,
    tables,
    turns,
    upper,
    usage,
    verify,
    visits,
    worklists,
)
from yiwang.entrance.api.door import Door, StrictParser
from yiwang.entrance.shell.access import ANYONE, access

api = Door(
    title="一网开放接口",
    version="1",
    description=(
        "个人、法人和工作人员在页面上能办的事，程序也能办。拒绝总是同一种 JSON。\n\n"
        "不用登录的验真和取号按来源地址限速：各每分钟 60 次，网页和接口合并计算，按服务进程分别计数。"
        "超过时回答 429，Retry-After 头里是要等的秒数。其他操作目前不限速。"
    ),
    openapi_url=None,
    docs_url=None,
    urls_namespace="api-v1",
    parser=StrictParser(),
)
for module in (
    deliveries, search, drafts, materials, cases, promises, desk, worklists, supervision, leader, engine,
    branches, visits, conversations, checking, papers, reviews, messages, mandates, verify, registers,
    halls, turns, standing_in, staff, locality, archives, ledger, resources, data_lists, data_standards, data_proposals, data_changes,
    agreements, subscriptions, tables, upper, usage,
):  # fmt: skip
    api.add_router("", module.router)


@cache
def _document() -> dict[str, object]:
    return dict(api.get_openapi_schema(path_prefix="/api/v1/"))


@access(ANYONE)
def openapi(request: HttpRequest) -> HttpResponse:
    """The description of every operation, its shapes and its refusals."""
    return JsonResponse(_document(), json_dumps_params={"ensure_ascii": False})


_operations = [route for route in api.urls[0] if getattr(route, "name", "") != "api-root"]
urlpatterns = [path("openapi.json", openapi, name="openapi"), *_operations]
