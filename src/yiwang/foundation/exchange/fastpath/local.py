"""Asking a query service published from a data source on this node: ``local:<name>``."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from yiwang.foundation.datasources.asking import Answer, Asker
from yiwang.foundation.datasources.definitions import Outcome
from yiwang.foundation.exchange.fastpath.refusals import (
    CannotCall,
    ParameterMissing,
    PartnerAway,
    PartnerNonsense,
    QuotaUsedUp,
    ReplyTooLarge,
    ServiceIsStopped,
    ServiceUnknown,
)
from yiwang.foundation.exchange.fastpath.snapshot import FastService

PREFIX: Final = "local:"
#: The kind of service that answers a batch.
VERIFY: Final = "VERIFY"
#: The kind that hands over a whole table, part by part.
TABLE: Final = "TABLE"
#: The kind that hands rows out.
QUERY: Final = "QUERY"
#: A batch's one field: yes or no for each key, in order.
VERDICTS: Final = "verdicts"
KEYS: Final = "keys"
_REFUSALS: Final[Mapping[str, type[CannotCall]]] = {
    "QueryRefused": ParameterMissing,
    "TooFewKeys": ParameterMissing,
    "InvalidInput": ParameterMissing,
    "TooManyKeys": QuotaUsedUp,
    "AnswerTooLarge": ReplyTooLarge,
    "NotAsDeclared": PartnerNonsense,
    "NoSuchQuery": ServiceIsStopped,
    "NoLargeAnswer": ServiceUnknown,
}


class Sources:
    """The data sources of this node."""

    def __init__(self, home: Path) -> None:
        self._asker = Asker(home)

    async def ask(
        self,
        service: FastService,
        parameters: Mapping[str, Any],
        *,
        caller: str,
        fields: Sequence[str] = (),
    ) -> Answer:
        """Rows, or yes and no; a refusal of the exchange's own family."""
        name = service.upstream.removeprefix(PREFIX)
        if service.kind == VERIFY:
            keys = parameters.get(KEYS, [])
            answer = await self._asker.verify(
                name=name,
                keys=keys if isinstance(keys, list) else [],
                caller=caller,
                limit_seconds=service.limit_seconds,
            )
        else:
            answer = await self._asker.ask(
                name=name,
                parameters=parameters,
                at_most=[name for name in fields if name in service.fields],
                caller=caller,
                limit_seconds=service.limit_seconds,
            )
        if answer.outcome in (Outcome.REFUSED, Outcome.AWAY):
            raise _refusal(answer)
        if len(answer.body) > service.reply_bytes:
            raise ReplyTooLarge
        return answer

    async def large(
        self,
        service: FastService,
        parameters: Mapping[str, Any],
        *,
        caller: str,
        fields: Sequence[str],
    ) -> AsyncGenerator[Answer]:
        """Rows of a large answer, one record a line, piece by piece. Refusals of the exchange's own family."""
        size = 0
        pieces = self._asker.large(
            name=service.upstream.removeprefix(PREFIX),
            parameters=parameters,
            at_most=[name for name in fields if name in service.fields],
            caller=caller,
            pause=service.limit_seconds,
        )
        async with contextlib.aclosing(pieces):
            async for piece in pieces:
                if piece.outcome in (Outcome.REFUSED, Outcome.AWAY):
                    raise _refusal(piece)
                size += len(piece.body)
                if size > service.reply_bytes:
                    raise ReplyTooLarge
                yield piece

    async def batch(
        self, service: FastService, part: Mapping[str, Any], hidden: Mapping[str, str]
    ) -> Answer:
        """A part of a table; a refusal of the exchange's own family."""
        answer = await self._asker.batch(
            name=service.upstream.removeprefix(PREFIX),
            part=part,
            hidden=hidden,
            limit_seconds=service.limit_seconds,
        )
        if answer.outcome in (Outcome.REFUSED, Outcome.AWAY) or answer.batch is None:
            raise _refusal(answer)
        if len(answer.body) > service.reply_bytes:
            raise ReplyTooLarge
        return answer

    async def close(self) -> None:
        await self._asker.close()


def _refusal(answer: Answer) -> CannotCall:
    """What the source said, in the exchange's words; its fields say which parameter."""
    told = answer.refusal or {}
    family = _REFUSALS.get(str(told.get("code", "")), PartnerAway)
    if family is PartnerAway:
        return PartnerAway()
    fields = told.get("fields") or []
    which = "；".join(f"{one['field']}：{one['sentence']}" for one in fields[:5])
    return family(f"{told.get('sentence', '')}{which}", str(told.get("remedy", "")))
