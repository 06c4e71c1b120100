"""The pages of the platform above: asked, answered, tried again."""

from __future__ import annotations

from html import unescape

import pytest

from yiwang.foundation.upper import actions
from yiwang.foundation.upper.models import UpperItem
from yiwang.kernel.actor import Role, machine
from yiwang.kernel.moments import now
from yiwang.network.directory import sample as places

BODY = places.department_uscc(places.CHENGGUAN, 7)
FORM = {"resource": "教育部学历", "purpose": "核对学历", "fields": "学历", "department": BODY}


@pytest.fixture
def above(settings, tmp_path):
    settings.UPPER_DRIVER = "yiwang.foundation.upper.drivers.simulator.Simulator"
    settings.UPPER_SECONDS = 0.05
    settings.NODE_DIVISION = places.CHENGGUAN  # what comes from above concerns the node's place
    settings.YIWANG_HOME = tmp_path
    (tmp_path / "simulator").mkdir()
    return tmp_path / "simulator" / "upper"


def text_of(answer):
    return unescape(answer.content.decode())


def turn():
    actions.send_due(actor=machine("test"), at=now())
    actions.fetch(actor=machine("test"), at=now())


def test_with_nobody_above_the_pages_say_so(sign_in):
    client = sign_in("data")
    page = text_of(client.get("/data/upper/"))
    assert "没有接入" in page
    assert "向上级申请" not in page
    assert "上级平台</a>" not in text_of(client.get("/data/resources/"))
    assert client.post("/data/upper/", FORM).status_code == 409
    operator = sign_in("operator", role=Role.OPERATOR, serial=None)
    assert "YIWANG_UPPER_DRIVER" in text_of(operator.get("/console/upper/"))


def test_a_request_is_asked_and_its_decision_read(sign_in, above):
    client = sign_in("data")
    assert client.post("/data/upper/", {**FORM, "purpose": ""}).status_code == 422
    assert client.post("/data/upper/", FORM).status_code == 302
    turn()
    page = text_of(client.get("/data/upper/"))
    assert "已答复" in page
    assert "同意" in page
    assert "核对学历" not in text_of(sign_in("other", serial=1).get("/data/upper/"))


def test_a_request_from_above_is_answered_by_the_authority(sign_in, above):
    turn()
    row = UpperItem.objects.get()
    address = f"/data/upper/{row.key}/"
    assert sign_in("data").get(address).status_code == 403
    authority = sign_in("authority", role=Role.DATA_AUTHORITY, serial=None)
    assert address in text_of(authority.get("/data/upper/"))
    assert authority.get(address).status_code == 200
    given = {"version": "1", "agreed": "yes", "words": ""}
    assert authority.post(address, given).status_code == 422
    assert authority.post(address, {**given, "words": "同意"}).status_code == 302
    assert authority.post(address, {**given, "words": "同意"}).status_code == 409
    assert authority.get(address).status_code == 404
    turn()
    assert "已上报" in text_of(authority.get("/data/upper/"))


def test_an_operator_sees_that_it_is_away_and_tries_again(sign_in, above):
    above.write_text("DOWN")
    sign_in("data").post("/data/upper/", FORM)
    turn()
    operator = sign_in("operator", role=Role.OPERATOR, serial=None)
    page = text_of(operator.get("/console/upper/"))
    assert "连不上" in page
    assert "上级平台没有应答" in page
    key = UpperItem.objects.get().key
    assert operator.post(f"/console/upper/{key}/again/").status_code == 302
    above.write_text("")
    turn()
    assert "正常" in text_of(operator.get("/console/upper/"))
    assert operator.post(f"/console/upper/{key}/again/").status_code == 404


def test_a_request_is_amended_and_taken_back_before_it_is_decided(sign_in, above):
    client = sign_in("data")
    client.post("/data/upper/", FORM)
    row = UpperItem.objects.get()
    page = text_of(client.get("/data/upper/"))
    assert f"/data/upper/{row.key}/amend/" in page
    home = f"/data/upper/{row.key}/"
    assert "更正以后的全文" in text_of(client.get(f"{home}amend/"))
    typed = {"version": "1", "purpose": "核对学位", "fields": "学位"}
    assert client.post(f"{home}amend/", {**typed, "purpose": ""}).status_code == 422
    assert client.post(f"{home}amend/", typed).status_code == 302
    assert client.post(f"{home}amend/", typed).status_code == 409  # an old page
    assert sign_in("other", serial=1).get(f"{home}recall/").status_code == 404
    assert client.post(f"{home}recall/", {"version": "2", "words": "不用了"}).status_code == 302
    assert client.post(f"{home}recall/", {"version": "3", "words": "不用了"}).status_code == 409
    turn()
    page = text_of(client.get("/data/upper/"))
    assert "已撤回" in page
    assert "教育部学历：核对学位" in page
    assert f"{home}recall/" not in page
