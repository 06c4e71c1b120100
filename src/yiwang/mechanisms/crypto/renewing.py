"""Values closed under an older key are closed again under the present one, while everybody works on.

A value is replaced only if it is still the one that was read, so nothing somebody saves meanwhile is
lost; a killed run is simply started again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.apps import apps
from django.db import connection, models, transaction
from psycopg import sql

from yiwang.mechanisms.crypto import actions
from yiwang.mechanisms.crypto.definitions import CIPHER_SCHEME, FIELDS
from yiwang.mechanisms.crypto.fields import EncryptedText
from yiwang.mechanisms.crypto.keystore import get_store

_BATCH: Final = 500


@dataclass(frozen=True, slots=True)
class Renewed:
    """One column: how many of its values were under an older key, and are no more."""

    table: str
    column: str
    values: int


def renew() -> Iterator[Renewed]:
    """Every encrypted column, one after the other; columns in which nothing was old say 0."""
    present = f"{CIPHER_SCHEME}${get_store().current(FIELDS)}$%"
    for model in sorted(apps.get_models(), key=lambda one: one._meta.db_table):
        if not model._meta.managed or model._meta.proxy:
            continue
        for field in model._meta.local_fields:
            if isinstance(field, EncryptedText):
                yield _column(model, field, present)


def _column(model: type[models.Model], field: EncryptedText, present: str) -> Renewed:
    """A stretch of rows by primary key at a time, so that no lock stands long and no list grows."""
    table, key, column = model._meta.db_table, str(model._meta.pk.column), str(field.column)
    names = {"t": sql.Identifier(table), "k": sql.Identifier(key), "c": sql.Identifier(column)}
    find = sql.SQL(
        "SELECT {k}, {c} FROM {t} WHERE {c} LIKE %s AND {c} NOT LIKE %s AND (%s OR {k} > %s)"
        " ORDER BY {k} LIMIT %s"
    ).format(**names)
    put = sql.SQL("UPDATE {t} SET {c} = %s WHERE {k} = %s AND {c} = %s").format(**names)
    count, last, any_key = 0, None, True
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(find, [f"{CIPHER_SCHEME}$%", present, any_key, last, _BATCH])
            rows: list[tuple[Any, str]] = cursor.fetchall()
            for row_key, old in rows:
                plain = actions.decrypt(old, purpose=field.purpose)
                fresh = actions.encrypt(plain, purpose=field.purpose)
                cursor.execute(put, [fresh, row_key, old])
                count += cursor.rowcount
        if len(rows) < _BATCH:
            return Renewed(table, column, count)
        last, any_key = rows[-1][0], False
