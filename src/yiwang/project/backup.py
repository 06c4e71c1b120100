"""``yiwang backup take | list | drill``: whole copies of this installation, and the proof that one opens.

The follower (``yiwang process backup``) keeps a copy up to half a minute behind while it runs.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import transaction

from yiwang.cloud.backup import actions, queries
from yiwang.cloud.backup.definitions import Base
from yiwang.cloud.backup.refusals import CannotBackUp
from yiwang.cloud.storage import queries as storage
from yiwang.kernel.actor import machine
from yiwang.kernel.moments import SHANGHAI, now
from yiwang.kernel.references import reference
from yiwang.mechanisms.journal import actions as journal
from yiwang.project import database

USAGE: Final = "用法：yiwang backup <take|list|drill> [--folder 备份文件夹]"
_ACTOR: Final = machine("backup")
_DRILL_SECONDS: Final = 4 * 3600


def main(arguments: list[str]) -> int:
    """One verb; the folder is YIWANG_BACKUP unless another is given."""
    verbs = {"take": _take, "list": _list, "drill": _drill}
    if not arguments or arguments[0] not in verbs:
        print(USAGE, file=sys.stderr)
        return 2
    parser = argparse.ArgumentParser(prog=f"yiwang backup {arguments[0]}")
    parser.add_argument("--folder", default=settings.BACKUP, help="备份文件夹")
    folder = parser.parse_args(arguments[1:]).folder
    if not folder:
        raise CannotBackUp("没有说备份到哪里。", "请设置 YIWANG_BACKUP，或给出 --folder。")
    return verbs[arguments[0]](Path(folder).resolve())


def take(folder: Path) -> Base:
    """A whole copy now, and its line in the journal."""
    home, url = Path(settings.YIWANG_HOME), os.environ.get("DATABASE_URL")
    if url is None:
        base = actions.take(home=home, folder=folder)
    else:
        address = database.chosen_address(home)
        base = actions.take_dump(home=home, folder=folder, address=address)
    with transaction.atomic():
        journal.record(
            actor=_ACTOR,
            act="backup.take",
            subject=reference("backup", base.key),
            at=base.ended_at,
            facts={"kind": base.kind.value, "bytes": base.size},
        )
    return base


@dataclass
class Following:
    """The follower of one installation; a real server's log is its administrator's."""

    folder: Path
    follower: actions.Follower | None
    seen: dict[Path, int] = field(default_factory=dict)

    def close(self) -> None:
        if self.follower is not None:
            self.follower.close()


def follower() -> Following:
    """For the process that keeps the copy up to date."""
    home, folder = Path(settings.YIWANG_HOME), Path(settings.BACKUP).resolve()
    embedded = "DATABASE_URL" not in os.environ
    return Following(folder, actions.Follower(home, folder) if embedded else None)


def one_round(following: Following) -> None:
    """Whatever came since the last; a whole copy when the newest is a day old, or the log was cut."""
    home = Path(settings.YIWANG_HOME)
    if following.follower is None:
        actions.follow_files(home, following.folder, following.seen)
    else:
        try:
            following.follower.round()
        except actions.LogCut:
            following.follower.start_afresh()
            following.follower.round()
            take(following.folder)
            return
    if queries.needs_base(following.folder, at=now()):
        take(following.folder)
        if following.follower is not None:
            following.follower.round()


def _take(folder: Path) -> int:
    base = take(folder)
    print(f"备份 {base.key} 已做成：{_size(base.size)}，可以恢复到 {_say(base.ended_at)} 及以后")
    return 0


def _list(folder: Path) -> int:
    for base in queries.list_bases(folder):
        print(f"{base.key}  {base.kind}  {_say(base.ended_at)}  {_size(base.size)}")
    reach = queries.get_reach(folder)
    print(f"日志跟到 {_say(reach.until)}" if reach else "没有跟随的日志，只能恢复到各份备份的时刻")
    return 0


def _drill(folder: Path) -> int:
    """Bring the newest copy back beside the living installation, check it, and take it away again."""
    if "DATABASE_URL" in os.environ:
        raise CannotBackUp(
            "外部数据库的演练要有一个空的数据库。",
            "请按 docs/do/backup.md 用 yiwang restore 演练。",
        )
    began = time.monotonic()
    found = _restored_elsewhere(folder)
    good = found.pop("good") is True
    with transaction.atomic():
        journal.record(
            actor=_ACTOR,
            act="backup.drill",
            subject=reference("backup", str(found.get("base", "none"))),
            at=now(),
            facts={**found, "good": good, "seconds": round(time.monotonic() - began)},
        )
    print(f"演练{'通过' if good else '没有通过'}：{json.dumps(found, ensure_ascii=False)}")
    return 0 if good else 1


def _restored_elsewhere(folder: Path) -> dict[str, Any]:
    home = Path(tempfile.mkdtemp(prefix="yiwang-drill-"))
    home.chmod(0o755)
    given = {
        k: v for k, v in os.environ.items() if not k.startswith(("YIWANG_BACKUP", "DATABASE_"))
    }
    master = Path(settings.YIWANG_HOME) / "secrets" / "master-key"
    key = ["--master-key", str(master)] if master.exists() else []
    try:
        done = subprocess.run(
            [sys.executable, "-m", "yiwang", "restore", "--from", str(folder), *key, "--report"],
            env={**given, "YIWANG_HOME": str(home)},
            stdout=subprocess.PIPE,
            text=True,
            check=False,
            timeout=_DRILL_SECONDS,
        )
        lines = done.stdout.splitlines()
        if not lines or not lines[-1].startswith("{"):
            return {"good": False}
        report: dict[str, Any] = json.loads(lines[-1])
        return report
    finally:
        for place in (storage.embedded_folder(home), home):
            shutil.rmtree(place, ignore_errors=True)


def _say(moment: Any) -> str:
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}"


def _size(count: int) -> str:
    return f"{count / 1_000_000:.1f} MB"
