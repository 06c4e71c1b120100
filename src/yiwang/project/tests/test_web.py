"""The web's processes are divided from one that has loaded everything; what they may not share is asked here."""

from __future__ import annotations

import os
import subprocess
import sys

#: Two processes divided from one whose generators have been used already.
DIVIDE = """
import os, random, secrets
from yiwang.mechanisms.crypto import primitives
key = primitives.new_sm2_key()
drawn = lambda: (primitives.sm2_sign(key, b"x").hex(), random.random(), secrets.token_hex(8))
drawn()
for _ in range(2):
    if os.fork() == 0:
        print(*drawn(), flush=True)
        os._exit(0)
    os.wait()
"""
LOAD = """
import os
from yiwang.project import loading, web
with loading.undisturbed():
    __import__(web.APPLICATION)
from django.db import connections
print(len(os.listdir("/proc/self/task")), sum(c.connection is not None for c in connections.all()))
"""


def _said(program: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", program], env=dict(os.environ), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_divided_processes_draw_different_random_numbers() -> None:
    first, second = (line.split() for line in _said(DIVIDE))
    assert not set(first) & set(second)


def test_loading_opens_no_thread_and_no_connection() -> None:
    assert _said(LOAD) == ["1 0"]
