"""Every way in declares who may use it, and gets what it shows through a narrowed query."""

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, path

from tests.house.tree import ROOT, plant, sources
from yiwang.entrance.shell.access import operations_of, policy_of


def routes(patterns: Iterable[Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, prefix + str(pattern.pattern))
        elif isinstance(pattern, URLPattern):
            yield prefix + str(pattern.pattern), pattern.callback


def undeclared(patterns: Iterable[Any]) -> Iterator[str]:
    for route, view in routes(patterns):
        operations = operations_of(view)
        methods = {m for operation in operations for m in operation.methods} or {"GET"}
        for method in sorted(methods):
            if policy_of(view, method) is None:
                yield f"{method} /{route}"


def unscoped_gets(base: Path) -> Iterator[str]:
    """``X.objects.get(pk=…)`` in the entrance: not visible must look like not there."""
    for source in sources(base):
        if source.storey != "entrance":
            continue
        for node in ast.walk(source.syntax):
            if isinstance(node, ast.Attribute) and node.attr == "objects":
                yield f"{source.name}:{node.lineno} asks a table"


def dangerous_words(base: Path) -> Iterator[str]:
    """Calls that switch a protection off; SafeString may be a type, not a conversion."""
    banned = {"mark_safe", "csrf_exempt", "eval", "exec", "SafeString"}
    for source in sources(base):
        calls = [node.func for node in ast.walk(source.syntax) if isinstance(node, ast.Call)]
        marks = [
            mark
            for node in ast.walk(source.syntax)
            if isinstance(node, ast.FunctionDef | ast.ClassDef)
            for mark in node.decorator_list
        ]
        for node in calls + marks:
            name = node.id if isinstance(node, ast.Name) else getattr(node, "attr", "")
            if name in banned and f"{source.name}:{name}" not in REVIEWED:
                yield f"{source.name}:{node.lineno} {name}"


#: file:name → why it is safe there.
REVIEWED: dict[str, str] = {
    "yiwang/entrance/shell/forms/folding.py:SafeString": "folds parts that were escaped one by one",
    "yiwang/entrance/api/housework.py:csrf_exempt": "a cookie counts for nothing there, a proof does",
}


def test_every_route_declares_its_policy():
    assert list(undeclared(get_resolver().url_patterns)) == []


def test_a_planted_route_without_a_policy_is_seen():
    assert list(undeclared([path("open", lambda request: None)])) == ["GET /open"]


def test_the_entrance_never_asks_a_table_itself(tmp_path):
    assert list(unscoped_gets(ROOT / "src")) == []
    plant(tmp_path, "yiwang/entrance/citizen/cases.py", "Case.objects.get(pk=1)")
    assert list(unscoped_gets(tmp_path)) != []


def test_dangerous_words_are_reviewed_one_by_one(tmp_path):
    assert list(dangerous_words(ROOT / "src")) == []
    plant(tmp_path, "yiwang/entrance/citizen/cases.py", "mark_safe('<b>')")
    assert list(dangerous_words(tmp_path)) != []
