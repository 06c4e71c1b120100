"""From a CSV to a service on the pages: declared, published, tried, stopped; agreed to by a second person."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from yiwang.foundation.datasources import sample
from yiwang.foundation.datasources.models import QueryRecord, SourceRecord
from yiwang.foundation.datasources.rules import reading
from yiwang.foundation.resources import sample as resources
from yiwang.foundation.resources.definitions import Datum
from yiwang.foundation.standards.definitions import ElementType
from yiwang.kernel.actor import Role
from yiwang.mechanisms.journal.models import Entry
from yiwang.network.directory import sample as places

NEW = "/data/sources/new/"


def body():
    return places.department_uscc(places.CHENGGUAN, 7)


def upload(client, data=sample.CSV, name="register.csv"):
    return client.post(
        NEW,
        {"label": "摊位登记", "department": body(), "file": SimpleUploadedFile(name, data)},
    )


def ticked(client, address, **changes):
    """The form as the page offers it, filled in."""
    page = client.get(address).content.decode()
    fields = dict(
        re.findall(r'<input class="input" (?:id="\w+" )?name="([\w-]+)"[^>]*value="([^"]*)"', page)
    )
    fields |= dict.fromkeys(re.findall(r'name="([\w-]+)" value="1" checked', page), "1")
    for name, options in re.findall(
        r'<select class="input"[^>]*name="([\w-]+)".*?>(.*?)</select>', page, re.S
    ):
        chosen = re.search(r'value="([^"]*)" selected', options)
        fields[name] = chosen[1] if chosen else ""
    return {**fields, "name": "market-licence", **changes}


def published(client):
    address = upload(client).headers["Location"]
    answer = client.post(address, ticked(client, address))
    assert answer.status_code == 302, answer.content.decode()
    return answer.headers["Location"]


def test_a_csv_is_a_service_after_two_forms(sign_in):
    client = sign_in("data")
    address = published(client)
    page = client.get(address).content.decode()
    assert "已发布" in page
    assert "/exchange/v1/calls/" in page
    definition = QueryRecord.objects.get().versions.get().body
    by_name = {one["name"]: one for one in definition["fields"]}
    assert by_name["jing_ying_zhe"] | {"column": ""} == {
        "name": "jing_ying_zhe", "column": "", "label": "经营者", "type": "TEXT", "grade": 3,
        "mask": "NAME",
    }  # fmt: skip
    assert [one["name"] for one in definition["parameters"]] == ["zheng_hao"]
    listed = client.get("/data/sources/").content.decode()
    assert "摊位登记查询" in listed
    assert client.get(f"/data/sources/{SourceRecord.objects.get().key}/").status_code == 200


def test_a_verification_is_ticked_too(sign_in):
    client = sign_in("data")
    address = upload(client).headers["Location"]
    form = ticked(client, address, service="VERIFY", **{"key-0": "1"})
    assert client.post(address, form).status_code == 302
    assert (
        "批量核验"
        in client.get(f"/data/sources/queries/{QueryRecord.objects.get().key}/").content.decode()
    )
    form = ticked(client, address, service="VERIFY", name="by-name", **{"key-1": "1"})
    refused = client.post(address, form)
    assert refused.status_code == 422
    assert "同时核验两列" in refused.content.decode()


@pytest.mark.parametrize(
    ("data", "name", "words"),
    [
        (b"a,b\n1,\x002\n", "a.csv", "内容不是文字"),
        ("名称,数\n=1+1,2\n".encode(), "a.csv", "公式"),
        (b"a,a\n1,2\n", "a.csv", "两列同名"),
        (b"MZ", "a.exe", "不能上传这种文件"),
        (b"a,b\n1,2,3\n", "../../a.csv", "列数"),
    ],
)
def test_a_bad_file_is_named_and_nothing_is_declared(sign_in, data, name, words):
    refused = upload(sign_in("data"), data, name)
    assert refused.status_code == 422
    assert words in refused.content.decode()
    assert not SourceRecord.objects.exists()


@pytest.mark.parametrize("changes", [
    {"name": "'; DROP TABLE"},
    {"most": "999999"},
    {"operator-0": "", "out-1": "1"},  # a personal field, and nothing must be said
    {"name-0": 'x" FROM y --'},
    {"service": "COPY"},
])  # fmt: skip
def test_a_form_that_is_no_service_says_why_and_keeps_what_was_typed(sign_in, changes):
    client = sign_in("data")
    address = upload(client).headers["Location"]
    refused = client.post(address, ticked(client, address, title="我写的名称", **changes))
    assert refused.status_code == 422
    assert "我写的名称" in refused.content.decode()
    assert not QueryRecord.objects.exists()


def test_another_body_and_other_roles_see_nothing(sign_in):
    address = published(sign_in("data"))
    other = sign_in("other", serial=3)
    source = f"/data/sources/{SourceRecord.objects.get().key}/"
    for page in (address, source, f"{source}publish/", f"{source}definition/"):
        assert other.get(page).status_code == 404
    assert other.post(f"{address}stop/", {"version": 2, "reason": "x"}).status_code == 404
    assert other.post(f"{address}try/", {}).status_code == 404
    assert "摊位登记" not in other.get("/data/sources/").content.decode()
    clerk = sign_in("clerk", role=Role.HANDLER)
    assert clerk.get("/data/sources/").status_code == 403


def test_a_name_of_another_body_is_not_declared_for(sign_in):
    client = sign_in("data")
    other = places.department_uscc(places.CHENGGUAN, 3)
    refused = client.post(
        NEW, {"label": "x", "department": other, "file": SimpleUploadedFile("a.csv", sample.CSV)}
    )
    assert refused.status_code == 422
    assert not SourceRecord.objects.exists()


ANALYST = reading.write(
    sample.query(
        "market-sum", title="在营户数", parameters=(), fields=sample.query().fields[2:3],
        sql="SELECT sum(摊位数) AS 摊位数 FROM data",
    )
)  # fmt: skip


def test_analyst_sql_needs_a_colleague(sign_in):
    client, colleague = sign_in("data"), sign_in("head", role=Role.HEAD)
    upload(client)
    define = f"/data/sources/{SourceRecord.objects.get().key}/definition/"
    address = client.post(define, {"definition": ANALYST}).headers["Location"]
    assert "等另一人核定" in client.get(address).content.decode()
    refused = client.post(f"{address}approve/", {"version": 2})
    assert refused.status_code == 409
    assert "另一个人" in refused.content.decode()
    assert colleague.post(f"{address}approve/", {"version": 2}).status_code == 302
    assert "已发布" in client.get(address).content.decode()


@pytest.mark.parametrize(
    "definition",
    [
        "",
        "name: [",
        "- a",
        "name: x\nfields: {}\n",
        "name: market\ntitle: x\nevil: 1\n",
        "name: market\ntitle: x\nkind: COPY\n",
        "!!python/object/apply:os.system ['true']",
        "name: market\ntitle: x\nfields:\n- {name: a, column: 证号, label: a, type: BLOB}\n",
        ANALYST.replace("SELECT sum", "DELETE FROM data; SELECT sum"),
        "name: market\ntitle: x\nrows: true\n",
    ],
)
def test_a_definition_that_does_not_read_is_refused(sign_in, definition):
    client = sign_in("data")
    upload(client)
    define = f"/data/sources/{SourceRecord.objects.get().key}/definition/"
    assert client.post(define, {"definition": definition}).status_code == 422
    assert not QueryRecord.objects.exists()


def test_a_new_version_begins_with_the_last(sign_in):
    client = sign_in("data")
    address = published(client)
    key = QueryRecord.objects.get().key
    define = f"/data/sources/{SourceRecord.objects.get().key}/definition/"
    page = client.get(f"{define}?query={key}").content.decode()
    assert "market-licence" in page
    newer = reading.write(reading.read(ANALYST.replace("market-sum", "market-licence")))
    newer = "\n".join(line for line in newer.splitlines() if not line.startswith("sql"))
    answer = client.post(define, {"definition": newer, "query": key, "version": 2})
    assert answer.status_code == 302, answer.content.decode()
    assert "第 2 版" in client.get(address).content.decode()
    assert client.post(define, {"definition": newer, "query": key, "version": 2}).status_code == 409


def test_stopping_says_why_and_an_older_page_stops_nothing(sign_in):
    client = sign_in("data")
    address = published(client)
    assert client.post(f"{address}stop/", {"version": 2, "reason": ""}).status_code == 422
    assert client.post(f"{address}stop/", {"version": 1, "reason": "检修"}).status_code == 409
    assert client.post(f"{address}stop/", {"version": 2, "reason": "检修"}).status_code == 302
    assert "已停用" in client.get(address).content.decode()
    assert client.post(f"{address}burn/", {"version": 3}).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_a_trial_is_masked_and_on_record(sign_in):
    from yiwang.foundation.datasources.tests.running import process

    client = sign_in("data")
    address = published(client)
    with process():
        page = client.post(f"{address}try/", {"zheng_hao": "LZ000007"}).content.decode()
        none = client.post(f"{address}try/", {"zheng_hao": "' OR 1=1"}).content.decode()
    assert "示******" in page or "示*****" in page
    assert "示例商户7号" not in page
    assert "没有查到" in none
    assert client.post(f"{address}try/", {}).status_code == 422
    assert Entry.objects.filter(act="READ", subject__startswith="query:").count() == 2
    away = client.post(f"{address}try/", {"zheng_hao": "LZ000007"}).content.decode()
    assert "数据源现在连不上" in away


def test_a_dropped_file_is_reported_on_taken_and_put_back(sign_in, at):
    content = resources.content(
        resources.ALLOWANCES,
        code="301008/7",
        provider=body(),
        items=(Datum("no", "编号", ElementType.TEXT, 4, 2),),
    )
    resources.publish(content, at=at)
    client, other = sign_in("data"), sign_in("other", serial=3)

    def send(text, who=client, code="301008/7"):
        file = SimpleUploadedFile("登记.csv", text.encode())
        return who.post("/data/sources/drops/", {"resource": code, "file": file})

    bad = send("编号\nA1\nA2345\n").headers["Location"]
    page = client.get(bad).content.decode()
    assert "第 3 行" in page
    assert "比目录里登记的长" in page
    assert client.post(f"{bad}take/", {"version": 1}).status_code == 409
    first, second = (send(text).headers["Location"] for text in ("编号\nA1\n", "编号\nA2\n"))
    for address in (first, second):
        assert client.post(f"{address}take/", {"version": 1}).status_code == 302
    assert client.post(f"{first}undo/", {"version": 2}).status_code == 409
    assert client.post(f"{second}undo/", {"version": 2}).status_code == 302
    assert "已撤回" in client.get(second).content.decode()
    assert client.post(f"{second}burn/", {"version": 3}).status_code == 404
    assert send("编号\nA1\n", who=other).status_code == 403
    assert send("编号\nA1\n", code="999999/9").status_code == 404
    assert client.post("/data/sources/drops/", {"resource": "301008/7"}).status_code == 422
    assert other.get(first).status_code == 404
    assert other.post(f"{first}take/", {"version": 1}).status_code == 404
    assert "登记.csv" not in other.get("/data/sources/drops/").content.decode()
    assert "登记.csv" in client.get("/data/sources/drops/").content.decode()
