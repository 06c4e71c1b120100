"""The sample province: loaded at the first start of a sample installation, by real actions."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from yiwang.kernel.refusals import Refusal
from yiwang.project import settings
from yiwang.project.cli import GROUPS

GROUP = "sample"


class SampleNotLoaded(Refusal):
    status = 503
    sentence = "示例数据没有装好，没有启动。"
    remedy = "原因见上面的输出；不需要示例数据时，用 YIWANG_SAMPLE=0 make run。"


class SampleInside(Refusal):
    status = 503
    sentence = "这里装过示例数据，示例账号的密码是公开的，不能作为正式环境启动。"
    remedy = "请换一个空的 YIWANG_HOME 和空的数据库。"


def refuse_leftovers(home: Path) -> None:
    """SampleInside when a real installation would start on top of accounts everybody knows."""
    if not settings.SAMPLE and (home / "run" / "sample-loaded").exists():
        raise SampleInside


def load_once(home: Path, environment: Mapping[str, str]) -> None:
    """Run ``yiwang sample load`` until it succeeded once for this home; it is safe to run again."""
    done = home / "run" / "sample-loaded"
    if not settings.SAMPLE or GROUP not in GROUPS or done.exists():
        return
    print("正在装入示例数据……", flush=True)
    if subprocess.run(_command("load"), env=dict(environment), check=False).returncode:
        raise SampleNotLoaded
    done.touch()


def print_accounts(environment: Mapping[str, str]) -> None:
    """Who may sign in to the sample installation."""
    if settings.SAMPLE and GROUP in GROUPS:
        subprocess.run(_command("accounts"), env=dict(environment), check=False)


def _command(verb: str) -> list[str]:
    return [sys.executable, "-m", "yiwang", GROUP, verb]
