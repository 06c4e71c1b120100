"""The first people of a department's new node are opened at the machine."""

from __future__ import annotations

import getpass

import pytest

from yiwang.kernel import moments
from yiwang.kernel.actor import Role
from yiwang.kernel.identifiers import make_uscc
from yiwang.kernel.refusals import InvalidInput, NotAllowed
from yiwang.network.directory import queries as directory
from yiwang.network.directory import sample as places
from yiwang.support.identity import commands, queries
from yiwang.support.identity.definitions import AccountKind

pytestmark = pytest.mark.django_db
BODY = make_uscc("1", "1", "620000", 86)
PEOPLE = ["aq1=马军", "aq2=孙丽", "yw=赵强", "sj=白洁", "fz=何涛"]


@pytest.fixture(autouse=True)
def node(db, settings, monkeypatch):
    settings.NODE_USCC, settings.NODE_NAME = BODY, "示例省教育厅"
    settings.NODE_DIVISION = places.GANSU
    places.load_chengguan()
    monkeypatch.setattr(getpass, "getpass", lambda _prompt: "Yiwang-2026-long")
    monkeypatch.setattr("builtins.input", lambda _prompt: "同意")


def actor(user_name, at):
    account = queries.get_account_by_user_name(user_name, AccountKind.OFFICIAL)
    return queries.get_actor(account.key, at=at)


def test_five_people_have_their_roles_in_their_own_department_and_a_device_each(capsys):
    assert commands.main(["first-staff", *PEOPLE]) == 0
    assert directory.get_department(BODY).name == "示例省教育厅"
    now = moments.now()
    for user_name, role in (("aq1", Role.SECURITY_ADMIN), ("aq2", Role.SECURITY_ADMIN),
                            ("yw", Role.OPERATOR), ("sj", Role.DATA_OFFICER), ("fz", Role.HEAD)):  # fmt: skip
        (grant,) = actor(user_name, now).grants
        assert (grant.role, grant.division_code) == (role, places.GANSU)
        assert grant.department == (BODY if role in (Role.DATA_OFFICER, Role.HEAD) else None)
    assert capsys.readouterr().out.count("otpauth://totp/") == len(PEOPLE)


def test_there_is_no_second_time_and_nothing_is_left_of_it():
    commands.main(["first-staff", *PEOPLE])
    with pytest.raises(NotAllowed):
        commands.main(["first-staff", *(one.replace("=", "2=") for one in PEOPLE)])
    assert queries.find_account_by_user_name("aq12", AccountKind.OFFICIAL) is None


def test_without_the_word_nobody_is_opened(monkeypatch):
    monkeypatch.setattr("builtins.input", lambda _prompt: "")
    with pytest.raises(InvalidInput):
        commands.main(["first-staff", *PEOPLE])
    assert queries.find_account_by_user_name("aq1", AccountKind.OFFICIAL) is None


def test_a_node_of_no_department_says_what_is_missing(settings):
    settings.NODE_USCC = ""
    with pytest.raises(InvalidInput, match="哪个部门"):
        commands.main(["first-staff", *PEOPLE])
