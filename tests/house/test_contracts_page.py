"""``docs/contracts.md`` names only what exists."""

import importlib
import re
from collections.abc import Iterator

import pytest

from tests.house.tree import ROOT

_NAMES = re.compile(r"`(yiwang(?:\.\w+){2,})`((?: */ *`\w+`)*)")


def names_in(text: str) -> Iterator[str]:
    """Every `` `yiwang.a.b.c` ``, and its brothers in `` `yiwang.a.b.c` / `d` ``."""
    for first, others in _NAMES.findall(text):
        yield first
        home = first.rsplit(".", 1)[0]
        for other in re.findall(r"`(\w+)`", others):
            yield f"{home}.{other}"


def find(name: str) -> object:
    """Import as far as it goes, then ask for attributes."""
    parts = name.split(".")
    for length in range(len(parts), 1, -1):
        try:
            found: object = importlib.import_module(".".join(parts[:length]))
        except ModuleNotFoundError as error:
            if not ".".join(parts[:length]).startswith(str(error.name)):
                raise
            continue
        for part in parts[length:]:
            found = getattr(found, part)
        return found
    raise ModuleNotFoundError(name)


PAGE = (ROOT / "docs" / "contracts.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sorted(set(names_in(PAGE))))
def test_a_name_on_the_contracts_page_exists(name):
    assert find(name) is not None


@pytest.mark.parametrize(
    "name", ["yiwang.kernel.actor.Nobody", "yiwang.support.nowhere.actions.go"]
)
def test_a_planted_name_is_seen(name):
    assert list(names_in(f"- `{name}` — x")) == [name]
    with pytest.raises((AttributeError, ModuleNotFoundError)):
        find(name)
