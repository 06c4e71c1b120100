"""Where a source's content is, and how it is given to a child: as an open descriptor, or as the one
database address that may be reached. No Django; used by the query process and when a source is tried.
"""

from __future__ import annotations

import os
import socket
import stat
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from psycopg.conninfo import conninfo_to_dict

from yiwang.foundation.datasources.definitions import (
    MOST_FILE_BYTES,
    CannotReadSource,
    NoDataYet,
    SourceKind,
    SourceNotAllowed,
)
from yiwang.mechanisms.crypto.definitions import CannotDecrypt, KeyId
from yiwang.mechanisms.crypto.pieces import open_pieces, open_value
from yiwang.mechanisms.files.rules import context_of, place_of

#: How a child is started: it sees this code and its libraries, nothing of the environment.
COMMAND: Final = (sys.executable, "-P", "-s", "-m", "yiwang.foundation.datasources.runner.child")
ENVIRONMENT: Final = {
    "PATH": "/usr/bin:/bin",
    "LC_ALL": "C.UTF-8",
    "PYTHONPATH": str(Path(__file__).parents[3]),
}
#: A CSV is held in memory whole.
MOST_CSV_BYTES: Final = 100 * 1024 * 1024
#: What closes addresses (with their passwords) in the database.
ADDRESS_PURPOSE: Final = "datasources.address"
_ALLOWED_WORDS: Final = {"host", "port", "dbname", "user", "password", "sslmode"}


@dataclass(frozen=True, slots=True)
class Places:
    """Where this installation lets sources be.

    ``folder``: the operator's folder with one folder for each department in it, "" none.
    ``hosts``: databases that may be reached, ``host:port`` or a socket folder.
    """

    home: Path
    folder: str
    hosts: frozenset[str]


def told_of(
    *, kind: SourceKind, address: str, file_key: str, places: Places, get: Callable[[KeyId], bytes]
) -> tuple[dict[str, Any], tuple[int, ...]]:
    """What a child is told about a source, and the descriptors it needs (the caller closes them).

    CannotReadSource, NoDataYet, SourceNotAllowed.
    """
    if kind is SourceKind.POSTGRES:
        return {"kind": kind.value, "address": database_address(address, places.hosts)}, ()
    if not file_key and not address:
        raise NoDataYet
    if file_key:
        number = _kept_file(file_key, places.home, get)
    else:
        number = file_in_folder(address, places.folder)
    most = MOST_CSV_BYTES if kind is SourceKind.CSV else MOST_FILE_BYTES
    if os.fstat(number).st_size > most:
        os.close(number)
        raise CannotReadSource(f"文件超过 {most >> 20} MB。", "请拆分，或者放进数据库再发布。")
    return {"kind": kind.value, "fd": number}, (number,)


def file_in_folder(address: str, folder: str) -> int:
    """A file below the operator's folder, opened step by step so that no link leads out of it."""
    parts = address.split("/")
    if not folder:
        raise SourceNotAllowed(
            "这套系统没有设数据源文件夹。", "请运维设置 YIWANG_SOURCE_FOLDER，或者直接上传文件。"
        )
    if len(parts) < 2 or any(p in ("", ".", "..") or "\x00" in p or len(p) > 200 for p in parts):
        raise CannotReadSource("文件名不对。", "请写“单位代码/文件名”，不能有“..”和多余的斜线。")
    current = -1
    try:
        current = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        for part in parts[:-1]:
            step = os.open(part, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=current)
            os.close(current)
            current = step
        number = os.open(parts[-1], os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=current)
    except OSError as error:
        raise CannotReadSource("文件不在，或者不能读。", "请检查文件名和权限。") from error
    finally:
        if current >= 0:
            os.close(current)
    if not stat.S_ISREG(os.fstat(number).st_mode):
        os.close(number)
        raise CannotReadSource("这不是一个普通文件。")
    return number


def _kept_file(key: str, home: Path, get: Callable[[KeyId], bytes]) -> int:
    """An uploaded file, opened into memory: in clear it lies on no disk."""
    number = os.memfd_create("source", os.MFD_CLOEXEC)
    try:
        with place_of(home / "files", key).open("rb") as closed:
            for piece in open_pieces(closed, context=context_of(key), get=get):
                os.write(number, piece)
    except (OSError, CannotDecrypt) as error:
        os.close(number)
        raise CannotReadSource("上传的文件已经不在。", "请重新上传。") from error
    os.lseek(number, 0, os.SEEK_SET)
    return number


def database_address(address: str, hosts: frozenset[str]) -> dict[str, str]:
    """The parts of a PostgreSQL address, its host resolved once and pinned.

    SourceNotAllowed for hosts the operator has not named, and for words that reach further.
    """
    try:
        parts = {k: str(v) for k, v in conninfo_to_dict(address).items() if v is not None}
    except Exception as error:  # whatever a hostile text provokes
        raise CannotReadSource(
            "数据库地址写得不对。", "应像 postgresql://账号:密码@主机:端口/库名。"
        ) from error
    if not {"host", "dbname", "user"} <= set(parts) <= _ALLOWED_WORDS:
        raise CannotReadSource(
            "数据库地址要写全主机、库名和账号，不能带别的选项。",
            "应像 postgresql://账号:密码@主机:端口/库名。",
        )
    host, port = parts["host"], parts.setdefault("port", "5432")
    if f"{host}:{port}" not in hosts:
        raise SourceNotAllowed
    if not host.startswith("/"):
        try:
            found = socket.getaddrinfo(host, int(port), type=socket.SOCK_STREAM)
        except (OSError, ValueError) as error:
            raise CannotReadSource("找不到这台数据库主机。") from error
        parts["hostaddr"] = str(found[0][4][0])
    return parts


def open_address(closed: str, get: Callable[[KeyId], bytes]) -> str:
    """An address as ``EncryptedText`` keeps it, with keys from ``get``."""
    if not closed:
        return ""
    try:
        return open_value(closed, purpose=ADDRESS_PURPOSE, get=get)
    except CannotDecrypt as error:
        raise CannotReadSource("数据源的地址打不开。") from error
