"""Talking to the registry over its exchange port: one request, one answer, short limits, no redirects."""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from yiwang.network.nodes.refusals import RegistryAway
from yiwang.network.nodes.rules import is_address

DOCUMENTS: Final = "/exchange/v1/documents"
REQUESTS: Final = "/exchange/v1/requests"
CONNECT_SECONDS: Final = 3.0
READ_SECONDS: Final = 10.0
MOST_BYTES: Final = 32_000_000


def ask(
    address: str,
    method: str,
    target: str,
    *,
    headers: Mapping[str, str] | None = None,
    body: bytes = b"",
) -> tuple[int, Mapping[str, Any]]:
    """Status and JSON of the registry's answer; RegistryAway when there is none to be understood."""
    if not is_address(address):
        raise RegistryAway("登记机构的地址写得不对。")
    connection = _connection(address)
    try:
        connection.connect()
        if connection.sock is not None:
            connection.sock.settimeout(READ_SECONDS)
        connection.request(method, target, body=body or None, headers=dict(headers or {}))
        answer = connection.getresponse()
        raw = answer.read(MOST_BYTES + 1)
        found = json.loads(raw) if raw else {}
    except (OSError, http.client.HTTPException, ValueError, RecursionError) as error:
        raise RegistryAway from error
    finally:
        connection.close()
    if len(raw) > MOST_BYTES or not isinstance(found, dict):
        raise RegistryAway("登记机构的回答看不懂。")
    return answer.status, found


def _connection(address: str) -> http.client.HTTPConnection:
    parts = urlsplit(address)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    return kind(str(parts.hostname), parts.port, timeout=CONNECT_SECONDS)
