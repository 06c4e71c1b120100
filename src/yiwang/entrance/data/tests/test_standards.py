"""Data elements and code tables on their pages and by program: proposed, published by another, withdrawn, by file."""

import json
import re
from dataclasses import replace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from yiwang.foundation.resources import queries, sample
from yiwang.foundation.standards import queries as standards
from yiwang.kernel.actor import Role
from yiwang.mechanisms.exports import queries as reading

pytestmark = pytest.mark.django_db
SCHOOL = {
    "version": "0", "code": "person.school", "name": "就读学校", "kind": "TEXT", "length": "80",
    "about": "PERSON", "table": "", "basis": "",
}  # fmt: skip
KINDS = {
    "version": "0", "name": "school-kind", "title": "学校类别", "source": "本地约定",
    "codes": "1 小学\n2 中学\n3\t大学\n",
}  # fmt: skip


def text(response):
    return re.sub(r"<[^>]+>", "", response.content.decode())


@pytest.fixture
def two(sign_in):
    return sign_in("police"), sign_in("authority", Role.DATA_AUTHORITY, None)


def propose(officer, said, home="/data/elements/"):
    answer = officer.post(f"{home}new/", said)
    assert answer.status_code == 302, text(answer)
    return answer["Location"]


def in_force(two, said, home="/data/elements/"):
    officer, authority = two
    page = propose(officer, said, home)
    assert officer.post(f"{page}submit/", {"version": 1}).status_code == 302
    answer = authority.post(f"{page}publish/", {"version": 2, "told": 0})
    assert answer.status_code == 302, text(answer)
    return page


def use_it(at):
    base = sample.content(sample.ALLOWANCES)
    items = (replace(base.items[0], name="school", element="person.school", authoritative=True),)
    return sample.publish(replace(base, code="301077/1", name="在校学生", items=items), at=at)


def test_an_element_goes_from_the_officer_to_the_authority_and_into_the_catalogue(two):
    officer, authority = two
    page = propose(officer, SCHOOL)
    assert "在写" in text(officer.get(page))
    assert authority.get(f"{page}publish/").status_code == 404  # not handed in
    assert officer.post(f"{page}submit/", {"version": 1}).status_code == 302
    assert "等审核发布" in text(authority.get("/data/standards/"))
    assert officer.post(f"{page}publish/", {"version": 2}).status_code == 403
    assert authority.post(f"{page}publish/", {"version": 2}).status_code == 302
    assert "就读学校" in text(officer.get("/data/elements/?q=school"))
    shown = text(officer.get("/data/elements/person.school/"))
    assert "第 1 版" in shown
    assert "写新的一版" in shown
    assert "写新的一版" not in text(officer.get("/data/elements/person.name/"))


def test_what_was_typed_is_kept_when_it_is_refused(two):
    officer, _ = two
    answer = officer.post("/data/elements/new/", {**SCHOOL, "code": "School", "length": "x"})
    assert answer.status_code == 422
    assert 'value="School"' in answer.content.decode()
    assert "不是整数" in text(answer)


def test_the_authority_sees_who_uses_what_a_version_takes_away(two, at):
    officer, authority = two
    in_force(two, KINDS, "/data/code-tables/")
    in_force(two, {**SCHOOL, "kind": "CODE", "table": "school-kind", "length": "1"})
    use_it(at)
    fewer = {**KINDS, "codes": "1 小学\n2 中学"}
    page = officer.post("/data/code-tables/school-kind/edit/", fewer)["Location"]
    officer.post(f"{page}submit/", {"version": 1})
    asked = authority.get(f"{page}publish/")
    assert "去掉代码 3 大学" in text(asked)
    assert "《在校学生》" in text(asked)
    refused = authority.post(f"{page}publish/", {"version": 2})
    assert refused.status_code == 409
    assert "《在校学生》" in text(refused)
    count = re.search(r'name="told" value="(\d+)"', asked.content.decode())[1]
    assert authority.post(f"{page}publish/", {"version": 2, "told": count}).status_code == 302
    assert standards.find_label("school-kind", "3") is None


def test_a_code_table_in_use_is_not_withdrawn_and_one_that_is_not_is(two, at):
    officer, authority = two
    in_force(two, KINDS, "/data/code-tables/")
    assert officer.get("/data/code-tables/school-kind/withdraw/").status_code == 403
    assert authority.get("/data/code-tables/sex/withdraw/").status_code == 404
    in_force(two, {**SCHOOL, "kind": "CODE", "table": "school-kind", "length": "1"})
    said = {"reason": "不用了", "version": 0}
    refused = authority.post("/data/code-tables/school-kind/withdraw/", said)
    assert refused.status_code == 409
    assert "数据元《就读学校》" in text(refused)
    assert authority.post("/data/elements/person.school/withdraw/", said).status_code == 302
    assert authority.post("/data/code-tables/school-kind/withdraw/", said).status_code == 302
    assert "已停用：不用了" in text(officer.get("/data/code-tables/school-kind/"))
    assert "school-kind" not in text(officer.get("/data/code-tables/"))


def test_a_sheet_is_tried_taken_over_and_undone(two):
    officer, _ = two
    data = "数据元代码,名称,类型,长度,代码表,说的是,依据\r\nthing.chip,芯片号,字符型,20,,事物,\r\n"

    def send(**more):
        given = SimpleUploadedFile("a.csv", data.encode())
        return officer.post("/data/elements/import/", {"file": given, **more})

    assert "写成草稿 1 项" in text(send())
    assert queries.list_standard_versions(sample.authority()).rows == ()
    done = send(apply="1")
    run = re.search(r'name="run" value="(\w+)"', done.content.decode())[1]
    assert [one.code for one in queries.list_standard_versions(sample.authority()).rows] == [
        "thing.chip"
    ]
    assert officer.post("/data/elements/import/undo/", {"run": run}).status_code == 302
    assert queries.list_standard_versions(sample.authority()).rows == ()


@pytest.mark.parametrize(("home", "least"), [("elements", 20), ("code-tables", 500)])
def test_everything_in_force_is_given_as_a_sheet(two, home, least):
    sheet = two[0].post(f"/data/{home}/export/").content
    lines = reading.read_lines(sheet, xlsx=True, missing=lambda head: {"名称"} - set(head))
    assert len(lines) > least


def test_the_same_by_program(two, at):
    officer, authority = two

    def send(client, address, **said):
        return client.post(f"/api/v1/data/{address}", json.dumps(said), "application/json")

    given = {**SCHOOL, "length": 80, "version": 0}
    draft = send(officer, "standards/elements", **given)
    assert draft.status_code == 200, draft.content
    key = draft.json()["key"]
    assert send(officer, f"standards/{key}/submit", version=1).json()["state"] == "SUBMITTED"
    assert send(officer, f"standards/{key}/publish", version=2).status_code == 403
    assert send(authority, f"standards/{key}/publish", version=2).json()["number"] == 1
    held = use_it(at)
    codes = [{"code": "1", "label": "小学"}, {"code": "2", "label": "中学"}]
    table = send(
        officer,
        "standards/code-tables",
        name="school-kind",
        title="学校",
        source="本地",
        codes=codes,
    )
    whole = officer.get(f"/api/v1/data/standards/{table.json()['key']}").json()
    assert whole["codes"] == codes
    assert send(officer, f"standards/{table.json()['key']}/discard", version=1).status_code == 204
    refused = send(authority, "elements/person.school/withdraw", reason="不用了")
    assert refused.status_code == 409
    assert held.name in refused.json()["refusal"]["fields"][0]["sentence"]
    next_one = send(officer, "standards/elements", **{**given, "length": 10}).json()["key"]
    send(officer, f"standards/{next_one}/submit", version=1)
    seen = authority.get(f"/api/v1/data/standards/{next_one}").json()
    assert (seen["losses"], seen["uses"]["count"]) == (["长度由 80 减为 10"], 1)
    assert send(authority, f"standards/{next_one}/publish", version=2).status_code == 409
    back = send(authority, f"standards/{next_one}/send-back", version=2, reason="太短")
    assert back.json()["remark"] == "太短"
    rows = officer.get("/api/v1/data/standards?state=PUBLISHED").json()["rows"]
    assert [one["code"] for one in rows] == ["person.school"]


def test_who_does_not_work_with_data_does_not_come_in(ground, sign_in):
    clerk = sign_in("clerk", Role.WINDOW_CLERK)
    head = sign_in("head", Role.HEAD)
    for address in ("/data/standards/", "/data/elements/new/", "/data/code-tables/import/"):
        assert clerk.get(address).status_code == 403
    assert head.get("/data/standards/").status_code == 200
    assert head.get("/data/elements/new/").status_code == 403
