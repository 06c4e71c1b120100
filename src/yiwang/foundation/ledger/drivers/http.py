"""A witness behind ``/api/v1/ledger/`` of another installation: short limits, no redirects."""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote, urlsplit

from yiwang.foundation.ledger.witnesses import WitnessAway, WitnessRefused

SECONDS: Final = 5.0
ANSWER_BYTES: Final = 262_144


class HttpWitness:
    """Driver of the ``Witness`` port. What it answers is believed only as far as its signature goes."""

    def __init__(self, code: str, address: str) -> None:
        self.code = code
        self._address = urlsplit(address)

    def find_seen(self, *, ledger: str, within: Mapping[str, int] | None) -> dict[str, Any] | None:
        query = f"ledger={quote(ledger)}"
        if within is not None:
            query += "&within=" + quote(",".join(f"{name}:{n}" for name, n in within.items()))
        found = self._ask("GET", f"/api/v1/ledger/seen?{query}")
        seen = found.get("checkpoint")
        return dict(seen) if seen else None

    def witness(self, submission: Mapping[str, Any]) -> dict[str, Any]:
        return self._ask("POST", "/api/v1/ledger/witness", json.dumps(submission).encode())

    def _ask(self, method: str, path: str, body: bytes | None = None) -> dict[str, Any]:
        kind = (
            http.client.HTTPSConnection
            if self._address.scheme == "https"
            else http.client.HTTPConnection
        )
        connection = kind(str(self._address.hostname), self._address.port, timeout=SECONDS)
        try:
            headers = {"Content-Type": "application/json"} if body else {}
            connection.request(method, self._address.path.rstrip("/") + path, body, headers)
            answer = connection.getresponse()
            content = answer.read(ANSWER_BYTES)
            found = json.loads(content)
            if not isinstance(found, dict):
                raise WitnessAway(self.code)
        except (OSError, ValueError, http.client.HTTPException) as error:
            raise WitnessAway(self.code) from error
        finally:
            connection.close()
        if answer.status == 409 and isinstance(found.get("refusal"), dict):
            raise WitnessRefused(found["refusal"])
        if answer.status != 200:
            raise WitnessAway(self.code)
        return found
