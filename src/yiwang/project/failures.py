"""What leaves when no view answered: an error number, never a stack, a setting or a path."""

from __future__ import annotations

import logging
import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse

from yiwang.entrance.shell import answers
from yiwang.kernel.refusals import NotFound, Refusal, TryLater

log = logging.getLogger("yiwang.failure")


class SomethingBroke(Refusal):
    status = 500
    sentence = "系统出错了，这次没有办成。"
    remedy = "请稍后再试；一直不行时，请拨打 12345 并报出页面上的编号。"


class BadRequest(Refusal):
    status = 400
    sentence = "这个请求不完整，或者格式不对。"
    remedy = "请回到上一页重新操作。"


class FormExpired(Refusal):
    status = 403
    sentence = "这一页打开得太久了，为了安全需要刷新一下。"
    remedy = "请返回并刷新页面后再提交，已保存的草稿还在。"


def failed(request: HttpRequest) -> HttpResponse:
    """handler500: a refusal or an absent database keeps its own answer, the rest gets a number."""
    error = sys.exception()
    if isinstance(error, Refusal):
        return answers.refuse(request, error)
    log.error("failure", exc_info=error)
    if isinstance(error, OperationalError | InterfaceError):
        return answers.refuse(request, TryLater())
    return answers.refuse(request, SomethingBroke())


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """handler404: the same page as for what exists and is not yours."""
    del exception
    return answers.refuse(request, NotFound())


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """handler400."""
    del exception
    return answers.refuse(request, BadRequest())


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The CSRF failure view."""
    del reason
    return answers.refuse(request, FormExpired())
