"""Data officers' own programs ask and answer; heads sign on their pages."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.api.programs import HERE, Program
from yiwang.foundation.agreements import actions, sample
from yiwang.foundation.agreements.definitions import Cited, Way
from yiwang.foundation.agreements.models import DataRequest
from yiwang.foundation.exchange import sample as exchange
from yiwang.foundation.exchange.definitions import ServiceKind
from yiwang.foundation.laws import actions as laws
from yiwang.foundation.laws.models import Article
from yiwang.foundation.resources import sample as resources
from yiwang.kernel import moments
from yiwang.kernel.actor import Role, machine
from yiwang.network.directory import sample as places

pytestmark = pytest.mark.django_db
ASKING, GIVING = places.department_uscc(HERE, 1), places.department_uscc(HERE, 7)


@pytest.fixture
def ground(db):
    at = moments.now()
    places.load_chengguan()
    places.register_departments()
    laws.import_shipped(actor=machine("test"), at=at)
    resources.publish_all(at=at)
    return at


def wish(**changes: object) -> dict[str, object]:
    until = moments.legal_date(moments.now()) + timedelta(days=100)
    return {
        "resource": resources.POPULATION, "consumer": ASKING, "purpose": "核对户籍",
        "basis": "ITEM", "items": ["elderly-allowance"], "scene": "审核高龄津贴", "way": "CALL",
        "fields": ["name"], "until": until.isoformat(), "per_day": 10, **changes,
    }  # fmt: skip


def test_a_program_writes_a_request_and_leaves_the_signature_to_the_head(ground) -> None:
    asker = Program("asker", Role.DATA_OFFICER, ASKING)
    made = asker.post("/requests", **wish())
    assert made.status_code == 201, made.content
    key = made.json()["key"]
    handed = asker.post(f"/requests/{key}/acts/hand_to_head", version=1)
    assert (handed.status_code, handed.json()["state"]) == (200, "TO_SIGN")
    head = Program("head", Role.HEAD, ASKING)
    signed = head.post(f"/requests/{key}/acts/sign", version=2)
    assert (signed.status_code, signed.json()["refusal"]["code"]) == (403, "OnlyByHand")
    assert DataRequest.objects.get(key=key).state == "TO_SIGN"


def test_a_program_answers_and_delivers_and_an_operator_s_stops(ground) -> None:
    view = sample.received(resource=resources.POPULATION, consumer=ASKING, at=ground)
    giver = Program("giver", Role.DATA_OFFICER, GIVING)
    assert [row["key"] for row in giver.get("/requests").json()["rows"]] == [view.key]
    told = giver.post(f"/requests/{view.key}/acts/tell_missing", version=view.version, words="缺件")
    assert told.json()["missing"] == "缺件"
    had = sample.delivered(
        resource=resources.POPULATION, consumer=ASKING, service="62/register", at=ground
    )
    operator = Program("operator", Role.OPERATOR, None)
    assert operator.get("/requests").status_code == 403
    assert operator.get("/grants").json()["rows"][0]["key"] == had.grant
    stopped = operator.post(f"/grants/{had.grant}/acts/stop_now", version=1, words="流量异常")
    assert (stopped.status_code, stopped.json()["state"]) == (200, "SUSPENDED")
    assert sample.fast_rows() == []


def test_what_is_not_ours_is_not_there_and_what_is_wrong_is_named(ground) -> None:
    view = sample.received(resource=resources.POPULATION, consumer=ASKING, at=ground)
    other = Program("other", Role.DATA_OFFICER, places.department_uscc(HERE, 2))
    assert other.get(f"/requests/{view.key}").status_code == 404
    assert other.post(f"/requests/{view.key}/acts/withdraw", version=1).status_code == 404
    assert other.post("/requests", **wish()).status_code == 403
    asker = Program("asker", Role.DATA_OFFICER, ASKING)
    wrong = asker.post("/requests", **wish(fields=["salary"]))
    assert wrong.status_code == 422
    assert wrong.json()["refusal"]["fields"][0]["field"] == "fields"
    assert asker.post("/requests", **wish(until="0001-01-01")).status_code == 422


def test_a_grant_that_opens_nothing_is_listed_with_why(ground, settings) -> None:
    settings.NODE = "62"
    exchange.service("62/register", upstream="http://127.0.0.1:1", kind=ServiceKind.TABLE)
    key = sample.grant("62/register", way=Way.VERIFY, consumer=ASKING, provider=GIVING)
    actions.check_ways(actor=machine("clock"), at=ground)
    asker = Program("asker", Role.DATA_OFFICER, ASKING)
    (row,) = asker.get("/grants?misfit=true").json()["rows"]
    assert (row["key"], row["state"]) == (key, "ACTIVE")
    assert row["misfit"].startswith("授权的共享方式是")
    assert asker.get("/grants?misfit=perhaps").status_code == 422


def test_a_program_cites_articles_sees_one_change_and_settles_it(ground) -> None:
    asker = Program("asker", Role.DATA_OFFICER, ASKING)
    cited = {"law": "老年人权益保障法", "article": "第33条"}
    made = asker.post("/requests", **wish(articles=[cited])).json()
    (article,) = made["articles"]
    assert (article["law"], article["doubt"]) == ("中华人民共和国老年人权益保障法", "")
    wrong = asker.post("/requests", **wish(articles=[{**cited, "article": "第九百条"}]))
    assert wrong.status_code == 422
    assert wrong.json()["refusal"]["fields"][0]["field"] == "articles"
    had = sample.delivered(
        resource=resources.POPULATION, consumer=ASKING, service="62/register", at=ground,
        given=sample.values(articles=(Cited(**cited),)),
    )  # fmt: skip
    Article.objects.filter(number="第三十三条").update(text="另一种写法。")
    actions.look_at_articles(actor=machine("test"), at=ground)
    assert [one["key"] for one in asker.get("/requests?tab=doubted").json()["rows"]] == [
        made["key"]
    ]
    (row,) = asker.get("/grants?doubted=true").json()["rows"]
    assert (row["key"], row["articles"][0]["doubt"]) == (had.grant, "CHANGED")
    other = Program("other", Role.DATA_OFFICER, places.department_uscc(HERE, 2))
    assert other.get("/grants?doubted=true").json()["rows"] == []
    act = f"/grants/{had.grant}/acts/recite"
    assert other.post(act, version=1, articles=[cited], words="x").status_code == 404
    settled = asker.post(act, version=1, articles=[cited], words="职责没有变")
    assert settled.json()["articles"][0]["text"] == "另一种写法。"
    assert asker.post(act, version=1, articles=[cited], words="又一次").status_code == 409
