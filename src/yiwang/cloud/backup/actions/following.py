"""Between two whole copies: files as they come, the database's log as it is written."""

from __future__ import annotations

import logging
import subprocess  # nosec B404 types only
import time
from datetime import datetime
from pathlib import Path
from typing import Final

from yiwang.cloud.backup import definitions as names
from yiwang.cloud.backup import vault
from yiwang.cloud.backup.definitions import Reach
from yiwang.cloud.backup.refusals import CannotBackUp
from yiwang.cloud.storage import actions as storage

log = logging.getLogger(__name__)

_SEGMENT_SECONDS: Final = 60.0
_SEGMENT_NAME: Final = 24


def follow_files(home: Path, folder: Path, seen: dict[Path, int] | None = None) -> int:
    """Copy what is not there yet: files, keys (sealed as they lie), signed heads. How many files.

    ``seen``: folder → when it last changed; what has not changed since is not looked into again.
    """
    known = {} if seen is None else seen
    copied = 0
    for shelf in sorted((home / names.FILES).glob("??")):
        changed = shelf.stat().st_mtime_ns
        if known.get(shelf) == changed:
            continue
        for path in shelf.iterdir():
            target = folder / names.FILES / shelf.name / path.name
            if path.suffix or target.exists():  # still being written, or copied already
                continue
            try:
                vault.copy(path, target)
            except CannotBackUp:
                if path.exists():
                    raise
                continue  # swept meanwhile
            copied += 1
        known[shelf] = changed
    for path in (home / "secrets" / names.KEYS).glob("*.key"):
        target = folder / names.KEYS / path.name
        if not target.exists() or target.read_bytes() != path.read_bytes():  # another master key
            vault.copy(path, target)
    _follow_heads(home, folder)
    return copied


def _follow_heads(home: Path, folder: Path) -> None:
    """Signed lines only grow; a copy that is as long is the same."""
    for name in names.OUTSIDE:
        for path in (home / name).rglob("*"):
            target = folder / path.relative_to(home)
            same = target.exists() and target.stat().st_size == path.stat().st_size
            if path.is_file() and not same:
                vault.copy(path, target)


class LogCut(CannotBackUp):
    """The server let go of log that was not received: a new whole copy is needed."""

    sentence = "数据库没有等到备份，日志断了。"
    remedy = "会重新做一份完整的备份。"


class Follower:
    """Receives the log of the embedded server and keeps it, round by round."""

    def __init__(self, home: Path, folder: Path) -> None:
        self._home, self._folder = home, folder
        self._spool = home / "backup-spool"
        self._seen: dict[Path, int] = {}
        self._position = 0
        self._receiving: subprocess.Popen[bytes] | None = None
        reach = vault.read_reach(folder) if folder.exists() else None
        self._marked_at = reach.marked_at if reach else None
        self._segment = reach.segment if reach else ""

    @property
    def begun(self) -> bool:
        """Has anything been received for the present base?"""
        return bool(self._segment)

    def round(self) -> Reach | None:
        """Everything committed until now, on disk in the backup; how far it reaches.

        ``LogCut``; ``CannotBackUp`` when it was not received in time or cannot be written.
        """
        self._receive()
        mark = storage.mark(self._home, after=self._position)
        if mark.segment is not None:
            self._wait_for(mark.segment)
            self._marked_at, self._segment = mark.at, mark.segment
        self._keep_segments()
        follow_files(self._home, self._folder, self._seen)
        self._position = mark.position
        if self._marked_at is None:
            return None
        reach = Reach(mark.at, self._marked_at, self._segment)
        vault.write_reach(self._folder, reach)
        return reach

    def close(self) -> None:
        """End the receiver; the slot keeps what comes meanwhile."""
        if self._receiving is not None:
            self._receiving.terminate()
            self._receiving.wait(timeout=10)
            self._receiving = None

    def start_afresh(self) -> None:
        """What was missed is missed: from here on, with a base to be taken now."""
        self.close()
        storage.drop_slot(self._home)
        self._position, self._segment, self._marked_at = 0, "", None

    def _receive(self) -> None:
        running = self._receiving
        if running is not None and running.poll() is None:
            return
        if running is not None and running.stderr is not None:
            said = running.stderr.read().decode(errors="replace").strip()[-300:]
            self._receiving = None
            if "requested WAL segment" in said or "can no longer" in said:
                raise LogCut
            log.warning("the receiver ended", extra={"said": said})
        self._receiving = storage.start_receiving(self._home, self._spool)

    def _wait_for(self, segment: str) -> None:
        end = time.monotonic() + _SEGMENT_SECONDS
        while not (self._spool / segment).exists():
            if time.monotonic() > end or (self._receiving and self._receiving.poll() is not None):
                raise CannotBackUp("数据库的日志没有按时收到。", "下一轮会再试。")
            time.sleep(0.05)

    def _keep_segments(self) -> None:
        for path in sorted(self._spool.iterdir()):
            if len(path.name) != _SEGMENT_NAME:
                continue  # the one being written
            vault.write(self._folder, vault.segment_of(path.name), vault.digest_of(path))
            path.unlink()

    @staticmethod
    def forget_before(folder: Path, moment: datetime) -> None:
        """Log copied before the oldest base began leads nowhere any more."""
        for path in (folder / names.SEGMENTS).glob("*.sealed"):
            if path.stat().st_mtime < moment.timestamp():
                path.unlink()
