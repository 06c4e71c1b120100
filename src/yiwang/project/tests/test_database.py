"""The limits every process keeps on the database, by its role."""

from __future__ import annotations

import pytest
from django.db import connection

from yiwang.cloud.storage.definitions import ANSWER_WITHIN, Address
from yiwang.project import database

pytestmark = pytest.mark.django_db


def test_pages_and_migrations_have_the_limits_the_rules_name(monkeypatch):
    address = Address("somewhere", "n", "u", "p")
    monkeypatch.delenv("YIWANG_DATABASE_ROLE", raising=False)
    page = database.django_form(address)
    assert "statement_timeout=5000" in page["OPTIONS"]["options"]
    assert 5 < page[ANSWER_WITHIN] < 10
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("5s",)
    monkeypatch.setenv("YIWANG_DATABASE_ROLE", "owner")
    owner = database.django_form(address)
    assert "lock_timeout=2000" in owner["OPTIONS"]["options"]
    assert "statement_timeout=0" in owner["OPTIONS"]["options"]
    assert owner[ANSWER_WITHIN] is None
