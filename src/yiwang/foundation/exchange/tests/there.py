"""A system of Lanzhou's own: its key is known and sealed there, and nowhere else."""

from __future__ import annotations

import psycopg

from yiwang.foundation.exchange import sample
from yiwang.foundation.exchange.fastpath.shelf import Sealer
from yiwang.foundation.exchange.models import System, SystemKey
from yiwang.foundation.exchange.tests import running, two


def system(place: two.Two, code: str = "620100/registry") -> running.Caller:
    """Registered at Lanzhou; who calls for it."""
    key = sample.system(code, per_second=10_000)
    sealed = Sealer(place.store).close(key.secret, "exchange.system_key")
    row = SystemKey.objects.get(key_id=key.key_id)
    with psycopg.connect(running.conninfo()) as here, psycopg.connect(place.conninfo) as there:
        for table, number in ((System, row.system_id), (SystemKey, row.pk)):
            name = table._meta.db_table
            text = f"COPY (SELECT * FROM {name} WHERE id = {number}) TO STDOUT"  # noqa: S608
            with (
                here.cursor().copy(text) as out,
                there.cursor().copy(f"COPY {name} FROM STDIN") as into,
            ):
                for piece in out:
                    into.write(piece)
        there.execute(
            "UPDATE exchange_system_key SET secret = %s WHERE key_id = %s", [sealed, key.key_id]
        )
        there.execute("SELECT pg_notify('exchange_changed', '')")
    row.delete()
    return running.Caller(place.lanzhou, key.key_id, key.secret)
