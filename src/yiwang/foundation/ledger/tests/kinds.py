"""Every kind of tampering that docs/look-up/ledger.md promises to notice, and where it must be found."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from yiwang.foundation.ledger import actions
from yiwang.foundation.ledger.rules import documents
from yiwang.foundation.ledger.tests.far import sign
from yiwang.foundation.ledger.tests.tampering import AT, LAST, MIDDLE, Trial, run, stranger
from yiwang.kernel.actor import machine
from yiwang.mechanisms.crypto import primitives
from yiwang.mechanisms.journal import actions as journal

Place = tuple[str, str, int | None]


@dataclass(frozen=True)
class Kind:
    """``found``: kind of finding, where, which number there."""

    name: str
    tamper: Callable[[Trial], None]
    found: Place


def do(statement: str, *values: object) -> Callable[[Trial], None]:
    """One statement; a value may ask the trial."""

    def tamper(t: Trial) -> None:
        run(statement, *[value(t) if callable(value) else value for value in values])

    return tamper


# --- the journal in the database ------------------------------------------------------------------


def edit_body(t: Trial) -> None:
    run(
        'UPDATE journal_entry SET body = replace(body, \'"result":"\', \'"result":"NOT_\') WHERE id = %s',
        t.entry,
    )


def edit_copy(column: str, value: str) -> Callable[[Trial], None]:
    return do(f"UPDATE journal_entry SET {column} = {value} WHERE id = %s", lambda t: t.entry)  # noqa: S608


def edit_link(assignment: str) -> Callable[[Trial], None]:
    return do(f"UPDATE journal_link SET {assignment} WHERE position = %s", MIDDLE)  # noqa: S608


def delete_body(t: Trial) -> None:
    run("DELETE FROM journal_entry WHERE id = %s", t.entry)


def delete_whole(t: Trial) -> None:
    delete_body(t)
    run("DELETE FROM journal_link WHERE position = %s", MIDDLE)


def close_gap(t: Trial) -> None:
    delete_whole(t)
    run("UPDATE journal_link SET position = position + 100000 WHERE position > %s", MIDDLE)
    run("UPDATE journal_link SET position = position - 100001 WHERE position > 100000")
    t.relink(MIDDLE)


def delete_tail_of_links(t: Trial) -> None:
    run("DELETE FROM journal_link WHERE position > %s", MIDDLE)


def delete_tail(t: Trial) -> None:
    run(
        "DELETE FROM journal_entry WHERE id IN (SELECT entry_id FROM journal_link WHERE position > %s)",
        MIDDLE,
    )
    delete_tail_of_links(t)


def swap(t: Trial) -> None:
    rows = run(
        "SELECT position, entry_id FROM journal_link WHERE position IN (%s, %s)", MIDDLE, MIDDLE + 1
    )
    entries = dict(rows)
    for position, entry_id in (
        (MIDDLE, -7),
        (MIDDLE + 1, entries[MIDDLE]),
        (MIDDLE, entries[MIDDLE + 1]),
    ):
        run("UPDATE journal_link SET entry_id = %s WHERE position = %s", entry_id, position)


def swap_relinked(t: Trial) -> None:
    swap(t)
    t.relink(MIDDLE)


def clear_salt(t: Trial) -> None:
    """As if it had been forgotten, but the journal does not say so."""
    start = 16 * (MIDDLE - 257) + 1
    run(
        "UPDATE ledger_salts SET salts = overlay(salts PLACING %s FROM %s) WHERE index = 1",
        bytes(16), start,
    )  # fmt: skip


def keep_salt(t: Trial) -> None:
    """The journal says it was forgotten, and somebody kept it."""
    (kept,) = run("SELECT salts FROM ledger_salts WHERE index = 1")[0]
    with transaction.atomic():
        actions.forget(subjects=[f"case:{MIDDLE - 1}"], actor=machine("trial"), at=AT)
    journal.seal(at=AT)
    run("UPDATE ledger_salts SET salts = %s WHERE index = 1", kept)


def insert_unsealed(t: Trial) -> None:
    run(
        "INSERT INTO journal_entry (id, at, act, subject, actor, is_event, body)"
        " SELECT -1, at, act, subject, actor, is_event, body FROM journal_entry WHERE id = %s",
        t.entry,
    )


def insert_at_end(t: Trial) -> None:
    insert_unsealed(t)
    run(
        "INSERT INTO journal_link (position, entry_id, sealed_at, scheme, link)"
        " SELECT %s, -1, sealed_at, scheme, link FROM journal_link WHERE position = %s",
        LAST + 1,
        MIDDLE,
    )


def rewrite(t: Trial) -> None:
    edit_body(t)
    t.relink(MIDDLE)


def rewrite_all(t: Trial) -> None:
    run('UPDATE journal_entry SET body = replace(body, \'"result":"\', \'"result":"NOT_\')')
    t.relink(1)


def invent_reader(t: Trial) -> None:
    run("INSERT INTO journal_subject (subject, entry_id) VALUES ('person:x', %s)", t.entry)


def hide_reader(t: Trial) -> None:
    run("DELETE FROM journal_subject WHERE subject = (SELECT min(subject) FROM journal_subject)")


def rewrite_rebuilt(t: Trial) -> None:
    rewrite(t)
    t.rebuild()


def rewrite_signed_again(t: Trial) -> None:
    rewrite_rebuilt(t)
    t.sign_again(2)
    t.forget_heads(1)


def rewrite_without_witnesses(t: Trial) -> None:
    rewrite_signed_again(t)
    (t.home / "ledger/witnesses.jsonl").unlink()
    run("DELETE FROM ledger_witness_signature")


def go_back(t: Trial) -> None:
    """Everything here as it was at the first checkpoint: database, files, heads."""
    delete_tail(t)
    run(
        "DELETE FROM journal_subject s WHERE NOT EXISTS"
        " (SELECT FROM journal_link l WHERE l.entry_id = s.entry_id)"
    )
    t.rebuild()
    run("DELETE FROM ledger_checkpoint WHERE number > 1")
    run("DELETE FROM ledger_witness_signature WHERE number > 1")
    t.put(t.lines()[:1])
    t.put(t.lines("ledger/witnesses.jsonl")[:1], "ledger/witnesses.jsonl")
    t.forget_heads(1)


# --- the tree in the database ---------------------------------------------------------------------


def edit_tile(assignment: str, level: int = 0, number: int = 1) -> Callable[[Trial], None]:
    return do(f"UPDATE ledger_tile SET {assignment} WHERE level = %s AND index = %s", level, number)  # noqa: S608


def overlay(column: str, at: int) -> str:
    """One byte of a column, turned over."""
    return f"{column} = set_byte({column}, {at}, 255 - get_byte({column}, {at}))"


def delete_tile(number: int) -> Callable[[Trial], None]:
    return do("DELETE FROM ledger_tile WHERE index = %s", number)


def swap_tiles(t: Trial) -> None:
    run("UPDATE ledger_tile SET index = -1 - index")
    run("UPDATE ledger_tile SET index = 2 + index")


def edit(table: str, assignment: str, where: str = "TRUE") -> Callable[[Trial], None]:
    return do(f"UPDATE {table} SET {assignment} WHERE {where}")  # noqa: S608


def delete(table: str, where: str = "TRUE") -> Callable[[Trial], None]:
    return do(f"DELETE FROM {table} WHERE {where}")  # noqa: S608


def forge_copy(t: Trial) -> None:
    line = stranger({**t.lines()[2], "number": 4})
    body = documents.plain(line).decode()
    run("INSERT INTO ledger_checkpoint (number, at, body) VALUES (4, now(), %s)", body)


def forge_witness_copy(t: Trial) -> None:
    body = documents.plain(stranger(t.lines("ledger/witnesses.jsonl")[1], "sign-node.1")).decode()
    run("UPDATE ledger_witness_signature SET body = %s WHERE number = 2", body)


# --- files ----------------------------------------------------------------------------------------


def edit_line(place: int, **changes: Any) -> Callable[[Trial], None]:
    return lambda t: t.edit(place, **changes)


def edit_root(t: Trial) -> None:
    line = t.lines()[1]
    line["trees"][0]["root"] = "00" * 32
    t.edit(2, trees=line["trees"])


def edit_size(t: Trial) -> None:
    line = t.lines()[1]
    line["trees"][0]["size"] += 1
    t.edit(2, trees=line["trees"])


def delete_line(number: int) -> Callable[[Trial], None]:
    return lambda t: t.put([one for one in t.lines() if one["number"] != number])


def swap_lines(t: Trial) -> None:
    first, second, third = t.lines()
    t.put([second, first, third])


def add_line(t: Trial) -> None:
    t.put([*t.lines(), stranger({**t.lines()[2], "number": 4})])


def other_key(t: Trial) -> None:
    """Every line signed anew by a key of one's own, laid down under the old name."""
    secret, lines, previous = primitives.new_sm2_key(), t.lines(), b""
    key_id = lines[0]["key_id"]
    for n, line in enumerate(lines):
        rest = {key: value for key, value in line.items() if key != "signature"}
        rest["previous"] = primitives.sm3(previous).hex()
        lines[n] = sign(secret, rest, key_id)
        previous = documents.plain(lines[n])
    t.put(lines)
    point = primitives.sm2_public(secret).hex()
    record = {"algorithm": "sm2-sm3", "key_id": key_id, "point": point}
    (t.home / f"ledger/keys/{key_id}.json").write_text(json.dumps(record))


def delete_key(t: Trial) -> None:
    (t.home / f"ledger/keys/{t.lines()[0]['key_id']}.json").unlink()


def introduce_stranger(t: Trial) -> None:
    """A line that introduces a key of one's own, not signed by the old one."""
    secret = primitives.new_sm2_key()
    told = {"key_id": "sign-ledger.9", "point": primitives.sm2_public(secret).hex()}
    rest = {k: v for k, v in t.lines()[2].items() if k != "signature"}
    t.put([*t.lines(), sign(secret, {**rest, "number": 4, "introduces": told}, "sign-ledger.9")])


def false_restore(t: Trial) -> None:
    line = {**t.lines()[2], "number": 4, "restored_to": "2026-03-01T00:00:00+00:00"}
    line["lost_until"] = {"journal": LAST}
    t.put([*t.lines(), stranger(line)])


def shrink_signed(t: Trial) -> None:
    """A shorter tree signed with the real key, without a word about a restore."""
    last = t.lines()[2]
    line = {**last, "number": 4, "trees": t.lines()[0]["trees"]}
    line["previous"] = primitives.sm3(documents.plain(last)).hex()
    t.sign_line(line)
    t.put([*t.lines(), line])


def cut_line(t: Trial) -> None:
    path = t.home / "ledger/checkpoints.jsonl"
    path.write_bytes(path.read_bytes()[:-40])


# --- witnesses, heads -----------------------------------------------------------------------------

WITNESSES, HEADS = "ledger/witnesses.jsonl", "journal-heads/heads.jsonl"


def other_history(t: Trial) -> None:
    """The witness was shown, and signed, another second checkpoint than the one here."""
    far, line = t.world.far, t.lines(WITNESSES)[1]
    rest = {key: value for key, value in line.items() if key != "signature"}
    told = sign(far.node.secret, {**rest, "checkpoint": "ab" * 32}, far.node.key_id)
    (t.home / "seen.jsonl").write_bytes(documents.plain(told) + b"\n")


def forge_head(t: Trial) -> None:
    """Another link for the second head, signed with the journal's real key."""
    lines = t.lines(HEADS)
    for n in (1, 2):
        lines[n]["previous"] = primitives.sm3(documents.plain(lines[n - 1])).hex()
        if n == 1:
            lines[n]["link"] = "00" * 32
        t.sign_line(lines[n], "journal")
    t.put(lines, HEADS)


KINDS = (
    Kind("改动日志正文", edit_body, ("changed", "journal", MIDDLE)),
    Kind("改动检索列：对象", edit_copy("subject", "'case:x'"), ("copy-differs", "journal", MIDDLE)),
    Kind("改动检索列：行为人", edit_copy("actor", "'o:x'"), ("copy-differs", "journal", MIDDLE)),
    Kind("改动检索列：行为", edit_copy("act", "'X'"), ("copy-differs", "journal", MIDDLE)),
    Kind("改动检索列：时间", edit_copy("at", "at - interval '1 day'"), ("copy-differs", "journal", MIDDLE)),
    Kind("改动检索列：是否事件", edit_copy("is_event", "NOT is_event"), ("copy-differs", "journal", MIDDLE)),
    Kind("改动编号时间", edit_link("sealed_at = sealed_at - interval '1 hour'"), ("changed", "journal", MIDDLE)),
    Kind("改动链接算法", edit_link("scheme = 0"), ("scheme", "journal", MIDDLE)),
    Kind("改动链接", edit_link(overlay("link", 0)), ("leaf-differs", "journal", MIDDLE)),
    Kind("删除一条正文，留下链接", delete_body, ("missing", "journal", MIDDLE)),
    Kind("删除中间一条", delete_whole, ("missing", "journal", MIDDLE)),
    Kind("删除中间一条并补齐编号、重算链接", close_gap, ("leaf-differs", "journal", MIDDLE)),
    Kind("删除日志末尾", delete_tail, ("missing", "journal", MIDDLE + 1)),
    Kind("删除末尾的链接", delete_tail_of_links, ("missing", "journal", MIDDLE + 1)),
    Kind("调换两条", swap, ("changed", "journal", MIDDLE)),
    Kind("调换两条并重算链接", swap_relinked, ("leaf-differs", "journal", MIDDLE)),
    Kind("插入没有编号的伪造日志", insert_unsealed, ("stray", "journal", None)),
    Kind("在末尾插入伪造日志", insert_at_end, ("changed", "journal", LAST + 1)),
    Kind("改动正文并重算其后全部链接", rewrite, ("leaf-differs", "journal", MIDDLE)),
    Kind("重写全部日志", rewrite_all, ("leaf-differs", "journal", 1)),
    Kind("伪造一次查看", invent_reader, ("subjects", "journal", None)),
    Kind("抹去一次查看", hide_reader, ("subjects", "journal", None)),
    Kind("重写日志并重建整棵树", rewrite_rebuilt, ("root-differs", "journal", 301)),
    Kind("重写日志、重建树并用真密钥重签检查点", rewrite_signed_again, ("witness-differs", "witnesses", 2)),
    Kind("同上，并删掉全部见证签名", rewrite_without_witnesses, ("witness-differs", "witnesses", 2)),
    Kind("数据库、文件、头部一起退回到较早的检查点", go_back, ("checkpoint-missing", "checkpoints", 2)),
    Kind("改动树片里的一片叶", edit_tile(overlay("nodes", 32 * (MIDDLE - 257))), ("leaf-differs", "journal", MIDDLE)),
    Kind("改动树片里的中间散列", edit_tile(overlay("nodes", 32 * 300)), ("tile-changed", "tiles-journal-0", 1)),
    Kind("改动树片的顶", edit_tile(overlay("top", 0)), ("tile-changed", "tiles-journal-0", 1)),
    Kind("截短树片", edit_tile("nodes = substring(nodes FOR 16000)"), ("tile-changed", "tiles-journal-0", 1)),
    Kind("删除中间的树片", delete_tile(0), ("tile-missing", "tiles-journal-0", 0)),
    Kind("删除最后的树片", delete_tile(1), ("run-missing", "runs-journal", 257)),
    Kind("调换两个树片", swap_tiles, ("leaf-differs", "journal", 1)),
    Kind("改动新叶", edit("ledger_run", overlay("hashes", 32 * 9)), ("leaf-differs", "journal", 522)),
    Kind("删除新叶", delete("ledger_run"), ("size-differs", "trees-journal", 512)),
    Kind("改动随机数", edit("ledger_salts", overlay("salts", 16 * (MIDDLE - 257)), "index = 1"), ("leaf-differs", "journal", MIDDLE)),
    Kind("清零随机数，日志里没有说", clear_salt, ("salt-unsaid", "journal", MIDDLE)),
    Kind("日志说已忘记，随机数却还在", keep_salt, ("salt-kept", "journal", MIDDLE)),
    Kind("删除随机数", delete("ledger_salts", "index = 1"), ("salt-missing", "journal", 257)),
    Kind("改小树的叶数", edit("ledger_tree", "size = 600", "name = 'journal'"), ("size-differs", "trees-journal", 600)),
    Kind("改大树的叶数", edit("ledger_tree", "size = 800", "name = 'journal'"), ("size-differs", "trees-journal", 700)),
    Kind("改动树的算法", edit("ledger_tree", "algorithm = 'md5'", "name = 'journal'"), ("algorithm", "trees-journal", None)),
    Kind("改动检查点副本", edit("ledger_checkpoint", "body = replace(body, '01:30', '01:31')", "number = 2"), ("copy-missing", "database-checkpoints", 2)),
    Kind("删除检查点副本", delete("ledger_checkpoint", "number = 2"), ("copy-missing", "database-checkpoints", 2)),
    Kind("插入伪造的检查点副本", forge_copy, ("copy-invented", "database-checkpoints", 4)),
    Kind("删除见证签名副本", delete("ledger_witness_signature", "number = 2"), ("copy-missing", "database-witnesses", 2)),
    Kind("伪造见证签名副本", forge_witness_copy, ("copy-invented", "database-witnesses", 2)),
    Kind("改动检查点里的根", edit_root, ("forged", "checkpoints", 2)),
    Kind("改动检查点里的叶数", edit_size, ("forged", "checkpoints", 2)),
    Kind("改动检查点的时间", edit_line(2, at="2026-03-01T00:00:00+00:00"), ("forged", "checkpoints", 2)),
    Kind("改动检查点的编号", edit_line(2, number=7), ("forged", "checkpoints", 7)),
    Kind("改动检查点的签名算法", edit_line(2, algorithm="none"), ("forged", "checkpoints", 2)),
    Kind("删除中间的检查点", delete_line(2), ("line-missing", "checkpoints", 3)),
    Kind("删除最后的检查点", delete_line(3), ("checkpoint-missing", "checkpoints", 3)),
    Kind("调换检查点", swap_lines, ("number", "checkpoints", 1)),
    Kind("用未公布的密钥添检查点", add_line, ("key-unknown", "checkpoints", 4)),
    Kind("换掉公钥、全部重签（核对时给出可信指纹）", other_key, ("key-untrusted", "checkpoints", 1)),
    Kind("删除公钥文件", delete_key, ("key-unknown", "checkpoints", 1)),
    Kind("自己介绍自己的新密钥", introduce_stranger, ("key-unknown", "checkpoints", 4)),
    Kind("伪造一次“恢复”来掩盖丢失", false_restore, ("key-unknown", "checkpoints", 4)),
    Kind("签一个变短的检查点而不说明", shrink_signed, ("shrunk", "checkpoints", 4)),
    Kind("截断检查点文件的末行", cut_line, ("checkpoint-missing", "checkpoints", 3)),
    Kind("改动见证签名", lambda t: t.edit(2, WITNESSES, at="2026-03-01T00:00:00+00:00"), ("forged", "witnesses", 2)),
    Kind("伪造见证节点", lambda t: t.edit(2, WITNESSES, witness="620200"), ("key-unknown", "witnesses", 2)),
    Kind("删除一个见证签名", lambda t: t.put(t.lines(WITNESSES)[:2], WITNESSES), ("copy-invented", "database-witnesses", 3)),
    Kind("给见证节点看另一份历史", other_history, ("witness-differs", "witnesses", 2)),
    Kind("改动日志的签名头部", lambda t: t.edit(2, HEADS, link="00" * 32), ("forged", "heads", 2)),
    Kind("删除一个签名头部", lambda t: t.put([t.lines(HEADS)[0], t.lines(HEADS)[2]], HEADS), ("head-missing", "heads", 2)),
    Kind("用未公布的密钥签头部", lambda t: t.put([*t.lines(HEADS), stranger(t.lines(HEADS)[2])], HEADS), ("key-unknown", "heads", 4)),
    Kind("用真密钥给头部签另一个链接", forge_head, ("head-differs", "journal", 450)),
    Kind("改动交换回执块", edit("exchange_block", "count = count + 1", "number = 7"), ("leaf-differs", "exchange", 7)),
    Kind("改动交换回执块的签名", edit("exchange_block", "signature = 'x'", "number = 7"), ("leaf-differs", "exchange", 7)),
    Kind("删除中间的交换回执块", delete("exchange_block", "number = 7"), ("missing", "exchange", 7)),
    Kind("删除最后的交换回执块", delete("exchange_block", "number > 30"), ("missing", "exchange", 31)),
)  # fmt: skip
