"""A platform above that behaves as badly as it is told; it remembers in files under the home.

``YIWANG_HOME/simulator/upper`` holds the way: SLOW, DOWN, DUPLICATE, OUT_OF_ORDER or GARBAGE. It agrees
to every request but those whose purpose says 拒绝, and asks for one resource of ours itself. What is
changed or taken back before it was ever told is refused: the order matters to it.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from django.conf import settings

from yiwang.foundation.upper.definitions import News, Page, UpperAway

MODES: Final = ("SLOW", "DOWN", "DUPLICATE", "OUT_OF_ORDER", "GARBAGE")


class Simulator:
    """Keeps the port's promise without a platform."""

    name = "上级平台（模拟）"

    def put_entry(self, entry: Mapping[str, Any], *, number: str) -> str:
        return self._received("entry", number, entry)

    def remove_entry(self, resource: str, *, number: str) -> str:
        return self._received("removal", number, {"resource": resource}, after=("entry", resource))

    def amend(self, request: Mapping[str, Any], *, of: str, number: str) -> str:
        return self._received("amended", number, {**request, "of": of}, after=("request", of))

    def recall(self, *, of: str, words: str, number: str) -> str:
        return self._received("recall", number, {"of": of, "words": words}, after=("request", of))

    def ask(self, request: Mapping[str, Any], *, number: str) -> str:
        return self._received("request", number, request)

    def answer(self, *, incoming: str, agreed: bool, words: str, number: str) -> str:
        told = {"incoming": incoming, "agreed": agreed, "words": words}
        return self._received("answer", number, told)

    def news(self, *, mark: str) -> Page:
        mode = self._behave()
        if mode == "GARBAGE":
            return Page(("\x00<html>502",), mark)  # type: ignore[arg-type]
        found = [
            News(number=one.stem, decision=True, agreed="拒绝" not in text, words="模拟平台的答复")
            for one in sorted(self._folder("request").glob("*.json"))
            for text in [one.read_text(encoding="utf-8")]
            if not self._is_recalled(one.stem)
        ]
        theirs = News(
            "UP-2026-0001", decision=False, title="申请城关区数据", resource="人口", words="统计"
        )
        found.append(theirs)
        if mode == "DUPLICATE":
            found += found
        if mode == "OUT_OF_ORDER":
            found.reverse()
        return Page(tuple(found), str(len(found)))

    def call(self, service: str, parameters: Mapping[str, Any], *, message: str) -> Any:
        mode = self._behave()
        if mode == "GARBAGE":
            return "\x00<html>502"
        answer = {"service": service, "asked": str(parameters.get("number", "")), "valid": True}
        if not answer["asked"]:
            return None
        return [answer, answer] if mode == "DUPLICATE" else answer

    def received(self, kind: str) -> list[str]:
        """The numbers it was told, once each however often it was told them."""
        return sorted(one.stem for one in self._folder(kind).glob("*.json"))

    def order(self) -> list[str]:
        """ "kind number" of everything it was told, in the order of the first time."""
        path = self._folder("") / "order"
        return path.read_text(encoding="ascii").splitlines() if path.exists() else []

    def _received(
        self, kind: str, number: str, body: Mapping[str, Any], *, after: tuple[str, str] = ("", "")
    ) -> str:
        mode = self._behave()
        text = json.dumps(dict(body), ensure_ascii=False)
        if after[1] and not self._knows(*after):
            raise UpperAway("上级平台没有收到过要更正、撤下的内容")
        path = self._folder(kind) / f"{number}.json"
        if not path.exists():
            with (self._folder("") / "order").open("a", encoding="ascii") as told:
                told.write(f"{kind} {number}\n")
        path.write_text(text, encoding="utf-8")
        if mode == "GARBAGE":
            return "\x00<html>502 Bad Gateway"
        return "UP" + hashlib.sha256(f"{kind} {number}".encode()).hexdigest()[:16]

    def _knows(self, kind: str, what: str) -> bool:
        if kind == "request":
            return (self._folder(kind) / f"{what}.json").exists()
        return any(one.get("code") == what for one in self._read(kind))

    def _is_recalled(self, number: str) -> bool:
        return any(one["of"] == number for one in self._read("recall"))

    def _read(self, kind: str) -> list[dict[str, Any]]:
        files = sorted(self._folder(kind).glob("*.json"))
        return [json.loads(one.read_text(encoding="utf-8")) for one in files]

    def _behave(self) -> str:
        mode = self._mode()
        if mode == "DOWN":
            raise UpperAway("上级平台没有应答")
        if mode == "SLOW":
            time.sleep(settings.UPPER_SECONDS)
            raise UpperAway("上级平台超过时限没有答复")
        return mode

    def _mode(self) -> str:
        try:
            text = (Path(settings.YIWANG_HOME) / "simulator" / "upper").read_text(encoding="ascii")
        except OSError:
            return ""
        return text.strip()

    def _folder(self, kind: str) -> Path:
        folder = Path(settings.YIWANG_HOME) / "simulator" / "upper-platform" / kind
        folder.mkdir(parents=True, exist_ok=True)
        return folder
