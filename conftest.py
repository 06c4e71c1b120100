"""Fixtures every test needs: keys and files in a folder of the run's own, tables that are empty again
after a test that commits, the journal's and the jobs' among them."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

#: Time is measured by bench, not here: a busy machine must not fail a property.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """For several processes: the longest first, so that none works alone at the end."""

    def seconds(item: pytest.Item) -> float:
        slow = item.get_closest_marker("slow")
        return float(slow.kwargs.get("seconds", 10)) if slow else 0.0

    items.sort(key=seconds, reverse=True)


def pytest_collection() -> None:
    """What is loaded stays to the end: nobody need look through it for what is left over, neither while it
    grows nor between the tests. Each look takes up to half a second of a core."""
    gc.disable()


def pytest_collection_finish() -> None:
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    gc.enable()


@pytest.fixture(autouse=True, scope="session")
def _home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """``settings.YIWANG_HOME`` is a fresh folder: no test touches an installation's keys."""
    from django.conf import settings

    from yiwang.mechanisms.crypto import keystore
    from yiwang.project import session_keys

    before, settings.YIWANG_HOME = settings.YIWANG_HOME, tmp_path_factory.mktemp("home")
    keystore.get_store.cache_clear()
    session_keys.follow()
    yield settings.YIWANG_HOME
    settings.YIWANG_HOME = before


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: object) -> None:
    """In the test database only: Django empties tables between transactional tests by TRUNCATE,
    which the journal refuses. UPDATE and DELETE stay refused here too."""
    from django.db import connection
    from django.test import TransactionTestCase

    tables = ("journal_entry", "journal_subject", "journal_link")
    with django_db_blocker.unblock(), connection.cursor() as cursor:  # type: ignore[attr-defined]
        for table in tables:
            cursor.execute(
                f"DROP TRIGGER IF EXISTS {table}_grows ON {table};"
                f"CREATE TRIGGER {table}_grows BEFORE UPDATE OR DELETE ON {table}"
                " FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse_change()"
            )
    TransactionTestCase._fixture_teardown = lambda self: _empty_what_was_written()


#: A test's exchange that still writes takes the tables in another order than we.
_TURNS = 5


def _empty_what_was_written() -> None:
    """After a test that commits. Django would empty two hundred tables each time, write its kinds of
    content and permissions anew, and leave the jobs."""
    from django.db import OperationalError, connection
    from psycopg.errors import DeadlockDetected

    if connection.connection is not None and not connection.is_usable():
        connection.close()  # some tests end it
    known = connection.introspection.django_table_names(only_existing=True, include_views=False)
    kept = {"django_content_type", "auth_permission"}
    asked = [*(set(known) - kept), "procrastinate_jobs", "procrastinate_workers"]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT string_agg(oid::regclass::text, ', ') FROM pg_class"
            " WHERE relname = ANY(%s) AND (relkind = 'p' OR pg_relation_size(oid) > 0)",
            [asked],
        )
        (written,) = cursor.fetchone()
        for turn in range(_TURNS if written else 0):
            try:
                cursor.execute(f"TRUNCATE {written} CASCADE")
            except OperationalError as error:
                if turn == _TURNS - 1 or not isinstance(error.__cause__, DeadlockDetected):
                    raise
            else:
                return
