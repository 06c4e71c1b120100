"""The pages on which one office asks another for data, and the other answers."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client

from yiwang.capability.journey import sample as journey
from yiwang.entrance.shell.item_names import names_of
from yiwang.foundation.agreements import actions, queries, sample
from yiwang.foundation.agreements.definitions import Way
from yiwang.foundation.agreements.models import DataGrant, DataRequest
from yiwang.foundation.exchange import sample as exchange
from yiwang.foundation.exchange.definitions import ServiceKind
from yiwang.foundation.laws import actions as laws
from yiwang.foundation.resources import sample as resources
from yiwang.kernel import moments
from yiwang.kernel.actor import Role, machine
from yiwang.network.directory import sample as places
from yiwang.support.identity import sample as accounts

pytestmark = pytest.mark.django_db
HERE = places.CHENGGUAN
ASKING, GIVING = places.department_uscc(HERE, 1), places.department_uscc(HERE, 7)
NEW = f"/data/requests/new/?resource={resources.POPULATION}"
PEOPLE = {
    "asker": (Role.DATA_OFFICER, HERE, ASKING),
    "asking head": (Role.HEAD, HERE, ASKING),
    "giver": (Role.DATA_OFFICER, HERE, GIVING),
    "giving head": (Role.HEAD, HERE, GIVING),
    "authority": (Role.DATA_AUTHORITY, HERE, None),
    "leader": (Role.LEADER, HERE, GIVING),
    "other": (Role.DATA_OFFICER, HERE, places.department_uscc(HERE, 2)),
    "operator": (Role.OPERATOR, HERE, None),
    "clerk": (Role.WINDOW_CLERK, HERE, ASKING),
}


@pytest.fixture
def people(db) -> dict[str, Client]:
    at = moments.now()
    places.load_chengguan()
    places.register_departments()
    laws.import_shipped(actor=machine("test"), at=at)
    resources.publish_all(at=at)
    made = {}
    for number, (name, grant) in enumerate(PEOPLE.items()):
        account = accounts.open_official_account(f"data-{number}", at=at, grants=(grant,))
        made[name] = Client()
        accounts.sign_in_client(made[name], account.subject, at=at)
    return made


def typed(**changes: object) -> dict[str, object]:
    until = moments.legal_date(moments.now()) + timedelta(days=365)
    given = {
        "purpose": "核对老人户籍", "basis": "ITEM", "items": "elderly-allowance\nother",
        "duty": "", "scene": "审核高龄津贴申请时核对户籍", "fields": ["name", "citizen_id"],
        "clear_fields": ["citizen_id"], "way": "CALL", "needs_case": "yes",
        "until": until.isoformat(), "per_day": "500",
    }  # fmt: skip
    return given | changes


def text(response) -> str:
    assert response.status_code == 200, response.status_code
    return unescape(re.sub(r"<[^>]+>", "", response.content.decode()))


def do(client: Client, key: str, act: str, **given: object):
    version = DataRequest.objects.get(key=key).version
    return client.post(f"/data/requests/{key}/{act}/", {"version": version, **given})


def on_grant(client: Client, key: str, act: str, **given: object):
    version = DataGrant.objects.get(key=key).version
    return client.post(f"/data/grants/{key}/{act}/", {"version": version, **given})


def asked(people, **changes: object) -> str:
    response = people["asker"].post(NEW, typed(**changes))
    assert response.status_code == 302, text(response)
    return response["Location"].split("/")[3]


def test_from_the_form_to_the_grant_every_page_says_where_it_stands(people) -> None:
    form = text(people["asker"].get(NEW))
    assert "10 个工作日内答复" in form
    assert "公民身份号码" in form
    key = asked(people)
    page = text(people["asker"].get(f"/data/requests/{key}/"))
    assert "起草" in page
    assert "公民身份号码（原文）" in page
    for who, act, given in (
        ("asker", "hand-to-head", {}),
        ("asking head", "sign", {}),
        ("giver", "propose-yes", {"words": "只限科室内使用"}),
        ("giving head", "sign-yes", {}),
        ("giver", "deliver", {"service": "62/household-register", "words": "找老王"}),
    ):
        assert people[who].get(f"/data/requests/{key}/{act}/").status_code == 200, act
        assert do(people[who], key, act, **given).status_code == 302, act
    page = text(people["asker"].get(f"/data/requests/{key}/"))
    assert "已提供" in page
    assert "只限科室内使用" in page
    grant = DataGrant.objects.get().key
    page = text(people["asker"].get(f"/data/grants/{grant}/"))
    assert "62/household-register" in page
    assert "elderly-allowance，other" in page
    assert "62/household-register" in text(people["giver"].get("/data/grants/"))


def test_what_is_missing_is_named_and_what_was_typed_is_kept(people) -> None:
    response = people["asker"].post(NEW, typed(purpose="", scene="写了场景", fields=[]))
    assert response.status_code == 422
    page = response.content.decode()
    assert "用途还没有写" in page
    assert "还没有选要哪些信息项" in page
    assert "写了场景" in page
    assert not DataRequest.objects.exists()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"until": "明年"}, "使用期限不是日期"),
        ({"per_day": "很多"}, "每天多少次不对"),
        ({"per_day": "99999999999"}, "每天多少次不对"),
        ({"way": "x"}, "还没有选共享方式"),
        ({"fields": ["nothing"]}, "有信息项不在这个资源里"),
    ],
)
def test_a_wrong_value_is_refused_by_its_field(people, changes, said) -> None:
    response = people["asker"].post(NEW, typed(**changes))
    assert response.status_code == 422
    assert said in response.content.decode()


def test_a_refusal_shows_its_article_and_that_it_is_reported(people) -> None:
    key = asked(people)
    do(people["asker"], key, "hand-to-head")
    do(people["asking head"], key, "sign")
    wrong = do(people["giver"], key, "propose-no", words="不想给", article="")
    assert wrong.status_code == 422
    assert "不想给" in wrong.content.decode()
    do(people["giver"], key, "propose-no", words="不合用途", article="条例第十四条")
    do(people["giving head"], key, "sign-no")
    page = text(people["authority"].get(f"/data/requests/{key}/"))
    assert "不予共享" in page
    assert "条例第十四条" in page
    assert "不在负面清单上，报主管部门" in page
    assert "户" in text(people["asker"].get("/data/requests/?list=disputes"))


def test_told_once_the_asker_mends_the_request_itself(people) -> None:
    key = asked(people)
    do(people["asker"], key, "hand-to-head")
    do(people["asking head"], key, "sign")
    do(people["giver"], key, "tell-missing", words="缺接口说明")
    assert "缺接口说明" in text(people["asker"].get(f"/data/requests/{key}/"))
    form = people["asker"].get(f"/data/requests/{key}/supply/").content.decode()
    assert "审核高龄津贴申请时核对户籍" in form
    again = do(people["asker"], key, "supply", **typed(purpose="核对户籍和年龄", words="补了"))
    assert again.status_code == 302
    row = DataRequest.objects.get(key=key)
    assert (row.state, row.purpose) == ("RECEIVED", "核对户籍和年龄")


def test_who_has_nothing_to_do_with_it_finds_nothing(people) -> None:
    key = asked(people)
    for who in ("giver", "authority", "leader", "other"):  # a draft is the asking office's alone
        assert people[who].get(f"/data/requests/{key}/").status_code == 404, who
        assert do(people[who], key, "hand-to-head").status_code == 404, who
    for who in ("operator", "clerk"):
        assert people[who].get("/data/requests/").status_code == 403, who
    assert Client().get("/data/requests/").status_code in (302, 401)
    assert people["leader"].get("/data/requests/new/").status_code == 403


def test_an_act_of_another_side_is_refused_and_changes_nothing(people) -> None:
    key = asked(people)
    do(people["asker"], key, "hand-to-head")
    do(people["asking head"], key, "sign")
    assert do(people["asker"], key, "propose-yes", words="").status_code == 403
    assert do(people["giver"], key, "sign-yes").status_code == 403
    assert DataRequest.objects.get(key=key).state == "RECEIVED"


def test_what_cannot_be_done_now_leads_back_to_the_request(people) -> None:
    key = asked(people)
    response = people["asker"].get(f"/data/requests/{key}/deliver/")
    assert (response.status_code, response["Location"]) == (302, f"/data/requests/{key}/")


def test_an_old_page_is_told_so_and_keeps_the_words(people) -> None:
    key = asked(people)
    do(people["asker"], key, "hand-to-head")
    response = people["asking head"].post(
        f"/data/requests/{key}/hand-back/", {"version": 1, "words": "请写细"}
    )
    assert response.status_code == 409
    assert "请写细" in response.content.decode()


def test_an_operator_stops_a_grant_in_two_clicks(people) -> None:
    at = moments.now()
    view = sample.delivered(
        resource=resources.POPULATION, consumer=ASKING, service="62/household-register", at=at
    )
    client = people["operator"]
    assert "62/household-register" in text(client.get("/data/grants/"))
    page = client.get(f"/data/grants/{view.grant}/").content.decode()
    assert "/stop-now/" in page
    assert "看申请" not in page
    assert on_grant(client, view.grant, "stop-now", words="流量异常").status_code == 302
    assert sample.fast_rows() == []
    assert "已暂停" in text(people["giver"].get(f"/data/grants/{view.grant}/"))
    assert "62/household-register" in text(client.get("/data/grants/?state=SUSPENDED"))


def test_a_grant_that_opens_nothing_is_listed_with_what_to_do(people, settings) -> None:
    settings.NODE, at = "62", moments.now()
    exchange.service("62/register", upstream="http://127.0.0.1:1", kind=ServiceKind.TABLE, at=at)
    key = sample.grant(
        "62/register", way=Way.VERIFY, consumer=ASKING, provider=GIVING, provider_division=HERE,
        at=at,
    )  # fmt: skip
    assert "62/register" not in text(people["asker"].get("/data/grants/?state=MISFIT"))
    actions.check_ways(actor=machine("clock"), at=at)
    for who in ("asker", "giver", "operator"):
        client = people[who]
        assert "62/register" in text(client.get("/data/grants/?state=MISFIT")), who
        assert "方式不符，用不了" in text(client.get("/data/grants/"))
        page = text(client.get(f"/data/grants/{key}/"))
        assert "授权的共享方式是“批量核验”，这个服务是“库表交换”" in page
        assert "另行申请" in page
    assert "62/register" not in text(people["other"].get("/data/grants/?state=MISFIT"))


def test_misuse_and_renewal_and_ending_on_the_pages(people) -> None:
    at = moments.now()
    view = sample.delivered(
        resource=resources.POPULATION, consumer=ASKING, service="62/household-register", at=at
    )
    for who, act, given in (
        ("giver", "suspend", {"words": "拿去营销", "mend_days": "5"}),
        ("asker", "report-mended", {"words": "停了"}),
        ("giver", "resume", {"words": "核实过"}),
        ("asker", "ask-renewal", {"words": "还要用", "until": "2028-06-30"}),
        ("giving head", "renew", {}),
        ("giver", "ask-end", {"words": "系统下线"}),
        ("asking head", "agree-end", {}),
    ):
        assert people[who].get(f"/data/grants/{view.grant}/{act}/").status_code == 200, act
        assert on_grant(people[who], view.grant, act, **given).status_code == 302, act
    page = text(people["asker"].get(f"/data/grants/{view.grant}/"))
    assert "已终止" in page
    assert "拿去营销" in page


def test_effect_storage_and_destruction_are_written_by_one_side_and_read_by_both(people) -> None:
    at = moments.now()
    today = moments.legal_date(at).isoformat()
    view = sample.delivered(
        resource=resources.POPULATION, consumer=ASKING, service="62/household-register", at=at
    )
    home = f"/data/grants/{view.grant}/"
    for who, act, given in (
        ("asker", "report-effect",
         {"words": "=不用再交户口簿", "since": today, "until": today, "papers": "120", "visits": ""}),
        ("asker", "report-storage", {"words": "三人能看", "place": "津贴系统", "held": "40"}),
        ("giver", "ask-end", {"words": "系统下线"}),
        ("asking head", "agree-end", {}),
        ("asker", "declare-disposal",
         {"disposal": "KEPT", "held": "12", "basis": "会计法第二十三条", "words": "发放凭证"}),
        ("giver", "require-disposal", {"words": "备份也要删"}),
    ):  # fmt: skip
        assert people[who].get(f"{home}{act}/").status_code == 200, act
        assert on_grant(people[who], view.grant, act, **given).status_code == 302, act
    for who in ("asker", "giver", "authority", "leader"):
        page = text(people[who].get(f"{home}reports/"))
        assert "少交材料 120 份" in page, who
        assert "依据：会计法第二十三条" in page
        assert "留存和销毁没有申报" in page
    assert "declare-disposal" not in people["giver"].get(f"{home}reports/").content.decode()
    taken = people["authority"].post(f"{home}reports/export/").content.decode()
    assert "'=不用再交户口簿" in taken
    assert "12" in taken
    for who in ("other",):
        assert people[who].get(f"{home}reports/").status_code == 404
        assert people[who].post(f"{home}reports/export/").status_code == 404
    assert "前申报留存和销毁" in text(people["asker"].get("/data/grants/?state=ENDED"))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"disposal": ""}, "还没有选数据怎样了"),
        ({"disposal": "DESTROYED", "day": "昨天"}, "销毁的日期不是日期"),
        ({"disposal": "KEPT", "held": "很多", "basis": "x", "words": "y"}, "留存多少条不对"),
    ],
)
def test_a_wrong_declaration_is_refused_by_its_field(people, given, said) -> None:
    at = moments.now()
    view = sample.delivered(
        resource=resources.POPULATION, consumer=ASKING, service="62/household-register", at=at
    )
    on_grant(people["giver"], view.grant, "ask-end", words="系统下线")
    on_grant(people["asker"], view.grant, "agree-end")
    response = on_grant(people["asker"], view.grant, "declare-disposal", **given)
    assert response.status_code == 422
    assert said in response.content.decode()


def test_long_lists_go_on_after_the_last_one_shown(people, monkeypatch) -> None:
    at = moments.now()
    keys = [
        sample.drafted(resource=resources.POPULATION, consumer=ASKING, at=at).key for _ in range(3)
    ]
    actor = sample.of_office("x", Role.DATA_OFFICER, HERE, ASKING)
    first = queries.list_requests(actor, at=at, limit=2)
    assert [row.key for row in first.rows] == [keys[2], keys[1]]
    rest = queries.list_requests(actor, at=at, after=first.next, limit=2)
    assert ([row.key for row in rest.rows], rest.next) == ([keys[0]], "")
    monkeypatch.setattr("yiwang.entrance.data.requests.PAGE_SIZE", 2)
    page = people["asker"].get("/data/requests/").content.decode()
    assert f"after={first.next}" in page


def test_what_is_closed_by_law_or_not_in_the_catalogue_says_so(people) -> None:
    assert people["asker"].get("/data/requests/new/?resource=999").status_code == 404
    form = text(people["asker"].get(f"/data/requests/new/?resource={resources.REPORTERS}"))
    assert "不予共享的依据" in form
    own = people["giver"].post(NEW, typed())
    assert own.status_code == 409
    assert "不用申请" in own.content.decode()


def test_the_figures_name_departments_and_nobody_s_request(people) -> None:
    at = moments.now()
    sample.refused(resource=resources.POPULATION, consumer=ASKING, at=at)
    page = text(people["leader"].get("/data/figures/"))
    assert "城关区公安分局（示例）" in page
    assert "100%" in page
    assert "核对老人户籍" not in page
    assert people["clerk"].get("/data/figures/").status_code == 403


def test_items_are_called_by_their_names_and_unknown_codes_stay() -> None:
    journey.publish(journey.ALLOWANCE, at=moments.now())
    assert names_of(["elderly-allowance", "other"]) == ("80周岁以上老年人高龄津贴申领", "other")
