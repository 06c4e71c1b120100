"""The page of the desk that asks once more before an act."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from yiwang.entrance.desk import navigation
from yiwang.entrance.shell.asking import Form, boxes, context_of
from yiwang.kernel.refusals import Refusal

__all__ = ["Form", "boxes", "show"]


def show(request: HttpRequest, form: Form, *, refusal: Refusal | None = None) -> HttpResponse:
    """The page; after a refusal with its reason on top and what was typed kept."""
    context = {"links": navigation.links(request), **context_of(request, form, refusal)}
    return render(request, "desk/act.html", context, status=refusal.status if refusal else 200)
