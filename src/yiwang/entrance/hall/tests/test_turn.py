"""The clerk's screen: one whole case, one question, and everybody who may not."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from yiwang.capability import journey
from yiwang.capability.cases import queries as cases
from yiwang.capability.journey import sample
from yiwang.kernel import moments
from yiwang.kernel.actor import Role
from yiwang.network.directory import sample as places
from yiwang.support.mandates import actions as mandates
from yiwang.support.mandates import queries as mandate_queries

pytestmark = pytest.mark.django_db


def page(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, response.content.decode()[:400]
    return response.content.decode()


def fill(client: Client, turn: str, **answers: str) -> None:
    shown = page(client, turn)
    version = re.search(r'name="version" value="(\d+)"', shown)
    sent = {"version": version[1], "do": "save", "delivery": "window", **answers}
    assert client.post(f"{turn}step/all/", sent).status_code == 302


def press(client: Client, turn: str, do: str, **more: str):
    return client.post(f"{turn}step/all/", {"do": do, "version": "9999", **more})


def begun(client: Client, turn: str) -> None:
    assert client.post(f"{turn}item/", {"item": sample.PLAIN}).status_code == 302
    fill(client, turn, subject="城关小店")


def signed(client: Client, turn: str) -> None:
    begun(client, turn)
    assert press(client, turn, "print", subject="城关小店", delivery="window").status_code == 302
    assert press(client, turn, "signed", subject="城关小店", delivery="window").status_code == 302


def test_a_case_from_the_card_to_the_acceptance(clerk, known):
    assert "马**" in page(clerk, known)
    assert "示例许可" in page(clerk, f"{known}?q=示例许可")
    signed(clerk, known)
    shown = page(clerk, known)
    assert "申请人确认过现在这份表" in shown
    assert press(clerk, known, "receive", subject="城关小店", delivery="window").status_code == 302
    shown = page(clerk, known)
    assert "申请材料接收凭证" in shown
    version = re.search(r'name="version" value="(\d+)"', shown)
    assert clerk.post(f"{known}accept/", {"version": version[1]}).status_code == 302
    shown = page(clerk, known)
    assert "受理通知书" in shown
    assert "收件并受理" in shown
    letter = re.search(rf'href="({known}letters/[^"]+/)"', shown)
    assert "接收凭证" in page(clerk, letter[1])
    day = page(clerk, "/hall/today/")
    assert "接待 1 位" in day
    assert clerk.post(f"{known}finish/").headers["Location"] == "/hall/"
    assert "回到窗口" in page(clerk, known)


def test_nothing_is_received_before_the_applicant_confirmed(clerk, known):
    begun(clerk, known)
    refused = press(clerk, known, "receive", subject="城关小店", delivery="window")
    assert refused.status_code == 409
    assert "申请人还没有确认" in refused.content.decode()


def test_what_was_typed_after_the_print_must_be_printed_again(clerk, known):
    begun(clerk, known)
    press(clerk, known, "print", subject="城关小店", delivery="window")
    refused = press(clerk, known, "signed", subject="另一个店", delivery="window")
    assert refused.status_code == 409
    assert "打印出来的不是现在这份" in refused.content.decode()


def test_the_printed_form_says_every_answer_and_its_mark(clerk, known):
    begun(clerk, known)
    printed = page(clerk, f"{known}print/")
    assert "城关小店" in printed
    assert re.search(r"[0-9a-f]{16}", printed)


def test_a_reader_that_is_away_leaves_the_way_of_typing(clerk, turn, card):
    clerk.post("/hall/reader/", {**card, "mood": "AWAY"})
    refused = clerk.post(f"{turn}card/")
    assert refused.status_code == 503
    assert "读卡器没有回答" in refused.content.decode()
    wrong = clerk.post(f"{turn}typed/", {**card, "citizen_id": "620102198406170000"})
    assert wrong.status_code == 422
    assert clerk.post(f"{turn}typed/", card).status_code == 302
    assert "看证件输入，核对一致" in page(clerk, turn)


def test_what_is_typed_is_kept_while_it_is_typed(clerk, known):
    clerk.post(f"{known}item/", {"item": sample.PLAIN})
    told = clerk.post(f"{known}step/all/save/", {"version": "2", "subject": "半个字"})
    assert told.status_code == 200
    assert "半个字" in page(clerk, known)


def test_when_the_mandate_of_the_window_has_run_out_the_card_is_read_again(clerk, known):
    begun(clerk, known)
    at = moments.now()
    mandate = mandate_queries.find_counter(clerk.actor.reference, at=at)
    mandates.close_counter(key=mandate.key, actor=clerk.actor, at=at)
    assert "请再读一次卡" in page(clerk, known)
    refused = press(clerk, known, "receive", subject="城关小店", delivery="window")
    assert refused.status_code == 403
    assert "请再读一次卡" in refused.content.decode()
    assert clerk.post(f"{known}card/").status_code == 302
    assert "城关小店" in page(clerk, known)


def test_a_question_is_answered_on_paper_without_a_card(clerk, turn):
    shown = page(clerk, f"{turn}?ask=1&item={sample.PLAIN}")
    assert "写好并打印" in shown
    sent = clerk.post(f"{turn}consult/", {"item": sample.PLAIN, "remark": "先去社区盖章"})
    notice = page(clerk, sent.headers["Location"])
    assert "一次性告知单" in notice
    assert "先去社区盖章" in notice
    assert "来访群众" in notice


def test_a_correction_is_told_line_by_line(clerk, known):
    signed(clerk, known)
    press(clerk, known, "receive", subject="城关小店", delivery="window")
    shown = page(clerk, known)
    version = re.search(r'name="version" value="(\d+)"', shown)[1]
    about = {"version": version, "how": "return_for_correction"}
    assert clerk.post(f"{known}correct/", {**about, "problems": ""}).status_code == 422
    sent = clerk.post(f"{known}correct/", {**about, "problems": "缺平面图\n缺合同"})
    assert sent.status_code == 302
    assert "补正告知书" in page(clerk, known)


def test_a_letter_of_another_case_is_not_printed_here(clerk, known):
    signed(clerk, known)
    assert clerk.get(f"{known}letters/0123456789abcdef/").status_code == 404
    press(clerk, known, "receive", subject="城关小店", delivery="window")
    assert clerk.get(f"{known}letters/0123456789abcdef/").status_code == 404


def test_the_queue_is_called_from_the_window(clerk, hall):
    taken = Client().post(f"/halls/{hall.key}/", {"line": "B"})
    ticket = taken.headers["Location"]
    assert "B001" in page(Client(), ticket)
    turn = clerk.post("/hall/call/").headers["Location"]
    assert "B001" in page(clerk, turn)
    assert "请到 B12 窗口" in page(Client(), ticket)
    assert "B001" in page(Client(), f"/halls/{hall.key}/board/")
    key = ticket.rstrip("/").rpartition("/")[2]
    assert clerk.post(f"/hall/tickets/{key}/call/").status_code == 302
    assert clerk.post("/hall/miss/").headers["Location"] == "/hall/"
    assert "B001 来了，再叫" in page(clerk, "/hall/")
    nobody = clerk.post("/hall/call/")
    assert nobody.status_code == 409
    assert "现在没有人在排队" in nobody.content.decode()


def test_a_window_rests_and_is_left(clerk):
    assert clerk.post("/hall/pause/", {"reason": "MEAL"}).status_code == 302
    assert "用餐" in page(clerk, "/hall/")
    assert clerk.post("/hall/call/").status_code == 409
    assert clerk.post("/hall/resume/").status_code == 302
    assert clerk.post("/hall/leave/").status_code == 302
    assert "您坐在哪个窗口" in page(clerk, "/hall/")


def test_another_clerks_turn_and_notice_are_not_there(clerk, known, sign_in):
    notice = clerk.post(f"{known}consult/", {"item": sample.PLAIN}).headers["Location"]
    other = sign_in("wangfang")
    for address in (known, f"{known}print/", f"{known}step/all/", notice):
        assert other.get(address).status_code == 404
    for act in ("card", "item", "finish", "step/all", "step/all/save"):
        assert other.post(f"{known}{act}/").status_code == 404, act


@pytest.mark.parametrize(
    ("role", "place", "body"),
    [
        (Role.APPROVER, "", None),
        (Role.WINDOW_CLERK, "620103000000", ""),
        (Role.WINDOW_CLERK, "", places.department_uscc(places.CHENGGUAN, 2)),
    ],
)
def test_another_halls_or_bodys_window_is_not_sat_at(sign_in, window, role, place, body):
    stranger = sign_in("stranger", role=role, place=place, body=body)
    refused = stranger.post(f"/hall/counters/{window.key}/begin/")
    assert refused.status_code in (403, 404)


def test_a_citizen_and_a_stranger_do_not_come_in(window, turn):
    assert Client().get("/hall/").headers["Location"].startswith("/staff/sign-in/")
    assert Client().post(f"{turn}card/").status_code == 401


def test_a_window_whose_clerk_left_is_freed_by_the_keeper(clerk, turn, window, sign_in):
    other = sign_in("wangfang")
    assert other.post(f"/hall/counters/{window.key}/begin/").status_code == 409
    assert other.post(f"/hall/counters/{window.key}/relieve/").status_code == 403
    keeper = sign_in("local", role=Role.LOCAL_ADMIN, body="")
    assert keeper.post(f"/hall/counters/{window.key}/close/").status_code == 409
    assert keeper.post(f"/hall/counters/{window.key}/relieve/").status_code == 302
    assert keeper.post(f"/hall/counters/{window.key}/relieve/").status_code == 409
    assert other.post(f"/hall/counters/{window.key}/begin/").status_code == 302
    assert "您坐在哪个窗口" in page(clerk, "/hall/")


def test_halls_and_windows_are_opened_by_the_keeper(sign_in, item):
    keeper = sign_in("local", role=Role.LOCAL_ADMIN, body="")
    assert keeper.post("/hall/places/", {"name": "城关区政务大厅"}).status_code == 302
    shown = page(keeper, "/hall/places/")
    hall = re.search(r'name="hall" value="([^"]+)"', shown)[1]
    window = {"hall": hall, "number": "C01", "line": "c", "department": item.department}
    assert keeper.post("/hall/places/", window).status_code == 302
    again = keeper.post("/hall/places/", window)
    assert again.status_code == 422
    assert "C01" in page(keeper, "/hall/places/")
    assert sign_in("limin").get("/hall/places/").status_code == 403


def test_a_result_on_the_shelf_is_handed_out_to_whom_it_is_for(clerk, known, sign_in, card):
    signed(clerk, known)
    press(clerk, known, "receive", subject="城关小店", delivery="window")
    key = re.search(r"/desk/cases/([a-z0-9]{16})/", page(clerk, known))[1]
    assert clerk.post(f"{known}finish/").status_code == 302
    approver, at = sign_in("shenpi", role=Role.APPROVER).actor, moments.now()
    for step in ("accept", "decide"):
        version = cases.get_case(key, approver, at=at).version
        about = {"case_key": key, "version": version, "actor": approver, "at": at}
        if step == "accept":
            journey.accept(**about)
        else:
            journey.decide(**about, outcome="REJECT", reason="场所不符合条件。")
    shelf = journey.put_on_shelf(case_key=key, place="一号窗口", actor=approver, at=at)

    turn = clerk.post("/hall/walk-in/").headers["Location"]
    assert shelf.shelf_no not in page(clerk, turn)  # nobody was recognised yet
    clerk.post("/hall/reader/", card)
    clerk.post(f"{turn}card/")
    assert f"架号 {shelf.shelf_no}" in page(clerk, turn)
    given = {"shelf": shelf.key, "version": shelf.version, "name": card["name"]}
    wrong = clerk.post(f"{turn}hand-out/", {**given, "number": "62010219900909001X"})
    assert wrong.status_code in (403, 409, 422)
    nothing = clerk.post(f"{turn}hand-out/", {**given, "shelf": "x" * 16, "number": "1"})
    assert nothing.status_code == 404
    done = clerk.post(f"{turn}hand-out/", {**given, "number": card["citizen_id"]})
    assert done.headers["Location"] == f"{turn}?handed=1"
    shown = page(clerk, f"{turn}?handed=1")
    assert "已交出" in shown
    assert "取结果" not in shown
    again = clerk.post(f"{turn}hand-out/", {**given, "number": card["citizen_id"]})
    assert again.status_code == 404
