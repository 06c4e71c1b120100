"""``yiwang run`` (``make run``): a working province in one command and one foreground process."""

from __future__ import annotations

import fcntl
import functools
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import IO, Final

from yiwang.cloud.storage import actions as storage
from yiwang.cloud.storage import processes as server_processes
from yiwang.cloud.storage import queries as storage_queries
from yiwang.kernel.refusals import Refusal
from yiwang.project import database, sample, settings, subnodes, supervisor
from yiwang.project.places import HERE, Place
from yiwang.project.process_names import (
    BACKGROUND,
    DEPARTMENTS,
    DEPARTMENTS_ANSWER,
    FOLLOWER,
    KEPT,
    KEPT_BY_SUBNODES,
    PROGRAMS,
    UPPER,
)

NEEDS_DJANGO = False
READY_SECONDS: Final = 60.0


class PortTaken(Refusal):
    sentence = "这个端口已被别的程序占用。"
    remedy = "请换一个端口，例如：PORT=8001 make run。"


class CannotPrepare(Refusal):
    status = 503
    sentence = "数据库的表没有准备好，没有启动。"
    remedy = "原因见上面的输出。"


class Stop(Exception):
    """Somebody asked us to end."""


def main(arguments: list[str]) -> int:
    """Start everything, say where, keep it running, stop it all on Ctrl-C."""
    del arguments
    return own(serve)


def own(serving: Callable[[Path, int], None]) -> int:
    """Serve as the one owner of this installation, until somebody asks us to end."""
    home, port = settings.YIWANG_HOME, int(os.environ.get("PORT", "8000"))
    (home / "run").mkdir(parents=True, exist_ok=True)
    with (home / "run" / "owner").open("a+") as lock:
        if not take(lock, port):
            print(f"一网已在运行 already running: {running_where(lock)}", flush=True)
            return 0
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, _stop)
        end_with_make()
        try:
            serving(home, port)
        except Stop:
            print("一网已停止，数据都在。", flush=True)
    return 0


def take(lock: IO[str], port: int) -> bool:
    """One owner of an installation; the kernel lets go of the lock however we die."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    lock.truncate(0)
    lock.write(json.dumps({"process": os.getpid(), "address": f"http://localhost:{port}/"}))
    lock.flush()
    return True


def running_where(lock: IO[str]) -> str:
    """Address and process of the one that holds the lock."""
    lock.seek(0)
    found = json.loads(lock.read() or "{}")
    return f"{found.get('address', '')} (process {found.get('process', '?')})"


def serve(home: Path, port: int, places: Sequence[Place] = ()) -> None:
    """The story of a start, top to bottom; ends by ``Stop`` or a refusal, leaving nothing behind.

    ``places``: where the province and each further node run; none: all on this machine's network.
    """
    place = places[0] if places else HERE
    mark = str(home)
    supervisor.end_orphans(mark)
    for one in (port, exchange_port(port), *subnodes.ports(port)):
        refuse_taken_port(one)
    sample.refuse_leftovers(home)
    running = start_database(home)
    children: list[supervisor.Child] = []
    try:
        environment = child_environment(home, port, running)
        environment |= place.environment(port, exchange_port(port))
        prepare(environment, running)
        nodes = make_nodes(home, port, running, environment, places)
        environment = {**subnodes.witnesses(nodes), **environment, **subnodes.beside(nodes)}
        loading = subnodes.start_loading(nodes)
        sample.load_once(home, environment)
        subnodes.finish_loading(loading, nodes, environment)
        (home / DEPARTMENTS_ANSWER).unlink(missing_ok=True)
        start(children, kept(), environment, place)
        wait_until_ready(children, home, port, place.host)
        where = place.host if place.prefix else "localhost"
        print(f"ready: http://{where}:{port}/", flush=True)
        print(f"exchange: http://{where}:{exchange_port(port)}/exchange/v1/", flush=True)
        sample.print_accounts(environment)
        for node in nodes:
            start(children, KEPT_BY_SUBNODES, node.environment, node.place, f"{node.code} ")
        waiting = list(nodes)
        while True:
            running = keep(home, running, children)
            waiting = [node for node in waiting if not say_ready(node)]
    finally:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        supervisor.stop_all(children)
        supervisor.end_orphans(mark)
        storage.stop(running)


def make_nodes(
    home: Path,
    port: int,
    running: storage.Running,
    environment: dict[str, str],
    places: Sequence[Place],
) -> Sequence[subnodes.Subnode]:
    """The sample's further nodes, with homes, databases and tables."""
    nodes = subnodes.plan(home, port, running, environment, places)
    if nodes:
        subnodes.make(nodes, running)
    for node in subnodes.need_preparing(nodes, running):
        prepare(dict(node.environment), node.storage)
    return nodes


def start(
    children: list[supervisor.Child],
    names: Sequence[str],
    environment: Mapping[str, str],
    place: Place,
    whose: str = "",
) -> None:
    """Start processes, to be looked after from now on."""
    for name, words in commands(names).items():
        begin = functools.partial(supervisor.launch, place.command(words), environment)
        child = supervisor.Child(f"{whose}{name}", begin)
        children.append(child)
        child.start()


def say_ready(node: subnodes.Subnode) -> bool:
    """One line when a further node serves; False: not yet."""
    if not is_ready(node.port, node.place.host):
        return False
    where = node.environment["YIWANG_ADDRESS"] + "/"
    supervisor.say(f"node {node.code}: {where}  {node.name}　账号见 {subnodes.CAST.name}")
    return True


def exchange_port(port: int) -> int:
    """Where other systems call: EXCHANGE_PORT, else ten above the pages' port."""
    return int(os.environ.get("EXCHANGE_PORT") or port + 10)


def kept() -> tuple[str, ...]:
    """The processes this installation needs."""
    backup = (FOLLOWER,) if settings.BACKUP else ()
    upper = (UPPER,) if settings.UPPER_DRIVER else ()
    return (*KEPT, *((DEPARTMENTS,) if settings.SAMPLE else ()), *upper, *backup)


def start_database(home: Path) -> storage.Running:
    """The embedded server, or the real one behind DATABASE_URL."""
    url = os.environ.get("DATABASE_URL")
    if url is None:
        running = storage.start_embedded(home)
        if running.placement is not None and running.placement.moved:
            print(running.placement.moved, flush=True)
        return running
    app_url = os.environ.get("DATABASE_APP_URL")
    return storage.use_external(
        home,
        owner=storage_queries.parse_address(url),
        app=storage_queries.parse_address(app_url) if app_url else None,
    )


def child_environment(home: Path, port: int, running: storage.Running) -> dict[str, str]:
    """What the children see: the application's role only."""
    metrics = home / "run" / "metrics"
    shutil.rmtree(metrics, ignore_errors=True)
    metrics.mkdir(parents=True)
    environment = {
        **os.environ,
        supervisor.MARK: str(home),
        "YIWANG_HOME": str(home),
        "PORT": str(port),
        "EXCHANGE_PORT": str(exchange_port(port)),
        "PROMETHEUS_MULTIPROC_DIR": str(metrics),
        "YIWANG_APP_USER": running.app.user,
    }
    environment.pop("DATABASE_APP_URL", None)
    environment.pop("YIWANG_DATABASE_ROLE", None)
    if running.process is None:
        environment["DATABASE_URL"] = database.as_url(running.app)
    return environment


def prepare(environment: dict[str, str], running: storage.Running) -> None:
    """Tables and rights, by the owner's role, in a process of its own."""
    as_owner = {**environment, "YIWANG_DATABASE_ROLE": "owner"}
    if "DATABASE_URL" in environment:
        as_owner["DATABASE_URL"] = database.as_url(running.owner)
    done = subprocess.run(
        command("prepare"),
        env=as_owner,
        check=False,
        preexec_fn=server_processes.die_with_parent(signal.SIGTERM),
    )
    if done.returncode:
        raise CannotPrepare


def commands(names: Sequence[str]) -> dict[str, list[str]]:
    """How our own processes are started: a program each, and one for those that load the same."""
    alike = [name for name in names if name not in PROGRAMS]
    found = {name: [sys.executable, "-m", PROGRAMS[name]] for name in names if name in PROGRAMS}
    if len(alike) > 1:
        return found | {BACKGROUND: command(BACKGROUND, *alike)}
    return found | {name: command(name) for name in alike}


def command(*words: str) -> list[str]:
    """``yiwang process …`` of this very environment."""
    return [sys.executable, "-m", "yiwang", "process", *words]


def keep(home: Path, running: storage.Running, children: list[supervisor.Child]) -> storage.Running:
    """One look at everything; a dead database is started before its users."""
    if running.process is not None and running.process.poll() is not None:
        supervisor.say("数据库意外停止，正在恢复")
        running = bring_back_database(home, children)
        supervisor.say("数据库已恢复")
    look_after(children)
    return running


def bring_back_database(home: Path, children: list[supervisor.Child]) -> storage.Running:
    """Again and again: on a full disk it cannot start, and starts when there is room. Until then
    the others stay up and tell people to come back later."""
    tries = 0
    while True:
        try:
            return storage.start_embedded(home)
        except (Refusal, OSError) as error:
            tries += 1
            supervisor.say(f"数据库还不能恢复，稍后再试：{error} {getattr(error, 'remedy', '')}")
            again = time.monotonic() + supervisor.pause_after(tries)
            while time.monotonic() < again:
                look_after(children)


def look_after(children: list[supervisor.Child]) -> None:
    """One look at our own processes, and a short rest."""
    for child in children:
        child.look_after()
    time.sleep(0.2)


def wait_until_ready(children: list[supervisor.Child], home: Path, port: int, host: str) -> None:
    """Until pages and exchange are good, and the sample's departments answer, so that the first form
    opened is filled in; the children are looked after meanwhile."""
    end = time.monotonic() + READY_SECONDS
    while not (is_ready(port, host) and answers_calls(home, port, host)):
        if time.monotonic() > end:
            print("启动较慢，仍在等待……", flush=True)
            end = time.monotonic() + READY_SECONDS
        for child in children:
            child.look_after()
        time.sleep(0.1)


def answers_calls(home: Path, port: int, host: str) -> bool:
    """The exchange takes calls; on the sample there is also somebody to call."""
    if DEPARTMENTS in kept() and not (home / DEPARTMENTS_ANSWER).exists():
        return False
    return is_ready(exchange_port(port), host, "/exchange/v1/health")


def is_ready(port: int, host: str = HERE.host, path: str = "/readyz") -> bool:
    """Asks as a visitor would."""
    connection = http.client.HTTPConnection(host, port, timeout=5)
    try:
        connection.request("GET", path, headers={"Host": "localhost"})
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def refuse_taken_port(port: int) -> None:
    """PortTaken when somebody else listens there already."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("0.0.0.0", port))  # noqa: S104 # nosec B104 closed again at once
        except OSError:
            raise PortTaken from None


def end_with_make() -> None:
    """Started by make, we end with it, even when it is killed; else its port would stay taken."""
    parent = Path(f"/proc/{os.getppid()}/comm")
    if parent.exists() and parent.read_text().strip() in ("make", "gmake"):
        server_processes.signal_on_parents_death(signal.SIGTERM)


def _stop(number: int, frame: FrameType | None) -> None:
    del number, frame
    raise Stop
