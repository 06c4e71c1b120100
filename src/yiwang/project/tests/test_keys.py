"""``yiwang keys``: what was written under the old keys is read, found and verified under the new ones."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.core import signing
from django.db import connection

from yiwang.foundation.exchange import sample as exchange
from yiwang.foundation.exchange.fastpath.refusals import KeyUsedOtherwise
from yiwang.foundation.exchange.topics import actions as topics
from yiwang.foundation.exchange.topics.models import Publication
from yiwang.foundation.libraries import actions as registering
from yiwang.foundation.libraries import queries as libraries
from yiwang.foundation.libraries import sample as people
from yiwang.foundation.libraries.models import BankAccount, Person
from yiwang.kernel.actor import machine
from yiwang.kernel.moments import now
from yiwang.mechanisms.crypto import actions, keystore, queries
from yiwang.mechanisms.crypto.definitions import CannotRotate
from yiwang.mechanisms.journal.models import Entry
from yiwang.project import keys, session_keys
from yiwang.support.identity import sample as accounts
from yiwang.support.identity.actions import codes, devices, signing_in
from yiwang.support.identity.definitions import AccountKind
from yiwang.support.identity.models import Account

AT = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
BY = machine("t")
pytestmark = pytest.mark.django_db


@pytest.fixture
def person():
    return people.register_person(1, at=AT)


def change_index_key() -> None:
    """And let two minutes go by, after which every process knows it."""
    assert keys.main(["rotate", "index"]) == 0
    folder = Path(settings.YIWANG_HOME) / "secrets" / "keys"
    newest = max(folder.glob("index.*.key"), key=lambda path: path.stat().st_mtime)
    os.utime(newest, (time.time() - 200,) * 2)
    keystore.get_store.cache_clear()


def test_people_are_found_by_numbers_written_under_an_older_key(person):
    accounts.open_person_account(person.reference, at=AT)
    citizen_id = libraries.find_citizen_id(person.reference)
    phone = libraries.find_phone(person.reference)
    before = Person.objects.get().citizen_id_index
    registering.add_bank_account(person=person.reference, bank="示例银行", number="6222 0000 1111")
    owned = BankAccount.objects.count()
    cookie = devices.remember("", "account")
    code = codes.make_code(phone, bound_to="", at=AT)
    change_index_key()
    assert actions.keyed_index("x", purpose="y") != actions.keyed_indexes("x", purpose="y")[1]
    assert libraries.find_person(citizen_id).reference == person.reference
    account = Account.objects.get()
    assert signing_in.find_by_login(AccountKind.PERSON, citizen_id) == account
    assert signing_in.find_by_login(AccountKind.PERSON, phone) == account
    assert codes.use_code(phone, code, bound_to="", at=AT)
    assert devices.known_device(cookie, "account")
    registering.add_bank_account(person=person.reference, bank="示例银行", number="622200001111")
    assert BankAccount.objects.count() == owned
    assert libraries.owns_bank_account(person.reference, "622200001111")
    people.register_person(1, at=AT)
    assert Person.objects.get().citizen_id_index != before


def test_a_message_published_before_is_known_after():
    exchange.topic()
    topic = "62/licence-changes"
    body = {"number": "1", "state": "ACTIVE"}
    first = topics.publish(topic=topic, key="k", body=body, actor=BY, at=AT)
    change_index_key()
    again = topics.publish(topic=topic, key="k", body=body, actor=BY, at=AT)
    assert (again.position, again.known) == (first.position, True)
    assert Publication.objects.count() == 1
    with pytest.raises(KeyUsedOtherwise):
        topics.publish(topic=topic, key="k", body={"number": "2"}, actor=BY, at=AT)


def test_values_under_an_older_key_are_closed_again_and_read_the_same(person, capsys):
    name, phone = libraries.get_name(person.reference), libraries.find_phone(person.reference)
    assert keys.main(["rotate", "fields"]) == 0
    present = max(int(one.split(".")[1]) for one in queries.list_keys() if one.startswith("fields"))
    assert keys.main(["renew"]) == 0
    assert "libraries_person.name\t1" in capsys.readouterr().out
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, phone FROM libraries_person")
        for closed in cursor.fetchone():
            assert closed.startswith(f"sm4-gcm$fields.{present}$")
    assert libraries.get_name(person.reference) == name
    assert libraries.find_phone(person.reference) == phone
    assert keys.main(["renew"]) == 0
    assert "重新加密 0 个值" in capsys.readouterr().out
    assert [one.act for one in Entry.objects.filter(act__startswith="keys.").order_by("pk")] == [
        "keys.rotate", "keys.renew", "keys.renew",
    ]  # fmt: skip


def test_the_master_key_changes_under_a_running_house(person, capsys):
    name = libraries.get_name(person.reference)
    assert keys.main(["master"]) == 0
    assert "重新封好" in capsys.readouterr().out
    keystore.get_store.cache_clear()
    assert libraries.get_name(person.reference) == name


def test_a_node_s_key_and_an_unknown_kind_are_refused_with_the_way(capsys):
    with pytest.raises(CannotRotate) as refused:
        keys.main(["rotate", "sign-node"])
    assert "yiwang node rotate" in refused.value.remedy
    with pytest.raises(CannotRotate):
        keys.main(["rotate", "nonsense"])
    assert keys.main([]) == 2


def test_the_list_names_every_kind_and_shows_no_secret(person, capsys):
    keys.main(["list"])
    said = capsys.readouterr().out
    assert "fields\t字段加密\t第 " in said
    assert "index\t按号码查找" in said
    assert actions.keyed_index("x", purpose="y") not in said


@pytest.fixture
def own_home(tmp_path, settings):
    """Keys of this test's own, and the secret it found put back."""
    settings.YIWANG_HOME, before = tmp_path, (settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS)
    keystore.get_store.cache_clear()
    session_keys.follow()
    yield tmp_path / "secrets" / "keys"
    keystore.get_store.cache_clear()
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = before


def made_ago(folder, number: int, seconds: float) -> None:
    os.utime(folder / f"session.{number}.key", (time.time() - seconds,) * 2)
    keystore.get_store.cache_clear()
    session_keys.follow()


def test_a_step_begun_under_the_earlier_key_ends_under_the_new_one(own_home, capsys):
    begun = signing.dumps("half-way")
    assert keys.main(["rotate", "session"]) == 0
    session_keys.follow()
    assert signing.dumps("x", salt="s")
    assert settings.SECRET_KEY_FALLBACKS[0] == settings.SECRET_KEY
    early = settings.SECRET_KEY  # others do not know the new one yet
    made_ago(own_home, 2, 200)
    assert early != settings.SECRET_KEY
    assert signing.loads(begun) == "half-way"
    elsewhere = signing.dumps("with the new one")
    made_ago(own_home, 2, 1)  # a process that still signs with the old one takes the new one's
    assert early == settings.SECRET_KEY
    assert signing.loads(elsewhere) == "with the new one"


def test_a_day_after_the_change_the_earlier_key_is_retired(own_home, capsys):
    begun = signing.dumps("half-way")
    keys.main(["rotate", "session"])
    made_ago(own_home, 2, 23 * 3600)
    assert signing.loads(begun) == "half-way"
    made_ago(own_home, 2, 25 * 3600)
    with pytest.raises(signing.BadSignature):
        signing.loads(begun)
    keys.main(["list"])
    assert "session\t登录途中的步骤\t第 2 号，1 号已停用" in capsys.readouterr().out


def test_who_is_signed_in_stays_so_when_the_secret_changes(own_home, client, person):
    accounts.open_person_account(person.reference, at=now())
    accounts.sign_in_client(client, person.reference)
    assert client.get("/my/account/").status_code == 200
    keys.main(["rotate", "session"])
    made_ago(own_home, 2, 25 * 3600)
    assert client.get("/my/account/").status_code == 200


def test_every_request_begins_with_the_keys_as_they_are(own_home, client):
    keys.main(["rotate", "session"])
    os.utime(own_home / "session.2.key", (time.time() - 200,) * 2)
    keystore.get_store.cache_clear()
    before = settings.SECRET_KEY
    assert client.get("/healthz").status_code == 200
    assert before != settings.SECRET_KEY


def test_a_secret_kept_elsewhere_is_not_changed_here(own_home, monkeypatch):
    monkeypatch.setenv("YIWANG_SECRET_KEY", "kept elsewhere")
    with pytest.raises(CannotRotate) as refused:
        keys.main(["rotate", "session"])
    assert "YIWANG_SECRET_KEY_FALLBACKS" in refused.value.remedy
