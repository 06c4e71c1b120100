"""Check what the public ledger of 一网 (Yiwang) says, without the platform: one file, Python 3.9 or later.

    python3 yiwang_verify.py proof FILE            a proof somebody exported (办件证明.json)
    python3 yiwang_verify.py consistency FILE      that one checkpoint extends another
    python3 yiwang_verify.py checkpoints FOLDER    a copy of YIWANG_HOME/ledger: lines, keys, witnesses
    python3 yiwang_verify.py audit FOLDER          everything `yiwang ledger export` wrote
    python3 yiwang_verify.py self-test             the published test values of SM3 and SM2

``--trust FINGERPRINT`` names the SM3 digest of a public key you know from elsewhere (a newspaper, another
node's page); without it the file's own keys are believed and their fingerprints printed for you to compare.
``--seen FILE`` adds what a witness recorded. Exit code 0: holds. 1: does not, and where. 2: cannot be read.

SM3 (GB/T 32905) and the verification of SM2 signatures (GB/T 32918.2, standard identity value) are written
out below. Formats: docs/look-up/ledger.md.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import hashlib
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

# --- SM3 ------------------------------------------------------------------------------------------

_START = (0x7380166F, 0x4914B2B9, 0x172442D7, 0xDA8A0600, 0xA96F30BC, 0x163138AA, 0xE38DEE4D, 0xB0FB0E4E)  # fmt: skip
_M = 0xFFFFFFFF


def _left(x: int, n: int) -> int:
    n %= 32
    return ((x << n) | (x >> (32 - n))) & _M


_T = [_left(0x79CC4519 if j < 16 else 0x7A879D8A, j) for j in range(64)]


def _squeeze(state: Sequence[int], block: bytes) -> list[int]:
    w = [int.from_bytes(block[n : n + 4], "big") for n in range(0, 64, 4)]
    for j in range(16, 68):
        x = w[j - 16] ^ w[j - 9] ^ _left(w[j - 3], 15)
        w.append(x ^ _left(x, 15) ^ _left(x, 23) ^ _left(w[j - 13], 7) ^ w[j - 6])
    a, b, c, d, e, f, g, h = state
    for j in range(64):
        a12 = _left(a, 12)
        s1 = _left((a12 + e + _T[j]) & _M, 7)
        ff = a ^ b ^ c if j < 16 else (a & b) | (a & c) | (b & c)
        gg = e ^ f ^ g if j < 16 else (e & f) | (~e & _M & g)
        t1 = (ff + d + (s1 ^ a12) + (w[j] ^ w[j + 4])) & _M
        t2 = (gg + h + s1 + w[j]) & _M
        a, b, c, d = t1, a, _left(b, 9), c
        e, f, g, h = t2 ^ _left(t2, 9) ^ _left(t2, 17), e, _left(f, 19), g
    return [x ^ y for x, y in zip(state, (a, b, c, d, e, f, g, h))]  # noqa: B905 3.9 has no strict


def own_sm3(data: bytes) -> bytes:
    """SM3 as the standard writes it."""
    filled = data + b"\x80" + bytes(-(len(data) + 9) % 64) + (8 * len(data)).to_bytes(8, "big")
    state: Sequence[int] = _START
    for n in range(0, len(filled), 64):
        state = _squeeze(state, filled[n : n + 64])
    return b"".join(x.to_bytes(4, "big") for x in state)


def _library_sm3(data: bytes) -> bytes:
    return hashlib.new("sm3", data).digest()


def _choose() -> Callable[[bytes], bytes]:
    """Python's own where it has SM3 and agrees with ours: much faster on long exports."""
    try:
        return _library_sm3 if _library_sm3(b"abc") == own_sm3(b"abc") else own_sm3
    except ValueError:
        return own_sm3


sm3 = _choose()

# --- SM2 ------------------------------------------------------------------------------------------

P = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
A = P - 3
B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
N = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
GX = 0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7
GY = 0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0
IDENTITY = b"1234567812345678"
Point = tuple[int, int, int]  # Jacobian; z = 0 is the point at infinity
_NOWHERE: Point = (1, 1, 0)


def _double(p: Point) -> Point:
    x, y, z = p
    if not y or not z:
        return _NOWHERE
    yy = y * y % P
    s = 4 * x * yy % P
    zz = z * z % P
    m = 3 * (x - zz) * (x + zz) % P  # the curve's a is -3
    x3 = (m * m - 2 * s) % P
    return x3, (m * (s - x3) - 8 * yy * yy) % P, 2 * y * z % P


def _add(p: Point, q: Point) -> Point:
    if not p[2]:
        return q
    if not q[2]:
        return p
    z1, z2 = p[2] * p[2] % P, q[2] * q[2] % P
    u1, u2 = p[0] * z2 % P, q[0] * z1 % P
    s1, s2 = p[1] * z2 * q[2] % P, q[1] * z1 * p[2] % P
    h, r = (u2 - u1) % P, (s2 - s1) % P
    if not h:
        return _NOWHERE if r else _double(p)
    hh = h * h % P
    hhh, v = h * hh % P, u1 * hh % P
    x3 = (r * r - hhh - 2 * v) % P
    return x3, (r * (v - x3) - s1 * hhh) % P, p[2] * q[2] * h % P


def _sum_of_products(k: int, p: Point, m: int, q: Point) -> Point:
    """k·p + m·q, both bit by bit at once."""
    both, found = _add(p, q), _NOWHERE
    for bit in range(255, -1, -1):
        found = _double(found)
        x, y = k >> bit & 1, m >> bit & 1
        if x or y:
            found = _add(found, both if x and y else p if x else q)
    return found


def _read_der(value: bytes) -> tuple[int, int] | None:
    """SEQUENCE of two positive INTEGERs, and nothing else."""
    if len(value) < 8 or value[0] != 0x30 or value[1] != len(value) - 2:
        return None
    numbers, at = [], 2
    while at < len(value):
        if value[at] != 2 or at + 2 > len(value):
            return None
        behind = at + 2 + value[at + 1]
        if behind > len(value) or behind == at + 2 or value[at + 2] & 0x80:
            return None
        numbers.append(int.from_bytes(value[at + 2 : behind], "big"))
        at = behind
    return (numbers[0], numbers[1]) if len(numbers) == 2 else None


def sm2_verify(point: bytes, data: bytes, signature: bytes) -> bool:
    """Did the key with this public point (04 ‖ x ‖ y) sign exactly these bytes?"""
    found = _read_der(signature)
    if len(point) != 65 or point[0] != 4 or found is None:
        return False
    x, y = int.from_bytes(point[1:33], "big"), int.from_bytes(point[33:], "big")
    if x >= P or y >= P or (y * y - (x * x * x + A * x + B)) % P:
        return False
    r, s = found
    t = (r + s) % N
    if not (0 < r < N and 0 < s < N and t):
        return False
    words = (A, B, GX, GY)
    about = b"\x00\x80" + IDENTITY + b"".join(w.to_bytes(32, "big") for w in words) + point[1:]
    e = int.from_bytes(sm3(sm3(about) + data), "big")
    px, _, pz = _sum_of_products(s, (GX, GY, 1), t, (x, y, 1))
    if not pz:
        return False
    return (e + px * pow(pz * pz, P - 2, P) % P) % N == r


# --- the tree -------------------------------------------------------------------------------------


def leaf_hash(kind: int, number: int, salt: bytes, digest: bytes) -> bytes:
    return sm3(b"\x00" + bytes([kind]) + number.to_bytes(8, "big") + salt + digest)


def node_hash(left: bytes, right: bytes) -> bytes:
    return sm3(b"\x01" + left + right)


def root_by_path(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """The root this path leads to; None when it is too long or too short. Recursive, as RFC 6962 is."""
    if not 0 <= index < size:
        return None
    if size == 1:
        return None if path else leaf
    if not path:
        return None
    cut = 1 << ((size - 1).bit_length() - 1)
    if index < cut:
        below = root_by_path(leaf, index, cut, path[:-1])
        return below and node_hash(below, path[-1])
    below = root_by_path(leaf, index - cut, size - cut, path[:-1])
    return below and node_hash(path[-1], below)


def roots_by_path(
    first: int, second: int, path: Sequence[bytes], first_root: bytes, whole: bool = True
) -> tuple[bytes, bytes] | None:
    """Old and new root that a consistency proof leads to."""
    if not 0 < first <= second:
        return None
    if first == second:
        if whole:
            return None if path else (first_root, first_root)
        return (path[0], path[0]) if len(path) == 1 else None
    if not path:
        return None
    cut, last = 1 << ((second - 1).bit_length() - 1), path[-1]
    if first <= cut:
        below = roots_by_path(first, cut, path[:-1], first_root, whole)
        return below and (below[0], node_hash(below[1], last))
    below = roots_by_path(first - cut, second - cut, path[:-1], first_root, False)
    return below and (node_hash(last, below[0]), node_hash(last, below[1]))


class Growing:
    """A tree that is appended to; knows its root at every size on the way."""

    def __init__(self) -> None:
        self.size = 0
        self._whole: list[tuple[int, bytes]] = []  # (height, hash), the highest first

    def append(self, leaf: bytes) -> None:
        height, found = 0, leaf
        while self._whole and self._whole[-1][0] == height:
            found = node_hash(self._whole.pop()[1], found)
            height += 1
        self._whole.append((height, found))
        self.size += 1

    def root(self) -> bytes:
        if not self._whole:
            return sm3(b"")
        found = self._whole[-1][1]
        for _, left in reversed(self._whole[:-1]):
            found = node_hash(left, found)
        return found


# --- findings -------------------------------------------------------------------------------------


class Finding(NamedTuple):
    """What is wrong: a kind, where (``journal``, ``checkpoints`` …), which number there, a sentence."""

    kind: str
    where: str
    number: int | None
    sentence: str


class Report:
    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self.notices: list[str] = []
        self.good: list[str] = []

    def add(self, kind: str, where: str, number: int | None, sentence: str) -> None:
        if len(self.findings) < 1000:
            self.findings.append(Finding(kind, where, number, sentence))


def plain(document: dict[str, Any]) -> bytes:
    """JSON as it is signed: keys sorted, no blanks, ASCII."""
    return json.dumps(document, sort_keys=True, separators=(",", ":")).encode()


class Keys:
    """Public points by key id, and which of them are believed."""

    def __init__(self, points: dict[str, str], trusted: Sequence[str], report: Report) -> None:
        self.points: dict[str, bytes] = {}
        self.trusted = set(trusted)
        for key_id, point in sorted(points.items()):
            self.believe(key_id, point, report, introduced=False)

    def believe(self, key_id: str, point: str, report: Report, introduced: bool) -> None:
        """A key somebody vouches for: you by its fingerprint, or a key you know already."""
        value = bytes.fromhex(point)
        fingerprint = sm3(value).hex()
        if introduced:
            self.trusted.add(fingerprint)
        if key_id in self.points:
            return
        self.points[key_id] = value
        known = not self.trusted or fingerprint in self.trusted
        report.good.append(
            f"公钥 {key_id} 指纹 {fingerprint}" + ("" if known else "（不在可信名单里）")
        )

    def signed(self, document: dict[str, Any]) -> str:
        """Empty when the signature holds, else what is wrong with it."""
        key_id = str(document.get("key_id"))
        if "witness" in document:
            key_id = f"{document['witness']}.{key_id}"
        point = self.points.get(key_id)
        if point is None:
            return "key-unknown"
        if self.trusted and sm3(point).hex() not in self.trusted:
            return "key-untrusted"
        rest = {key: value for key, value in document.items() if key != "signature"}
        try:
            value = base64.b64decode(str(document.get("signature")), validate=True)
        except (ValueError, binascii.Error):
            return "forged"
        good = document.get("algorithm") == "sm2-sm3" and sm2_verify(point, plain(rest), value)
        return "" if good else "forged"


_WORDS = {
    "key-unknown": "签名公钥不在文件里",
    "key-untrusted": "签名公钥的指纹不在可信名单里",
    "forged": "签名不成立",
}


def check_signature(
    document: dict[str, Any], keys: Keys, where: str, number: int | None, report: Report
) -> bool:
    wrong = keys.signed(document)
    if wrong:
        report.add(wrong, where, number, f"{where} 第 {number} 号：{_WORDS[wrong]}。")
    return not wrong


def check_witness(
    witness: dict[str, Any], checkpoint: dict[str, Any], keys: Keys, report: Report
) -> None:
    """Another node's signature under a checkpoint: does it hold, and is it under this one?"""
    number = checkpoint.get("number")
    if not check_signature(witness, keys, "witnesses", number, report):
        return
    if witness.get("checkpoint") != sm3(plain(checkpoint)).hex():
        report.add(
            "witness-differs",
            "witnesses",
            number,
            f"节点 {witness.get('witness')} 见证的第 {number} 号检查点不是这一份：有人看到过另一份历史。",
        )
        return
    report.good.append(
        f"第 {number} 号检查点由节点 {witness.get('witness')} 于 {witness.get('at')} 见证"
    )


# --- an exported proof ----------------------------------------------------------------------------


def link_of(previous: bytes, position: int, entry_id: int, sealed_at: int, body: str) -> bytes:
    """The journal's hash link, scheme 1 (docs/look-up/journal.md)."""
    numbers = b"".join(n.to_bytes(8, "big", signed=True) for n in (position, entry_id, sealed_at))
    return sm3(previous + numbers + body.encode())


def check_proof(document: dict[str, Any], trusted: Sequence[str] = ()) -> Report:
    """Every entry of an exported proof: what it says, that it is in the tree, that the tree is signed."""
    report = Report()
    if document.get("format") != "yiwang-ledger-proof/1":
        report.add("format", "proof", None, "这不是一网公开账本的证明文件，或者版本不认识。")
        return report
    keys = Keys(dict(document["keys"]), trusted, report)
    checkpoint = document["checkpoint"]
    check_signature(checkpoint, keys, "checkpoints", checkpoint.get("number"), report)
    roots = {tree["name"]: tree for tree in checkpoint["trees"]}
    for entry in document["entries"]:
        _check_entry(entry, roots.get(entry["tree"]), report)
    for entry in document.get("forgotten", ()):
        _check_forgotten(entry, roots.get(entry["tree"]), report)
    for witness in document.get("witnesses", ()):
        check_witness(witness, checkpoint, keys, report)
    return report


def _check_entry(entry: dict[str, Any], tree: dict[str, Any] | None, report: Report) -> None:
    where, number = str(entry["tree"]), int(entry["number"])
    digest = bytes.fromhex(entry["digest"])
    if tree is None or tree["hash"] != "sm3":
        report.add("tree", where, number, f"检查点里没有 {where} 这棵树，或者算法不认识。")
        return
    told = entry.get("entry")
    if told is not None:
        previous = bytes.fromhex(told["previous"])
        body = told["body"]
        if link_of(previous, number, told["entry_id"], told["sealed_at"], body) != digest:
            report.add("changed", where, number, f"{where} 第 {number} 号的内容与它的摘要不符。")
    block = entry.get("block")
    if block is not None and sm3(plain(block)) != digest:
        report.add("changed", where, number, f"{where} 第 {number} 号的内容与它的摘要不符。")
    leaf = leaf_hash(entry["kind"], number, bytes.fromhex(entry["salt"]), digest)
    path = [bytes.fromhex(step) for step in entry["path"]]
    root = root_by_path(leaf, number - 1, tree["size"], path)
    if root is None or root.hex() != tree["root"]:
        report.add("not-in-tree", where, number, f"{where} 第 {number} 号不在检查点的树里。")
    else:
        report.good.append(f"{where} 第 {number} 号在第 {tree['size']} 片叶为止的树里")


def _check_forgotten(entry: dict[str, Any], tree: dict[str, Any] | None, report: Report) -> None:
    """Its leaf is in the signed tree; what it says nobody can prove, and nobody can guess."""
    where, number = str(entry["tree"]), int(entry["number"])
    path = [bytes.fromhex(step) for step in entry["path"]]
    leaf, size = bytes.fromhex(entry["leaf"]), tree["size"] if tree else 0
    root = root_by_path(leaf, number - 1, size, path)
    if tree is None or root is None or root.hex() != tree["root"]:
        report.add("not-in-tree", where, number, f"{where} 第 {number} 号不在检查点的树里。")
        return
    report.notices.append(
        f"{where} 第 {number} 号的随机数已随原件销毁：能证明账里有这一片叶，不能再证明它写了什么。"
    )


def check_consistency(document: dict[str, Any], trusted: Sequence[str] = ()) -> Report:
    """Two signed checkpoints, and for every tree the proof that the later one extends the earlier."""
    report = Report()
    keys = Keys(dict(document["keys"]), trusted, report)
    first, second = document["first"], document["second"]
    for one in (first, second):
        check_signature(one, keys, "checkpoints", one.get("number"), report)
    after = {tree["name"]: tree for tree in second["trees"]}
    for tree in first["trees"]:
        name, new = tree["name"], after.get(tree["name"], {"size": 0, "root": ""})
        path = [bytes.fromhex(step) for step in document["proofs"].get(name, ())]
        old_root = bytes.fromhex(tree["root"])
        found = roots_by_path(tree["size"], new["size"], path, old_root) if tree["size"] else None
        good = found is not None and (found[0].hex(), found[1].hex()) == (tree["root"], new["root"])
        if good or not tree["size"]:
            report.good.append(f"{name}：{new['size']} 片叶的树以 {tree['size']} 片叶的树开头")
        else:
            told = "restored_to" in second
            sentence = (
                f"{name}：第 {second.get('number')} 号检查点没有接着第 {first.get('number')} 号。"
            )
            report.add(
                "restored" if told else "not-extending", name, second.get("number"), sentence
            )
    return report


# --- checkpoints as they lie outside the database ---------------------------------------------------


def read_jsonl(path: Path) -> list[bytes]:
    return path.read_bytes().split(b"\n") if path.exists() else []


def _documents(path: Path, report: Report) -> Iterator[tuple[int, bytes, dict[str, Any]]]:
    for number, line in enumerate(read_jsonl(path), 1):
        if not line:
            continue
        try:
            document = json.loads(line)
            if not isinstance(document, dict) or "signature" not in document:
                raise ValueError
        except ValueError:
            report.notices.append(f"{path.name} 第 {number} 行没有写完，跳过。")
            continue
        yield number, line, document


def read_keys(folder: Path) -> dict[str, str]:
    found = {}
    for path in sorted((folder / "keys").glob("*.json")):
        record = json.loads(path.read_text())
        found[record["key_id"]] = record["point"]
    return found


def check_checkpoints(folder: Path, keys: Keys, report: Report) -> list[dict[str, Any]]:
    """The lines of checkpoints.jsonl: signed, unbroken, numbered, growing. Returns those that hold;
    what a restore gave up is left out and said."""
    holding: list[dict[str, Any]] = []
    previous, expected = sm3(b"").hex(), 1
    for _, line, document in _documents(folder / "checkpoints.jsonl", report):
        number = document.get("number")
        if document.get("previous") != previous:
            text = f"第 {number} 号检查点之前的行被删除、调换或改动。"
            report.add("line-missing", "checkpoints", number, text)
        if number != expected:
            text = f"检查点编号应为 {expected}，却是 {number}。"
            report.add("number", "checkpoints", number, text)
        previous, expected = sm3(line).hex(), int(number or 0) + 1
        if not check_signature(document, keys, "checkpoints", number, report):
            continue
        told = document.get("introduces")
        if told:
            keys.believe(told["key_id"], told["point"], report, introduced=True)
        if "restored_to" in document:
            holding = _after_restore(holding, document, report)
        elif holding:
            _check_growth(holding[-1], document, report)
        holding.append(document)
    return holding


def _sizes(document: dict[str, Any]) -> dict[str, int]:
    return {tree["name"]: tree["size"] for tree in document["trees"]}


def _check_growth(before: dict[str, Any], document: dict[str, Any], report: Report) -> None:
    now = _sizes(document)
    for name, size in _sizes(before).items():
        if now.get(name, 0) < size:
            number = document["number"]
            text = f"第 {number} 号检查点里 {name} 变短了，没有说明恢复过。"
            report.add("shrunk", "checkpoints", number, text)


def _after_restore(
    holding: list[dict[str, Any]], told: dict[str, Any], report: Report
) -> list[dict[str, Any]]:
    kept = _sizes(told)
    for name, until in told.get("lost_until", {}).items():
        if until > kept.get(name, 0):
            first = kept.get(name, 0) + 1
            report.notices.append(
                f"数据库恢复到 {told['restored_to']}：{name} 第 {first} 至 {until} 号因此丢失。"
            )
    return [
        one for one in holding if all(n <= kept.get(name, 0) for name, n in _sizes(one).items())
    ]


def check_seen(
    holding: list[dict[str, Any]], folder: Path, seen: Sequence[Path], keys: Keys, report: Report
) -> None:
    """Witness signatures beside the file, and what witnesses recorded themselves."""
    by_number: dict[Any, dict[str, Any]] = {}
    for _, _, document in _documents(folder / "checkpoints.jsonl", Report()):
        by_number.setdefault(document.get("number"), document)
    for path in [folder / "witnesses.jsonl", *seen]:
        for _, _, witness in _documents(path, report):
            number = witness.get("number")
            if number in by_number:
                check_witness(witness, by_number[number], keys, report)
            elif check_signature(witness, keys, "witnesses", number, report):
                text = f"节点 {witness.get('witness')} 见证过第 {number} 号检查点，文件里却没有。"
                report.add("checkpoint-missing", "checkpoints", number, text)


# --- a whole export -------------------------------------------------------------------------------

_WIDTH, _TILE = 256, 510


def _rows(path: Path) -> Iterator[Any]:
    if path.exists():
        with path.open() as file:
            for line in file:
                yield json.loads(line)


def _cut(joined: str) -> list[bytes]:
    raw = bytes.fromhex(joined)
    return [raw[n : n + 32] for n in range(0, len(raw), 32)]


def stored_leaves(folder: Path, tree: str, report: Report) -> list[bytes | None]:
    """Leaf hashes as tiles and runs keep them, every tile computed again from its lowest row."""
    tiles: dict[tuple[int, int], tuple[list[bytes], bytes]] = {}
    for level, number, nodes, top in _rows(folder / f"tiles-{tree}.jsonl"):
        tiles[level, number] = (_cut(nodes), bytes.fromhex(top))
    for (level, number), (nodes, top) in sorted(tiles.items()):
        _check_tile(tree, level, number, nodes, top, tiles, report)
    leaves: list[bytes | None] = []
    lowest = [number for level, number in tiles if level == 0]
    for number in range(max(lowest, default=-1) + 1):
        if (0, number) not in tiles:
            text = f"{tree} 缺少第 {number} 片（叶 {number * _WIDTH + 1} 起）。"
            report.add("tile-missing", f"tiles-{tree}-0", number, text)
        held = tiles.get((0, number))
        leaves.extend(held[0][:_WIDTH] if held else [None] * _WIDTH)
    for first, hashes in _rows(folder / f"runs-{tree}.jsonl"):
        if first != len(leaves):
            text = f"{tree} 缺少第 {len(leaves) + 1} 至 {first} 片新叶。"
            report.add("run-missing", f"runs-{tree}", len(leaves) + 1, text)
            leaves.extend([None] * (first - len(leaves)))
        leaves.extend(_cut(hashes))
    return leaves


def _check_tile(
    tree: str, level: int, number: int, nodes: list[bytes], top: bytes,
    tiles: dict[tuple[int, int], tuple[list[bytes], bytes]], report: Report,
) -> None:  # fmt: skip
    where, row = f"tiles-{tree}-{level}", nodes[:_WIDTH]
    computed: list[bytes] = list(row)
    while len(row) > 1:
        row = [node_hash(row[n], row[n + 1]) for n in range(0, len(row) - 1, 2)]
        computed.extend(row)
    if len(nodes) != _TILE or computed[:-1] != nodes or computed[-1] != top:
        report.add(
            "tile-changed", where, number, f"{tree} 第 {level} 层第 {number} 片里的散列被改动。"
        )
    if level:
        for n, node in enumerate(nodes[:_WIDTH]):
            below = tiles.get((level - 1, number * _WIDTH + n))
            if below is not None and below[1] != node:
                text = f"{tree} 第 {level} 层第 {number} 片与它下面一层不符。"
                report.add("tile-changed", where, number, text)
                return


class Walk:
    """Goes along one tree's leaves: what they say against what the tree keeps, roots against what was signed."""

    def __init__(self, tree: str, kind: int, stored: list[bytes | None], holding: Sequence[dict[str, Any]], report: Report) -> None:  # fmt: skip
        self.tree, self.kind, self.stored, self.report = tree, kind, stored, report
        self.growing, self.covered, self._failed = Growing(), 0, False
        self.forgotten: set[int] = set()
        self._signed: dict[int, list[tuple[int, str]]] = {}
        for one in holding:
            for told in one["trees"]:
                if told["name"] == tree:
                    self._signed.setdefault(told["size"], []).append((one["number"], told["root"]))

    def step(self, number: int, salt: bytes, digest: bytes | None) -> None:
        """One leaf; without a digest, or with its salt forgotten, only the kept hash is there."""
        kept = self.stored[number - 1] if number <= len(self.stored) else None
        said = None
        if digest is not None and any(salt):
            said = leaf_hash(self.kind, number, salt, digest)
        elif salt and not any(salt):
            self.forgotten.add(number)
        if number <= len(self.stored) and said is not None and kept is not None and said != kept:
            text = f"{self.tree} 第 {number} 号不是树里记下的那一条。"
            self.report.add("leaf-differs", self.tree, number, text)
        if number <= len(self.stored) and digest is not None and not salt:
            text = f"{self.tree} 第 {number} 号的随机数不见了。"
            self.report.add("salt-missing", self.tree, number, text)
        leaf = kept or said
        if leaf is None or self._failed or self.growing.size != number - 1:
            return
        self.growing.append(leaf)
        for checkpoint, root in self._signed.pop(number, ()):
            if self.growing.root().hex() == root:
                self.covered = number
            elif not self._failed:
                self._failed = True
                text = f"{self.tree} 第 {self.covered + 1} 至 {number} 号与第 {checkpoint} 号检查点不符。"
                self.report.add("root-differs", self.tree, self.covered + 1, text)

    def check_forgotten(self, told: set[int]) -> None:
        """A random part is gone where the journal says so, and nowhere else."""
        for number in sorted(self.forgotten - told)[:1]:
            text = f"{self.tree} 第 {number} 号的随机数被清零，日志里没有记下为什么。"
            self.report.add("salt-unsaid", self.tree, number, text)
        for number in sorted(told - self.forgotten)[:1]:
            text = f"{self.tree} 第 {number} 号的随机数应已随原件销毁，却还在。"
            self.report.add("salt-kept", self.tree, number, text)
        known = len(self.forgotten & told)
        if known:
            self.report.notices.append(
                f"{self.tree}：{known} 片叶的随机数已随原件销毁，能证明有这些叶，不能再证明写了什么。"
            )

    def finish(self, last: int) -> None:
        """What was signed must have been there."""
        self._signed.pop(0, None)
        if self._signed and not self._failed:
            text = (
                f"{self.tree} 缺少第 {last + 1} 至 {max(self._signed)} 号，检查点证明它们存在过。"
            )
            self.report.add("missing", self.tree, last + 1, text)
        if self.covered:
            self.report.good.append(f"{self.tree}：检查点证明到第 {self.covered} 号")


def check_journal(folder: Path, walk: Walk, heads: dict[int, list[str]], report: Report) -> int:
    """The chain of the journal along with its tree; returns the last position there is."""
    previous, expected, marks = bytes(32), 1, 0
    forgotten: set[int] = set()
    for row in _rows(folder / "journal.jsonl"):
        position, entry_id, sealed_at, scheme, link, body, copies, salt = row
        if position != expected:
            text = f"缺少第 {expected} 至 {position - 1} 号日志。"
            report.add("missing", "journal", expected, text)
        expected, digest = position + 1, bytes.fromhex(link)
        if scheme != 1:
            report.add("scheme", "journal", position, f"第 {position} 号用了未知的链接算法。")
        elif body is None:
            report.add("missing", "journal", position, f"缺少第 {position} 号日志的正文。")
        else:
            if link_of(previous, position, entry_id, sealed_at, body) != digest:
                report.add(
                    "changed", "journal", position, f"第 {position} 号日志或它的链接被改动。"
                )
            told = json.loads(body)
            if any(told.get(name) != value for name, value in copies.items()):
                text = f"第 {position} 号日志的检索列与正文不符。"
                report.add("copy-differs", "journal", position, text)
            marks += sum(_mark(position, subject) for subject in set(told["subjects"]))
            if told["act"] == "ledger.forget":
                forgotten |= _numbers(str(told["facts"]["numbers"]))
        walk.step(position, bytes.fromhex(salt), digest)
        if any(head != link for head in heads.pop(position, ())):
            report.add(
                "head-differs", "journal", position, f"到第 {position} 号为止与签名头部不符。"
            )
        previous = digest
    if heads and max(heads) >= expected:
        text = f"缺少第 {expected} 至 {max(heads)} 号日志，签名头部证明它们存在过。"
        report.add("missing", "journal", expected, text)
    loose = json.loads((folder / "loose.json").read_text())
    for entry_id in loose["stray"]:
        report.add(
            "stray", "journal", None, f"日志行 {entry_id} 没有编号，也不在等待编号的队列里。"
        )
    walk.check_forgotten({number for number in forgotten if number < expected})
    if marks != sum(_mark(at, subject) for at, subject in _rows(folder / "subjects.jsonl")):
        report.add("subjects", "journal", None, "“谁看过”的检索表与日志正文不符。")
    return int(expected) - 1


def _numbers(told: str) -> set[int]:
    """``3-7,9``: the numbers."""
    found: set[int] = set()
    for run in told.split(","):
        first, _, last = run.partition("-")
        found.update(range(int(first), int(last or first) + 1))
    return found


def _mark(position: int | None, subject: str) -> int:
    return int.from_bytes(sm3(f"{position}|{subject}".encode())[:16], "big")


def check_heads(folder: Path, trusted: Sequence[str], report: Report) -> dict[int, list[str]]:
    """The journal's own signed heads: position → links they vouch for."""
    keys = Keys(read_keys(folder), trusted, report)
    found: dict[int, list[str]] = {}
    previous = sm3(b"").hex()
    for number, line, head in _documents(folder / "heads.jsonl", report):
        if head.get("previous") != previous:
            report.add(
                "head-missing", "heads", number, f"第 {number} 行之前的签名头部被删除或改动。"
            )
        previous = sm3(line).hex()
        if not check_signature(head, keys, "heads", number, report):
            continue
        if "restored_to" in head:
            found = {at: links for at, links in found.items() if at <= head["position"]}
        found.setdefault(head["position"], []).append(head["link"])
    return found


def check_copies(folder: Path, name: str, report: Report) -> None:
    """The database's copies of signed lines against the file: the same lines, none more, none less."""
    kept = {line for _, line, _ in _documents(folder / f"{name}.jsonl", Report())}
    copied = {line for line in read_jsonl(folder / f"database-{name}.jsonl") if line}
    for kind, lines in (("copy-missing", kept - copied), ("copy-invented", copied - kept)):
        for number in sorted(int(json.loads(line).get("number") or 0) for line in lines):
            text = f"数据库里第 {number} 号的{'副本不见了' if kind == 'copy-missing' else '行不在文件里'}。"
            report.add(kind, f"database-{name}", number, text)


def audit(folder: Path, trusted: Sequence[str] = (), seen: Sequence[Path] = ()) -> Report:
    """Everything an export holds, computed again from the entries themselves."""
    report = Report()
    manifest = json.loads((folder / "manifest.json").read_text())
    keys = Keys(read_keys(folder), trusted, report)
    holding = check_checkpoints(folder, keys, report)
    check_seen(holding, folder, seen, keys, report)
    for name in ("checkpoints", "witnesses"):
        check_copies(folder, name, report)
    heads = check_heads(folder / "heads", trusted, report)
    for tree, kind in sorted(manifest["kinds"].items()):
        stored = stored_leaves(folder, tree, report)
        walk, last = Walk(tree, kind, stored, holding, report), 0
        if tree == "journal":
            last = check_journal(folder, walk, heads, report)
        else:
            for number, digest, salt in _rows(folder / f"leaves-{tree}.jsonl"):
                if number != last + 1:
                    text = f"{tree} 缺少第 {last + 1} 至 {number - 1} 号。"
                    report.add("missing", tree, last + 1, text)
                last = number
                walk.step(number, bytes.fromhex(salt), bytes.fromhex(digest))
            walk.check_forgotten(set())
        told = manifest["trees"][tree]
        if told["algorithm"] != "sm3":
            report.add("algorithm", f"trees-{tree}", None, f"{tree} 记的算法不是签名时的算法。")
        if told["size"] != len(stored):
            text = f"{tree} 记的叶数 {told['size']} 与存下的 {len(stored)} 不符。"
            report.add("size-differs", f"trees-{tree}", min(told["size"], len(stored)), text)
        if last < len(stored):
            text = f"{tree} 缺少第 {last + 1} 至 {len(stored)} 号，树里有它们的叶。"
            report.add("missing", tree, last + 1, text)
        walk.finish(min(last, len(stored)))
    return report


# --- the command ----------------------------------------------------------------------------------


def self_test() -> bool:
    """GB/T 32905 A.1 and A.2; the signature of GB/T 32918.5 A.2 on the recommended curve."""
    point = "0409F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13"
    r = "F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3"
    s = "B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA"
    der = b"".join(b"\x02\x21\x00" + bytes.fromhex(x) for x in (r, s))
    return (
        own_sm3(b"abc").hex() == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
        and own_sm3(b"abcd" * 16).hex()
        == "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"
        and sm2_verify(bytes.fromhex(point), b"message digest", b"\x30" + bytes([len(der)]) + der)
        and not sm2_verify(
            bytes.fromhex(point), b"message digesT", b"\x30" + bytes([len(der)]) + der
        )
    )


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


def _check_folder(folder: Path, trusted: Sequence[str], seen: Sequence[Path]) -> Report:
    report = Report()
    keys = Keys(read_keys(folder), trusted, report)
    check_seen(check_checkpoints(folder, keys, report), folder, seen, keys, report)
    return report


def show(report: Report) -> int:
    for line in report.notices:
        _say(f"提示：{line}")
    for line in report.good[:40]:
        _say(f"成立：{line}")
    for finding in report.findings[:40]:
        _say(f"问题[{finding.kind}] {finding.sentence}")
    if report.findings:
        first = min(report.findings, key=lambda f: (f.number is None, f.number or 0))
        place = f"：{first.where} 第 {first.number} 号" if first.number is not None else ""
        _say("核对不通过" + place)
        return 1
    _say("核对通过")
    return 0


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="yiwang-verify", description="核对一网公开账本")
    parser.add_argument(
        "what", choices=["proof", "consistency", "checkpoints", "audit", "self-test"]
    )
    parser.add_argument("path", nargs="?", type=Path)
    parser.add_argument(
        "--trust", action="append", default=[], help="可信公钥的 SM3 指纹，可以给多次"
    )
    parser.add_argument("--seen", action="append", default=[], type=Path, help="见证节点记下的文件")
    given = parser.parse_args(list(arguments))
    if given.what == "self-test":
        good = self_test()
        _say("自测通过" if good else "自测不通过")
        return 0 if good else 1
    try:
        if given.what == "proof":
            return show(check_proof(json.loads(given.path.read_text()), given.trust))
        if given.what == "consistency":
            return show(check_consistency(json.loads(given.path.read_text()), given.trust))
        if given.what == "checkpoints":
            return show(_check_folder(given.path, given.trust, given.seen))
        return show(audit(given.path, given.trust, given.seen))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        sys.stderr.write(f"读不懂：{type(error).__name__} {error}\n")
        return 2


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
