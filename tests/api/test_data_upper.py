"""By program at the platform above: what went up and came down, our requests asked, corrected, taken back."""

from __future__ import annotations

import pytest

from tests.api.programs import API, HERE, Program
from yiwang.foundation.resources import sample as resources
from yiwang.foundation.resources.events import ResourcePublished
from yiwang.foundation.upper import actions, reactions
from yiwang.foundation.upper.models import UpperItem
from yiwang.kernel.actor import Role, machine
from yiwang.kernel.moments import now
from yiwang.network.directory import sample as places

pytestmark = pytest.mark.django_db
OURS, OTHERS = places.department_uscc(HERE, 7), places.department_uscc(HERE, 1)
WISH = {"resource": "教育部学历", "purpose": "核对学历", "fields": "学历", "department": OURS}


@pytest.fixture
def above(settings, tmp_path, db):
    places.load_chengguan()
    places.register_departments()
    settings.UPPER_DRIVER = "yiwang.foundation.upper.drivers.simulator.Simulator"
    settings.UPPER_SECONDS = 0.05
    settings.NODE_DIVISION = HERE
    settings.YIWANG_HOME = tmp_path
    (tmp_path / "simulator").mkdir()


@pytest.fixture
def officer(above):
    return Program("officer", Role.DATA_OFFICER, OURS)


@pytest.fixture
def other(above):
    return Program("other", Role.DATA_OFFICER, OTHERS)


def turn():
    actions.send_due(actor=machine("test"), at=now())
    actions.fetch(actor=machine("test"), at=now())


def code_of(answer):
    return answer.status_code, answer.json()["refusal"]["code"]


def fields_of(answer):
    assert answer.status_code == 422, answer.content
    return {problem["field"] for problem in answer.json()["refusal"]["fields"]}


def asked(officer, **changes):
    answer = officer.post("/upper", **WISH | changes)
    assert answer.status_code == 201, answer.content
    return answer.json()


def test_an_entry_that_went_up_is_listed_for_its_office_and_who_watches(above, officer, other):
    content = resources.content(resources.POPULATION)
    resources.publish(content, at=now())
    event = ResourcePublished(
        subject="resource:x", at=now(), resource="x", code=content.code, provider="",
        division_code="", number=1, sharing="CONDITIONAL",
    )  # fmt: skip
    for _twice in range(2):
        reactions.put_up(event=event, at=now())
    turn()
    giver = Program("giver", Role.DATA_OFFICER, content.provider)
    for reader in (giver, Program("authority", Role.DATA_AUTHORITY, None)):
        (row,) = [one for one in reader.get("/upper").json()["rows"] if one["kind"] == "ENTRY"]
        assert (row["state"], row["title"], row["problem"]) == ("SENT", content.name, "")
        assert row["upper_no"]
    assert [one["kind"] for one in other.get("/upper").json()["rows"]] == []


def test_a_request_goes_up_and_its_decision_is_read(officer, other):
    made = asked(officer)
    assert (made["kind"], made["state"], made["version"]) == ("REQUEST", "WAITING", 1)
    turn()
    (row,) = officer.get("/upper").json()["rows"]
    assert (row["key"], row["state"], row["agreed"]) == (made["key"], "DECIDED", True)
    assert other.get("/upper").json() == {"rows": [], "next": ""}


def test_the_same_request_sent_twice_is_one(officer):
    asked(officer)
    assert code_of(officer.post("/upper", **WISH)) == (409, "AlreadyAsked")
    assert code_of(officer.post("/upper", **WISH | {"purpose": " 核对学历 "})) == (
        409, "AlreadyAsked",
    )  # fmt: skip
    asked(officer, purpose="核对学位")
    turn()
    asked(officer)  # decided: it may be asked anew
    assert UpperItem.objects.filter(kind="REQUEST").count() == 3


def test_one_taken_back_may_be_asked_anew(officer):
    made = asked(officer)
    taken = officer.post(f"/upper/{made['key']}/recall", version=1, words="不再需要")
    assert taken.status_code == 201
    again = asked(officer)
    turn()
    states = {one["key"]: one["state"] for one in officer.get("/upper").json()["rows"]}
    assert states[made["key"]] == "RECALLED"
    assert states[again["key"]] == "DECIDED"


def test_a_correction_goes_up_behind_the_request_once(officer):
    made = asked(officer)
    here = f"/upper/{made['key']}"
    changed = officer.post(f"{here}/amend", version=1, purpose="核对学位", fields="学位")
    assert (changed.status_code, changed.json()["kind"]) == (201, "AMENDED")
    assert changed.json()["title"] == "教育部学历：核对学位"
    again = officer.post(f"{here}/amend", version=1, purpose="核对学位", fields="学位")
    assert code_of(again) == (409, "VersionConflict")
    turn()
    states = {one["kind"]: one["state"] for one in officer.get("/upper").json()["rows"]}
    assert states == {"REQUEST": "DECIDED", "AMENDED": "SENT"}
    late = officer.post(f"{here}/amend", version=9, purpose="再改", fields="学位")
    assert code_of(late) == (409, "CannotBeChanged")


def test_a_request_is_taken_back_once(officer):
    made = asked(officer)
    here = f"/upper/{made['key']}"
    assert officer.post(f"{here}/recall", version=1, words="不再需要").json()["kind"] == "RECALL"
    for act, given in (("recall", {"words": "再撤"}), ("amend", {"purpose": "a", "fields": "b"})):
        late = officer.post(f"{here}/{act}", version=2, **given)
        assert code_of(late) == (409, "CannotBeChanged"), act


@pytest.mark.parametrize(
    ("act", "body", "field"),
    [
        ("", WISH | {"purpose": ""}, "purpose"),
        ("", WISH | {"purpose": "  "}, "purpose"),
        ("", WISH | {"fields": "字" * 201}, "fields"),
        ("", {name: text for name, text in WISH.items() if name != "resource"}, "resource"),
        ("", WISH | {"more": 1}, "more"),
        ("amend", {"version": 0, "purpose": "a", "fields": "b"}, "version"),
        ("amend", {"version": 1, "purpose": "a"}, "fields"),
        ("amend", {"version": 1, "purpose": " ", "fields": "b"}, "purpose"),
        ("recall", {"version": 1, "words": ""}, "words"),
        ("recall", {"version": 1, "words": "\t"}, "words"),
        ("recall", {"version": "x", "words": "a"}, "version"),
    ],
)
def test_what_is_wrong_is_named_by_its_field_and_nothing_goes_up(officer, act, body, field):
    path = f"/upper/{asked(officer)['key']}/{act}" if act else "/upper"
    before = UpperItem.objects.count()
    assert fields_of(officer.post(path, **body)) == {field}
    assert UpperItem.objects.count() == before


def test_another_office_neither_sees_nor_touches_it(officer, other):
    made = asked(officer)
    here = f"/upper/{made['key']}"
    assert other.post(f"{here}/amend", version=1, purpose="a", fields="b").status_code == 404
    assert other.post(f"{here}/recall", version=1, words="a").status_code == 404
    assert other.post("/upper", **WISH).status_code == 403
    assert officer.post("/upper/0000000000000000/recall", version=1, words="a").status_code == 404
    authority = Program("authority", Role.DATA_AUTHORITY, None)
    assert [one["key"] for one in authority.get("/upper").json()["rows"]] == [made["key"]]
    assert authority.post(f"{here}/recall", version=1, words="a").status_code == 403
    assert UpperItem.objects.get().version == 1


@pytest.mark.parametrize(
    ("role", "reads"),
    [(Role.OPERATOR, 200), (Role.HANDLER, 403), (Role.SECURITY_ADMIN, 403)],
)
def test_other_roles_read_at_most(officer, role, reads):
    key = asked(officer)["key"]
    program = Program("another", role, None if role is not Role.HANDLER else OURS)
    assert program.get("/upper").status_code == reads
    assert program.post("/upper", **WISH).status_code == 403
    assert program.post(f"/upper/{key}/recall", version=1, words="a").status_code == 403


def test_a_token_does_what_its_scopes_say_and_nobody_does_nothing(officer, client):
    key = asked(officer)["key"]
    reader = Program("reader", Role.DATA_OFFICER, OURS, scopes=("data:read",))
    assert reader.get("/upper").status_code == 200
    assert reader.post("/upper", **WISH).status_code == 403
    assert reader.post(f"/upper/{key}/recall", version=1, words="a").status_code == 403
    assert client.get(f"{API}/upper").status_code == 401
    assert client.post(f"{API}/upper", WISH, content_type="application/json").status_code == 401


def test_with_nobody_above_it_is_said(officer, settings):
    settings.UPPER_DRIVER = ""
    assert code_of(officer.post("/upper", **WISH)) == (409, "NothingAbove")


def test_a_long_list_is_turned_page_by_page(officer):
    keys = [asked(officer, purpose=f"用途{number}")["key"] for number in range(5)]
    seen, after = [], ""
    for _page in range(3):
        page = officer.get(f"/upper?limit=2&after={after}").json()
        seen += [one["key"] for one in page["rows"]]
        after = page["next"]
    assert (seen, after) == (keys[::-1], "")
    assert officer.get("/upper?limit=0").status_code == 422
