"""``python -m tests.spent COMMAND``: runs it and waits for all it started, orphans too, so that who waits
for us learns what CPU it took. A killed installation's processes would else be nobody's."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys

_PR_SET_CHILD_SUBREAPER = 36


def main(command: list[str]) -> int:
    """The command's own exit code; what outlives it is not waited for."""
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    signal.signal(signal.SIGINT, lambda *_: None)  # the command hears it itself
    running = subprocess.Popen(command)
    ended, status = os.wait()
    while ended != running.pid:
        ended, status = os.wait()
    running.returncode = os.waitstatus_to_exitcode(status)
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG) != (0, 0):
            pass
    return running.returncode


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
