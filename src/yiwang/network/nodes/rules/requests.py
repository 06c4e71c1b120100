"""What a node asks the registry for: read, and believed only with the right signatures."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

from yiwang.mechanisms.crypto import rules as crypto
from yiwang.network.nodes.definitions import SKEW, Asked, RequestKind
from yiwang.network.nodes.refusals import BadRequest, ClockOff
from yiwang.network.nodes.rules.documents import SCHEME, canonical, moment, spelled
from yiwang.network.nodes.rules.pairs import is_code

_ASKED: Final = (
    "code",
    "name",
    "uscc",
    "division_code",
    "address",
    "key_id",
    "point",
    "signed_by",
)
_LONGEST: Final = {
    "code": 32,
    "name": 80,
    "uscc": 18,
    "division_code": 12,
    "address": 200,
    "web": 200,
}


def asked_text(asked: Asked) -> bytes:
    """What is signed, by the key the others know and by the new one."""
    return canonical(as_asked(asked) | {"scheme": f"{SCHEME}-request"}).encode()


def as_asked(asked: Asked) -> dict[str, str]:
    texts = {name: str(getattr(asked, name)) for name in _ASKED}
    web = {"web": asked.web} if asked.web else {}  # a node of before says none
    return {**texts, **web, "kind": asked.kind.value, "at": spelled(asked.at)}


def to_keep(asked: Asked, given: Mapping[str, Any]) -> str:
    """An admitted request as text: what was signed and the two signatures, nothing else that came along."""
    return canonical(as_asked(asked) | {name: str(given[name]) for name in ("signature", "proof")})


def read_asked(given: object) -> Asked:
    """A request as it arrived; BadRequest when it is none. Signatures are looked at by ``admit``."""
    if not isinstance(given, Mapping) or not all(isinstance(given.get(n), str) for n in _ASKED):
        raise BadRequest
    try:
        kind, at = RequestKind(given.get("kind", "")), moment(given.get("at"))
    except ValueError as error:
        raise BadRequest from error
    web = given.get("web", "")
    if not isinstance(web, str) or (web and not is_address(web)):
        raise BadRequest
    asked = Asked(kind=kind, at=at, web=web, **{name: given[name] for name in _ASKED})
    if not is_code(asked.code) or not _is_key_id(asked.key_id) or not _is_key_id(asked.signed_by):
        raise BadRequest
    if not crypto.is_point(asked.point) or not is_address(asked.address):
        raise BadRequest
    for name, most in _LONGEST.items():
        text = getattr(asked, name)
        if len(text) > most or not text.isprintable():
            raise BadRequest
    if not asked.name.strip():
        raise BadRequest
    return asked


def admit(asked: Asked, given: Mapping[str, Any], *, known: str, at: datetime) -> None:
    """BadRequest unless the new key signed it (it is his), and the one others know did (``known``: its
    point; JOIN: the new one itself); ClockOff when the two clocks differ too much."""
    if abs(asked.at - at) > SKEW:
        raise ClockOff(f"发出这份节点申请的机器，时钟{clock_words(asked.at, at)}，相差超过五分钟。")
    data = asked_text(asked)
    for name, key_id, point in (
        ("signature", asked.signed_by, known),
        ("proof", asked.key_id, asked.point),
    ):
        if not crypto.is_signed_by(data, str(given.get(name)), key_id=key_id, point=point):
            raise BadRequest


def clock_words(theirs: datetime, ours: datetime) -> str:
    """How a node's clock stands to the registry's, to the minute: who is told again every two seconds
    shall not read another number each time."""
    minutes = round(abs(theirs - ours).total_seconds() / 60)
    return f"比登记机构{'慢' if theirs < ours else '快'}约 {minutes} 分钟"


def _is_key_id(text: str) -> bool:
    return (
        text.isascii()
        and text.startswith("sign-node.")
        and text[10:].isdecimal()
        and len(text) < 20
    )


def is_address(text: str) -> bool:
    """``http(s)://host:port`` and no more."""
    try:
        parts = urlsplit(text)
        whole = f"{parts.scheme}://{parts.netloc}"
        return (
            parts.scheme in ("http", "https")
            and bool(parts.hostname)
            and parts.port != 0
            and text in (whole, f"{whole}/")
            and "@" not in parts.netloc
            and text.isascii()
        )
    except ValueError:
        return False
