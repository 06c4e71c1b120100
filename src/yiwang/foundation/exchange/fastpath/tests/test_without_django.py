"""The process has no Django in it, and the views it reads have the columns it asks for."""

from __future__ import annotations

import subprocess
import sys

from django.db import connection

from yiwang.foundation.exchange import rules
from yiwang.foundation.exchange.fastpath import snapshot
from yiwang.foundation.exchange.models import Receipt

COLUMNS = {
    snapshot.SYSTEMS: "key_id system node secret_cipher point algorithm state valid_until per_second",
    snapshot.SERVICES: "code kind title summary upstream method limit_seconds per_partner reply_bytes"
    " private_ok fields parameters subject_parameter state version",
    snapshot.GRANTS: "key service consumer_node provider_node purposes items needs_case fields"
    " clear_fields valid_from valid_until per_day per_second",
}


def test_no_django_is_loaded():
    code = (
        "import sys, yiwang.foundation.exchange.fastpath.server;"
        "print([m for m in sys.modules if m.split('.')[0] == 'django'])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_views_have_the_columns_the_server_reads(db):
    with connection.cursor() as cursor:
        for view, wanted in COLUMNS.items():
            cursor.execute(f"SELECT * FROM {view} LIMIT 0")  # noqa: S608
            assert set(wanted.split()) <= {column.name for column in cursor.description}, view


def test_a_receipt_is_hashed_whole():
    columns = {field.column for field in Receipt._meta.concrete_fields}
    assert columns == {"id", *rules.FACTS}
