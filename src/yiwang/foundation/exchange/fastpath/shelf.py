"""The fast path's own reading and writing of topics and queues: one connection, and sealed columns."""

from __future__ import annotations

import asyncio
import base64
import binascii
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final

import psycopg

from yiwang.foundation.exchange.fastpath import receipts as writing
from yiwang.foundation.exchange.fastpath.refusals import ExchangeAway
from yiwang.mechanisms.crypto import primitives, rules
from yiwang.mechanisms.crypto.definitions import CIPHER_SCHEME, FIELDS, CannotDecrypt, KeyId
from yiwang.mechanisms.crypto.drivers.encrypted_file import EncryptedFileKeyStore

_SECONDS: Final = 10.0


class Shelf:
    """Statements one after another; a lost database is ExchangeAway and connected again next time."""

    def __init__(self, database: str) -> None:
        self._database = database
        self._lock = asyncio.Lock()
        self._connection: psycopg.AsyncConnection[Any] | None = None

    async def run(self, statement: str, values: Sequence[Any] = ()) -> list[Any]:
        """One statement, on disk when it returns; its rows. ExchangeAway."""
        async with self._lock:
            try:
                async with asyncio.timeout(_SECONDS):
                    cursor = await (await self._connected()).execute(statement, values)
                    return await cursor.fetchall() if cursor.description else []
            except (psycopg.OperationalError, OSError, TimeoutError) as error:
                await self.close()
                raise ExchangeAway from error

    async def close(self) -> None:
        """At the process's end, and when it is broken."""
        if self._connection is not None:
            await self._connection.close()
            self._connection = None

    async def _connected(self) -> psycopg.AsyncConnection[Any]:
        if self._connection is None or self._connection.closed or self._connection.broken:
            self._connection = await writing.connect(self._database)
        return self._connection


class Sealer:
    """Closes and opens values of encrypted columns, as ``crypto.actions`` does."""

    def __init__(self, store: EncryptedFileKeyStore) -> None:
        self._store = store
        self._key = lru_cache(maxsize=64)(self._derived)

    def close(self, plain: str, purpose: str) -> str:
        key_id = self._store.current(FIELDS)
        sealed = primitives.seal(self._key(key_id, purpose), plain.encode(), purpose.encode())
        return f"{CIPHER_SCHEME}${key_id}${base64.b64encode(sealed).decode()}"

    def open(self, cipher: str, purpose: str) -> str:
        """CannotDecrypt for what was not closed for this purpose here."""
        key_id, body = rules.split_cipher(cipher)
        try:
            sealed = base64.b64decode(body, validate=True)
            key = self._key(key_id, purpose)
            return primitives.unseal(key, sealed, purpose.encode()).decode()
        except (primitives.Broken, binascii.Error) as error:
            raise CannotDecrypt from error

    def _derived(self, key_id: KeyId, purpose: str) -> bytes:
        return rules.field_key(self._store.get(key_id), purpose)
