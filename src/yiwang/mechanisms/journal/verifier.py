"""Verify the journal without the application: stdlib, psycopg, cryptography and tongsuopy only.

Runs alone, too: ``python verifier.py --database postgresql://… --heads …/journal-heads``. It reads
the tables ``journal_entry``, ``journal_link``, ``journal_pending``, ``journal_subject`` in one
read-only snapshot and the signed heads in a folder, and says the first position that fails.

Link of a position (scheme 1)::

    SM3(previous link ‖ position ‖ entry id ‖ sealed at, microseconds since 1970 ‖ body in UTF-8)

integers as 8 bytes, big end first; the link before position 1 is 32 zero bytes. A head is one JSON
line; its SM2 signature covers the same JSON without ``signature``, keys sorted, no blanks. A head
with ``restored_to`` says that the database was brought back to a moment: what earlier heads prove
beyond its position is lost since, and named.
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import psycopg
from cryptography.hazmat.primitives import hashes
from tongsuopy.crypto import exceptions as tongsuo_exceptions
from tongsuopy.crypto import hashes as tongsuo_hashes
from tongsuopy.crypto.asymciphers import ec

GENESIS: Final = bytes(32)
SCHEME: Final = 1
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_COPIES: Final = ("act", "subject", "actor", "is_event")

CHAIN: Final = """
SELECT l.position, l.entry_id, l.sealed_at, l.scheme, l.link,
       e.body, e.at, e.act, e.subject, e.actor, e.is_event
  FROM journal_link l LEFT JOIN journal_entry e ON e.id = l.entry_id ORDER BY l.position
"""
STRAY: Final = """
SELECT e.id FROM journal_entry e
 WHERE NOT EXISTS (SELECT FROM journal_link l WHERE l.entry_id = e.id)
   AND NOT EXISTS (SELECT FROM journal_pending p WHERE p.entry_id = e.id)
 ORDER BY e.id LIMIT 20
"""
SUBJECTS: Final = """
SELECT l.position, s.subject FROM journal_subject s
  LEFT JOIN journal_link l ON l.entry_id = s.entry_id
 WHERE NOT EXISTS (SELECT FROM journal_pending p WHERE p.entry_id = s.entry_id)
"""


def sm3(data: bytes) -> bytes:
    state = hashes.Hash(hashes.SM3())
    state.update(data)
    return state.finalize()


def microseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // _MICROSECOND


def link_of(previous: bytes, position: int, entry_id: int, sealed_at: datetime, body: str) -> bytes:
    numbers = (position, entry_id, microseconds(sealed_at))
    return sm3(
        previous + b"".join(n.to_bytes(8, "big", signed=True) for n in numbers) + body.encode()
    )


def signed_bytes(head: Mapping[str, object]) -> bytes:
    """What a head's signature covers."""
    rest = {key: value for key, value in head.items() if key != "signature"}
    return json.dumps(rest, sort_keys=True, separators=(",", ":")).encode()


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong; ``position`` is the first it touches, where it touches one."""

    kind: str
    position: int | None
    sentence: str


@dataclass
class Report:
    entries: int = 0
    last_position: int = 0
    heads: int = 0
    covered: int = 0  # up to here a signed head vouches
    keys: dict[str, str] = field(default_factory=dict)  # key id → fingerprint
    findings: list[Finding] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    lost: list[tuple[int, int]] = field(
        default_factory=list
    )  # by restoring, first and last position

    @property
    def sound(self) -> bool:
        return not self.findings

    @property
    def first(self) -> Finding | None:
        """The finding with the lowest position; those without one come last."""
        return min(self.findings, key=lambda f: (f.position is None, f.position or 0), default=None)

    def add(self, kind: str, position: int | None, sentence: str) -> None:
        if len(self.findings) < 1000:
            self.findings.append(Finding(kind, position, sentence))


@dataclass(frozen=True)
class Head:
    position: int
    link: str
    line: int


def read_heads(folder: Path, report: Report, trusted: Sequence[str] = ()) -> list[Head]:
    """The signed heads, each checked: signature, order, and that none between is missing."""
    points = _read_keys(folder, report, trusted)
    path = folder / "heads.jsonl"
    lines = path.read_bytes().split(b"\n") if path.exists() else []
    heads: list[Head] = []
    previous = sm3(b"").hex()
    for number, line in enumerate(lines, 1):
        if not line:
            continue
        head = _parsed(line)
        if head is None:
            report.notices.append(f"第 {number} 行头部没有写完，跳过。")
            continue
        if head.get("previous") != previous:
            report.add("head-missing", None, f"第 {number} 行之前的签名头部被删除或改动。")
        if not _signature_holds(head, points):
            report.add("head-forged", None, f"第 {number} 行签名头部的签名不成立。")
        else:
            if "restored_to" in head:
                heads = _without_lost(heads, head, number, report)
            heads.append(Head(head["position"], head["link"], number))
        previous = sm3(line).hex()
    report.heads = len(heads)
    return heads


def _without_lost(
    heads: Sequence[Head], told: Mapping[str, Any], number: int, report: Report
) -> list[Head]:
    """A restoration: the heads beyond it vouched for what is lost now. Nothing else is let go."""
    position = int(told["position"])
    beyond = [head.position for head in heads if head.position > position]
    when, last = str(told["restored_to"]), max([*beyond, int(told.get("lost_until", 0))])
    if last > position:
        report.lost.append((position + 1, last))
        report.notices.append(
            f"第 {number} 行签名头部：数据库恢复到 {when}，第 {position + 1} 至 {last} 号日志因此丢失。"
        )
    else:
        report.notices.append(
            f"第 {number} 行签名头部：数据库恢复到 {when}，签名头部没有证明丢失了日志。"
        )
    return [head for head in heads if head.position <= position]


def _read_keys(folder: Path, report: Report, trusted: Sequence[str]) -> dict[str, bytes]:
    points: dict[str, bytes] = {}
    for path in sorted((folder / "keys").glob("*.json")):
        record = json.loads(path.read_text())
        point = bytes.fromhex(record["point"])
        fingerprint = sm3(point).hex()
        if trusted and fingerprint not in trusted:
            report.add("key-unknown", None, f"公钥 {record['key_id']} 的指纹不在可信名单里。")
            continue
        points[record["key_id"]] = point
        report.keys[record["key_id"]] = fingerprint
    return points


def _parsed(line: bytes) -> dict[str, Any] | None:
    try:
        head = json.loads(line)
        known = isinstance(head["position"], int) and isinstance(head["link"], str)
    except (ValueError, KeyError, TypeError):
        return None
    return head if known else None


def _signature_holds(head: Mapping[str, Any], points: Mapping[str, bytes]) -> bool:
    point = points.get(str(head.get("key_id")))
    if point is None:
        return False
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SM2(), point)
    try:
        value = base64.b64decode(str(head.get("signature")), validate=True)
        key.verify(value, signed_bytes(head), ec.ECDSA(tongsuo_hashes.SM3()))
    except (tongsuo_exceptions.InvalidSignature, tongsuo_exceptions.InternalError, ValueError):
        return False
    return True


class Chain:
    """Walks the links in order and keeps what the checks need to remember."""

    def __init__(self, heads: Sequence[Head], report: Report) -> None:
        self.report = report
        self.previous = GENESIS
        self.expected = 1
        self.subjects = 0  # order-free sum over (position, subject)
        self._heads: dict[int, list[Head]] = {}
        for head in heads:
            self._heads.setdefault(head.position, []).append(head)

    def step(self, row: Sequence[Any]) -> None:
        position, entry_id, sealed_at, scheme, link, body = row[:6]
        if position != self.expected:
            until = position - 1
            self.report.add("missing", self.expected, f"缺少第 {self.expected} 至 {until} 号日志。")
        self.expected = position + 1
        self.report.last_position = position
        if scheme != SCHEME:
            self.report.add("scheme", position, f"第 {position} 号用了未知的链接算法 {scheme}。")
        elif body is None:
            self.report.add("missing", position, f"缺少第 {position} 号日志的正文（只剩链接）。")
        else:
            self.report.entries += 1
            if link_of(self.previous, position, entry_id, sealed_at, body) != link:
                self.report.add("changed", position, f"第 {position} 号日志或它的链接被改动。")
            self._compare_copies(position, body, row[6:])
        for head in self._heads.pop(position, ()):
            self._compare_head(head, link)
        self.previous = link

    def _compare_head(self, head: Head, link: bytes) -> None:
        if head.link == link.hex():
            self.report.covered = max(self.report.covered, head.position)
        else:
            sentence = f"到第 {head.position} 号为止的日志与第 {head.line} 行签名头部不符。"
            self.report.add("head-differs", head.position, sentence)

    def _compare_copies(self, position: int, body: str, copies: Sequence[Any]) -> None:
        try:
            told = json.loads(body)
            at = datetime.fromisoformat(told["at"])
            same = copies[0] == at and all(
                copy == told[name] for copy, name in zip(copies[1:], _COPIES, strict=True)
            )
            subjects = told["subjects"]
        except (ValueError, KeyError, TypeError):
            same, subjects = False, ()
        if not same:
            self.report.add("copy-differs", position, f"第 {position} 号日志的检索列与正文不符。")
        for subject in set(subjects):
            self.subjects += _mark(position, subject)

    def finish(self) -> None:
        beyond = [position for position in self._heads if position >= self.expected]
        if beyond:
            sentence = f"缺少第 {self.expected} 至 {max(beyond)} 号日志，签名头部证明它们存在过。"
            self.report.add("missing", self.expected, sentence)


def _mark(position: int | None, subject: str) -> int:
    return int.from_bytes(sm3(f"{position}|{subject}".encode())[:16], "big")


def verify(
    connection: psycopg.Connection[Any], folder: Path, trusted: Sequence[str] = ()
) -> Report:
    """Walk the whole journal. The heads are read first: what they vouch for must be there."""
    report = Report()
    chain = Chain(read_heads(folder, report, trusted), report)
    for row in _stream(connection, CHAIN):
        chain.step(row)
    chain.finish()
    for (entry_id,) in _stream(connection, STRAY):
        report.add("stray", None, f"日志行 {entry_id} 没有编号，也不在等待编号的队列里。")
    total = sum(_mark(position, subject) for position, subject in _stream(connection, SUBJECTS))
    if total != chain.subjects:
        report.add("subjects", None, "“谁看过”的检索表与日志正文不符。")
    return report


def _stream(connection: psycopg.Connection[Any], statement: str) -> Iterator[Sequence[Any]]:
    with connection.cursor(name="journal_verify") as cursor:
        cursor.itersize = 5000
        cursor.execute(statement)
        yield from cursor


def connect(url: str) -> psycopg.Connection[Any]:
    """A connection whose one transaction sees one moment."""
    connection = psycopg.connect(url, options="-c statement_timeout=0 -c timezone=UTC")
    connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    return connection


def main(arguments: Sequence[str]) -> int:
    """Exit code 0: sound. 1: something is wrong. 2: could not be checked."""
    parser = argparse.ArgumentParser(prog="yiwang journal verify", description="核对日志")
    parser.add_argument("--database", default=os.environ.get("DATABASE_URL", ""))
    home = Path(os.environ.get("YIWANG_HOME", "var"))
    parser.add_argument("--heads", type=Path, default=home / "journal-heads")
    parser.add_argument("--trust", action="append", default=[], help="可信公钥的 SM3 指纹")
    given = parser.parse_args(list(arguments))
    try:
        with connect(given.database) as connection:
            connection.read_only = True
            report = verify(connection, given.heads, given.trust)
    except psycopg.Error as error:
        sys.stderr.write(f"无法核对：{error}\n")
        return 2
    show(report)
    return 0 if report.sound else 1


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


def show(report: Report) -> None:
    for notice in report.notices:
        _say(f"提示：{notice}")
    for key_id, fingerprint in report.keys.items():
        _say(f"签名公钥 {key_id} 指纹 {fingerprint}")
    _say(f"日志 {report.entries} 条，最后编号 {report.last_position}，签名头部 {report.heads} 个")
    _say(f"签名头部证明到第 {report.covered} 号")
    if not report.heads:
        _say("提示：还没有签名头部，末尾的删除无法发现。")
    if report.first is None:
        _say("核对通过")
        return
    for finding in report.findings[:20]:
        _say(f"问题[{finding.kind}] {finding.sentence}")
    place = report.first.position
    _say("核对不通过" + (f"：最早出现在第 {place} 号" if place else ""))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
