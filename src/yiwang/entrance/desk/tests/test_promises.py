"""The desk: late papers and verification on the case, commitments to look into, records to answer."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from yiwang.capability.commitments.sample import TRUST
from yiwang.capability.journey import sample
from yiwang.capability.journey.tests import test_trusting as story
from yiwang.capability.materials import queries as materials
from yiwang.foundation.libraries import sample as libraries
from yiwang.kernel import moments
from yiwang.kernel.actor import Role
from yiwang.network.directory import sample as directory
from yiwang.support.credit import actions as credit
from yiwang.support.credit import queries as credit_queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def item(db):
    directory.load_chengguan()
    directory.register_departments()
    return sample.publish_plain(at=moments.now(), code=story.CODE, said=TRUST)


@pytest.fixture
def me(item):
    return sample.citizen(libraries.register_person(5, at=moments.now(), born_on=date(1980, 1, 1)))


@pytest.fixture
def head(item):
    """Who decides, acting beside the browser."""
    return sample.official(item, name="head")


def page(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, address
    return answer.content.decode()


def test_a_late_paper_goes_back_or_lets_the_result_out(official, me, item, head):
    at = moments.now()
    case = story.accepted(me, item, head, at)
    assert "容缺材料" in page(official, f"/desk/cases/{case.key}/")
    story.approve(case, head, at)
    story.supply(case, me, at)
    late = story.late_of(case, at)
    assert "核对无误，发结果" in page(official, f"/desk/cases/{case.key}/")
    base = f"/desk/cases/{case.key}/late/{late.key}/"
    page(official, f"{base}send-back/")
    assert official.post(f"{base}send-back/", {"version": late.version}).status_code == 422
    back = official.post(f"{base}send-back/", {"version": late.version, "reason": "要盖章的"})
    assert back.status_code == 302
    story.supply(case, me, at)
    late = story.late_of(case, at)
    assert official.post(f"{base}confirm/", {"version": late.version}).status_code == 302
    story.hear(at)
    assert story.look(case, me, at).state == "CLOSED"
    assert official.post(f"{base}confirm/", {"version": late.version}).status_code == 409


def test_papers_are_marked_as_verified(official, sign_in, me, item, head):
    case = story.accepted(me, item, head, moments.now())
    address = f"/desk/cases/{case.key}/verify/"
    assert official.post(address).status_code == 422
    assert official.post(address, {"material": ["map"]}).status_code == 302
    [kept] = materials.list_vault(me)
    assert kept.verified is not None
    assert "城关区民政局，" in page(official, f"/desk/cases/{case.key}/")
    far = sign_in("qian", place="620103000000")
    assert far.post(address, {"material": ["map"]}).status_code == 404


def test_a_commitment_is_listed_looked_into_and_done_once(official, sign_in, me, item, head):
    at = moments.now()
    case = story.on_promise(me, item, head, at)
    view = story.promise_of(case, head, at)
    listed = page(official, "/desk/commitments/")
    assert f"/desk/commitments/{view.key}/" in listed
    assert me.reference not in listed
    assert "场所符合规定的标准" in page(official, f"/desk/commitments/{view.key}/")
    address = f"/desk/commitments/{view.key}/find-true/"
    assert official.post(address, {"version": view.version, "words": ""}).status_code == 422
    done = official.post(address, {"version": view.version, "words": "看过"})
    assert done["Location"] == f"/desk/commitments/{view.key}/?done=1"
    assert official.post(address, {"version": view.version, "words": "看过"}).status_code == 404
    assert view.key in page(official, "/desk/commitments/?list=kept")
    page(sign_in("qian", place="620103000000"), f"/desk/commitments/{view.key}/", 404)


def test_the_word_that_costs_a_licence_is_asked_whether_serious_and_kept_from_handlers(
    official, sign_in, me, item, head
):
    at = moments.now()
    case = story.on_promise(me, item, head, at)
    view = story.promise_of(case, head, at)
    address = f"/desk/commitments/{view.key}/find-false/"
    handler = sign_in("sun", role=Role.HANDLER)
    page(handler, address, 404)
    assert "find-false" not in page(handler, f"/desk/commitments/{view.key}/")
    given = {"version": view.version, "words": "没有建"}
    assert official.post(address, given).status_code == 422
    assert official.post(address, {**given, "serious": "yes"}).status_code == 302
    assert story.look(case, me, at).state == "REVOKED"
    assert view.key in page(official, "/desk/commitments/?list=broken")


def test_a_request_for_repair_is_answered_by_who_decides(official, sign_in, me, item, head):
    at = moments.now()
    case = story.on_promise(me, item, head, at)
    story.check(case, head, "find_broken", at, words="没有建", serious=True)
    [breach] = credit_queries.list_breaches(me, at=at)
    credit.ask_repair(key=breach.key, version=breach.version, words="改好了", actor=me, at=at)
    assert f"/desk/breaches/{breach.key}/" in page(official, "/desk/breaches/")
    assert "改好了" in page(official, f"/desk/breaches/{breach.key}/")
    address = f"/desk/breaches/{breach.key}/repair/"
    page(sign_in("sun", role=Role.HANDLER), address, 403)
    page(official, address)
    assert official.post(address, {"version": 2}).status_code == 422
    assert official.post(address, {"version": 2, "words": "核实了"}).status_code == 302
    page(official, address, 404)
    assert not credit_queries.has_open_serious_breach(me.applicant)


def test_strange_lists_and_cursors_show_the_first_page(official, item):
    for address in (
        "/desk/commitments/?list=x&after=y", "/desk/commitments/?after=2026-99-99_5",
        "/desk/breaches/?state=x&after=y",
    ):  # fmt: skip
        page(official, address)
