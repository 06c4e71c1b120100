"""An item may ask for more certainty about who applies: on pages and in the API alike."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from yiwang.entrance.citizen.apply.tests.conftest import CODE, GUIDE, publish
from yiwang.kernel import moments
from yiwang.support.identity import actions as identity
from yiwang.support.identity.models import SignIn

pytestmark = pytest.mark.django_db
BEGIN = f"/items/{CODE}/apply/?place=shop"


@pytest.fixture
def item(places):
    return publish(assurance=4, assurance_local=True)


def _raise(client, **given):
    asked = {"level": "4", "proof": "FACE", "given": "pass", "next": BEGIN} | given
    return client.post("/step-up/", asked)


def _sent_to_step_up(answer, back):
    assert answer.status_code == 302
    where = urlsplit(answer["Location"])
    assert where.path == "/step-up/"
    assert parse_qs(where.query) == {"level": ["4"], "next": [back]}
    return answer["Location"]


def test_the_guide_says_so_before_anybody_begins(client, item):
    assert "实名等级 4 级" in client.get(f"/items/{CODE}/").content.decode()


def test_who_begins_is_led_to_prove_himself_and_back_with_his_answers(mine):
    where = _sent_to_step_up(mine.get(BEGIN), BEGIN)
    page = mine.get(where).content.decode()
    assert "四级" in page
    assert "模拟" in page
    answer = _raise(mine)
    assert answer["Location"] == BEGIN
    assert mine.get(BEGIN).status_code == 200
    assert mine.post(f"/items/{CODE}/apply/", GUIDE)["Location"].startswith("/my/drafts/")


def test_a_failed_proof_says_so_and_raises_nothing(mine):
    answer = _raise(mine, given="fail")
    assert answer.status_code == 422
    assert "没有通过核验" in answer.content.decode()
    _sent_to_step_up(mine.get(BEGIN), BEGIN)


def test_handing_in_asks_again_when_the_time_is_over(mine):
    _raise(mine)
    home = mine.post(f"/items/{CODE}/apply/", GUIDE)["Location"]
    assert mine.get(f"{home}check/").status_code == 200
    SignIn.objects.update(raised_until=moments.now() - timedelta(seconds=1))
    _sent_to_step_up(mine.get(f"{home}check/"), f"{home}check/")
    sent = mine.post(
        f"{home}check/", {"agree": "yes"}, headers={"Referer": f"http://testserver{home}check/"}
    )
    _sent_to_step_up(sent, f"{home}check/")
    elsewhere = mine.post(f"{home}check/", headers={"Referer": "http://evil.example/x"})
    _sent_to_step_up(elsewhere, "/my/")


def test_the_api_says_the_same_refusal_to_a_session_and_to_a_program(mine):
    issued = identity.issue_token(
        name="t",
        scopes=["drafts:write"],
        expires_at=moments.now() + timedelta(days=1),
        actor=mine.actor,
        at=moments.now(),
    )
    bearer = {"Authorization": f"Bearer {issued.token}"}
    body = {"item_code": CODE, "questions": GUIDE}

    def start(headers=None):
        return mine.post("/api/v1/drafts", body, content_type="application/json", headers=headers)

    said = [start().json(), start(bearer).json()]
    assert [one["refusal"]["code"] for one in said] == ["NeedsStepUp"] * 2
    assert said[0]["refusal"]["sentence"] == said[1]["refusal"]["sentence"]
    assert start().status_code == 403
    _raise(mine)
    assert start().status_code == 201
    assert start(bearer).status_code == 403
