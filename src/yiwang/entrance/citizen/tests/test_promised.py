"""Through the pages: choose the road, sign, hand in, supply late, answer a correction, ask for repair."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from yiwang.capability import journey
from yiwang.capability.cases import queries as cases
from yiwang.capability.commitments import queries as promises
from yiwang.capability.commitments.sample import TRUST
from yiwang.capability.journey import sample
from yiwang.capability.journey.tests import test_trusting as story
from yiwang.foundation.libraries import sample as people
from yiwang.kernel import moments
from yiwang.kernel.actor import machine
from yiwang.mechanisms.files.definitions import Kind
from yiwang.mechanisms.files.sample import content
from yiwang.network.directory import sample as directory
from yiwang.support.credit import queries as credit
from yiwang.support.identity import sample as accounts

pytestmark = pytest.mark.django_db
CODE = story.CODE


@pytest.fixture
def item(db):
    directory.load_chengguan()
    directory.register_departments()
    return sample.publish_plain(at=moments.now(), code=CODE, said=TRUST)


def signed_in(seed: int) -> Client:
    client = Client()
    person = people.register_person(seed, at=moments.now(), born_on=date(1980, 1, 1))
    accounts.open_person_account(person.reference, at=moments.now())
    client.actor = accounts.sign_in_client(client, person.reference)
    return client


@pytest.fixture
def mine(item):
    return signed_in(5)


@pytest.fixture
def other(item):
    return signed_in(6)


@pytest.fixture
def official(item):
    return sample.official(item)


def page(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, address
    return answer.content.decode()


def a_file(name: str = "意见.txt") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content(Kind.TXT))


def begin(client: Client, road: str) -> str:
    home = client.post(f"/items/{CODE}/apply/", {"road": road})["Location"]
    key = home.strip("/").split("/")[-1]
    client.post(f"{home}step/all/", {"subject": "示例", "version": 1, "do": "next"})
    return f"/my/drafts/{key}/"


def sign(client: Client, home: str, **changes: str):
    shown = page(client, f"{home}undertaking/")
    kind = re.search(r'name="kind" value="(\w+)"', shown)[1]
    digest = re.search(r'name="digest" value="(\w+)"', shown)[1]
    ticked = dict.fromkeys(re.findall(r'name="(agree-[\w-]+)"', shown), "yes")
    return client.post(f"{home}undertaking/", {"kind": kind, "digest": digest, **ticked, **changes})


def case_of(client: Client):
    now = moments.now()
    return cases.get_case(cases.list_cases(client.actor, at=now).rows[0].key, client.actor, at=now)


def hand_in_late(client: Client) -> str:
    home = begin(client, "ordinary")
    client.post(f"{home}materials/", {"do": "upload:map", "m-map-file": a_file("图.txt")})
    client.post(f"{home}materials/", {"do": "promise:opinion"})
    assert client.post(f"{home}materials/", {"do": "next"})["Location"] == f"{home}undertaking/"
    sign(client, home)
    answer = client.post(f"{home}check/", {"agree": "yes"})
    assert answer.status_code == 302, answer.content.decode()
    return case_of(client).key


def test_the_guide_says_what_may_wait_and_that_both_roads_are_open(client, item):
    shown = page(client, f"/items/{CODE}/")
    assert "可以后补" in shown
    assert "受理后 5 个工作日内补交" in shown
    assert "两种方式一直都开放" in shown
    assert "到现场核查" in shown
    assert "您选了这种方式" not in shown
    chosen = page(client, f"/items/{CODE}/?road=promise")
    assert "您选了这种方式" in chosen
    assert "用承诺代替" in chosen


def test_a_late_paper_is_promised_signed_and_handed_in_by_its_last_day(mine):
    home = begin(mine, "ordinary")
    shown = page(mine, f"{home}materials/")
    assert "现在没有，先提交、后补交" in shown
    assert "今天受理的，最晚" in shown
    key = hand_in_late(mine)
    assert "现在补交" in page(mine, f"/my/cases/{key}/")
    [late] = promises.list_tolerances(case=f"case:{key}", at=moments.now())
    address = f"/my/cases/{key}/late/{late.key}/"
    assert mine.post(address).status_code == 422
    assert mine.post(address, {"file": a_file()})["Location"] == f"/my/cases/{key}/"
    shown = page(mine, f"/my/cases/{key}/")
    assert "现在补交" not in shown
    assert "您上传的" in shown


def test_it_is_not_handed_in_unsigned_and_every_sentence_is_ticked(mine):
    home = begin(mine, "promise")
    assert mine.post(f"{home}materials/", {"do": "next"})["Location"] == f"{home}undertaking/"
    refused = mine.post(f"{home}check/", {"agree": "yes"})
    assert refused.status_code == 422
    assert f'href="{home}undertaking/"' in refused.content.decode()
    shown = page(mine, f"{home}undertaking/")
    digest = re.search(r'name="digest" value="(\w+)"', shown)[1]
    half = mine.post(
        f"{home}undertaking/", {"kind": "COMMITMENT", "digest": digest, "agree-read": "yes"}
    )
    assert half.status_code == 422
    assert "还有 2 条没有确认" in half.content.decode()
    assert sign(mine, home, digest="0" * 64).status_code == 409
    assert sign(mine, home)["Location"] == f"{home}check/"
    assert "已签" in page(mine, f"{home}check/")
    assert mine.post(f"{home}check/", {"agree": "yes"}).status_code == 302
    assert case_of(mine).profile == "COMMITMENT"


def test_nothing_to_sign_leads_on(mine):
    home = begin(mine, "ordinary")
    assert mine.get(f"{home}undertaking/")["Location"] == f"{home}check/"


def test_another_person_finds_none_of_it(mine, other):
    key = hand_in_late(mine)
    [late] = promises.list_tolerances(case=f"case:{key}", at=moments.now())
    page(other, f"/my/cases/{key}/late/{late.key}/", 404)
    page(other, f"/my/cases/{key}/commitment/", 404)
    page(mine, f"/my/cases/{key}/commitment/", 404)  # this case was not promised
    page(mine, f"/my/cases/{key}/late/{'0' * 16}/", 404)


def on_promise(mine: Client, item, official):
    home = begin(mine, "promise")
    sign(mine, home)
    mine.post(f"{home}check/", {"agree": "yes"})
    case = case_of(mine)
    at = moments.now()
    journey.after_submission(case_key=case.key, actor=machine("worker"), at=at)
    story.approve(case, official, at)
    story.hear(at)
    return case_of(mine)


def test_a_correction_is_reported_from_the_page_of_the_commitment(mine, item, official):
    case = on_promise(mine, item, official)
    story.check(case, official, "order_correction", moments.now(), words="通道堵了")
    assert "限期改正" in page(mine, "/my/")
    address = f"/my/cases/{case.key}/commitment/"
    shown = page(mine, address)
    assert "通道堵了" in shown
    version = re.search(r'name="version" value="(\d+)"', shown)[1]
    assert mine.post(address, {"version": version, "words": " "}).status_code == 422
    sent = mine.post(address, {"version": version, "words": "通道清了"})
    assert sent["Location"] == address
    assert "通道清了" in page(mine, address)
    assert mine.post(address, {"version": version, "words": "又一次"}).status_code == 409


def test_a_serious_breach_is_shown_closes_the_road_and_can_be_asked_to_be_repaired(
    mine, other, item, official
):
    assert "没有记录" in page(mine, "/my/credit/")
    case = on_promise(mine, item, official)
    at = moments.now()
    story.check(case, official, "find_broken", at, words="没有建", serious=True)
    shown = page(mine, "/my/credit/")
    assert "您现在不能用告知承诺方式" in shown
    assert "没有建" in shown
    closed = mine.post(f"/items/{CODE}/apply/", {"road": "promise"})
    assert closed.status_code == 409
    assert "普通方式" in closed.content.decode()
    assert mine.post(f"/items/{CODE}/apply/", {"road": "ordinary"}).status_code == 302
    [breach] = credit.list_breaches(mine.actor, at=at)
    address = f"/my/credit/{breach.key}/repair/"
    page(other, address, 404)
    assert mine.post(address, {"version": breach.version, "words": ""}).status_code == 422
    asked = mine.post(address, {"version": breach.version, "words": "改好了"})
    assert asked["Location"] == "/my/credit/"
    assert "改好了" in page(mine, "/my/credit/")
    page(mine, address, 404)
