"""The sample province's further nodes: the same product again, each with a home, database and keys of its own.

They share the province's embedded server, not its database. Their homes are ``YIWANG_HOME/nodes/<code>``;
``environment`` there holds what a command line for one of them needs: ``set -a; . …/environment``.
"""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import yaml

from yiwang.cloud.storage import actions as storage
from yiwang.cloud.storage import processes as server_processes
from yiwang.cloud.storage import queries as storage_queries
from yiwang.kernel.refusals import Refusal
from yiwang.project import database, settings
from yiwang.project.places import HERE, Place

CAST: Final = settings.ROOT / "samples" / "gansu.yaml"
#: Each node's pages listen so many ports after those of the one before; its exchange ten after them.
STEP: Final = 20
#: What is the province's alone.
_NOT_THEIRS: Final = (
    "YIWANG_BACKUP",
    "YIWANG_MASTER_KEY",
    "YIWANG_SECRET_KEY",
    "YIWANG_SECRET_KEY_FALLBACKS",
    "YIWANG_ADDRESS",
    "YIWANG_HOSTS",
    "YIWANG_NODE_USCC",
)


class NodesNotMade(Refusal):
    status = 503
    sentence = "示例省的其他节点没有建好，没有启动。"
    remedy = "原因见上面的输出；只要省节点时，用 YIWANG_SAMPLE_NODES=0 make run。"


@dataclass(frozen=True, slots=True)
class Subnode:
    """One further node of the sample."""

    code: str
    name: str
    home: Path
    port: int
    environment: Mapping[str, str]
    storage: storage.Running
    place: Place

    @property
    def exchange_port(self) -> int:
        return self.port + 10

    @property
    def is_loaded(self) -> bool:
        return (self.home / "run" / "sample-loaded").exists()

    @property
    def is_member(self) -> bool:
        return (self.home / "exchange" / "registry.json").exists()


def rows() -> Sequence[Mapping[str, Any]]:
    """Who they are, as the cast says."""
    cast = yaml.safe_load(CAST.read_text(encoding="utf-8"))
    return tuple(cast["nodes"])


def ports(port: int) -> tuple[int, ...]:
    """Where they will listen: pages and exchange of each."""
    if not are_wanted() or "DATABASE_URL" in os.environ:
        return ()
    first = [port + STEP * number for number, _row in enumerate(rows(), start=1)]
    return tuple(one for web in first for one in (web, web + 10))


def are_wanted() -> bool:
    """In the sample, unless somebody wants the province alone."""
    return settings.SAMPLE and settings.SAMPLE_NODES


def plan(
    home: Path,
    port: int,
    running: storage.Running,
    environment: Mapping[str, str],
    places: Sequence[Place] = (),
) -> tuple[Subnode, ...]:
    """The further nodes of this start: none outside the sample, on a real server, or when not wanted."""
    if not are_wanted() or running.process is None:
        return ()
    registry = places[0] if places else HERE
    found = []
    for number, row in enumerate(rows(), start=1):
        place = places[number] if places else HERE
        one = _planned(row, home, port + STEP * number, running, environment)
        theirs = {
            "YIWANG_REGISTRY": f"http://{registry.host}:{environment['EXCHANGE_PORT']}",
            "YIWANG_WITNESSES": f"{settings.NODE}=http://{registry.host}:{environment['PORT']}",
            **place.environment(one.port, one.exchange_port),
        }
        found.append(replace(one, environment={**one.environment, **theirs}, place=place))
    told = beside(found)
    return tuple(replace(one, environment={**one.environment, **told}) for one in found)


def _planned(
    row: Mapping[str, Any],
    province: Path,
    port: int,
    running: storage.Running,
    environment: Mapping[str, str],
) -> Subnode:
    code = str(row["code"])
    home = province / "nodes" / code
    name = f"{running.app.name}_{code.lower()}"
    own = replace(
        running,
        owner=replace(running.owner, name=name),
        app=replace(running.app, name=name),
    )
    shared = {k: v for k, v in environment.items() if k not in _NOT_THEIRS}
    theirs = {
        "YIWANG_HOME": str(home),
        "PORT": str(port),
        "EXCHANGE_PORT": str(port + 10),
        "YIWANG_NODE": code,
        "YIWANG_NODE_NAME": str(row["name"]),
        "YIWANG_NODE_DIVISION": str(row["division_code"]),
        "YIWANG_EXCHANGE_ADDRESS": f"http://127.0.0.1:{port + 10}",
        "YIWANG_SEAL_DRIVER": "host",
        # Another name than the province's: a browser keeps cookies by name, not by port.
        "YIWANG_ADDRESS": f"http://127.0.0.1:{port}",
        "YIWANG_WEB_WORKERS": "1",
        "YIWANG_WEB_THREADS": "8",
        "PROMETHEUS_MULTIPROC_DIR": str(home / "run" / "metrics"),
        "DATABASE_URL": database.as_url(own.app),
    }
    return Subnode(code, str(row["name"]), home, port, {**shared, **theirs}, own, HERE)


def beside(nodes: Sequence[Subnode]) -> dict[str, str]:
    """Which further nodes run, for whoever may ask them. Empty: none."""
    return {"YIWANG_NODES_BESIDE": ",".join(node.code for node in nodes)} if nodes else {}


def witnesses(nodes: Sequence[Subnode]) -> dict[str, str]:
    """Who countersigns the province's ledger; the province countersigns theirs. Empty: nobody."""
    told = ",".join(f"{node.code}=http://{node.place.host}:{node.port}" for node in nodes)
    return {"YIWANG_WITNESSES": told} if told else {}


def make(nodes: Sequence[Subnode], running: storage.Running) -> None:
    """Homes, and databases: copies of the province's while that is empty, else made and migrated."""
    template = running.app.name if storage_queries.is_empty(running.owner, _FIRST_TABLE) else ""
    for node in nodes:
        metrics = node.home / "run" / "metrics"
        shutil.rmtree(metrics, ignore_errors=True)
        metrics.mkdir(parents=True)
        static = node.home / "static"
        if not static.exists():
            static.symlink_to(Path("..") / ".." / "static")
        storage.make_database(running, name=node.storage.app.name, template=template)
        write_environment(node)


#: Every installation of the sample has divisions; one that is being made has none yet.
_FIRST_TABLE: Final = "directory_division"


def need_preparing(nodes: Sequence[Subnode], running: storage.Running) -> list[Subnode]:
    """Those whose tables are not as the province's are now."""
    wanted = storage_queries.migrations(running.owner)
    return [n for n in nodes if storage_queries.migrations(n.storage.owner) != wanted]


def write_environment(node: Subnode) -> None:
    """For a command line: what makes a command one of this node's."""
    names = [n for n in node.environment if n.startswith(("YIWANG_", "DATABASE_", "EXCHANGE_"))]
    lines = [f"{n}={shlex.quote(node.environment[n])}" for n in (*sorted(names), "PORT")]
    path = node.home / "environment"
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write("\n".join(lines) + "\n")


def start_loading(nodes: Sequence[Subnode]) -> list[tuple[Subnode, subprocess.Popen[bytes]]]:
    """Beside the province's own loading: each makes its key, its cast and its request to join."""
    wanting = [node for node in nodes if not (node.is_loaded and node.is_member)]
    return [(node, _start(node.environment, "load")) for node in wanting]


def finish_loading(
    loading: Sequence[tuple[Subnode, subprocess.Popen[bytes]]],
    nodes: Sequence[Subnode],
    environment: Mapping[str, str],
) -> None:
    """Wait for them, then let the province confirm who is no member yet. NodesNotMade."""
    for node, process in loading:
        if process.wait():
            raise NodesNotMade
        (node.home / "run" / "sample-loaded").touch()
    if any(not node.is_member for node in nodes):
        if _start(environment, "nodes").wait():
            raise NodesNotMade


def _start(environment: Mapping[str, str], verb: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "yiwang", "sample", verb],
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        preexec_fn=server_processes.die_with_parent(signal.SIGTERM),
    )
