"""Start and stop the embedded server. One owner: the supervisor that holds the installation's lock."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess  # nosec B404 fixed programs, no shell
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import psycopg

from yiwang.cloud.storage import placement as places
from yiwang.cloud.storage import processes
from yiwang.cloud.storage.definitions import Address, DatabaseRole, Placement
from yiwang.cloud.storage.refusals import CannotStartDatabase

#: What the server runs with. Durable, quiet about values, reachable by its socket only.
SETTINGS: Final[Mapping[str, str]] = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "password_encryption": "scram-sha-256",
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "max_connections": "160",  # the sample's three nodes share one server
    "shared_buffers": "256MB",
    "jit": "off",
    "autovacuum_naptime": "10s",  # a freshly filled table is planned for what it holds, soon
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_checkpoints": "off",
    "max_slot_wal_keep_size": "4GB",  # a backup that stays away does not fill the disk
}
LOG_LIMIT: Final = 10_000_000
STOP_SECONDS: Final = 60.0
START_SECONDS: Final = 600.0  # crash recovery may take long; giving up would not make it shorter


def start(
    placement: Placement, *, settings: Mapping[str, str] | None = None
) -> subprocess.Popen[bytes]:
    """Make the folders and the data when they are not there, start, wait until it answers."""
    places.make(placement)
    clear_the_way(placement)
    if not (placement.data / "PG_VERSION").exists():
        _initialise(placement)
    process = _launch(placement, {**SETTINGS, **(settings or {})})
    _wait_until_ready(placement, process)
    return process


def stop(process: subprocess.Popen[bytes], placement: Placement) -> None:
    """Fast shutdown: open transactions end, what was committed is on disk."""
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=STOP_SECONDS)
    if not processes.wait_until_gone(placement.data, seconds=STOP_SECONDS):
        raise CannotStartDatabase("数据库没有在一分钟内停下。")


def address(placement: Placement, role: DatabaseRole, *, name: str) -> Address:
    """How a role reaches a database of this server."""
    password = places.secret(placement, role)
    return Address(host=str(placement.sockets), name=name, user=role, password=password)


def clear_the_way(placement: Placement) -> None:
    """End what a killed supervisor left behind. Only processes whose folder this is are touched.

    A lock file whose number now belongs to a stranger, or to a dead server nobody has buried yet,
    is set aside; every other lock file is left to the server, which checks it itself.
    """
    living = processes.living_in(placement.data)
    lock = placement.data / "postmaster.pid"
    owner = _owner_of(lock)
    if owner in living:
        with contextlib.suppress(ProcessLookupError):
            os.kill(owner, signal.SIGINT)
    if not processes.wait_until_gone(placement.data, seconds=STOP_SECONDS):
        raise CannotStartDatabase("上一次的数据库进程还没有结束。", "请稍后再试。")
    for left in (lock, placement.sockets / ".s.PGSQL.5432.lock"):
        named = _owner_of(left)
        if named and processes.exists(named):
            left.rename(left.with_name(f"{left.name}.stale.{named}"))


def _owner_of(lock: Path) -> int:
    try:
        first = lock.read_text().split("\n", 1)[0]
    except FileNotFoundError:
        return 0
    return int(first) if first.isdigit() else 0


def _initialise(placement: Placement) -> None:
    """Build the data folder aside and rename it: a kill half-way leaves nothing that looks done."""
    building = placement.folder / "data.new"
    shutil.rmtree(building, ignore_errors=True)
    password_file = placement.folder / "password"
    password_file.unlink(missing_ok=True)
    descriptor = os.open(password_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(places.secret(placement, DatabaseRole.ADMIN))
    if placement.account is not None:
        os.chown(password_file, placement.account.uid, placement.account.gid)
    try:
        _run_initdb(placement, building, password_file)
    finally:
        password_file.unlink(missing_ok=True)
    building.rename(placement.data)


def _run_initdb(placement: Placement, building: Path, password_file: Path) -> None:
    done = subprocess.run(  # noqa: S603 # nosec B603
        [
            str(placement.program / "bin" / "initdb"),
            f"--pgdata={building}",
            f"--username={DatabaseRole.ADMIN}",
            f"--pwfile={password_file}",
            "--auth-local=scram-sha-256",
            "--auth-host=reject",
            "--encoding=UTF8",
            "--locale-provider=builtin",
            "--locale=C.UTF-8",
            "--data-checksums",
        ],
        capture_output=True,
        text=True,
        check=False,
        cwd=placement.folder,
        env=_environment(),
        **_as_account(placement),
    )
    if done.returncode:
        raise CannotStartDatabase("数据库没有建成。", done.stderr.strip()[-500:])


def _launch(placement: Placement, settings: Mapping[str, str]) -> subprocess.Popen[bytes]:
    options = [f"-c{name}={value}" for name, value in settings.items()]
    with _log(placement) as log:
        return subprocess.Popen(  # noqa: S603 # nosec B603
            [
                str(placement.program / "bin" / "postgres"),
                f"-D{placement.data}",
                f"-cunix_socket_directories={placement.sockets}",
                *options,
            ],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=placement.folder,
            env=_environment(),
            start_new_session=True,
            preexec_fn=processes.die_with_parent(signal.SIGINT),
            **_as_account(placement),
        )


def _log(placement: Placement) -> Any:
    path = placement.folder / "server.log"
    if path.exists() and path.stat().st_size > LOG_LIMIT:
        path.rename(path.with_suffix(".log.1"))
    return path.open("ab")


def _wait_until_ready(placement: Placement, process: subprocess.Popen[bytes]) -> None:
    admin = address(placement, DatabaseRole.ADMIN, name="postgres").conninfo
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        if process.poll() is not None:
            tail = (placement.folder / "server.log").read_text(errors="replace")[-500:]
            raise CannotStartDatabase(remedy=tail)
        try:
            psycopg.connect(**admin, connect_timeout=5).close()  # type: ignore[arg-type]
        except psycopg.OperationalError as error:
            if "password authentication failed" in str(error):
                raise CannotStartDatabase(
                    "数据库密码与 secrets 文件夹中的不一致。",
                    f"如果删除过本安装后重来，请移走 {placement.folder}，或改用另一个 YIWANG_HOME。",
                ) from error
            time.sleep(0.05)
        else:
            return
    raise CannotStartDatabase("数据库恢复超过十分钟仍未完成。")


def _environment() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "UTC"}


def _as_account(placement: Placement) -> dict[str, Any]:
    if placement.account is None:
        return {}
    return {"user": placement.account.uid, "group": placement.account.gid, "extra_groups": []}
