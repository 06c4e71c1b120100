"""成员服务: a service the host provides to all of its members by itself."""

from __future__ import annotations

from dataclasses import dataclass

from yiwang.foundation.exchange.definitions import ServiceField, ServiceParameter


@dataclass(frozen=True, slots=True)
class MemberService:
    """One of them. ``name``: behind the host's code, and what ``entrance/api/housework.py`` answers by;
    ``purpose``: what members call it for, as their receipts say."""

    name: str
    title: str
    summary: str
    purpose: str
    parameters: tuple[ServiceParameter, ...]
    fields: tuple[ServiceField, ...]
    subject_parameter: str = ""
    limit_seconds: float = 10.0
    reply_bytes: int = 1_048_576
    per_day: int = 1_000_000
    per_second: int = 200

    def code_at(self, host: str) -> str:
        """Its code in the exchange."""
        return f"{host}/{self.name}"
