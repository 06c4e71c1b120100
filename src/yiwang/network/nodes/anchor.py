"""The registry's key as somebody confirmed it, in a file, and the newest documents beside it."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from django.conf import settings

from yiwang.mechanisms.crypto import rules as crypto
from yiwang.network.nodes import rules
from yiwang.network.nodes.definitions import Document, NodeKeyView
from yiwang.network.nodes.refusals import CannotTake

ANCHOR: Final = "registry.json"


def folder() -> Path:
    """``YIWANG_HOME/exchange``."""
    return Path(settings.YIWANG_HOME) / "exchange"


def pin(*, code: str, name: str, key: NodeKeyView, home: Path | None = None) -> None:
    """Believe documents of this registry from now on; its later keys follow from its documents."""
    content = {
        "code": code,
        "name": name,
        "key_id": key.key_id,
        "point": key.point,
        "valid_from": rules.spelled(key.valid_from),
    }
    write((home / "exchange" if home else folder()) / ANCHOR, content)


def find_pinned() -> tuple[str, NodeKeyView] | None:
    """Code and key of the registry that was confirmed here; None: none was."""
    path = folder() / ANCHOR
    if not path.exists():
        return None
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        point = str(found["point"])
        if not crypto.is_point(point):
            raise ValueError(path.name)
        key = NodeKeyView(
            found["key_id"],
            point,
            crypto.fingerprint(point),
            rules.moment(found["valid_from"]),
            None,
        )
        return str(found["code"]), key
    except (ValueError, KeyError, TypeError) as error:
        raise CannotTake(
            f"{ANCHOR} 不能读：登记机构的公钥文件坏了。", "请重新 yiwang node join。"
        ) from error


def keep(document: Document) -> None:
    """The newest document of a part, whole or not at all."""
    write(folder() / f"{document.part}.json", rules.as_wire(document))


def write(path: Path, content: Mapping[str, Any]) -> None:
    """Aside, flushed, renamed."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    aside = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    try:
        with aside.open("w", encoding="utf-8") as file:
            json.dump(content, file, ensure_ascii=False, indent=1)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
