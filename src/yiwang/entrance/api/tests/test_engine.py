"""The acts of the engine by program: signing, many at once, phrases."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from yiwang.capability.cases import queries as cases
from yiwang.capability.journey import sample
from yiwang.foundation.libraries import sample as libraries
from yiwang.kernel import moments
from yiwang.kernel.actor import Role
from yiwang.network.directory import sample as places
from yiwang.support.identity import actions as identity
from yiwang.support.identity import sample as accounts

pytestmark = pytest.mark.django_db


@pytest.fixture
def item(db):
    places.load_chengguan()
    return sample.publish_plain(at=moments.now(), chain=["HANDLE", "APPROVE"])


@pytest.fixture
def me(item):
    at = moments.now()
    return sample.citizen(libraries.register_person(5, at=at, born_on=date(1980, 1, 1)))


@pytest.fixture
def program(client, item):
    """A call as somebody with one role."""

    def of(role: Role):
        at, name = moments.now(), role.lower().replace("_", "-")
        account = accounts.open_official_account(
            name, at=at, grants=((role, item.division_code, item.department),)
        )
        actor = accounts.sign_in_client(client, account.subject, at=at)
        issued = identity.issue_token(
            name="engine", scopes=["desk:read", "desk:write"], actor=actor, at=at,
            expires_at=at + timedelta(days=1),
        )  # fmt: skip
        client.cookies.clear()

        def call(address, body=None, method="post", expect=200):
            answer = getattr(client, method)(
                f"/api/v1{address}", body or {}, content_type="application/json",
                headers={"Authorization": f"Bearer {issued.token}"},
            )  # fmt: skip
            assert answer.status_code == expect, answer.content.decode()
            return answer.json() if answer.content else None

        return call

    return of


def handed_in(me) -> str:
    return sample.handed_in(me, at=moments.now()).case_key


def version(key: str, me) -> int:
    return cases.get_case(key, me).version


def test_a_case_is_signed_by_program_and_its_time_account_is_open(program, me) -> None:
    handler, approver = program(Role.HANDLER), program(Role.APPROVER)
    key = handed_in(me)
    handler(f"/cases/{key}/accept", {"version": version(key, me)})
    body = {"version": version(key, me), "proposal": "APPROVE", "opinion": "拟同意"}
    seen = handler(f"/cases/{key}/forward", body)
    assert seen["state"] == "FOR_APPROVAL"
    assert seen["opinions"][0]["text"] == "拟同意"
    assert seen["time_account"]["spans"][0]["label"] == "城关区民政局"
    handler(f"/cases/{key}/forward", {**body, "version": version(key, me)}, expect=403)
    approver(f"/cases/{key}/forward", body, expect=409)
    seen = approver(f"/cases/{key}/send-back", {"version": version(key, me), "opinion": "再核一遍"})
    assert seen["state"] == "ACCEPTED"


def test_many_are_accepted_at_once_each_with_its_answer(program, me) -> None:
    handler = program(Role.HANDLER)
    keys = [handed_in(me) for _ in range(2)]
    body = {"act": "accept", "cases": [{"key": k, "version": version(k, me)} for k in keys]}
    body["cases"][1]["version"] = 1
    told = handler("/desk/batch", body)
    assert [(one["done"], one["code"]) for one in told] == [(True, ""), (False, "VersionConflict")]
    handler("/desk/batch", {**body, "act": "reject"}, expect=422)


def test_phrases_are_kept_and_forgotten_by_their_owner(program) -> None:
    handler, approver = program(Role.HANDLER), program(Role.APPROVER)
    kept = handler("/desk/phrases", {"text": "材料齐全，拟同意。"})
    assert handler("/desk/phrases", method="get") == [kept]
    approver(f"/desk/phrases/{kept['key']}", method="delete", expect=404)
    handler(f"/desk/phrases/{kept['key']}", method="delete", expect=204)
    assert handler("/desk/phrases", method="get") == []


def test_a_worklist_its_counts_and_a_kept_filter_by_program(item, me, program):
    receipt = sample.handed_in(me, at=moments.now())
    call = program(Role.HANDLER)
    (row,) = call("/desk/worklist?list=MINE&light=GREEN", method="get")["rows"]
    assert row["key"] == receipt.case_key
    counts = {one["list"]: one["count"] for one in call("/desk/worklist/counts", method="get")}
    assert (counts["MINE"], counts["OVERDUE"]) == (1, 0)
    kept = call("/desk/filters", {"name": "快的", "list": "SOON", "light": "YELLOW"})
    assert call("/desk/filters", method="get") == [kept]
    assert (kept["list"], kept["light"], kept["phase"]) == ("SOON", "YELLOW", "")
    call(f"/desk/filters/{kept['key']}", method="delete", expect=204)
    assert call("/desk/filters", method="get") == []


@pytest.mark.parametrize(
    "asked", ["list=NONE", "light=PINK", "received_from=x", "division_code=62"]
)
def test_a_worklist_asked_wrongly_is_refused(item, program, asked):
    program(Role.HANDLER)(f"/desk/worklist?{asked}", method="get", expect=422)
