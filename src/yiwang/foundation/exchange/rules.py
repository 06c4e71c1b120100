"""Pure: what of a receipt is hashed, and the Merkle root over a second's receipts (RFC 6962, SM3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from operator import itemgetter
from typing import Any, Final

import orjson

from yiwang.mechanisms.crypto import primitives

#: Every column of a receipt, in the order they are hashed.
FACTS: Final = (
    "message",
    "side",
    "at",
    "from_node",
    "system",
    "to_node",
    "service",
    "grant_key",
    "purpose",
    "item",
    "case_no",
    "subject_index",
    "fields",
    "rows",
    "status",
    "refusal",
    "request_digest",
    "reply_digest",
    "milliseconds",
)
#: What both sides of a call know alike and can prove to each other.
SHARED: Final = (
    "message",
    "from_node",
    "to_node",
    "system",
    "service",
    "grant_key",
    "purpose",
    "item",
    "case_no",
    "fields",
    "rows",
    "status",
    "refusal",
    "request_digest",
    "reply_digest",
)
_FACTS, _SHARED = itemgetter(*FACTS), itemgetter(*SHARED)
_AT: Final = FACTS.index("at")


def next_sum(before: str, part: str) -> str:
    """The sum over a table's parts, one after the other; hex."""
    return primitives.sm3(f"{before}{part}".encode()).hex()


def sheet_text(
    *, service: str, grant: str, consumer: str, provider: str, day: str, rows: int, total: str
) -> bytes:
    """What a node signs about a table at the end of a day's comparison."""
    return "\n".join(
        ("yw1-sheet", service, grant, consumer, provider, day, str(rows), total)
    ).encode()


def leaf(receipt: Mapping[str, Any]) -> bytes:
    """The leaf hash of a receipt: SM3(0x00 ‖ its facts)."""
    facts = list(_FACTS(receipt))
    facts[_AT] = plain(facts[_AT])
    return primitives.sm3(b"\x00" + _written(facts))


def shared_digest(receipt: Mapping[str, Any]) -> str:
    """SM3 of what both sides know of a call, in hex."""
    return digest_of_shared(_SHARED(receipt))


def digest_of_shared(values: Sequence[Any]) -> str:
    """The same of the values alone, in the order of ``SHARED``."""
    return primitives.sm3(_written(values)).hex()


def shared_root(digests: Sequence[str]) -> str:
    """One value for a partner's part of a block, in hex."""
    return root([primitives.sm3(b"\x00" + bytes.fromhex(digest)) for digest in digests]).hex()


def root(leaves: Sequence[bytes]) -> bytes:
    """RFC 6962 section 2.1 with SM3; of nothing it is SM3 of nothing."""
    if not leaves:
        return primitives.sm3(b"")
    level = list(leaves)
    while len(level) > 1:
        pairs = [
            primitives.sm3(b"\x01" + level[i] + level[i + 1]) for i in range(0, len(level) - 1, 2)
        ]
        level = [*pairs, level[-1]] if len(level) % 2 else pairs
    return level[0]


def block_text(
    *, node: str, number: int, root: str, previous: str, count: int, at: datetime
) -> bytes:
    """What a node signs when it closes a block."""
    moment = at.astimezone(UTC).isoformat(timespec="microseconds")
    return f"yw1-block\n{node}\n{number}\n{root}\n{previous}\n{count}\n{moment}".encode()


def part_text(*, asker: str, partner: str, number: int, root: str, count: int) -> bytes:
    """What both sides sign about the calls they had with each other in one block of the asker."""
    return f"yw1-part\n{asker}\n{partner}\n{number}\n{root}\n{count}".encode()


def answered_text(part: bytes, mismatches: Sequence[Sequence[str]]) -> bytes:
    """What the partner signs: the part as it was shown, and what it sees otherwise."""
    seen = orjson.dumps([list(pair) for pair in mismatches])
    return part + b"\n" + primitives.sm3(seen).hex().encode()


def _written(values: Sequence[Any]) -> bytes:
    """JSON without spaces in UTF-8, moments as they are hashed."""
    return orjson.dumps(values, default=plain, option=orjson.OPT_PASSTHROUGH_DATETIME)


def plain(value: Any) -> Any:
    """A column as it is hashed and written into an archive."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return list(value) if isinstance(value, tuple) else value


# --- what is out of the ordinary ------------------------------------------------------------------

#: 本地规定（示例）: from which numbers on it is worth somebody's look.
MANY_CALLS, MANY_ROWS, SLOW_MILLISECONDS, TIMES = 20, 1_000, 1_000, 5
#: 95% is what the plan wants of a source.
LEAST_SUCCESS = 0.95


def oddities(
    *,
    calls: int,
    rows: int,
    mean_milliseconds: int,
    refused: int,
    away: int,
    usual_calls: float,
    usual_rows: float,
    usual_milliseconds: float,
) -> tuple[str, ...]:
    """What is odd about one hour of a system and a service against what is usual in an hour: NEW,
    FREQUENCY, VOLUME, SPEED, REFUSED, FAILING (plan row S10)."""
    found = (
        ("NEW", calls >= MANY_CALLS and usual_calls == 0),
        ("FREQUENCY", calls >= MANY_CALLS and 0 < usual_calls * TIMES < calls),
        ("VOLUME", rows >= MANY_ROWS and usual_rows * TIMES < rows),
        (
            "SPEED",
            mean_milliseconds >= SLOW_MILLISECONDS
            and usual_milliseconds * TIMES < mean_milliseconds,
        ),
        ("REFUSED", calls >= MANY_CALLS // 2 and refused * 2 >= calls),
        ("FAILING", calls >= MANY_CALLS and 1 - away / calls < LEAST_SUCCESS),
    )
    return tuple(name for name, odd in found if odd)
