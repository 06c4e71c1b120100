"""What a leaf says. Only its hash is kept in the tree and shown to others: the 16 random bytes in it
keep anybody from trying out what it might say, and once they are forgotten nobody can any more.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

SALT_BYTES: Final = 16


def leaf_data(kind: int, number: int, salt: bytes, digest: bytes) -> bytes:
    """``kind`` (1 byte) ‖ ``number`` (8 bytes, big end first) ‖ salt ‖ digest.

    Kind 1: a position of the journal with its hash link. Kind 2: a block of exchange receipts with
    the digest of what it says.
    """
    return bytes((kind,)) + number.to_bytes(8, "big") + salt + digest


def told(numbers: Sequence[int]) -> str:
    """Sorted numbers in few words: ``3-7,9``."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][1] == number - 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ",".join(str(a) if a == b else f"{a}-{b}" for a, b in runs)
