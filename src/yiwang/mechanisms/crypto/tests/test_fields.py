from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.exceptions import FieldError
from django.db import connection, models

from yiwang.mechanisms.crypto.definitions import CannotDecrypt
from yiwang.mechanisms.crypto.fields import EncryptedJSON, EncryptedText

NUMBER = "62010219900307123X"


class Secretive(models.Model):
    number = EncryptedText(null=True)
    note = EncryptedText(purpose="scratch.note", default="")
    answers = EncryptedJSON(null=True)

    class Meta:
        app_label = "scratch"
        managed = False
        db_table = "scratch_secretive"


@pytest.fixture(autouse=True)
def _table(db: None) -> Iterator[None]:
    with connection.schema_editor() as editor:
        editor.create_model(Secretive)
    yield
    with connection.schema_editor() as editor:
        editor.delete_model(Secretive)


def raw(column: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM scratch_secretive ORDER BY id")  # noqa: S608 fixed names
        return cursor.fetchone()[0]


def test_the_table_holds_cipher_text_and_python_the_value() -> None:
    Secretive.objects.create(number=NUMBER, answers={"号码": NUMBER, "层": [1, None]})
    assert raw("number").startswith("sm4-gcm$")
    assert NUMBER not in raw("number") + raw("answers")
    found = Secretive.objects.get()
    assert (found.number, found.answers) == (NUMBER, {"号码": NUMBER, "层": [1, None]})
    assert Secretive.objects.values_list("number", flat=True).get() == NUMBER


def test_nothing_stays_nothing_and_empty_stays_empty() -> None:
    Secretive.objects.create()
    found = Secretive.objects.get(number__isnull=True)
    assert (found.number, found.note, found.answers) == (None, "", None)


def test_every_way_to_write_encrypts() -> None:
    rows = Secretive.objects.bulk_create([Secretive(number="1"), Secretive(number="2")])
    Secretive.objects.filter(pk=rows[0].pk).update(number="3")
    rows[1].number = "4"
    Secretive.objects.bulk_update([rows[1]], ["number"])
    assert [r.number for r in Secretive.objects.order_by("pk")] == ["3", "4"]
    assert raw("number").startswith("sm4-gcm$")
    rows[0].refresh_from_db()
    rows[0].save()
    rows[0].refresh_from_db()
    assert rows[0].number == "3"


@pytest.mark.parametrize("lookup", ["", "__exact", "__in", "__contains", "__startswith", "__gt"])
def test_looking_up_by_value_is_refused_loudly(lookup: str) -> None:
    with pytest.raises(FieldError):
        list(Secretive.objects.filter(**{f"number{lookup}": NUMBER}))


def test_a_value_copied_to_another_column_does_not_open() -> None:
    Secretive.objects.create(number=NUMBER)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE scratch_secretive SET note = number")
    with pytest.raises(CannotDecrypt):
        Secretive.objects.get()


def test_a_clear_value_slipped_into_the_table_is_not_taken_for_one_of_ours() -> None:
    Secretive.objects.create(number=NUMBER)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE scratch_secretive SET number = %s", [NUMBER])
    with pytest.raises(CannotDecrypt):
        Secretive.objects.get()


def test_a_migration_keeps_the_given_purpose() -> None:
    _, _, _, kwargs = Secretive._meta.get_field("note").deconstruct()
    assert kwargs["purpose"] == "scratch.note"
    assert "purpose" not in Secretive._meta.get_field("number").deconstruct()[3]
