"""The catalogue on its pages: written, handed in, given back, published, taken off; the lists; the public part."""

import re
from html import unescape
from urllib.parse import quote

import pytest

from yiwang.foundation.agreements import sample as agreements
from yiwang.foundation.exchange import sample as exchange
from yiwang.foundation.resources import actions, queries, sample
from yiwang.foundation.resources.definitions import Need, ResourceState, Way
from yiwang.kernel import moments
from yiwang.kernel.actor import Role, machine
from yiwang.network.directory import sample as places

pytestmark = pytest.mark.django_db
POLICE = places.department_uscc(places.CHENGGUAN, 7)
SAID = {
    "version": "0",
    "rows": "2",
    "code": "307001/000001",
    "name": "居住证登记信息",
    "kind": "DEPARTMENT",
    "provider": POLICE,
    "summary": "居住证的办理和有效情况。",
    "format": "DATABASE",
    "cycle": "DAILY",
    "sharing": "CONDITIONAL",
    "condition": "用于办理政务服务事项。",
    "ways": ["CALL", "VERIFY"],
    "opening": "NONE",
    "data_class": "GENERAL",
    "grade": "3",
    "officer": "张警官",
    "item-0-name": "name",
    "item-0-label": "姓名",
    "item-0-kind": "TEXT",
    "item-0-length": "60",
    "item-0-element": "person.name",
    "item-0-grade": "3",
    "item-0-mask": "NAME",
    "item-0-authoritative": "是",
}


def text(response):
    return re.sub(r"<[^>]+>", "", response.content.decode())


def test_a_resource_goes_from_a_draft_to_the_catalogue(sign_in):
    officer = sign_in("police")
    authority = sign_in("authority", Role.DATA_AUTHORITY, serial=None)
    head = sign_in("head", Role.HEAD)
    assert officer.get("/data/resources/new/").status_code == 200
    written = officer.post("/data/resources/new/", SAID)
    version = written["Location"]
    assert re.fullmatch(r"/data/versions/[0-9a-z]{16}/", version)
    assert "送负责人同意" in text(officer.get(version))
    assert authority.get(f"{version}publish/").status_code == 404  # nothing was handed in
    said = {"assessment": "不涉密，个人信息只给要用的部门"}
    assert "第十三条" in text(officer.get(f"{version}submit/"))
    assert officer.post(f"{version}submit/", {"version": "1"}).status_code == 422
    assert officer.post(f"{version}submit/", {"version": "1", **said})["Location"] == version
    assert "居住证登记信息" not in text(authority.get("/data/waiting/"))
    assert said["assessment"] in text(head.get(version))
    back = head.post(f"{version}hand-back/", {"version": "2", "reason": "先改名称"})
    assert "先改名称" in text(officer.get(back["Location"]))
    officer.post(f"{version}submit/", {"version": "3", **said})
    assert "等本部门负责人同意" in text(head.get("/data/waiting/"))
    assert "2 个工作日" in text(head.get(f"{version}consent/"))
    assert officer.post(f"{version}consent/", {"version": "4"}).status_code == 403
    assert head.post(f"{version}consent/", {"version": "4"})["Location"] == version
    assert "居住证登记信息" in text(authority.get("/data/waiting/"))
    back = authority.post(f"{version}send-back/", {"version": "5", "reason": "摘要太短"})
    assert back["Location"] == version
    assert "摘要太短" in text(officer.get(version))
    (row,) = queries.list_resources(sample.officer()).rows
    home = f"/data/resources/{row.key}/"
    page = officer.get(f"{home}edit/").content.decode()
    assert 'value="居住证登记信息"' in page
    assert 'name="code"' not in page
    again = officer.post(f"{home}edit/", {**SAID, "version": "6", "summary": "写长了一些。"})
    assert again["Location"] == version
    officer.post(f"{version}submit/", {"version": "7", **said})
    head.post(f"{version}consent/", {"version": "8"})
    assert authority.post(f"{version}publish/", {"version": "9"})["Location"] == home
    resource = queries.get_resource("307001/000001")
    assert (resource.content.summary, resource.number) == ("写长了一些。", 1)
    assert resource.content.ways == ("CALL", "VERIFY")
    assert queries.find_source_of("person.name").code == resource.code
    assert "第 1 版" in text(officer.get(home))
    gone = authority.post(
        f"{home}withdraw/", {"version": str(resource.version), "reason": "职责调整"}
    )
    assert gone["Location"] == home
    assert queries.get_resource(resource.code).state is ResourceState.WITHDRAWN


def test_what_is_wrong_is_said_and_what_was_typed_is_kept(sign_in):
    officer = sign_in("police")
    page = officer.post("/data/resources/new/", {**SAID, "sharing": "NONE", "condition": ""})
    assert page.status_code == 422
    assert "不予共享要写明法律" in text(page)
    assert 'value="居住证登记信息"' in page.content.decode()
    assert 'name="item-0-name" value="name"' in page.content.decode()
    unread = officer.post("/data/resources/new/", {**SAID, "item-0-length": "很长"})
    assert unread.status_code == 422


def test_more_rows_are_had_without_a_script(sign_in):
    officer = sign_in("police")
    page = officer.post("/data/resources/new/", {**SAID, "more": "1"})
    assert page.status_code == 200
    assert 'name="rows" value="5"' in page.content.decode()
    assert 'name="item-4-name"' in page.content.decode()
    assert queries.list_resources(machine("test")).rows == ()


def test_a_stale_draft_is_not_written_over(sign_in, at):
    officer = sign_in("police")
    officer.post("/data/resources/new/", SAID)
    key = queries.list_resources(sample.officer()).rows[0].key
    officer.post(f"/data/resources/{key}/edit/", {**SAID, "version": "1"})
    assert officer.post(f"/data/resources/{key}/edit/", {**SAID, "version": "1"}).status_code == 409


def test_the_officer_of_another_body_sees_no_draft_and_writes_none(sign_in):
    sign_in("police").post("/data/resources/new/", SAID)
    key = queries.list_resources(sample.officer()).rows[0].key
    other = sign_in("market", serial=2)
    assert other.get(f"/data/resources/{key}/").status_code == 404
    assert other.get(f"/data/resources/{key}/edit/").status_code == 404
    assert other.post("/data/resources/new/", {**SAID, "code": "307001/000002"}).status_code == 403
    assert "居住证" not in text(other.get("/data/resources/"))


def test_a_draft_is_dropped(sign_in):
    officer = sign_in("police")
    version = officer.post("/data/resources/new/", SAID)["Location"]
    assert officer.post(f"{version}discard/", {"version": "1"})["Location"] == "/data/resources/"
    assert officer.get(f"{version}submit/").status_code == 404


def test_the_list_is_narrowed_and_turned(sign_in, catalogue):
    officer = sign_in("police")
    whole = text(officer.get("/data/resources/"))
    assert "人口基础信息" in whole
    assert "食品安全举报人信息" in whole
    found = text(officer.get("/data/resources/?q=照面"))
    assert "营业执照照面信息" in found
    assert "人口基础信息" not in found
    closed = text(officer.get("/data/resources/?sharing=NONE"))
    assert "食品安全举报人信息" in closed
    assert "人口基础信息" not in closed
    assert "没有找到" in text(officer.get("/data/resources/?q=不存在的东西"))
    assert officer.get("/data/resources/?sharing=XX&kind=YY&after=zz").status_code == 200


def test_a_resource_says_who_needs_it_and_where_its_copies_come_from(sign_in, catalogue, at):
    actions.note_needs(
        item_code="a", item_name="高龄津贴申领", department=POLICE, department_name="民政局",
        needs=[Need("person.bank_account", "账户", "材料：账户", "《某法》第一条")],
        actor=machine("test"), at=at,
    )  # fmt: skip
    resource = queries.get_resource(sample.ACCOUNTS)
    page = text(sign_in("police").get(f"/data/resources/{resource.key}/"))
    assert "高龄津贴申领" in page
    assert "人口基础信息，城关区公安分局（示例）" in page
    demand = text(sign_in("p2").get("/data/demand/?state=SUPPLIED"))
    assert "社会保障卡和收款账户" in demand
    assert "高龄津贴申领" in text(sign_in("p3").get("/data/duty/"))
    assert "没有要提供的" in text(sign_in("p4").get(f"/data/duty/?provider={POLICE}"))


def test_the_negative_list_leads_to_the_article_and_the_census_counts(sign_in, catalogue):
    officer = sign_in("police")
    negative = officer.get("/data/negative/").content.decode()
    assert "第一百一十五条" in negative
    assert "人口基础信息" not in negative
    census = text(officer.get("/data/census/"))
    assert "城关区消防救援大队（示例）" in census
    assert "有条件共享 4 项" in census


@pytest.mark.parametrize("role", [Role.WINDOW_CLERK, Role.APPROVER, Role.AUDITOR])
def test_who_does_not_work_with_data_stays_outside(sign_in, role):
    client = sign_in("other", role)
    for address in ("/data/", "/data/resources/", "/data/census/", "/data/waiting/"):
        assert client.get(address).status_code == 403


def test_a_leader_looks_and_changes_nothing(sign_in, catalogue):
    leader = sign_in("leader", Role.LEADER, serial=None)
    assert leader.get("/data/")["Location"] == "/data/resources/"
    key = queries.get_resource(sample.POPULATION).key
    page = text(leader.get(f"/data/resources/{key}/"))
    assert "写新的一版" not in page
    assert leader.get(f"/data/resources/{key}/edit/").status_code == 403
    assert leader.get("/data/waiting/").status_code == 403


def test_anybody_sees_what_is_open_and_nothing_else(client, catalogue):
    page = text(client.get("/data/catalogue/"))
    assert "经营主体登记信息" in page
    assert "人口基础信息" not in page
    found = text(client.get("/data/catalogue/?q=营业执照"))
    assert "营业执照照面信息" in found
    assert "经营主体登记信息" not in found
    firms, people = queries.get_resource(sample.FIRMS), queries.get_resource(sample.POPULATION)
    assert "统一社会信用代码" in text(client.get(f"/data/catalogue/{firms.key}/"))
    assert client.get(f"/data/catalogue/{people.key}/").status_code == 404
    assert client.get("/data/resources/")["Location"].startswith("/staff/sign-in/")


def test_a_change_is_noted_prolonged_and_done(sign_in):
    officer = sign_in("police")
    authority = sign_in("authority", Role.DATA_AUTHORITY, serial=None)
    today = moments.legal_date(moments.now()).isoformat()
    said = {
        "department": sample.officer().grants[0].department, "cause": "LAW",
        "basis": "户口登记条例修改", "what": "加一项住址", "happened_on": today,
    }  # fmt: skip
    assert "5 个工作日" in text(officer.get("/data/changes/new/"))
    assert officer.post("/data/changes/new/", {**said, "happened_on": "x"}).status_code == 422
    change = officer.post("/data/changes/new/", said)["Location"]
    assert "加一项住址" in text(officer.get("/data/changes/"))
    assert officer.get(f"{change}consent-longer/")["Location"] == change
    assert officer.post(f"{change}consent-longer/", {"version": "1"}).status_code == 403
    officer.post(f"{change}ask-longer/", {"version": "1", "words": "系统在改造"})
    assert "等主管部门定：系统在改造" in text(authority.get(change))
    authority.post(f"{change}consent-longer/", {"version": "2"})
    assert "主管部门同意延长" in text(officer.get(change))
    done = officer.post(f"{change}done/", {"version": "3", "words": "登记了新目录"})
    assert "已更新报送" in text(officer.get(done["Location"]))
    assert "加一项住址" in text(officer.get("/data/changes/?state=DONE"))
    assert sign_in("other", serial=2).get(change).status_code == 404


def test_a_subscriber_s_way_begins_at_the_catalogue(catalogue, sign_in, settings):
    settings.NODE = "62"
    topic = "62/licence-changes"
    exchange.topic(topic, resource=sample.LICENCES)
    page = catalogue_page(sign_in("asker", serial=1))
    assert "证照状态变更（示例）" in page
    assert topic in page
    begin = f"/data/requests/new/?resource={quote(sample.LICENCES, safe='')}&way=MESSAGE"
    assert begin in page
    form = sign_in("asker-again", serial=1).get(begin).content.decode()
    assert '<option value="MESSAGE" selected>' in form
    assert "提供部门还没有开通" in page  # the calls the entry names, too
    body = places.department_uscc(places.CHENGGUAN, 1)
    agreements.grant(topic, consumer=body, way=Way.MESSAGE)
    granted = catalogue_page(sign_in("granted", serial=1))
    assert "/data/subscriptions/new/" in granted
    assert begin not in granted
    assert begin not in catalogue_page(sign_in("other", serial=4))  # its own


def catalogue_page(client) -> str:
    row = queries.get_resource(sample.LICENCES)
    return unescape(client.get(f"/data/resources/{row.key}/").content.decode())
