"""Other bodies, visits and messages on the desk's pages."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from yiwang.capability.branches import queries as branches
from yiwang.capability.cases.queries import get_flow
from yiwang.capability.intake import queries as intake_queries
from yiwang.capability.journey.tests import jointly
from yiwang.capability.journey.tests.jointly import GREEN, LEAD, ORDER, POLICE
from yiwang.capability.visits import queries as visits
from yiwang.kernel import moments
from yiwang.kernel.actor import Role
from yiwang.kernel.moments import SHANGHAI
from yiwang.mechanisms.clocks import queries as clock_queries
from yiwang.mechanisms.files import sample as file_samples
from yiwang.mechanisms.files.definitions import Kind
from yiwang.support.identity import sample as accounts

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh():
    get_flow.cache_clear()
    intake_queries.get_form.cache_clear()
    clock_queries.forget_calendar()
    yield
    get_flow.cache_clear()
    intake_queries.get_form.cache_clear()
    clock_queries.forget_calendar()


@pytest.fixture
def applicant(db):
    jointly.publish(moments.now())
    return jointly.citizen(at=moments.now())


@pytest.fixture
def case(applicant):
    return jointly.accepted(applicant, at=moments.now(), trees="touched")


@pytest.fixture
def sign_in(applicant):
    def one(name="zhao", department=LEAD, role=Role.APPROVER) -> Client:
        client = Client()
        actor = jointly.staff(name, role, department, at=moments.now())
        accounts.sign_in_client(client, actor.reference, at=moments.now())
        return client

    return one


@pytest.fixture
def citizen(applicant):
    client = Client()
    accounts.open_person_account(applicant.reference, at=moments.now())
    accounts.sign_in_client(client, applicant.reference)
    return client


def version_on(page: str) -> str:
    return re.search(r'name="version" value="(\d+)"', page)[1]


def text_of(answer) -> str:
    return answer.content.decode()


def branch_of(case, department):
    found = branches.list_case_branches(case, jointly.official(), at=moments.now())
    return next(view for view in found if view.department == department)


def the_visit(case):
    return visits.list_case_visits(case, jointly.official(), at=moments.now())[-1]


class TestBranches:
    def test_the_asked_body_finds_it_opens_it_and_answers(self, sign_in, case):
        police = sign_in("ma", POLICE)
        page = text_of(police.get("/desk/branches/"))
        key = branch_of(case, POLICE).key
        assert f"/desk/branches/{key}/" in page
        page = text_of(police.get(f"/desk/branches/{key}/"))
        assert "静宁路" in page
        assert "13900000005" not in page
        assert "罗文博" not in page
        sent = {"version": version_on(page), "opinion": "AGREE_WITH_CONDITIONS",
                "conditions": "不占机动车道"}  # fmt: skip
        answer = police.post(f"/desk/branches/{key}/answer/", sent)
        assert answer.status_code == 302
        assert "意见已送" in text_of(police.get(answer["Location"]))
        lead = text_of(sign_in().get(f"/desk/cases/{case}/"))
        assert "不占机动车道" in lead

    def test_a_no_without_reasons_names_the_field_and_keeps_what_was_typed(self, sign_in, case):
        police, key = sign_in("ma", POLICE), branch_of(case, POLICE).key
        version = version_on(text_of(police.get(f"/desk/branches/{key}/")))
        sent = {"version": version, "opinion": "REFUSE", "reasons": " ", "conditions": "打好的条件"}
        answer = police.post(f"/desk/branches/{key}/answer/", sent)
        assert answer.status_code == 422
        assert 'href="#reasons"' in text_of(answer)
        assert "打好的条件" in text_of(answer)

    def test_an_opinion_may_bring_a_file_both_bodies_open(self, sign_in, case):
        police, key = sign_in("ma", POLICE), branch_of(case, POLICE).key
        version = version_on(text_of(police.get(f"/desk/branches/{key}/")))
        pdf = SimpleUploadedFile("意见书.pdf", file_samples.content(Kind.PDF))
        police.post(
            f"/desk/branches/{key}/answer/", {"version": version, "opinion": "AGREE", "files": pdf}
        )
        lead = sign_in()
        (address,) = set(
            re.findall(
                r'"(/desk/branches/[^"]+/files/[^"]+)"', text_of(lead.get(f"/desk/cases/{case}/"))
            )
        )
        assert lead.get(address).status_code == 200
        assert police.get(address).status_code == 200
        assert sign_in("li", jointly.STRANGER).get(address).status_code == 404

    def test_the_asked_body_does_not_open_the_whole_case_nor_a_body_not_asked_the_branch(
        self, sign_in, case
    ):
        police, stranger = sign_in("ma", POLICE), sign_in("li", jointly.STRANGER)
        assert police.get(f"/desk/cases/{case}/").status_code == 404
        assert police.get(f"/api/v1/cases/{case}").status_code == 404
        key = branch_of(case, POLICE).key
        assert stranger.get(f"/desk/branches/{key}/").status_code == 404
        assert stranger.post(f"/desk/branches/{key}/answer/", {"version": "1"}).status_code == 404

    def test_the_lead_consults_another_body_and_asks_a_body_again(self, sign_in, case):
        lead = sign_in()
        page = text_of(lead.get(f"/desk/cases/{case}/consult/"))
        assert "给对方看哪些材料" not in page  # none was handed in
        sent = {
            "department": jointly.STRANGER,
            "title": "噪声",
            "question": "夜间施工？",
            "days": "3",
        }
        assert lead.post(f"/desk/cases/{case}/consult/", sent).status_code == 302
        assert lead.post(f"/desk/cases/{case}/consult/", {**sent, "days": "0"}).status_code == 422
        assert "噪声" in text_of(lead.get(f"/desk/cases/{case}/"))
        police, key = sign_in("ma", POLICE), branch_of(case, POLICE).key
        version = version_on(text_of(police.get(f"/desk/branches/{key}/")))
        police.post(
            f"/desk/branches/{key}/answer/",
            {"version": version, "opinion": "REFUSE", "reasons": "断行"},
        )
        page = text_of(lead.get(f"/desk/branches/{key}/ask-again/"))
        again = {"version": version_on(page), "question": "改为夜间施工", "days": "2"}
        assert lead.post(f"/desk/branches/{key}/ask-again/", again).status_code == 302
        assert branch_of(case, POLICE).state == "OPEN"
        assert police.get(f"/desk/branches/{key}/ask-again/").status_code == 404

    def test_the_applicant_sees_who_has_which_part_until_when_and_the_conditions(
        self, sign_in, case, citizen
    ):
        page = text_of(citizen.get(f"/my/cases/{case}/"))
        for name in ("公安分局", "林业和草原局", "城市管理局", "现场核查"):
            assert name in page
        assert "最晚" in page
        police, key = sign_in("ma", POLICE), branch_of(case, POLICE).key
        sent = {"version": 1, "opinion": "AGREE_WITH_CONDITIONS", "conditions": "不占机动车道",
                "reasons": "内部研究过"}  # fmt: skip
        police.post(f"/desk/branches/{key}/answer/", sent)
        page = text_of(citizen.get(f"/my/cases/{case}/"))
        assert "不占机动车道" in page
        assert "内部研究过" not in page

    def test_a_loser_of_two_sees_what_the_other_said(self, sign_in, case):
        one, two = sign_in("ma", POLICE), sign_in("niu", POLICE)
        key = branch_of(case, POLICE).key
        sent = {"version": "1", "opinion": "AGREE"}
        assert one.post(f"/desk/branches/{key}/answer/", sent).status_code == 302
        answer = two.post(f"/desk/branches/{key}/answer/", sent)
        assert answer.status_code == 409
        assert "刚刚被别人处理过" in text_of(answer)


class TestVisits:
    @pytest.fixture
    def officers(self, applicant):
        return jointly.staff("wang", at=moments.now()), jointly.staff("liu", at=moments.now())

    def plan(self, client, case, officers):
        visit = the_visit(case)
        when = (moments.now() + timedelta(days=1)).astimezone(SHANGHAI)
        return client.post(
            f"/desk/visits/{visit.key}/plan/",
            {
                "version": visit.version,
                "planned_at": f"{when:%Y-%m-%dT%H:%M}",
                "place": "静宁路 12 号",
                "officers": [one.reference for one in officers],
            },
        )

    def browser(self, actor):
        client = Client()
        accounts.sign_in_client(client, actor.reference, at=moments.now())
        return client

    def record(self, client, case, **changes):
        page = text_of(client.get(f"/desk/visits/{the_visit(case).key}/"))
        sent = {
            "version": version_on(page), "point-place": "MEETS", "point-pipes": "NOT_APPLICABLE",
            "result": "CONFORMS",
        } | changes  # fmt: skip
        return client.post(f"/desk/visits/{the_visit(case).key}/record/", sent)

    def test_two_officers_plan_record_photograph_and_both_confirm(self, sign_in, case, officers):
        lead = sign_in()
        assert "待安排" in text_of(lead.get("/desk/visits/?list=WANTED"))
        assert self.plan(lead, case, officers).status_code == 302
        one, two = map(self.browser, officers)
        assert the_visit(case).key in text_of(one.get("/desk/visits/"))
        png = SimpleUploadedFile("现场.png", file_samples.content(Kind.PNG))
        sent = {"photo": png, "point": "place", "latitude": "36.05", "longitude": "103.83",
                "accuracy": "9", "taken_at": "1"}  # fmt: skip
        answer = one.post(f"/desk/visits/{the_visit(case).key}/photographs/", sent)
        assert answer.status_code == 200
        assert "有位置" in answer.json()["words"]
        assert one.get(answer.json()["address"]).status_code == 200
        assert self.record(one, case, sign="1").status_code == 302
        page = text_of(two.get(f"/desk/visits/{the_visit(case).key}/"))
        assert "确认签字" in page
        assert "103.83" in page
        done = two.post(f"/desk/visits/{the_visit(case).key}/sign/", {"version": version_on(page)})
        assert "核查完成" in text_of(two.get(done["Location"]))
        assert the_visit(case).state == "DONE"

    def test_photographs_come_with_the_form_when_there_is_no_javascript(
        self, sign_in, case, officers
    ):
        self.plan(sign_in(), case, officers)
        png = SimpleUploadedFile("现场.png", file_samples.content(Kind.PNG))
        self.record(self.browser(officers[0]), case, **{"photo-place": png})
        (shown,) = the_visit(case).points[0].photographs
        assert shown.position is None

    def test_what_is_missing_is_named_and_what_was_typed_is_kept(self, sign_in, case, officers):
        self.plan(sign_in(), case, officers)
        one = self.browser(officers[0])
        answer = self.record(one, case, **{"point-pipes": "", "remarks": "写好的说明", "sign": "1"})
        assert answer.status_code == 422
        assert 'href="#point-pipes"' in text_of(answer)
        assert "写好的说明" in text_of(answer)

    def test_one_officer_is_not_enough(self, sign_in, case, officers):
        answer = self.plan(sign_in(), case, officers[:1])
        assert answer.status_code == 422
        assert "两名以上" in text_of(answer)
        assert "静宁路 12 号" in text_of(answer)

    def test_only_a_visits_own_page_may_ask_the_telephone_where_it_is(self, sign_in, case):
        lead = sign_in()
        here = lead.get(f"/desk/visits/{the_visit(case).key}/")
        assert "geolocation=(self)" in here["Permissions-Policy"]
        assert "geolocation=()" in lead.get("/desk/visits/")["Permissions-Policy"]

    def test_nonsense_from_a_telephone_is_no_position(self, sign_in, case, officers):
        self.plan(sign_in(), case, officers)
        one = self.browser(officers[0])
        for latitude in ("91", "x", "nan", ""):
            png = SimpleUploadedFile("现场.png", file_samples.content(Kind.PNG))
            sent = {"photo": png, "point": "place", "latitude": latitude, "longitude": "103",
                    "accuracy": "9"}  # fmt: skip
            answer = one.post(f"/desk/visits/{the_visit(case).key}/photographs/", sent)
            assert "没有位置" in answer.json()["words"]

    def test_who_is_not_sent_sends_no_photograph(self, sign_in, case, officers):
        self.plan(sign_in(), case, officers)
        png = SimpleUploadedFile("现场.png", file_samples.content(Kind.PNG))
        for name, department in (("he", LEAD), ("ma", POLICE)):
            answer = sign_in(name, department).post(
                f"/desk/visits/{the_visit(case).key}/photographs/", {"photo": png}
            )
            assert answer.status_code == 404

    def test_another_body_finds_no_visit(self, sign_in, case):
        police = sign_in("ma", POLICE)
        for path in ("", "plan/", "record/", "sign/", "skip/"):
            address = f"/desk/visits/{the_visit(case).key}/{path}"
            answer = police.get(address) if path in ("", "skip/") else police.post(address)
            assert answer.status_code == 404, path


class TestTalk:
    def test_the_two_sides_write_and_see_whose_turn_it_is(self, sign_in, case, citizen):
        sent = {"form": "0" * 16, "text": "请问要等几天？"}
        assert citizen.post(f"/my/cases/{case}/talk/", sent).status_code == 302
        assert citizen.post(f"/my/cases/{case}/talk/", sent).status_code == 302  # pressed twice
        lead = sign_in()
        assert case in text_of(lead.get("/desk/talks/"))
        page = text_of(lead.get(f"/desk/cases/{case}/"))
        assert page.count("请问要等几天？") == 1
        assert "等您回复" in page
        answer = lead.post(f"/desk/talks/{case}/say/", {"text": "请补施工时间", "asks": "1"})
        assert answer["Location"] == f"/desk/cases/{case}/#talk"
        page = text_of(citizen.get(f"/my/cases/{case}/"))
        assert "请补施工时间" in page
        assert "等您回复" in page
        assert "1 条没看" in page
        citizen.post(f"/my/cases/{case}/talk/read/")
        assert "条没看" not in text_of(citizen.get(f"/my/cases/{case}/"))

    def test_an_empty_message_is_refused_on_the_page_itself(self, sign_in, case, citizen):
        assert citizen.post(f"/my/cases/{case}/talk/", {"text": " "}).status_code == 422
        answer = sign_in().post(f"/desk/talks/{case}/say/", {"text": "长" * 1001})
        assert answer.status_code == 422
        assert "长" * 1001 in text_of(answer)

    def test_a_file_goes_along_both_ways(self, sign_in, case, citizen):
        pdf = SimpleUploadedFile("说明.pdf", file_samples.content(Kind.PDF))
        citizen.post(f"/my/cases/{case}/talk/", {"text": "见附件", "files": pdf})
        (mine,) = re.findall(
            r'"(/my/cases/[^"]+/talk/[^"]{16}/[^"]+)"', text_of(citizen.get(f"/my/cases/{case}/"))
        )
        assert citizen.get(mine).status_code == 200
        lead = sign_in()
        (theirs,) = re.findall(
            r'"(/desk/talks/[^"]+/files/[^"]+)"', text_of(lead.get(f"/desk/talks/{case}/"))
        )
        assert lead.get(theirs).status_code == 200
        assert sign_in("ma", POLICE).get(theirs).status_code == 404

    def test_seen_and_nothing_to_answer(self, sign_in, case, citizen):
        citizen.post(f"/my/cases/{case}/talk/", {"text": "谢谢"})
        lead = sign_in()
        lead.post(f"/desk/talks/{case}/read/")
        assert "没有等回复的留言" in text_of(lead.get("/desk/talks/"))
        assert "对方已看" in text_of(citizen.get(f"/my/cases/{case}/"))

    def test_another_body_reads_no_conversation(self, sign_in, case, citizen):
        citizen.post(f"/my/cases/{case}/talk/", {"text": "谢谢"})
        police = sign_in("ma", POLICE)
        assert police.get(f"/desk/talks/{case}/").status_code == 404
        assert police.post(f"/desk/talks/{case}/say/", {"text": "x"}).status_code == 404
        assert police.post(f"/desk/talks/{case}/read/").status_code == 404


def test_bodies_not_needed_are_said_to_be_not_needed(applicant, sign_in):
    key = jointly.accepted(applicant, at=moments.now(), trees="untouched")
    page = text_of(sign_in().get(f"/desk/cases/{key}/"))
    assert "不需要" in page
    assert not any(
        view.department == GREEN
        for view in branches.list_case_branches(key, jointly.official(), at=moments.now())
    )
    assert branch_of(key, ORDER).state == "OPEN"
