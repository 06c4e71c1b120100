"""All routes, from Django's own table; API operations one by one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RoutePattern

from yiwang.entrance.shell.access import operations_of, policy_of
from yiwang.project.sweep.definitions import Route

_PARAMETER = re.compile(r"<(?:[^:>]+:)?([^>]+)>")
#: A page does not say which methods it takes: both are tried, 405 means “not offered”.
_PAGE_METHODS = ("GET", "POST")


class CannotWalk(Exception):
    """A route written in a way the sweep cannot call."""


def list_routes(urlconf: str | None = None) -> tuple[Route, ...]:
    """Every route with every method. CannotWalk for a regular-expression route."""
    found = _walk(get_resolver(urlconf).url_patterns, "/")
    return tuple({route.name: route for route in found}.values())


def _walk(patterns: Iterable[URLPattern | URLResolver], prefix: str) -> Iterator[Route]:
    for entry in patterns:
        if not isinstance(entry.pattern, RoutePattern):
            raise CannotWalk(str(entry.pattern))
        template = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _walk(entry.url_patterns, template)
        else:
            yield from _methods(entry, template)


def _methods(entry: URLPattern, template: str) -> Iterator[Route]:
    parameters = tuple(_PARAMETER.findall(template))
    address = _PARAMETER.sub(r"{\1}", template)
    operations = operations_of(entry.callback)
    if not operations:
        for method in _PAGE_METHODS:
            yield Route(address, parameters, method, policy_of(entry.callback, method))
    for operation in operations:
        for method in operation.methods:
            policy = policy_of(entry.callback, method)
            yield Route(address, parameters, method, policy, operation)


def undeclared(urlconf: str | None = None) -> tuple[str, ...]:
    """The routes that declared no policy: there must be none."""
    return tuple(sorted({route.name for route in list_routes(urlconf) if route.policy is None}))
