"""The API's own door: strict reading, one form for every refusal, and a description that says so."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Mapping
from typing import Any, Final, cast

from django.core.exceptions import RequestDataTooBig, TooManyFilesSent
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema
from ninja.parser import Parser
from ninja.types import DictStrAny

from yiwang.entrance.api.description import describe
from yiwang.entrance.shell import answers
from yiwang.kernel.actor import Actor
from yiwang.kernel.refusals import FieldProblem, InvalidInput, NotFound, Refusal, TryLater

log = logging.getLogger("yiwang.failure")
_UNKEEPABLE: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_DEEPEST: Final = 20


class CannotRead(Refusal):
    status = 400
    sentence = "请求内容读不懂。"
    remedy = "请检查请求的格式，正文应为 UTF-8 的 JSON。"


class TooLarge(Refusal):
    status = 413
    sentence = "请求内容太大。"
    remedy = "请缩小文件，或者分几次提交。"


class SomethingBroke(Refusal):
    status = 500
    sentence = "系统出错了，这次没有办成。"
    remedy = "请稍后再试；一直不行时，请报出请求编号。"


class StrictParser(Parser):
    """JSON without control characters, lone surrogates, NaN or bottomless nesting."""

    def parse_body(self, request: HttpRequest) -> DictStrAny:
        try:
            body = json.loads(request.body, parse_constant=_refuse_constant)
        except (ValueError, RecursionError, UnicodeDecodeError, UnreadablePostError) as error:
            raise CannotRead from error
        _insist_on_keepable(body)
        return cast(DictStrAny, body)

    def parse_querydict(
        self, data: Any, list_fields: list[str], request: HttpRequest
    ) -> DictStrAny:
        given = super().parse_querydict(data, list_fields, request)
        _insist_on_keepable(given)
        return given


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


def _insist_on_keepable(value: object, depth: int = 0) -> None:
    """Text a database can keep and a person can read; CannotRead otherwise."""
    if depth > _DEEPEST:
        raise CannotRead
    if isinstance(value, str):
        if _UNKEEPABLE.search(value):
            raise CannotRead("内容里有不能保存的控制字符。", "请去掉这些字符后再试。")
    elif isinstance(value, int) and not isinstance(value, bool):
        if abs(value) >= 2**63:
            raise CannotRead("数字太大。", "请检查后再试。")
    elif isinstance(value, Mapping):
        for key, part in value.items():
            _insist_on_keepable(key, depth + 1)
            _insist_on_keepable(part, depth + 1)
    elif isinstance(value, (list, tuple)):
        for part in value:
            _insist_on_keepable(part, depth + 1)


class Door(NinjaAPI):
    """One version of the API."""

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: DictStrAny | None = None
    ) -> OpenAPISchema:
        schema = super().get_openapi_schema(path_prefix=path_prefix, path_params=path_params)
        describe(self, schema)
        return schema

    def on_exception(self, request: HttpRequest, exc: Any) -> HttpResponse:
        """Every failure leaves as a refusal; the unexpected with a number and nothing else."""
        refusal = refusal_of(exc)
        if refusal.status >= 500 and not isinstance(exc, Refusal):
            log.error("failure", exc_info=exc)
        return answers.refuse(request, refusal)


def refusal_of(error: Exception) -> Refusal:
    """The refusal that says this failure."""
    if isinstance(error, Refusal):
        return error
    if isinstance(error, ValidationError):
        return InvalidInput(fields=[_field_problem(entry) for entry in error.errors])
    if isinstance(error, (RequestDataTooBig, TooManyFilesSent)):
        return TooLarge()
    if isinstance(error, MultiPartParserError):
        return CannotRead()
    if isinstance(error, Http404):
        return NotFound()
    if isinstance(error, HttpError):
        return CannotRead() if error.status_code == 400 else SomethingBroke()
    if isinstance(error, (OperationalError, InterfaceError)):
        return TryLater()
    return SomethingBroke()


def _field_problem(entry: Mapping[str, Any]) -> FieldProblem:
    """Where a value stands and what is wrong with it, without repeating the value."""
    place = [str(part) for part in entry.get("loc", ())]
    name = ".".join(place[-2:] if place and place[-1].isdigit() else place[-1:])
    return FieldProblem(name, _SENTENCES.get(str(entry.get("type")), "这一项的格式不对。"))


_SENTENCES: Final = {
    "missing": "缺少这一项。",
    "extra_forbidden": "没有这一项。",
    "string_too_long": "太长了。",
    "string_too_short": "太短了。",
    "string_pattern_mismatch": "格式不对。",
    "int_parsing": "应为整数。",
    "int_type": "应为整数。",
    "enum": "不在可选范围内。",
    "literal_error": "不在可选范围内。",
    "greater_than_equal": "太小了。",
    "less_than_equal": "太大了。",
}


def actor_of(request: HttpRequest) -> Actor:
    """Who asks; set by the identity middleware."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor
