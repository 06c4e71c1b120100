"""四性检测 without the application: one archive package, every check by name, a sentence each.

Runs alone, too (``python checker.py FILE.zip``): stdlib, cryptography and tongsuopy only; then nothing
opens the files as what they claim to be, and it says so. How a package is made:
docs/look-up/archive-package.md. The four tests: 档案法 39, 档案法实施条例 40.
"""

from __future__ import annotations

import argparse
import base64
import json
import re
import stat
import sys
import zipfile
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Final

from cryptography.hazmat.primitives import hashes
from tongsuopy.crypto import exceptions as tongsuo_exceptions
from tongsuopy.crypto import hashes as tongsuo_hashes
from tongsuopy.crypto.asymciphers import ec

FORMAT: Final = "yiwang-archive/1"
AUTHENTICITY, INTEGRITY, USABILITY, SAFETY = "AUTHENTICITY", "INTEGRITY", "USABILITY", "SAFETY"
TESTS: Final[Mapping[str, str]] = {
    AUTHENTICITY: "真实性",
    INTEGRITY: "完整性",
    USABILITY: "可用性",
    SAFETY: "安全性",
}
MANIFEST, DIRECTORY, COVER, METADATA = (
    "manifest.json",
    "directory.json",
    "cover.pdf",
    "metadata.json",
)
CASE, JOURNAL = "content/case.json", "journal/extract.json"
#: What every package has, whatever the case was.
REQUIRED: Final = (METADATA, CASE, JOURNAL)
#: Vouched for by the manifest itself, not by the directory.
BY_MANIFEST: Final = (DIRECTORY, COVER)
#: Where nothing personal may stand in clear.
OPEN_PARTS: Final = (METADATA, DIRECTORY, MANIFEST)
MOST_FILES: Final = 5000
MOST_BYTES: Final = 4 * 1024**3
_CHUNK: Final = 1024 * 1024
_PATH: Final = re.compile(r"[a-z0-9-]+(/[a-z0-9-]+)*\.[a-z0-9]+")
_PHONE: Final = re.compile(r"(?<![0-9A-Za-z])1[3-9]\d{9}(?![0-9A-Za-z])")
_CITIZEN_ID: Final = re.compile(
    r"(?<![0-9A-Za-z])[1-9]\d{5}(?:18|19|20)\d{9}[0-9Xx](?![0-9A-Za-z])"
)
_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)

#: Bytes and declared kind → code and sentence of what is wrong, ("", "") for nothing.
Gate = Callable[[bytes, str], tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Check:
    """One named check of one of the four tests."""

    test: str
    name: str
    ok: bool
    sentence: str


@dataclass
class Report:
    """What was found about one package."""

    archive_no: str = ""
    fingerprint: str = ""  # of the key that signed it
    checks: list[Check] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        return all(check.ok for check in self.checks)

    @property
    def failed(self) -> tuple[Check, ...]:
        return tuple(check for check in self.checks if not check.ok)

    def say(self, test: str, name: str, problems: Iterable[str], good: str) -> None:
        """One check: its first problems in words, or that all is well."""
        found = list(problems)
        more = f"等 {len(found)} 处" if len(found) > 3 else ""
        sentence = "；".join(found[:3]) + more if found else good
        self.checks.append(Check(test, name, not found, sentence))


def check(
    source: IO[bytes] | Path,
    *,
    gate: Gate | None = None,
    harmful: Collection[str] = (),
    trusted: Collection[str] = (),
    secrets: Collection[str] = (),
) -> Report:
    """The four tests on one package.

    ``gate``: opens one file as its kind; ``harmful``: which of its codes are a danger, not only a broken
    file. ``trusted``: fingerprints (SM3) of keys that may sign, any key when empty. ``secrets``: values of
    the case that must not stand in its open parts.
    """
    report = Report()
    try:
        archive = zipfile.ZipFile(source)
    except (zipfile.BadZipFile, OSError, ValueError):
        for test in TESTS:
            report.checks.append(Check(test, "package", ok=False, sentence="档案包打不开。"))
        return report
    with archive:
        danger = list(_dangers(archive))
        report.say(SAFETY, "container", danger, "压缩包没有密码、链接、不安全路径和夹带。")
        if danger:
            return report
        package = _Package(archive)
        _integrity(package, report)
        _authenticity(package, report, trusted)
        _usability(package, report, gate, harmful)
        _safety(package, report, secrets)
    return report


class _Package:
    """The open package; what cannot be read counts as absent."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive
        self.names = [entry.filename for entry in archive.infolist()]
        self.manifest = self._json(MANIFEST)
        self.directory = self._json(DIRECTORY)
        self.metadata = self._json(METADATA)
        self.journal = self._json(JOURNAL)

    def _json(self, name: str) -> dict[str, Any]:
        try:
            found = json.loads(self.read(name))
        except (KeyError, ValueError, zipfile.BadZipFile):
            return {}
        return found if isinstance(found, dict) else {}

    def read(self, name: str) -> bytes:
        return self.archive.read(name)

    def measure(self, name: str) -> tuple[int, str] | None:
        """Size and SM3 of one file; None when it is not there or does not come out whole."""
        state, size = hashes.Hash(hashes.SM3()), 0
        try:
            with self.archive.open(name) as content:
                while chunk := content.read(_CHUNK):
                    state.update(chunk)
                    size += len(chunk)
        except (KeyError, zipfile.BadZipFile, EOFError, OSError):
            return None
        return size, state.finalize().hex()

    @property
    def listed(self) -> list[dict[str, Any]]:
        files = self.directory.get("files")
        return [one for one in files if isinstance(one, dict)] if isinstance(files, list) else []


def _dangers(archive: zipfile.ZipFile) -> Iterator[str]:
    entries = archive.infolist()
    if len(entries) > MOST_FILES or sum(one.file_size for one in entries) > MOST_BYTES:
        yield "文件太多或者展开后太大"
        return
    end = 0
    for one in sorted(entries, key=lambda entry: entry.header_offset):
        if one.header_offset < end or (end == 0 and one.header_offset != 0):
            yield "压缩包里藏有别的内容"
            return
        end = one.header_offset + 30 + one.compress_size
        if one.flag_bits & 0x1:
            yield f"{one.filename} 加了密码"
        if stat.S_ISLNK(one.external_attr >> 16):
            yield f"{one.filename} 是链接"
        if not _PATH.fullmatch(one.filename):
            yield f"路径不合规定：{one.filename[:60]}"
    if archive.comment:
        yield "压缩包末尾附有说明文字"


# ---- 完整性


def _integrity(package: _Package, report: Report) -> None:
    listed = package.listed
    report.say(
        INTEGRITY,
        "listed",
        _missing(package, listed),
        f"目录里的 {len(listed)} 个文件都在，摘要一致。",
    )
    known = {str(one.get("path")) for one in listed} | {MANIFEST, *BY_MANIFEST}
    strange = [f"多出 {name}" for name in package.names if name not in known]
    twice = [f"{name} 有两份" for name in set(package.names) if package.names.count(name) > 1]
    report.say(INTEGRITY, "nothing-else", strange + twice, "没有目录以外的文件。")
    absent = [
        f"缺少 {name}" for name in REQUIRED if name not in {one.get("path") for one in listed}
    ]
    told = package.metadata.get("files")
    if told != len(listed):
        absent.append(f"元数据写 {told} 个文件，目录有 {len(listed)} 个")
    report.say(INTEGRITY, "parts", absent, "元数据、办件内容和日志都在。")


def _missing(package: _Package, listed: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    if not listed:
        yield "没有目录"
    for one in listed:
        path = str(one.get("path"))
        measured = package.measure(path)
        if measured is None:
            yield f"缺少 {path}"
        elif measured != (one.get("size"), one.get("sm3")):
            yield f"{path} 与目录里的摘要不一致"


# ---- 真实性


def _authenticity(package: _Package, report: Report, trusted: Collection[str]) -> None:
    report.archive_no = str(package.manifest.get("archive_no", ""))
    report.say(AUTHENTICITY, "signature", _signature(package, report, trusted), "封包签名成立。")
    report.say(
        AUTHENTICITY, "sealed-parts", _sealed_parts(package), "目录和封面就是签名时的那一份。"
    )
    report.say(AUTHENTICITY, "identity", _identity(package), "档号、办件和日志说的是同一件。")
    entries = package.journal.get("entries") or []
    report.say(
        AUTHENTICITY, "journal", _journal(package.journal, trusted),
        f"日志摘录 {len(entries)} 条，逐条链接和签名成立。",
    )  # fmt: skip
    report.say(AUTHENTICITY, "seal", _seal(package), _seal_words(package))


def _signature(package: _Package, report: Report, trusted: Collection[str]) -> Iterator[str]:
    manifest = package.manifest
    if manifest.get("format") != FORMAT:
        yield "没有封包清单，或者格式不认识"
        return
    key = manifest.get("key")
    point = str(key.get("point", "")) if isinstance(key, dict) else ""
    if not signature_holds(manifest, point):
        yield "封包签名不成立，清单被改动或者不是本平台签的"
        return
    report.fingerprint = sm3(bytes.fromhex(point)).hex()
    if trusted and report.fingerprint not in trusted:
        yield "签名用的公钥不在可信名单里"


def _sealed_parts(package: _Package) -> Iterator[str]:
    told = package.manifest.get("files")
    told = told if isinstance(told, dict) else {}
    for name in BY_MANIFEST:
        measured = package.measure(name)
        if measured is None:
            yield f"缺少 {name}"
        elif measured[1] != told.get(name):
            yield f"{name} 被改动"


def _identity(package: _Package) -> Iterator[str]:
    numbers = {
        part.get("archive_no") for part in (package.manifest, package.directory, package.metadata)
    }
    if len(numbers) != 1 or not package.manifest.get("archive_no"):
        yield "清单、目录和元数据里的档号不一致"
    if package.metadata.get("case") != package.journal.get("subject"):
        yield "日志摘录不是这一件的"


def _journal(journal: Mapping[str, Any], trusted: Collection[str]) -> Iterator[str]:
    """Every link again from its body, then who vouches for the links and for the head above them."""
    try:
        entries, statement, head = journal["entries"], journal["statement"], journal["head"]
        links = [[one["position"], one["link"]] for one in entries]
        told = [_link(one) for one in entries]
        points = {str(name): str(point) for name, point in journal["keys"].items()}
        subject = str(journal["subject"])
    except (KeyError, TypeError, ValueError, AttributeError):
        yield "没有日志摘录，或者读不懂"
        return
    for one, link in zip(entries, told, strict=True):
        if link != one["link"]:
            yield f"第 {one['position']} 号日志或它的链接被改动"
    for signed, what in ((statement, "摘录"), (head, "签名头部")):
        if signed is None:
            continue
        point = points.get(str(signed.get("key_id")), "")
        if not signature_holds(signed, point):
            yield f"日志{what}的签名不成立"
        elif trusted and sm3(bytes.fromhex(point)).hex() not in trusted:
            yield f"日志{what}的公钥不在可信名单里"
    if statement.get("links") != links or statement.get("subject") != subject or not links:
        yield "日志摘录有增减"
    if head is not None and statement.get("head") != sm3(signed_bytes(head, ())).hex():
        yield "签名头部不是摘录时的那一个"


def _link(entry: Mapping[str, Any]) -> str:
    numbers = (entry["position"], entry["entry_id"], entry["sealed_at"])
    packed = b"".join(int(n).to_bytes(8, "big", signed=True) for n in numbers)
    return sm3(bytes.fromhex(entry["previous"]) + packed + entry["body"].encode()).hex()


def _seal(package: _Package) -> Iterator[str]:
    seal = package.manifest.get("seal")
    if not isinstance(seal, dict) or not (seal.get("sealed") or seal.get("mark")):
        yield "没有说明封面是否盖章"
    elif seal.get("body") != package.metadata.get("body"):
        yield "印章不是归档单位的"


def _seal_words(package: _Package) -> str:
    seal = package.manifest.get("seal")
    if isinstance(seal, dict) and seal.get("sealed"):
        return "封面盖有归档单位的电子印章，印章由印章系统核验。"
    mark = seal.get("mark", "") if isinstance(seal, dict) else ""
    return f"封面上印着“{mark}”，没有真的印章。"


# ---- 可用性


def _usability(
    package: _Package, report: Report, gate: Gate | None, harmful: Collection[str]
) -> None:
    broken: list[str] = []
    dangerous: list[str] = []
    kinds = {str(one.get("path")): str(one.get("kind")) for one in package.listed}
    kinds |= {DIRECTORY: "JSON", COVER: "PDF", MANIFEST: "JSON"}
    for path, kind in kinds.items():
        try:
            data = package.read(path)
        except (KeyError, zipfile.BadZipFile, EOFError, OSError):
            broken.append(f"{path} 打不开")
            continue
        if kind == "JSON":
            broken += [f"{path} 不是 JSON"] if not _is_json(data) else []
        elif gate is not None:
            code, sentence = gate(data, kind)
            if code:
                (dangerous if code in harmful else broken).append(
                    f"{path}：{sentence.rstrip('。')}"
                )
    opened = "每个文件都能按登记的格式打开。" if gate else "没有文件检查程序，只核对了 JSON。"
    report.say(USABILITY, "formats", broken, opened)
    unread = [
        name for name in REQUIRED if name in package.names and not _is_json(package.read(name))
    ]
    report.say(
        USABILITY, "readable", unread, "元数据、目录和办件内容是通用文本，不用本程序也能读。"
    )
    report.say(
        SAFETY,
        "content",
        dangerous,
        "没有发现有害内容。" if gate else "没有文件检查程序，没有检查。",
    )


def _is_json(data: bytes) -> bool:
    try:
        json.loads(data)
    except ValueError:
        return False
    return True


# ---- 安全性


def _safety(package: _Package, report: Report, secrets: Collection[str]) -> None:
    report.say(
        SAFETY,
        "personal",
        _personal(package, secrets),
        "公开部分没有明文的证件号码、电话和敏感信息。",
    )


def _personal(package: _Package, secrets: Collection[str]) -> Iterator[str]:
    parts = {
        name: package.read(name).decode("utf-8", "replace")
        for name in OPEN_PARTS
        if name in package.names
    }
    entries = package.journal.get("entries") or []
    parts[JOURNAL] = "\n".join(str(one.get("body")) for one in entries if isinstance(one, dict))
    for name, text in parts.items():
        if _PHONE.search(text):
            yield f"{name} 里有电话号码"
        if any(_is_citizen_id(found.group()) for found in _CITIZEN_ID.finditer(text)):
            yield f"{name} 里有公民身份号码"
        if any(secret in text for secret in secrets if len(secret) > 3):
            yield f"{name} 里有敏感信息"


def _is_citizen_id(number: str) -> bool:
    total = sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS, strict=False))
    return "10X98765432"[total % 11] == number[17].upper()


# ---- primitives


def sm3(data: bytes) -> bytes:
    state = hashes.Hash(hashes.SM3())
    state.update(data)
    return state.finalize()


def signed_bytes(document: Mapping[str, Any], without: Collection[str] = ("signature",)) -> bytes:
    """What a signature covers: the same JSON without it, keys sorted, no blanks."""
    rest = {key: value for key, value in document.items() if key not in without}
    return json.dumps(rest, sort_keys=True, separators=(",", ":")).encode()


def signature_holds(document: Mapping[str, Any], point: str) -> bool:
    """Did the key of this point (hex) sign exactly this document?"""
    try:
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SM2(), bytes.fromhex(point))
        value = base64.b64decode(str(document.get("signature")), validate=True)
        key.verify(value, signed_bytes(document), ec.ECDSA(tongsuo_hashes.SM3()))
    except (tongsuo_exceptions.InvalidSignature, tongsuo_exceptions.InternalError, ValueError):
        return False
    return True


# ---- command


def main(
    arguments: Sequence[str], *, gate: Gate | None = None, harmful: Collection[str] = ()
) -> int:
    """Exit code 0: sound. 1: something is wrong. 2: the file could not be read."""
    parser = argparse.ArgumentParser(prog="yiwang archives check", description="检测档案包（四性）")
    parser.add_argument("file", type=Path)
    parser.add_argument("--trust", action="append", default=[], help="可信公钥的 SM3 指纹")
    given = parser.parse_args(list(arguments))
    if not given.file.is_file():
        sys.stderr.write(f"没有这个文件：{given.file}\n")
        return 2
    report = check(given.file, gate=gate, harmful=harmful, trusted=given.trust)
    sys.stdout.write("\n".join(_lines(report)) + "\n")
    return 0 if report.sound else 1


def _lines(report: Report) -> Iterator[str]:
    yield f"档号 {report.archive_no or '（读不出）'}"
    if report.fingerprint:
        yield f"签名公钥指纹 {report.fingerprint}"
    for test, label in TESTS.items():
        for one in (found for found in report.checks if found.test == test):
            yield f"{label} {'通过' if one.ok else '不通过'} [{one.name}] {one.sentence}"
    yield "检测通过" if report.sound else f"检测不通过：{len(report.failed)} 项"


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
