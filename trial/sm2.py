"""A million SM2 round trips against the second implementation: what one signs the other finds good.

Nine of ten are signed by ours and verified by GmSSL, one of ten the other way (its signing takes eight
times as long). Every thousandth key is a new one; one signature in a hundred is tried on other bytes, too.
"""

from __future__ import annotations

import os
import random
import secrets
from concurrent.futures import ProcessPoolExecutor

import gmssl_pyx

from trial.outcome import Outcome
from yiwang.mechanisms.crypto import primitives

ROUNDS = int(os.environ.get("YIWANG_TRIAL_SM2", "1000000"))
A_KEY, LONGEST = 1_000, 200


def run() -> Outcome:
    """Counts of both ways; not one may be wrong."""
    outcome = Outcome("sm2")
    keys = [(number, secrets.token_hex(8)) for number in range(ROUNDS // A_KEY)]
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        told = list(pool.map(_with_one_key, keys, chunksize=4))
    ours, theirs, wrong, altered, passed = (sum(column) for column in zip(*told, strict=True))
    outcome.count(keys=len(keys), ours_to_gmssl=ours, gmssl_to_ours=theirs, altered=altered)
    outcome.claim(f"{ROUNDS} round trips were made", ours + theirs == ROUNDS)
    outcome.claim("every signature is good for the other implementation", wrong == 0)
    outcome.claim("none is good for other bytes", passed == 0 < altered)
    return outcome


def _with_one_key(given: tuple[int, str]) -> tuple[int, int, int, int, int]:
    """Made by ours, made by theirs, wrong, tried on other bytes, good for other bytes."""
    number, seed = given
    chooser = random.Random(seed)
    secret = primitives.new_sm2_key()
    public = primitives.sm2_public(secret)
    ours = number % 10 != 0
    wrong = altered = passed = 0
    for turn in range(A_KEY):
        data = chooser.randbytes(chooser.randint(1, LONGEST))
        if ours:
            signature = primitives.sm2_sign(secret, data)
        else:
            signature = gmssl_pyx.sm2_sign(secret, public[1:], data)
        wrong += not _is_good(public, data, signature, by_gmssl=ours)
        if turn % 100 == 0:
            other = bytes([data[0] ^ 1]) + data[1:]
            altered += 1
            passed += _is_good(public, other, signature, by_gmssl=ours)
    return (A_KEY, 0, wrong, altered, passed) if ours else (0, A_KEY, wrong, altered, passed)


def _is_good(public: bytes, data: bytes, signature: bytes, *, by_gmssl: bool) -> bool:
    if by_gmssl:
        return bool(gmssl_pyx.sm2_verify(public[1:], data, signature))
    return primitives.sm2_verify(public, data, signature)
