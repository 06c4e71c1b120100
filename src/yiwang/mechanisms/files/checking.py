"""Checking a whole upload: first looks here, everything that needs a parser in a limited child."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

from django.conf import settings

from yiwang.mechanisms.files import rules
from yiwang.mechanisms.files.definitions import (
    ARCHIVES,
    IMAGES,
    PROBLEMS,
    RULES,
    TEXTS,
    CannotStoreFile,
    FileCheckAway,
    FileTooLarge,
    Kind,
)

CHUNK: Final = 64 * 1024
_SCRIPT: Final = Path(__file__).with_name("inspection.py")
#: By the wall clock; the child itself is limited to 20 s of processor time.
CHILD_SECONDS: Final = 40
SCANNER_SECONDS: Final = 60


def refusal(code: str) -> CannotStoreFile:
    """The refusal for a problem code, in words that name the problem."""
    sentence, remedy = PROBLEMS[code]
    refused = CannotStoreFile(sentence, remedy)
    refused.problem = code
    return refused


def memory_file() -> BinaryIO:
    """A file that exists in memory only: no upload lies in clear on any disk."""
    return os.fdopen(os.memfd_create("upload", os.MFD_CLOEXEC), "w+b")


def take_in(data: bytes | BinaryIO, kind: Kind) -> BinaryIO:
    """Copy the upload into memory, no further than its kind's limit."""
    limit = RULES[kind].limit
    copy = memory_file()
    for chunk in _chunks_of(data):
        copy.write(chunk)
        if copy.tell() > limit:
            copy.close()
            raise FileTooLarge(f"这个文件太大，{RULES[kind].label}不能超过 {limit >> 20} MB。")
    copy.flush()
    return copy


def _chunks_of(data: bytes | BinaryIO) -> Iterator[bytes]:
    if isinstance(data, bytes):
        yield data
        return
    while chunk := data.read(CHUNK):
        yield chunk


def check(upload: BinaryIO, kind: Kind) -> BinaryIO:
    """The content to keep: the upload itself, or the picture drawn again. Refuses by name."""
    size = upload.seek(0, os.SEEK_END)
    upload.seek(0)
    head = upload.read(rules.HEAD)
    upload.seek(max(0, size - 65536))
    problem = rules.first_look(kind, head, upload.read())
    if problem is None and kind not in IMAGES | ARCHIVES:
        problem = _scan_through(upload, kind)
    if problem is not None:
        raise refusal(problem)
    return _inspect(upload, kind) if kind in IMAGES | ARCHIVES else upload


def _scan_through(upload: BinaryIO, kind: Kind) -> str | None:
    upload.seek(0)
    scan = rules.TextScan() if kind in TEXTS else rules.PdfScan()
    while chunk := upload.read(CHUNK):
        scan.feed(chunk)
    if isinstance(scan, rules.TextScan):
        scan.feed(b"", last=True)
    return scan.problem


def _inspect(upload: BinaryIO, kind: Kind) -> BinaryIO:
    """Let a child without network, secrets or much time open it; its output for pictures."""
    upload.seek(0)
    drawn = memory_file()
    command = [sys.executable, "-I", str(_SCRIPT), kind.value, str(drawn.fileno())]
    try:
        done = subprocess.run(  # noqa: S603 our own script, no shell
            command,
            pass_fds=(drawn.fileno(),),
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
            stdin=upload,
            capture_output=True,
            timeout=CHILD_SECONDS,
            cwd="/",
        )
    except subprocess.TimeoutExpired as error:
        raise refusal("too-hard") from error
    except OSError as error:
        raise FileCheckAway from error
    problem = _verdict(done)
    if problem is not None:
        raise refusal(problem)
    return drawn if kind in IMAGES else upload


def _verdict(done: subprocess.CompletedProcess[bytes]) -> str | None:
    """A child that was killed met a hostile file; one that failed otherwise is our fault."""
    if done.returncode < 0:
        return "too-hard"
    try:
        answer = json.loads(done.stdout)["problem"]
    except (ValueError, KeyError, TypeError) as error:
        raise FileCheckAway from error
    return None if answer is None else str(answer)


def find_problem(data: bytes, kind: Kind, *, scanner: str | None = None) -> tuple[str, str]:
    """What the gate of uploads says against bytes that came another way: code and sentence, or "".

    Needs no application. ``scanner``: as ``scan`` takes it. Refuses ``FileCheckAway``.
    """
    try:
        with take_in(data, kind) as upload, check(upload, kind) as content:
            scan(content, scanner)
    except CannotStoreFile as refused:
        return refused.problem, refused.sentence
    return "", ""


def scan(content: BinaryIO, scanner: str | None = None) -> bool:
    """Ask the installation's scanner (``FILE_SCANNER``, a command that reads the file from its
    input and answers 0 for clean, 1 for infected). False when none is set up; any other answer
    refuses: what could not be checked is not kept."""
    command = shlex.split(settings.FILE_SCANNER if scanner is None else scanner)
    if not command:
        return False
    content.seek(0)
    try:
        done = subprocess.run(  # noqa: S603 the operator's own command, no shell
            command, stdin=content, capture_output=True, timeout=SCANNER_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise FileCheckAway from error
    if done.returncode == 1:
        raise refusal("infected")
    if done.returncode != 0:
        raise FileCheckAway
    return True
