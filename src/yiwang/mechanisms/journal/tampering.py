"""Try every documented kind of tampering on a copy and see whether the verifier notices.

Needs no application either. The copy is made of temporary tables that hide the real ones from
this one session, so the journal itself is only read; each trial is rolled back. Heads are signed
with a key made for the trial.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import psycopg

from yiwang.mechanisms.journal import verifier
from yiwang.mechanisms.journal.trial import Signer, Trial, copy_journal


@dataclass(frozen=True)
class Kind:
    """One way to tamper, and where the verifier must say the trouble begins (None: no position)."""

    name: str
    tamper: Callable[[Trial], None]
    begins: Callable[[Trial], int | None]
    trusting: bool = False  # with the fingerprint the operator noted down


def _edit_body(t: Trial) -> None:
    t.run(
        'UPDATE journal_entry SET body = replace(body, \'"result":"\', \'"result":"NOT_\')'
        " WHERE id = %s",
        t.entry,
    )


def _edit_copy(column: str, value: str) -> Callable[[Trial], None]:
    def tamper(t: Trial) -> None:
        t.run(f"UPDATE journal_entry SET {column} = {value} WHERE id = %s", t.entry)  # noqa: S608 # nosec B608

    return tamper


def _edit_sealed_at(t: Trial) -> None:
    t.run(
        "UPDATE journal_link SET sealed_at = sealed_at - interval '1 hour' WHERE position = %s",
        t.middle,
    )


def _delete_body(t: Trial) -> None:
    t.run("DELETE FROM journal_entry WHERE id = %s", t.entry)


def _delete_whole(t: Trial) -> None:
    _delete_body(t)
    t.run("DELETE FROM journal_link WHERE position = %s", t.middle)


def _delete_tail(t: Trial) -> None:
    t.run(
        "DELETE FROM journal_entry WHERE id IN"
        " (SELECT entry_id FROM journal_link WHERE position > %s)",
        t.middle,
    )
    t.run("DELETE FROM journal_link WHERE position > %s", t.middle)


def _delete_links_of_tail(t: Trial) -> None:
    """As if the newest entries had never been sealed."""
    t.run("DELETE FROM journal_link WHERE position > %s", t.middle)


def _close_gap(t: Trial) -> None:
    """Delete one, move the rest up and compute the chain again."""
    _delete_whole(t)
    t.run("UPDATE journal_link SET position = -position WHERE position > %s", t.middle)
    t.run("UPDATE journal_link SET position = -position - 1 WHERE position < 0")
    t.relink(t.middle)


def _swap(t: Trial) -> None:
    t.run(
        "UPDATE journal_link a SET entry_id = b.entry_id FROM journal_link b"
        " WHERE (a.position = %s AND b.position = %s) OR (a.position = %s AND b.position = %s)",
        *(t.middle, t.middle + 1, t.middle + 1, t.middle),
    )


def _swap_relinked(t: Trial) -> None:
    _swap(t)
    t.relink(t.middle)


def _insert_unsealed(t: Trial) -> None:
    t.run(
        "INSERT INTO journal_entry (id, at, act, subject, actor, is_event, body)"
        " SELECT -1, at, act, subject, actor, is_event, body FROM journal_entry"
        " WHERE id = %s",
        t.entry,
    )


def _insert_at_end(t: Trial) -> None:
    """A forged entry behind the last one, with a link that is made up."""
    _insert_unsealed(t)
    t.run(
        "INSERT INTO journal_link (position, entry_id, sealed_at, scheme, link)"
        " SELECT %s, -1, sealed_at, scheme, link FROM journal_link WHERE position = %s",
        t.last + 1,
        t.middle,
    )


def _rewrite(t: Trial) -> None:
    _edit_body(t)
    t.relink(t.middle)


def _rewrite_all(t: Trial) -> None:
    t.run('UPDATE journal_entry SET body = replace(body, \'"result":"\', \'"result":"NOT_\')')
    t.relink(1)


def _other_scheme(t: Trial) -> None:
    t.run("UPDATE journal_link SET scheme = 0 WHERE position = %s", t.middle)


def _move_head(t: Trial) -> None:
    """Rewrite the chain and put the new link into the head, keeping the old signature."""
    _rewrite(t)
    head = json.loads(t.lines[-1])
    head["link"] = t.link(t.last).hex()
    t.lines[-1] = json.dumps(head, sort_keys=True, separators=(",", ":")).encode()
    t.write_heads()


def _delete_head(t: Trial) -> None:
    del t.lines[1]
    t.write_heads()


def _other_key(t: Trial) -> None:
    """Rewrite everything and sign new heads with a key of one's own under the old name."""
    _rewrite(t)
    t.signer = Signer(t.signer.folder, t.signer.key_id)
    t.sign_heads()


def _strange_key(t: Trial) -> None:
    """A head signed by a key nobody published."""
    with tempfile.TemporaryDirectory() as folder:
        stranger = Signer(Path(folder), "sign-stranger.1")
        t.lines.append(stranger.sign(t.last, t.link(t.last), t.lines[-1]))
    t.write_heads()


def _invent_reader(t: Trial) -> None:
    t.run("INSERT INTO journal_subject (subject, entry_id) VALUES ('person:invented', %s)", t.entry)


def _hide_reader(t: Trial) -> None:
    t.run("DELETE FROM journal_subject WHERE subject = (SELECT min(subject) FROM journal_subject)")


def _at_middle(t: Trial) -> int:
    return t.middle


def _next_head(t: Trial) -> int:
    return 2 * t.last // 3


def _nowhere(_: Trial) -> None:
    return None


KINDS: Final = (
    Kind("改动正文", _edit_body, _at_middle),
    Kind("改动检索列：对象", _edit_copy("subject", "'case:other'"), _at_middle),
    Kind("改动检索列：行为人", _edit_copy("actor", "'official:other'"), _at_middle),
    Kind("改动检索列：行为", _edit_copy("act", "'OTHER'"), _at_middle),
    Kind("改动检索列：时间", _edit_copy("at", "at - interval '1 day'"), _at_middle),
    Kind("改动检索列：是否事件", _edit_copy("is_event", "NOT is_event"), _at_middle),
    Kind("改动编号时间", _edit_sealed_at, _at_middle),
    Kind("改动链接算法", _other_scheme, _at_middle),
    Kind("删除一条正文，留下链接", _delete_body, _at_middle),
    Kind("删除中间一条", _delete_whole, _at_middle),
    Kind("删除中间一条并补齐编号、重算链接", _close_gap, _next_head),
    Kind("删除末尾", _delete_tail, lambda t: t.middle + 1),
    Kind("删除末尾的链接", _delete_links_of_tail, lambda t: t.middle + 1),
    Kind("调换两条", _swap, _at_middle),
    Kind("调换两条并重算链接", _swap_relinked, _next_head),
    Kind("插入没有编号的伪造日志", _insert_unsealed, _nowhere),
    Kind("在末尾插入伪造日志", _insert_at_end, lambda t: t.last + 1),
    Kind("改动正文并重算其后全部链接", _rewrite, _next_head),
    Kind("重写全部日志", _rewrite_all, lambda t: t.last // 3),
    Kind("重写日志并改动签名头部", _move_head, _next_head),
    Kind("删除一个签名头部", _delete_head, _nowhere),
    Kind("用未公布的密钥签头部", _strange_key, _nowhere),
    Kind("重写日志并换掉签名公钥（核对时给出可信指纹）", _other_key, _nowhere, trusting=True),
    Kind("伪造一次查看", _invent_reader, _nowhere),
    Kind("抹去一次查看", _hide_reader, _nowhere),
)


def attempt(kind: Kind | None, connection: psycopg.Connection[Any], last: int) -> str | None:
    """Tamper, verify, roll back: what went wrong with the verifier, or None when it was right."""
    with tempfile.TemporaryDirectory() as folder:
        signer = Signer(Path(folder))
        trial = Trial(connection, signer, last, middle=last // 2)
        trusted = [signer.fingerprint] if kind is None or kind.trusting else []
        with connection.transaction(force_rollback=True):
            trial.sign_heads()
            if kind is not None:
                kind.tamper(trial)
            report = verifier.verify(connection, Path(folder), trusted)
            expected = None if kind is None else kind.begins(trial)
    if kind is None:
        return None if report.sound else f"未改动的副本没有通过：{report.first}"
    if report.first is None:
        return "没有发现"
    found = report.first.position
    return None if expected in (None, found) else f"应指出第 {expected} 号，却指出第 {found} 号"


def main(url: str) -> int:
    """Run all trials; prints one line each and ``N passed, N failed``."""
    passed = failed = 0
    with verifier.connect(url) as connection:
        last = copy_journal(connection)
        has_reads = connection.execute("SELECT EXISTS (SELECT FROM journal_subject)").fetchone()
        for kind in (None, *KINDS):
            if kind is not None and kind.tamper is _hide_reader and not (has_reads or [0])[0]:
                continue
            problem = attempt(kind, connection, last)
            passed, failed = passed + (problem is None), failed + (problem is not None)
            name = kind.name if kind else "未改动的副本通过核对"
            _say(
                f"{'发现' if problem is None else '未达'}  {name}"
                + (f"：{problem}" if problem else "")
            )
        connection.rollback()
    _say(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
