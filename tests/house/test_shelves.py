"""Names of files, what they may ask, what they may not say."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.house.tree import ROOT, Source, plant, sources

FORBIDDEN_FILES = {"utils", "helpers", "common", "services", "misc", "util", "helper"}
#: Who may ask what time it is: those who begin something. Everybody else is told.
MAY_ASK_TIME = {
    "jobs",
    "reactions",
    "commands",
    "worker",
    "execution",
    "sample",
    "middleware",
    "registry",
    "fastpath",  # a server of its own: every call begins something
    "runner",  # and what asks sources for it
}


def misnamed(base: Path) -> Iterator[str]:
    for source in sources(base):
        if source.path.stem in FORBIDDEN_FILES:
            yield f"{source.name}: say what it is"


def packages_without_words(base: Path) -> Iterator[str]:
    for source in sources(base):
        if (
            source.path.name == "__init__.py"
            and len(source.parts) == 4
            and source.storey != "kernel"
        ) and not ast.get_docstring(source.syntax):
            yield f"{source.name}: no docstring"


def clock_askers(base: Path) -> Iterator[str]:
    """``moments.now``, ``timezone.now`` or ``datetime.now`` where time should be passed in."""
    for source in sources(base):
        if (
            source.storey in ("kernel", "entrance", "project", "cloud", "")
            or source.shelf in MAY_ASK_TIME
        ):
            continue
        if source.name in ASKS_FOR_A_REASON:
            continue
        defaults = set(_defaults(source)) if source.shelf == "queries" else set()
        for node in ast.walk(source.syntax):
            if node in defaults:
                continue
            if isinstance(node, ast.Attribute) and node.attr in ("now", "utcnow", "today"):
                if isinstance(node.value, ast.Name) and node.value.id in (
                    "moments",
                    "timezone",
                    "datetime",
                    "date",
                ):
                    yield f"{source.name}:{node.lineno} asks for the time"


def _defaults(source: Source) -> Iterator[ast.AST]:
    """The ``moments.now`` of ``at or moments.now()``: a reader who gives no moment means now."""
    for node in ast.walk(source.syntax):
        if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.Or):
            if isinstance(node.values[-1], ast.Call):
                yield node.values[-1].func


#: Agreed on the contracts page in this form.
SHORT_FORMS = {"verify", "close_month"}
#: ``on=None`` means today; an answer from outside carries the moment it came.
ASKS_FOR_A_REASON = {
    "yiwang/capability/catalogue/queries.py",
    "yiwang/foundation/exchange/calls.py",
    "yiwang/foundation/exchange/partner.py",
    "yiwang/foundation/exchange/sources.py",
}


def positional_verbs(base: Path) -> Iterator[str]:
    """Public actions take keywords only."""
    for source in sources(base):
        if source.parts[-1] != "actions" or source.storey in ("cloud", "entrance"):
            continue
        for node in source.syntax.body:
            if (
                isinstance(node, ast.FunctionDef)
                and not node.name.startswith("_")
                and node.name not in SHORT_FORMS
            ):
                if len(node.args.args) > 1:
                    yield f"{source.name}:{node.lineno} {node.name} takes positional arguments"


def silent_errors(base: Path) -> Iterator[str]:
    for source in sources(base):
        for node in ast.walk(source.syntax):
            if isinstance(node, ast.ExceptHandler):
                if len(node.body) == 1 and isinstance(node.body[0], ast.Pass):
                    yield f"{source.name}:{node.lineno} swallows an error"


def test_no_file_is_a_drawer_for_odds_and_ends(tmp_path):
    assert list(misnamed(ROOT / "src")) == []
    plant(tmp_path, "yiwang/support/letters/utils.py", "")
    assert list(misnamed(tmp_path)) != []


def test_every_module_says_what_it_is(tmp_path):
    assert list(packages_without_words(ROOT / "src")) == []
    plant(tmp_path, "yiwang/support/letters/actions.py", "")
    (tmp_path / "yiwang/support/letters/__init__.py").write_text("")
    assert list(packages_without_words(tmp_path)) != []


def test_time_is_passed_in(tmp_path):
    assert list(clock_askers(ROOT / "src")) == []
    plant(tmp_path, "yiwang/support/letters/actions.py", "x = moments.now()")
    assert list(clock_askers(tmp_path)) != []


def test_actions_take_keywords(tmp_path):
    assert list(positional_verbs(ROOT / "src")) == []
    plant(tmp_path, "yiwang/support/letters/actions.py", "def send(a, b): ...")
    assert list(positional_verbs(tmp_path)) != []


def test_no_error_is_swallowed(tmp_path):
    assert list(silent_errors(ROOT / "src")) == []
    plant(
        tmp_path,
        "yiwang/support/letters/actions.py",
        "try:\n    x()\nexcept ValueError:\n    pass\n",
    )
    assert list(silent_errors(tmp_path)) != []
