"""The sample's three nodes as a test's hands reach them."""

from __future__ import annotations

import subprocess
import sys
import time

import psycopg

from tests.installation import ROOT, Installation
from yiwang.cloud.storage import queries
from yiwang.cloud.storage.definitions import DatabaseRole
from yiwang.project import subnodes

CODES = ("62", *(str(row["code"]) for row in subnodes.rows()))
FURTHER = CODES[1:]


def wait_for_nodes(installation: Installation) -> None:
    for code in FURTHER:
        installation.wait_for_line(f"node {code}: ", seconds=300)


def ports(installation: Installation, code: str) -> tuple[int, int]:
    web = installation.port + subnodes.STEP * CODES.index(code)
    return web, web + 10


def connect(installation: Installation, code: str) -> psycopg.Connection:
    address = queries.embedded_address(installation.home, DatabaseRole.APP).conninfo
    name = "yiwang" if code == "62" else f"yiwang_{code.lower()}"
    return psycopg.connect(**(address | {"dbname": name}), autocommit=True)


def members(installation: Installation, code: str) -> dict[str, tuple[str, list[str]]]:
    with connect(installation, code) as connection:
        rows = connection.execute("SELECT code, state, keys FROM nodes_fast_members").fetchall()
    return {row[0]: (row[1], [key["id"] for key in row[2]]) for row in rows}


def until(met, *, seconds: float) -> float:
    began = time.monotonic()
    while not met():
        assert time.monotonic() - began < seconds
        time.sleep(0.1)
    return time.monotonic() - began


def environment_of(installation: Installation, code: str) -> dict[str, str]:
    """The node's own environment file on top of the installation's."""
    environment = dict(installation.environment)
    if code == "62":
        return environment
    lines = (installation.home / "nodes" / code / "environment").read_text().splitlines()
    environment |= dict(line.split("=", 1) for line in lines)
    return {k: v.strip("'") for k, v in environment.items()}


def command(installation: Installation, code: str, *words: str) -> str:
    """As an operator types it."""
    done = subprocess.run(
        [sys.executable, "-m", "yiwang", *words],
        cwd=ROOT,
        env=environment_of(installation, code),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def read(installation: Installation, code: str, statement: str, *given: object) -> list[tuple]:
    with connect(installation, code) as link:
        return link.execute(statement, given).fetchall()
