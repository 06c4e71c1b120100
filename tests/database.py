"""The database the tests use: the given one, else an embedded one of this run only, made for speed."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from yiwang.cloud.storage import actions, placement, server
from yiwang.cloud.storage.definitions import DatabaseRole
from yiwang.project.database import as_url

ROOT = Path(__file__).resolve().parents[1]
#: Safe to lose: only ever used for data made by tests.
FAST = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "shared_buffers": "256MB",
    "max_connections": "200",
}


@contextlib.contextmanager
def running(base: Path | None = None) -> Iterator[dict[str, str]]:
    """The environment tests run in; DATABASE_URL when given is kept."""
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"}
    environment.setdefault("YIWANG_HOME", str(ROOT / "var" / "test"))
    if "DATABASE_URL" in environment:
        yield environment
        return
    home = Path(tempfile.mkdtemp(prefix="yiwang-test-", dir=base))
    home.chmod(0o755)
    place = placement.choose(home)
    try:
        database = actions.start_embedded(home, settings=FAST)
        try:
            admin = server.address(place, DatabaseRole.ADMIN, name="yiwang")
            yield {**environment, "DATABASE_URL": as_url(admin)}
        finally:
            actions.stop(database)
    finally:
        for folder in (home, place.folder, place.sockets):
            shutil.rmtree(folder, ignore_errors=True)
