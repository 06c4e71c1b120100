"""What the fast side of the exchange is told of grants."""

from __future__ import annotations

import psycopg
import pytest
from django.db import connection

from yiwang.foundation.agreements import sample
from yiwang.foundation.agreements.definitions import GrantState
from yiwang.foundation.agreements.models import DataGrant
from yiwang.network.nodes.definitions import CHANNEL

_COLUMNS = [
    "key", "service", "consumer_node", "provider_node", "purposes", "items", "needs_case",
    "fields", "clear_fields", "valid_from", "valid_until", "per_day", "per_second", "consumer", "way",
    "grades",
]  # fmt: skip


@pytest.mark.django_db
def test_the_view_has_the_columns_the_fast_side_was_promised() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM agreements_fast_grants")
        assert [column.name for column in cursor.description] == _COLUMNS


@pytest.mark.django_db
def test_only_grants_that_hold_are_seen_by_the_fast_side() -> None:
    holds = sample.grant("62/household-register", fields=["name", "id"], clear_fields=["id"])
    sample.grant("62/household-register", state=GrantState.SUSPENDED)
    sample.grant("62/household-register", state=GrantState.ENDED)
    (row,) = sample.fast_rows()
    said = dict(zip(_COLUMNS, row, strict=True))
    assert said["key"] == holds
    assert said["provider_node"] == "62"
    assert said["fields"] == ["name", "id"]
    assert said["clear_fields"] == ["id"]


@pytest.mark.django_db
def test_a_field_cannot_be_clear_without_being_granted() -> None:
    from django.db import IntegrityError, transaction

    with pytest.raises(IntegrityError), transaction.atomic():
        sample.grant("62/household-register", fields=["name"], clear_fields=["id"])
    assert not DataGrant.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_who_listens_hears_of_a_change_when_it_is_committed() -> None:
    settings = connection.settings_dict
    with psycopg.connect(
        host=settings["HOST"],
        port=settings["PORT"] or None,
        dbname=settings["NAME"],
        user=settings["USER"],
        password=settings["PASSWORD"] or None,
        autocommit=True,
    ) as listening:
        listening.execute(f"LISTEN {CHANNEL}")
        sample.grant("62/household-register")
        heard = next(listening.notifies(timeout=5, stop_after=1))
    assert (heard.channel, heard.payload) == (CHANNEL, "grants")
