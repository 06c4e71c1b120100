"""Divided from a process that has loaded everything: what it may have opened before, and how its children end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

LOAD = """
import os, django
django.setup()
from yiwang.project import background, processes
background.know_all()
from django.db import connections
print(len(os.listdir("/proc/self/task")), sum(c.connection is not None for c in connections.all()))
"""
#: A child that does what the line says.
DIVIDE = """
import os, signal, time
from pathlib import Path
from yiwang.project import divided

def act():
    {act}

child = divided.Divided("worker", act)
"""


def _program(act: str, more: str) -> list[str]:
    return [
        sys.executable,
        "-c",
        DIVIDE.format(act=act) + more,
        "process",
        "background",
        "worker",
        "x",
    ]


def _said(act: str, more: str) -> str:
    done = subprocess.run(_program(act, more), capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_loading_what_the_background_needs_opens_no_thread_and_no_connection() -> None:
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "yiwang.project.settings"}
    done = subprocess.run(
        [sys.executable, "-c", LOAD], env=environment, capture_output=True, text=True
    )
    assert (done.returncode, done.stdout) == (0, "1 0\n"), done.stderr


def test_it_is_listed_by_its_own_name_and_leads_a_group() -> None:
    act = """
    words = Path("/proc/self/cmdline").read_bytes().replace(b"\\0", b" ").decode()
    print(os.getpgid(0) == os.getpid(), words)
    return 0"""
    said = _said(act, "child.wait(60)")
    assert said.startswith("True ")
    assert said.endswith(" process worker")


@pytest.mark.parametrize(
    ("act", "code"),
    [
        ("return 0", 0),
        ("return 2", 2),
        ("raise ValueError", 1),
        ("os.kill(os.getpid(), signal.SIGKILL)", -9),
    ],
)
def test_who_looks_after_it_hears_how_it_ended(act: str, code: int) -> None:
    assert _said(act, "print(child.wait(60), child.poll(), child.returncode)") == " ".join(
        [str(code)] * 3
    )


def test_a_stop_that_comes_at_once_ends_it() -> None:
    more = "child.terminate(); print(child.wait(60))"
    assert _said("time.sleep(60)", more).splitlines()[-1] == str(-signal.SIGTERM)


def test_it_dies_with_what_it_was_divided_from() -> None:
    running = subprocess.Popen(
        _program("print('here', flush=True); time.sleep(60)", "child.wait(60)"),
        stdout=subprocess.PIPE,
        text=True,
    )
    assert running.stdout is not None
    assert running.stdout.readline() == "here\n"
    running.kill()
    began = time.monotonic()
    assert running.stdout.read() == ""  # nobody holds the pipe any more
    assert time.monotonic() - began < 30
