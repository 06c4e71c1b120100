"""Whole copies of a server: taken while it runs, followed by its write-ahead log, brought back.

The embedded server is copied block by block with its own programs, and its log received as it is
written, so that it can be brought back to any moment. A real server's copy is one dump of the
database at one snapshot; its log is its administrator's.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import signal
import subprocess  # nosec B404 fixed programs, no shell
import tarfile
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, LiteralString

import psycopg

from yiwang.cloud.storage import placement as places
from yiwang.cloud.storage import processes, server
from yiwang.cloud.storage.definitions import DATABASE, Address, DatabaseRole, Placement
from yiwang.cloud.storage.refusals import CannotCopyDatabase, CannotStartDatabase

#: The server keeps its log for this follower while it is away.
SLOT: Final = "yiwang_backup"
_CHUNK: Final = 1 << 20
#: Pythons before 3.11.4 do not know it (Debian 12 has 3.11.2); what is unpacked was sealed by ourselves.
_ONLY_DATA: Final[dict[str, Any]] = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
_PROMOTED_SECONDS: Final = 3600.0
_MAKE_SLOT: Final = """
SELECT pg_create_physical_replication_slot(%s, true)
 WHERE NOT EXISTS (SELECT FROM pg_replication_slots WHERE slot_name = %s)
"""
_MARK: Final = "SELECT pg_logical_emit_message(true, 'yiwang.backup', '')"
_SWITCH: Final = "SELECT pg_walfile_name(pg_switch_wal())"


@dataclass(frozen=True, slots=True)
class Mark:
    """``segment``: everything committed before ``at`` lies in it or an earlier one.

    None: nothing was written since the mark before. ``position``: where the log ends.
    """

    at: datetime
    segment: str | None
    position: int


def stream_base(home: Path) -> Iterator[bytes]:
    """A base copy of the running embedded server as one tar, with the log needed to open it."""
    arguments = [
        "--pgdata=-",
        "--format=tar",
        "--wal-method=fetch",
        "--checkpoint=fast",
        "--manifest-checksums=SHA256",
        "--no-password",
        "--label=yiwang",
    ]
    return _output_of(home, "pg_basebackup", arguments, _admin(home))


def stream_dump(address: Address) -> Iterator[bytes]:
    """One database of a real server at one snapshot, without owners and rights."""
    arguments = ["--format=custom", "--no-owner", "--no-privileges", "--no-password"]
    return _output_of(None, "pg_dump", arguments, address)


def start_receiving(home: Path, folder: Path) -> subprocess.Popen[bytes]:
    """Receive the log into a folder, segment after segment, from where the slot stands."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    address = _admin(home)
    program, environment = _program(home, "pg_receivewal"), _environment(address)
    with _connect(address) as connection:  # it keeps the log from this moment on
        connection.execute(_MAKE_SLOT, [SLOT, SLOT])
    return subprocess.Popen(  # noqa: S603 # nosec B603
        [
            str(program),
            f"--directory={folder}",
            f"--slot={SLOT}",
            "--no-password",
            "--synchronous",
            "--no-loop",
        ],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


def drop_slot(home: Path) -> None:
    """The follower starts afresh: what the slot kept is let go."""
    statement = (
        "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = %s"
    )
    with _connect(_admin(home)) as connection:
        connection.execute(statement, [SLOT])


def mark(home: Path, *, after: int) -> Mark:
    """End the present segment, when anything was written after ``after``, with a commit in it."""
    with _connect(_admin(home)) as connection:
        at, before = _now(connection), _position(connection)
        if before <= after:
            return Mark(at, None, before)
        connection.execute(_MARK)
        segment = str(_one(connection, _SWITCH))
        return Mark(at, segment, _position(connection))


def lay_down(home: Path, chunks: Iterable[bytes]) -> str:
    """Unpack a base copy into a fresh place and check it; the segment its log begins with.

    CannotCopyDatabase when something lives there already or the copy is not whole.
    """
    placement = places.choose(home)
    if placement.data.exists():
        raise CannotCopyDatabase(f"{placement.data} 里已经有数据库。", "请换一个空的 YIWANG_HOME。")
    places.make(placement)
    building = placement.folder / "data.new"
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir(mode=0o700)
    reader = io.BufferedReader(_Reader(chunks), _CHUNK)
    with tarfile.open(fileobj=reader, mode="r|") as archive:
        archive.extractall(building, **_ONLY_DATA)  # noqa: S202  # nosec B202 sealed by ourselves
    _insist_on_whole(building)
    building.chmod(0o700)
    for folder, _, names in os.walk(building):
        Path(folder).chmod(0o700)
        for path in (Path(folder), *(Path(folder) / name for name in names)):
            _give(path, placement)
    first = _first_segment((building / "backup_label").read_text())
    building.rename(placement.data)
    return first


def recover(home: Path, segments: Path, *, until: datetime | None) -> None:
    """Let the laid-down copy replay the log in a folder up to a moment (None: all of it), and stop.

    The folder belongs to the server's account meanwhile. CannotStartDatabase when it does not get there.
    """
    placement = places.choose(home)
    wanted = placement.data / "recovery.signal"
    wanted.touch(mode=0o600)
    for path in (wanted, segments, *segments.iterdir()):
        _give(path, placement)
    settings = {
        "restore_command": f'cp "{segments}/%f" "%p"',
        "recovery_target_timeline": "current",
        "recovery_target_action": "promote",
    }
    if until is not None:
        settings["recovery_target_time"] = until.astimezone(UTC).isoformat(sep=" ")
    process = server.start(placement, settings=settings)
    try:
        _wait_until_promoted(server.address(placement, DatabaseRole.ADMIN, name=DATABASE), process)
    finally:
        server.stop(process, placement)


def load_dump(address: Address, chunks: Iterable[bytes]) -> None:
    """Fill an empty database of a real server from a dump. CannotCopyDatabase when it is not empty."""
    with _connect(address) as connection:
        tables = _one(connection, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
    if tables:
        raise CannotCopyDatabase("DATABASE_URL 的数据库里已经有表。", "请给一个空的数据库。")
    arguments = ["--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction"]
    with subprocess.Popen(  # noqa: S603 # nosec B603
        [str(_program(None, "pg_restore")), *arguments, f"--dbname={address.name}"],
        env=_environment(address),
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        said = _feed(process, chunks)
    if process.returncode:
        raise CannotCopyDatabase("数据库没有装回去。", said[-500:])


def _feed(process: subprocess.Popen[bytes], chunks: Iterable[bytes]) -> str:
    if process.stdin is None or process.stderr is None:
        raise RuntimeError("the program was started without pipes")
    try:
        for chunk in chunks:
            process.stdin.write(chunk)
        process.stdin.close()
    except BrokenPipeError:  # it gave up; what it says is why
        process.poll()
    return process.stderr.read().decode(errors="replace")


def _wait_until_promoted(admin: Address, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + _PROMOTED_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            with _connect(admin) as connection:
                if not _one(connection, "SELECT pg_is_in_recovery()"):
                    return
        except psycopg.OperationalError:
            time.sleep(0.1)
        time.sleep(0.1)
    raise CannotStartDatabase("数据库没有恢复到要求的时刻。", "请查看数据库日志 server.log。")


def _give(path: Path, placement: Placement) -> None:
    if placement.account is not None:
        os.chown(path, placement.account.uid, placement.account.gid)


def _insist_on_whole(folder: Path) -> None:
    """The copy's own list of files: each there, with its size and checksum.

    The server's own checker (``pg_verifybackup``) ends with a segmentation fault in the wheel we ship.
    """
    told = json.loads((folder / "backup_manifest").read_text())
    for one in told["Files"]:
        name = one.get("Path") or bytes.fromhex(one["Encoded-Path"]).decode()
        path = folder / name
        if not path.is_file() or path.stat().st_size != one["Size"]:
            raise CannotCopyDatabase(f"数据库的备份不完整：{name}。")
        with path.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != one["Checksum"]:
                raise CannotCopyDatabase(f"数据库的备份里有文件不符：{name}。")


def _first_segment(label: str) -> str:
    """``START WAL LOCATION: 0/2000028 (file 000000010000000000000002)``."""
    return label.split("(file ", 1)[1].split(")", 1)[0]


def _output_of(
    home: Path | None, program: str, arguments: Sequence[str], address: Address
) -> Iterator[bytes]:
    """What one of the server's programs writes, piece by piece; CannotCopyDatabase when it fails."""
    with subprocess.Popen(  # noqa: S603 # nosec B603
        [str(_program(home, program)), *arguments],
        env=_environment(address),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=processes.die_with_parent(signal.SIGTERM),
    ) as process:
        if process.stdout is None or process.stderr is None:
            raise RuntimeError("the program was started without pipes")
        while chunk := process.stdout.read(_CHUNK):
            yield chunk
        said = process.stderr.read().decode(errors="replace")
    if process.returncode:
        raise CannotCopyDatabase("数据库没有备份成。", said.strip()[-500:])


def _program(home: Path | None, name: str) -> Path:
    """The shipped programs; of an installation its own copy where it keeps one."""
    if home is None:
        return places.find_wheel() / places.WHEEL / places.INSTALLED / "bin" / name
    return places.choose(home).program / "bin" / name


def _admin(home: Path) -> Address:
    return server.address(places.choose(home), DatabaseRole.ADMIN, name=DATABASE)


def _environment(address: Address) -> dict[str, str]:
    given = {
        "PGHOST": address.host,
        "PGUSER": address.user,
        "PGPASSWORD": address.password,
        "PGPORT": address.port,
        "PGDATABASE": address.name,
    }
    return {"LC_ALL": "C", **{key: value for key, value in given.items() if value}}


def _connect(address: Address) -> psycopg.Connection:
    return psycopg.connect(**address.conninfo, autocommit=True, connect_timeout=10)  # type: ignore[arg-type]


def _position(connection: psycopg.Connection) -> int:
    return int(_one(connection, "SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn"))


def _now(connection: psycopg.Connection) -> datetime:
    moment: datetime = _one(connection, "SELECT clock_timestamp()")
    return moment.astimezone(UTC)


def _one(connection: psycopg.Connection, statement: LiteralString) -> Any:
    [value] = connection.execute(statement).fetchone() or [None]
    return value


class _Reader(io.RawIOBase):
    """Pieces as something to read from."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._rest:
            piece = next(self._chunks, None)
            if piece is None:
                return 0
            self._rest = memoryview(piece)
        size = min(len(buffer), len(self._rest))
        buffer[:size], self._rest = self._rest[:size], self._rest[size:]
        return size
