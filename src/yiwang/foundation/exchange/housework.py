"""What the house is asked through its own exchange, before anything is answered: did the exchange ask it?"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from yiwang.foundation.exchange.definitions import HouseCall
from yiwang.foundation.exchange.fastpath import envelope, own
from yiwang.kernel.refusals import NotAllowed
from yiwang.mechanisms.crypto import actions as crypto

#: From one process to another on the same machine.
_FRESH_FOR: Final = timedelta(seconds=60)


def read_house_call(
    *, name: str, headers: Mapping[str, str], body: bytes, at: datetime
) -> HouseCall:
    """A call of a service this house answers. NotAllowed unless this node's own exchange made it just now."""
    marks = {one: headers.get(f"X-Exchange-{one}", "") for one in ("Message", "From", "Time")}
    text = own.covered(
        path=own.address_of(name),
        caller=marks["From"],
        message=marks["Message"],
        time=marks["Time"],
        body=body,
    )
    proof = headers.get("X-Exchange-Proof", "")
    asked_at = envelope.moment_of(marks["Time"])
    if asked_at is None or abs(at - asked_at) > _FRESH_FOR:
        raise NotAllowed
    if not crypto.is_indexed(proof, plain=text, purpose=own.PURPOSE):
        raise NotAllowed
    given = json.loads(body)
    return HouseCall(
        message=marks["Message"],
        node=marks["From"].partition("/")[0],
        system=marks["From"],
        parameters=given,
    )
