"""A measurement in a process, a home and a durable database server of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.figures import Measurement


def run(module: str) -> list[Measurement]:
    """Start ``python -m module`` as node 62; what it prints last are its rows."""
    from yiwang.cloud.storage import actions, placement, server
    from yiwang.cloud.storage.definitions import DatabaseRole
    from yiwang.project.database import as_url

    home = Path(tempfile.mkdtemp(prefix="yiwang-bench-"))
    home.chmod(0o755)
    place = placement.choose(home)
    database = actions.start_embedded(home)
    try:
        admin = server.address(place, DatabaseRole.ADMIN, name="yiwang")
        environment = {
            **os.environ,
            "YIWANG_HOME": str(home),
            "DATABASE_URL": as_url(admin),
            "YIWANG_DATABASE_ROLE": "owner",
            "YIWANG_NODE": "62",
            "DJANGO_SETTINGS_MODULE": "yiwang.project.settings",
            "YIWANG_SOURCE_HOSTS": f"{place.sockets}:{admin.port or 5432}",
        }
        done = subprocess.run(
            [sys.executable, "-m", module],
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        return [Measurement(**row) for row in json.loads(done.stdout.splitlines()[-1])]
    finally:
        actions.stop(database)
        for folder in (home, place.folder, place.sockets):
            shutil.rmtree(folder, ignore_errors=True)
