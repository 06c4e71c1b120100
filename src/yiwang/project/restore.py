"""``yiwang restore --from FOLDER [--to MOMENT]``: an installation brought back into an empty home.

Keys first, then the database to that moment, then files and signed heads; then everything is looked
at: the journal's chain, every file's digest. What is lost is named, in the signed heads and in the
journal; numbers given meanwhile are not given again.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from yiwang.kernel.moments import SHANGHAI, now
from yiwang.kernel.refusals import InvalidInput, Refusal

NEEDS_DJANGO = False  # set up when the keys are there: settings look into the home


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the operator asked for."""

    folder: Path
    to: datetime | None
    master: Path | None
    report: bool


def main(arguments: list[str]) -> int:
    """0: brought back and sound. 1: brought back, and something is wrong with it. 2: refused."""
    if arguments[:1] == ["--look"]:
        return _look(arguments[1:])
    wanted = _parse(arguments)
    import django

    from yiwang.cloud.backup import actions
    from yiwang.project import run, settings

    home = settings.YIWANG_HOME
    actions.refuse_living(home)
    (home / "run").mkdir(parents=True, exist_ok=True)
    with (home / "run" / "owner").open("a+") as lock:
        if not run.take(lock, 0):
            print(f"一网正在这里运行：{run.running_where(lock)}", file=sys.stderr)
            return 2
        django.setup()
        return _bring_back(home, wanted)


def _parse(arguments: list[str]) -> Wanted:
    parser = argparse.ArgumentParser(
        prog="yiwang restore", description="从备份恢复到空的 YIWANG_HOME"
    )
    parser.add_argument("--from", dest="folder", required=True, type=Path, help="备份文件夹")
    parser.add_argument("--to", default="", help="恢复到的时刻，如 2026-11-29 10:30:00（北京时间）")
    parser.add_argument("--master-key", type=Path, help="主密钥文件；也可以用 YIWANG_MASTER_KEY")
    parser.add_argument("--report", action="store_true", help="最后一行写成 JSON")
    given = parser.parse_args(arguments)
    return Wanted(given.folder.resolve(), _moment(given.to), given.master_key, given.report)


def _moment(text: str) -> datetime | None:
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise InvalidInput("时刻写得不对。", "请写成 2026-11-29 10:30:00。") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)


def _bring_back(home: Path, wanted: Wanted) -> int:
    from yiwang.cloud.backup import actions
    from yiwang.cloud.storage import actions as storage
    from yiwang.cloud.storage import queries as storage_queries
    from yiwang.project import run

    url = os.environ.get("DATABASE_URL")
    address = storage_queries.parse_address(url) if url else None
    try:
        actions.bring_back_keys(home=home, folder=wanted.folder, master=wanted.master)
        actions.bring_back_secrets(home=home, folder=wanted.folder)
        plan = actions.bring_back_database(
            home=home, folder=wanted.folder, to=wanted.to, address=address
        )
        files = actions.bring_back_files(home=home, folder=wanted.folder)
    except Refusal:
        actions.clear(home)
        raise
    running = run.start_database(home)
    try:
        environment = run.child_environment(home, 0, running)
        run.prepare(environment, running)
        to = plan.moment
        looking = [sys.executable, "-m", "yiwang", "restore", "--look", to.isoformat()]
        done = subprocess.run(
            looking, env=environment, stdout=subprocess.PIPE, text=True, check=False
        )
        found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1]) if done.stdout else {}
        verified = subprocess.run(
            [sys.executable, "-m", "yiwang", "journal", "verify"],
            env=environment,
            stdout=sys.stderr,
            check=False,
        )
    finally:
        storage.stop(running)
    good = done.returncode == 0 and verified.returncode == 0
    found |= {"good": good, "base": plan.base.key, "to": to.isoformat(), "copied": files}
    _tell(found, report=wanted.report)
    return 0 if good else 1


def _look(arguments: list[str]) -> int:
    """In a process of its own, with the restored database: say what is lost, check every file."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yiwang.project.settings")
    import django

    django.setup()
    from django.db import transaction

    from yiwang.capability.cases import actions as cases
    from yiwang.foundation.ledger import actions as ledger
    from yiwang.kernel.actor import machine
    from yiwang.kernel.references import reference
    from yiwang.mechanisms.files import queries as files
    from yiwang.mechanisms.journal import actions as journal
    from yiwang.support.licences import actions as licences

    at, to = now(), datetime.fromisoformat(arguments[0])
    last, proven = journal.write_restoration(restored_to=to, at=at)
    ledger.write_restoration(restored_to=to, at=at)
    with transaction.atomic():
        cases.skip_numbers(since=to, at=at)
        licences.skip_numbers()
        journal.record(
            actor=machine("backup"),
            act="backup.restore",
            subject=reference("backup", "restored"),
            at=at,
            facts={"restored_to": to.isoformat(), "kept_until": last, "lost_until": proven},
        )
    damaged = list(files.find_damaged())
    for key in damaged[:20]:
        print(f"文件内容缺失或不符：{key}", file=sys.stderr)
    told = {
        "kept_until": last,
        "lost_until": proven,
        "files": files.count_files(),
        "files_damaged": len(damaged),
    }
    print(json.dumps(told))
    return 1 if damaged else 0


def _tell(found: dict[str, Any], *, report: bool) -> None:
    moment = datetime.fromisoformat(found["to"]).astimezone(SHANGHAI)
    kept, proven = found.get("kept_until", 0), found.get("lost_until", 0)
    print(f"已恢复到 {moment:%Y-%m-%d %H:%M:%S}，日志到第 {kept} 号")
    if proven > kept:
        print(f"第 {kept + 1} 至 {proven} 号日志在这次恢复中丢失，已写入签名头部和日志")
    print(f"文件 {found.get('files', 0)} 个，缺失或不符 {found.get('files_damaged', '未查')} 个")
    print("核对通过，可以启动：yiwang run" if found["good"] else "核对没有通过，请看上面的说明")
    if report:
        print(json.dumps(found))
