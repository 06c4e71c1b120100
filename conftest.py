"""Fixtures every test needs: keys and files in a folder of the run's own, a journal that can be
emptied between tests, no jobs left by the test before."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

#: Time is measured by bench, not here: a busy machine must not fail a property.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """For two processes: the longest first, and what shares a running installation in one of them."""
    for item in items:
        if "province" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.xdist_group(f"province of {item.path.parent.name}"))
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


@pytest.fixture(autouse=True, scope="session")
def _home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """``settings.YIWANG_HOME`` is a fresh folder: no test touches an installation's keys."""
    from django.conf import settings

    from yiwang.mechanisms.crypto import keystore

    before, settings.YIWANG_HOME = settings.YIWANG_HOME, tmp_path_factory.mktemp("home")
    keystore.get_store.cache_clear()
    yield settings.YIWANG_HOME
    settings.YIWANG_HOME = before


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: object) -> None:
    """In the test database only: Django empties tables between transactional tests by TRUNCATE,
    which the journal refuses. UPDATE and DELETE stay refused here too."""
    from django.db import connection

    tables = ("journal_entry", "journal_subject", "journal_link")
    with django_db_blocker.unblock(), connection.cursor() as cursor:  # type: ignore[attr-defined]
        for table in tables:
            cursor.execute(
                f"DROP TRIGGER IF EXISTS {table}_grows ON {table};"
                f"CREATE TRIGGER {table}_grows BEFORE UPDATE OR DELETE ON {table}"
                " FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse_change()"
            )


@pytest.fixture(autouse=True)
def _no_job_is_left(request: pytest.FixtureRequest) -> Iterator[None]:
    """After a test that commits Django empties its own tables only; the jobs' are not among them."""
    marker = request.node.get_closest_marker("django_db")
    commits = marker is not None and (marker.kwargs.get("transaction") or any(marker.args[:1]))
    if not (commits or "transactional_db" in request.fixturenames):
        yield
        return
    from django.db import connection

    blocker = request.getfixturevalue("django_db_blocker")
    yield
    with blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs, procrastinate_workers CASCADE")
