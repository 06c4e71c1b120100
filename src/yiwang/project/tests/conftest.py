from collections.abc import Iterator

import pytest

from yiwang.kernel import moments
from yiwang.project import rights_sweep
from yiwang.project.sweep import calls
from yiwang.project.sweep.definitions import Scene


@pytest.fixture(scope="module")
def scene(django_db_setup, django_db_blocker) -> Iterator[Scene]:
    """Made once for all tests of a file: a call of the sweep leaves nothing behind."""
    with django_db_blocker.unblock(), calls.undone():
        yield rights_sweep.prepare(at=moments.now())
