"""What the process gives up before and after it opened its source."""

from __future__ import annotations

import ctypes
import os
import resource
from typing import Final

MEMORY: Final = 1024 * 1024 * 1024
_NEW_NETWORK, _NEW_USER = 0x40000000, 0x10000000


class Problem(Exception):
    """A code the parent has words for, and what it is about (never a value)."""

    def __init__(self, code: str, about: str = "") -> None:
        self.code, self.about = code, about
        super().__init__(code)


def load_first() -> None:
    """Whatever is loaded late otherwise."""
    for name in ("encodings.idna", "encodings.utf_8_sig", "encodings.gb18030"):
        __import__(name)


def limit_myself(*, keep_network: bool, spare: int) -> None:
    """From here on: no network but what is open, nothing written, ``spare`` further descriptors."""
    if not keep_network:
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.unshare(_NEW_NETWORK) != 0:
            libc.unshare(_NEW_USER | _NEW_NETWORK)
    _limit(resource.RLIMIT_NOFILE, _fill_gaps() + 1 + spare)
    _limit(resource.RLIMIT_FSIZE, 0)
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_NPROC, 0)
    _limit(resource.RLIMIT_AS, MEMORY)


def _fill_gaps() -> int:
    """No free descriptor below the highest, which is returned: a limit then leaves none at all."""
    used = open_ones()
    for number in set(range(max(used))) - used:
        os.dup2(2, number)
    return max(used)


def open_ones() -> set[int]:
    return {int(name) for name in os.listdir("/proc/self/fd") if _is_open(int(name))}


def _is_open(number: int) -> bool:
    try:
        os.fstat(number)
    except OSError:  # the listing's own
        return False
    return True


def _limit(which: int, most: int) -> None:
    resource.setrlimit(which, (most, most))
