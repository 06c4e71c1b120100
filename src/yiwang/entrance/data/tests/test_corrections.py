"""数据纠错 on its pages: a citizen reports, the source answers, the copy follows, the citizen is told."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from yiwang.foundation.libraries import sample as people
from yiwang.foundation.resources import queries, sample
from yiwang.foundation.resources.rules import sheets
from yiwang.kernel.actor import Actor, ActorKind, Role, machine
from yiwang.mechanisms.exports import actions as exports
from yiwang.mechanisms.journal import actions as journal
from yiwang.support.identity import sample as accounts
from yiwang.support.messages import queries as messages

pytestmark = pytest.mark.django_db
SAID = {"element": "person.name", "wrong": "名字里的“晓”写成了“小”", "right": "马晓燕"}


def text(response):
    return re.sub(r"<[^>]+>", "", response.content.decode())


@pytest.fixture
def citizen(catalogue, at):
    person = people.register_person(3, at=at)
    accounts.open_person_account(person.reference, at=at)
    client = Client()
    accounts.sign_in_client(client, person.reference)
    return client, person


def test_a_citizen_reports_and_is_answered(citizen, sign_in, at):
    client, person = citizen
    assert client.get("/my/corrections/").status_code == 200
    assert "姓名" in text(client.get("/my/corrections/new/"))
    assert client.post("/my/corrections/new/", SAID)["Location"] == "/my/corrections/"
    assert "等来源部门核实" in text(client.get("/my/corrections/"))
    police, social = sign_in("police"), sign_in("social", serial=5)
    (row,) = queries.list_corrections(sample.officer(), at=at).rows
    page = f"/data/corrections/{row.key}/"
    shown = text(police.get(page))
    assert SAID["wrong"] in shown
    assert person.name not in shown
    assert person.name in text(police.post(f"{page}read/"))
    assert social.get(page).status_code == 404
    assert police.get(f"{page}correct/").status_code == 200
    assert police.post(f"{page}correct/", {"version": "1", "answer": ""}).status_code == 422
    done = police.post(f"{page}correct/", {"version": "1", "answer": "已按户口簿更正"})
    assert done["Location"] == page
    assert police.get(f"{page}correct/").status_code == 404
    assert "已按户口簿更正" in text(client.get("/my/corrections/"))
    waiting = social.get("/data/corrections/").content.decode()
    (copy,) = re.findall(r"/data/copies/([0-9a-z]{16})/taken/", waiting)
    assert social.post(f"/data/copies/{copy}/taken/")["Location"] == "/data/corrections/"
    assert "跟着更新（" not in text(social.get("/data/corrections/"))
    journal.seal(at=at)
    journal.run_listeners(at=at)
    told = messages.list_messages(Actor(ActorKind.PERSON, person.reference))
    assert any("已按户口簿更正" in one.text for one in getattr(told, "rows", told))


def test_what_is_missing_is_said_and_what_was_typed_is_kept(citizen):
    client, _person = citizen
    page = client.post("/my/corrections/new/", {**SAID, "wrong": " "})
    assert page.status_code == 422
    assert "马晓燕" in text(page)
    other = client.post("/my/corrections/new/", {**SAID, "element": "organization.name"})
    assert other.status_code == 422
    assert client.post("/my/corrections/new/", {**SAID, "element": ""}).status_code == 422


def test_a_body_reports_what_it_found(catalogue, sign_in, at):
    firm = people.register_organization(9, at=at)
    social = sign_in("social", serial=5)
    assert "经营主体名称" in text(social.get("/data/corrections/new/"))
    said = {"element": "organization.address", "about": firm.uscc, "wrong": "门牌不对"}
    made = social.post("/data/corrections/new/", said)
    assert re.fullmatch(r"/data/corrections/[0-9a-z]{16}/", made["Location"])
    assert "城关区市场监督管理局（示例）" in text(social.get(made["Location"]))
    assert social.get(f"{made['Location']}correct/").status_code == 404
    assert social.post("/data/corrections/new/", {**said, "about": "1"}).status_code == 422
    leader = sign_in("leader", Role.LEADER, serial=None)
    assert leader.get("/data/corrections/").status_code == 403


def test_a_file_is_tried_applied_and_undone(ground, sign_in, at):
    market = sign_in("market", serial=2)
    contents = [
        one for one in sample.contents() if one.provider == sample.content(sample.FIRMS).provider
    ]
    sheet = _book(contents)

    def given():
        return {"file": SimpleUploadedFile("目录.xlsx", sheet)}

    assert market.get("/data/import/").status_code == 200
    tried = market.post("/data/import/", given())
    assert f"写成草稿 {len(contents)} 项" in text(tried)
    assert queries.list_resources(machine("x")).rows == ()
    applied = market.post("/data/import/", {**given(), "apply": "1"})
    (run,) = re.findall(r'name="run" value="([0-9a-z]{16})"', applied.content.decode())
    assert len(queries.list_resources(machine("x")).rows) == len(contents)
    assert market.post("/data/import/undo/", {"run": run})["Location"] == "/data/resources/"
    assert queries.list_resources(machine("x")).rows == ()
    assert market.post("/data/import/undo/", {"run": run}).status_code == 409
    assert market.post("/data/import/").status_code == 422
    assert (
        market.post("/data/import/", {"file": SimpleUploadedFile("a.xlsx", b"x")}).status_code
        == 422
    )
    foreign = sign_in("police").post("/data/import/", {**given(), "apply": "1"})
    assert foreign.status_code == 422
    assert "不是您所在部门的资源" in text(foreign)


def test_an_export_is_a_workbook(catalogue, sign_in):
    exported = sign_in("police").post("/data/export/?kind=BASE")
    assert exported["Content-Disposition"].endswith('catalogue.xlsx"')
    assert exported.content.startswith(b"PK")


def _book(contents):
    rows = sheets.write_rows(contents)
    return exports.write_sheet(title="目录", columns=sheets.COLUMNS, rows=rows, trace="x")
