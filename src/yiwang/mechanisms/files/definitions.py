"""Kinds of file, their limits, and every way a file is refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from urllib.parse import quote

from yiwang.kernel.refusals import Refusal, TryLater

MEGABYTE: Final = 1024 * 1024


class Kind(StrEnum):
    PDF = "PDF"
    JPEG = "JPEG"
    PNG = "PNG"
    WEBP = "WEBP"
    DOCX = "DOCX"
    XLSX = "XLSX"
    OFD = "OFD"
    CSV = "CSV"
    TXT = "TXT"
    ZIP = "ZIP"  # made by the platform; nobody uploads one


@dataclass(frozen=True, slots=True)
class Rule:
    """What one kind of file looks like and how big it may be."""

    extensions: tuple[str, ...]
    content_type: str
    limit: int
    label: str


RULES: Final[dict[Kind, Rule]] = {
    Kind.PDF: Rule(("pdf",), "application/pdf", 20 * MEGABYTE, "PDF 文件"),
    Kind.JPEG: Rule(("jpg", "jpeg"), "image/jpeg", 20 * MEGABYTE, "图片"),
    Kind.PNG: Rule(("png",), "image/png", 20 * MEGABYTE, "图片"),
    Kind.WEBP: Rule(("webp",), "image/webp", 20 * MEGABYTE, "图片"),
    Kind.DOCX: Rule(
        ("docx",),
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        20 * MEGABYTE,
        "Word 文档",
    ),
    Kind.XLSX: Rule(
        ("xlsx",),
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        20 * MEGABYTE,
        "Excel 表格",
    ),
    Kind.OFD: Rule(("ofd",), "application/ofd", 20 * MEGABYTE, "OFD 文件"),
    Kind.CSV: Rule(("csv",), "text/csv", 20 * MEGABYTE, "CSV 表格"),
    Kind.TXT: Rule(("txt",), "text/plain", 5 * MEGABYTE, "文本文件"),
}
#: What the platform makes itself and keeps beside what people upload: never taken in as an upload.
MADE: Final[dict[Kind, Rule]] = {
    Kind.ZIP: Rule(("zip",), "application/zip", 2048 * MEGABYTE, "档案包"),
}
KIND_OF_EXTENSION: Final = {e: kind for kind, rule in RULES.items() for e in rule.extensions}
IMAGES: Final = frozenset({Kind.JPEG, Kind.PNG, Kind.WEBP})
ARCHIVES: Final = frozenset({Kind.DOCX, Kind.XLSX, Kind.OFD})
TEXTS: Final = frozenset({Kind.CSV, Kind.TXT})

#: Files nothing refers to are removed after this many hours.
UNATTACHED_HOURS: Final = 24
#: How many files without a purpose one person may have waiting.
UNATTACHED_LIMIT: Final = 100


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that is safely on disk."""

    key: str
    filename: str
    kind: Kind
    size: int
    digest: str
    scanned: bool


@dataclass(frozen=True, slots=True)
class OpenFile:
    """A file being handed out; ``chunks`` decrypts as it flows."""

    filename: str
    content_type: str
    size: int
    chunks: Iterator[bytes]

    @property
    def disposition(self) -> str:
        """Always a download, never shown inside our pages."""
        return f"attachment; filename*=UTF-8''{quote(self.filename, safe='')}"


class CannotStoreFile(Refusal):
    """The file is not what it says, too big, or unsafe. The sentence names the problem."""

    status = 422
    sentence = "这个文件不能上传。"
    remedy = "请换一个文件再试。"
    problem = "other"  # the code of ``PROBLEMS`` where it has one


class FileTooLarge(CannotStoreFile):
    status = 413
    problem = "too-large"
    sentence = "这个文件太大。"
    remedy = "请压缩图片，或分成几个文件上传。"


class TooManyFiles(CannotStoreFile):
    status = 429
    sentence = "您上传后还没有用到的文件太多了。"
    remedy = "请先提交或删除已经上传的文件，或明天再试。"


class FileCheckAway(TryLater):
    """The checker or the scanner did not answer; nothing unchecked is kept."""

    sentence = "文件检查暂时不可用，这个文件没有保存。"


class StorageFull(TryLater):
    """The disk is full; nothing half-written stays."""

    status = 507
    sentence = "存储空间不足，这个文件没有保存。"
    remedy = "您填的内容还在，请过一会儿再上传。"


#: What the check found, in words for the person who uploads: code → (sentence, remedy).
PROBLEMS: Final[dict[str, tuple[str, str]]] = {
    "empty": ("这个文件是空的。", "请检查后重新选择文件。"),
    "name": ("文件名不对。", "文件名应有扩展名，不能含有特殊字符，不超过 120 个字。"),
    "not-image": ("这个文件的内容不是图片，虽然名字写着是图片。", "请重新拍照或扫描后上传。"),
    "not-pdf": ("这个文件的内容不是 PDF。", "请用打印或另存为的方式重新生成 PDF。"),
    "cut-pdf": ("这个 PDF 不完整，可能没有传完。", "请重新生成或重新下载后再上传。"),
    "active-pdf": ("这个 PDF 里带有程序或自动动作。", "请重新打印成普通 PDF 后上传。"),
    "not-archive": ("这个文件的内容和扩展名不符。", "请用办公软件重新保存后上传。"),
    "not-text": ("这个文件的内容不是文字。", "请另存为 UTF-8 编码的文本后上传。"),
    "mixed": ("这个文件里藏着另一种文件。", "请重新生成一份干净的文件后上传。"),
    "pixels": ("这张图片的像素太多，超过 5000 万。", "请缩小图片后上传。"),
    "broken-image": ("这张图片打不开，可能已经损坏。", "请重新拍照或扫描后上传。"),
    "entries": ("这个文件里的内容项太多。", "请拆成几个文件上传。"),
    "bomb": ("这个文件展开后大得不正常。", "请用办公软件重新保存后上传。"),
    "nested": ("这个文件里层层套着压缩包。", "请把里面的文件取出来单独上传。"),
    "path": ("这个文件里有不安全的路径。", "请用办公软件重新保存后上传。"),
    "link": ("这个文件里有链接文件。", "请用办公软件重新保存后上传。"),
    "locked": ("这个文件加了密码。", "请去掉密码后上传。"),
    "macro": ("这个文件里带有宏。", "请另存为不带宏的文档后上传。"),
    "entity": ("这个文件里有不允许的外部引用。", "请用办公软件重新保存后上传。"),
    "broken-archive": ("这个文件打不开，可能已经损坏。", "请用办公软件重新保存后上传。"),
    "too-hard": ("检查这个文件花的时间或内存太多。", "请简化或缩小后上传。"),
    "infected": ("安全检查发现这个文件有问题。", "请在自己的电脑上查杀病毒后，换一个文件上传。"),
}
#: Of these the ones that could do harm; the others only do not open.
HARMFUL: Final = frozenset(
    {
        "active-pdf", "mixed", "bomb", "nested", "path", "link", "macro", "entity", "infected",
        "too-hard", "pixels", "entries",
    }
)  # fmt: skip
