"""Shared by tests of the whole house."""

from __future__ import annotations

import pytest
from hypothesis import settings

settings.register_profile("whole", settings.get_profile("house"), max_examples=60)
settings.load_profile("whole")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that share one running installation stay together in one of the two processes."""
    for item in items:
        if "province" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.xdist_group(f"province of {item.path.parent.name}"))
