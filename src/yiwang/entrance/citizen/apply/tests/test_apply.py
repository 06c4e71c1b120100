"""Filling in a form in a browser without JavaScript."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from yiwang.capability.catalogue.definitions import MaterialSource
from yiwang.capability.intake import queries as intake
from yiwang.entrance.citizen import waiting
from yiwang.entrance.citizen.apply import drafts as draft_pages
from yiwang.entrance.citizen.apply.tests.conftest import CODE, GUIDE, publish, read_item, sign_in
from yiwang.foundation.exchange import simulator
from yiwang.foundation.exchange.definitions import Misbehaviour
from yiwang.mechanisms.files.definitions import Kind
from yiwang.mechanisms.files.sample import content

pytestmark = pytest.mark.django_db

PERSON = {
    "name": "马晓燕",
    "citizen_id": "11010519491231002X",
    "phone": "13900000417",
    "by_relative": "no",
}
SHOP = {
    "shop_name": "晓燕小吃",
    "place-2": "620100000000",
    "place-3": "620102000000",
    "area": "12.5",
    "form_kind": "single",
}


def page(client, address):
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    return answer.content.decode()


def version_of(text: str) -> str:
    return re.search(r'name="version" value="(\d+)"', text).group(1)


def send(client, address, do="next", **typed):
    typed = {key.replace("__", "-"): value for key, value in typed.items()}
    return client.post(address, {"version": version_of(page(client, address)), "do": do, **typed})


def draft_of(client, home):
    return intake.get_draft(home.split("/")[3], client.actor)


def test_an_online_shop_is_not_asked_to_prove_its_place(mine):
    address = f"/items/{CODE}/apply/"
    assert 'name="proof"' in page(mine, address)
    online = page(mine, f"{address}?settled=&place=online")
    assert 'name="proof"' not in online
    assert 'id="place-online" name="place" value="online" checked' in online
    guide = page(mine, f"/items/{CODE}/?place=online")
    assert 'name="proof"' not in guide
    assert 'name="operator"' in guide
    answers = {"place": "online", "operator": "mainland", "approval": "none"}
    assert mine.post(address, answers).status_code == 302


def test_a_shop_must_still_say_how_it_proves_its_place(mine):
    answers = {"settled": "", "place": "shop", "operator": "mainland", "approval": "none"}
    refused = mine.post(f"/items/{CODE}/apply/", answers)
    assert refused.status_code == 422
    text = refused.content.decode()
    assert "还有 1 个问题没有回答" in text
    assert 'value="shop" checked' in text


def test_an_unfinished_draft_comes_first_and_starting_anew_says_what_happens_to_it(mine, home):
    text = page(mine, f"/items/{CODE}/apply/")
    assert re.search(rf'class="btn main big" href="{home}"', text)
    assert text.count("btn main") == 1
    assert "没填完的那份还在“我的”里" in text
    again = mine.post(f"/items/{CODE}/apply/", GUIDE)["Location"]
    assert again != home
    assert mine.get(home).status_code == 302


def step(home, key="person"):
    return f"{home}step/{key}/"


def test_the_page_before_the_form_says_what_is_read_and_asks_what_the_guide_did_not(mine):
    text = page(mine, f"/items/{CODE}/apply/?place=shop")
    assert "人口库" in text
    assert "在哪里经营" not in text
    assert "经营者是哪里人" in text
    answer = mine.post(f"/items/{CODE}/apply/", {"place": "shop"})
    assert answer.status_code == 422
    assert "还有 3 个问题没有回答" in answer.content.decode()


def test_opening_the_page_before_the_form_makes_no_draft(mine):
    page(mine, f"/items/{CODE}/apply/")
    answer = mine.post(f"/items/{CODE}/apply/", GUIDE)
    assert answer.status_code == 302
    assert mine.get(answer["Location"]).status_code == 302
    assert "接着填" in page(mine, f"/items/{CODE}/apply/")


def test_somebody_not_signed_in_is_sent_to_sign_in(client, item):
    answer = client.get(f"/items/{CODE}/apply/")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/sign-in/?next=")


def test_every_page_of_a_draft_is_a_404_for_another_person(mine, home, stranger):
    addresses = [home, step(home), f"{home}materials/"]
    posts = [
        step(home), f"{step(home)}save/", f"{step(home)}prefill/", f"{home}materials/",
        f"{home}files/proof/", f"{home}discard/",
    ]  # fmt: skip
    for address in addresses:
        assert stranger.get(address).status_code == 404, address
    for address in posts:
        assert stranger.post(address, {"version": "1"}).status_code == 404, address
    assert draft_of(mine, home).answers == {}


def test_the_page_is_whole_and_has_nothing_inline(mine, home):
    for key in ("person", "shop", "money"):
        text = page(mine, step(home, key))
        assert text.count("<h1") == 1
        assert " style=" not in text
        assert not re.search(r"<script(?![^>]*\bsrc=)", text)
        assert "\ue000" not in text
        ids = re.findall(r'\sid="([^"]+)"', text)
        assert len(ids) == len(set(ids))
        for described in re.findall(r'aria-describedby="([^"]+)"', text):
            assert set(described.split()) <= set(ids)
        for box in re.findall(r'<label for="([^"]+)"', text):
            assert box in ids


def test_a_good_step_leads_to_the_next_and_is_kept(mine, home):
    answer = send(mine, step(home), **PERSON)
    assert (answer.status_code, answer["Location"]) == (302, step(home, "shop"))
    answer = send(mine, step(home, "shop"), **SHOP)
    assert answer["Location"] == step(home, "money")
    answer = send(mine, step(home, "money"), account="6222020000000000000")
    assert answer["Location"] == f"{home}materials/"
    assert draft_of(mine, home).answers["place"] == "620102000000"
    assert mine.get(home)["Location"] == step(home, "money")


def test_mistakes_are_listed_on_top_with_links_and_told_at_the_box(mine, home):
    answer = send(mine, step(home), **{**PERSON, "citizen_id": "11010519491231002"})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "有 1 处要改" in text
    assert '<a href="#citizen_id">身份证号少一位。请对照证件重填。</a>' in text
    assert 'aria-invalid="true" aria-describedby="citizen_id-e"' in text
    assert 'value="11010519491231002"' in text, "what was typed is still there"
    assert draft_of(mine, home).answers["citizen_id"] == "11010519491231002"


def test_what_was_typed_is_shown_as_text_and_never_as_markup(mine, home):
    send(mine, step(home), **{**PERSON, "name": '<script>alert("马")</script>'})
    text = page(mine, step(home))
    assert "<script>alert" not in text
    assert "&lt;script&gt;" in text


def test_a_conditional_part_appears_after_next_without_blame(mine, home):
    answer = send(mine, step(home), **{**PERSON, "by_relative": "yes"})
    assert answer.status_code == 302
    assert "more=1" in answer["Location"]
    text = page(mine, answer["Location"].split("#")[0])
    assert "还有几项要填" in text
    assert re.search(r'id="relative" data-when="by_relative" data-is="[^"]*">', text)
    again = send(mine, step(home), **{**PERSON, "by_relative": "yes"})
    assert again.status_code == 422
    relative = {"relative-name": "马晓东", "relative-citizen_id": "11010519491231002X"}
    send(mine, step(home), **PERSON | {"by_relative": "yes"} | relative)
    answer = send(mine, step(home), **PERSON | {"by_relative": "yes"} | relative)
    assert answer["Location"] == step(home, "shop")


def test_a_division_is_chosen_level_by_level(mine, home):
    text = page(mine, step(home, "shop"))
    assert "兰州市" in text
    assert 'name="place-3"' not in text
    answer = send(mine, step(home, "shop"), do="narrow:place", place__2="620100000000")
    text = page(mine, answer["Location"].split("#")[0])
    assert 'name="place-3"' in text
    assert "城关区" in text


def test_an_industry_is_found_by_words(mine, home):
    answer = send(mine, step(home, "shop"), do="find:trade", trade__q="小吃")
    text = page(mine, answer["Location"].split("#")[0])
    code = re.search(r'name="trade" value="(\d{4})"', text).group(1)
    send(mine, step(home, "shop"), do="later", trade=code)
    assert draft_of(mine, home).answers["trade"] == code


def test_rows_are_added_and_taken_away(mine, home):
    first = {"form_kind": "family", "members-0-member_name": "马一"}
    answer = send(mine, step(home, "shop"), do="add:members", **first)
    text = page(mine, answer["Location"].split("#")[0])
    assert 'name="members-1-member_name"' in text
    second = {**first, "members-1-member_name": "马二"}
    send(mine, step(home, "shop"), do="later", **second)
    assert [row["member_name"] for row in draft_of(mine, home).answers["members"]] == [
        "马一",
        "马二",
    ]
    send(mine, step(home, "shop"), do="drop:members:0", **second)
    assert draft_of(mine, home).answers["members"] == [{"member_name": "马二"}]


def test_a_file_is_uploaded_with_the_form_and_can_be_taken_away(mine, home):
    file = SimpleUploadedFile("房产证.pdf", content(Kind.PDF))
    send(mine, step(home, "money"), do="upload:proof", **{"proof-upload": file})
    [key] = draft_of(mine, home).answers["proof"]
    text = page(mine, step(home, "money"))
    assert "房产证.pdf" in text
    send(mine, step(home, "money"), do=f"remove:proof:{key}")
    assert (
        "proof" not in draft_of(mine, home).answers or draft_of(mine, home).answers["proof"] == []
    )


def test_a_file_that_lies_is_refused_at_its_question(mine, home):
    file = SimpleUploadedFile("房产证.pdf", b"MZ this is a program")
    answer = send(mine, step(home, "money"), do="upload:proof", **{"proof-upload": file})
    assert answer.status_code == 422
    assert 'id="proof-e"' in answer.content.decode()
    assert "proof" not in draft_of(mine, home).answers


def test_known_answers_are_filled_in_on_request_with_source_and_time(mine, home):
    text = page(mine, step(home))
    assert "用登记信息替我填" in text
    send(mine, step(home), do="ask:", phone="13900000417")
    text = page(mine, step(home))
    assert text.count("来自人口库，今天") == 2
    assert re.search(r'id="name"[^>]* readonly', text)
    editing = page(mine, f"{step(home)}?edit=name")
    assert not re.search(r'id="name"[^>]* readonly', editing)


def test_a_source_that_is_away_is_said_and_can_be_asked_again(mine, home):
    with simulator.misbehaving("sample.name", Misbehaviour.AWAY):
        answer = send(mine, step(home), do="ask:")
    text = page(mine, answer["Location"].split("#")[0])
    assert "人口库现在连不上" in text
    assert 'value="ask:name"' in text
    send(mine, step(home), do="ask:name")
    assert draft_of(mine, home).answers["name"] == "马晓燕"


def test_saying_otherwise_than_the_register_is_kept_beside_it(mine, home):
    send(mine, step(home), do="ask:")
    send(mine, step(home), **{**PERSON, "name": "马小燕"})
    draft = draft_of(mine, home)
    assert (draft.answers["name"], draft.prefilled["name"].value) == ("马小燕", "马晓燕")
    assert "办理人员会核对" in page(mine, step(home))


def test_saving_while_typing_answers_with_the_new_version(mine, home):
    answer = mine.post(f"{step(home)}save/", {"version": "1", "name": "马"})
    told = answer.json()
    assert (answer.status_code, told["version"]) == (200, 2)
    assert told["saved"].startswith("已保存，")
    again = mine.post(f"{step(home)}save/", {"version": "1", "name": "马"})
    assert again.json()["version"] == 2, "sending the same twice changes nothing"


def test_two_devices_get_a_409_with_both_values_and_choose(mine, home):
    mine.post(f"{step(home)}save/", {"version": "1", "name": "马晓燕"})
    answer = mine.post(f"{step(home)}save/", {"version": "1", "name": "马晓雁"})
    told = answer.json()
    assert answer.status_code == 409
    assert told["refusal"]["code"] == "VersionConflict"
    assert told["conflicts"] == [
        {"field": "name", "label": "姓名", "kept": "马晓燕", "other": "马晓雁"}
    ]
    text = page(mine, step(home))
    assert "现在是“马晓燕”，后填的是“马晓雁”" in text
    send(mine, step(home), do="choose:name:other", name="马晓燕")
    draft = draft_of(mine, home)
    assert (draft.answers["name"], draft.conflicts) == ("马晓雁", ())


def test_saving_unreadable_text_is_refused_as_json(mine, home):
    as_the_script = {"Accept": "application/json"}
    answer = mine.post(
        f"{step(home)}save/", {"version": "1", "name": "马\x00"}, headers=as_the_script
    )
    assert answer.status_code == 422
    assert answer.json()["refusal"]["fields"][0]["field"] == "name"


def test_prefilling_sends_back_only_the_changed_questions(mine, home):
    told = mine.post(f"{step(home)}prefill/").json()
    assert set(told["fields"]) == {"name", "citizen_id"}
    assert 'value="马晓燕"' in told["fields"]["name"]
    assert mine.post(f"{step(home)}prefill/").json()["fields"] == {}


def test_an_upload_while_typing_answers_with_its_line(mine, home):
    file = SimpleUploadedFile("证.pdf", content(Kind.PDF))
    answer = mine.post(f"{home}files/proof/", {"file": file})
    assert answer.status_code == 200
    assert "证.pdf" in answer.json()["row"]
    bad = SimpleUploadedFile("证.pdf", b"not a pdf")
    refused = mine.post(f"{home}files/proof/", {"file": bad})
    assert refused.status_code == 422
    assert refused.json()["refusal"]["sentence"]


def test_materials_are_fetched_uploaded_and_counted(mine, home):
    text = page(mine, f"{home}materials/")
    assert "经营场所使用相关文件" in text
    assert "居住证" not in text, "the answers on the guide narrowed it away"
    answer = mine.post(f"{home}materials/", {"do": "next"})
    assert answer.status_code == 422
    assert "还缺“经营场所使用相关文件”" in answer.content.decode()
    file = SimpleUploadedFile("租赁合同.pdf", content(Kind.PDF))
    mine.post(f"{home}materials/", {"do": "upload:place", "m-place-file": file})
    assert "租赁合同.pdf" in page(mine, f"{home}materials/")
    answer = mine.post(f"{home}materials/", {"do": "next"})
    assert answer["Location"] == f"{home}check/"


def test_the_page_of_materials_is_passed_by_when_the_form_is_all_that_is_needed(client, places):
    on_form = [m for m in read_item().materials if m.source is MaterialSource.FORM]
    publish(materials=tuple(on_form))
    sign_in(client)
    home = client.post(f"/items/{CODE}/apply/", GUIDE)["Location"]
    send(client, step(home), **PERSON)
    send(client, step(home, "shop"), **SHOP)
    answer = send(client, step(home, "money"), account="6222020000000000000")
    assert answer["Location"] == f"{home}check/"
    assert client.get(f"{home}materials/").status_code == 200, "it can still be looked at"


def test_the_lists_of_places_and_industries_are_public(client, places):
    told = client.get("/choices/divisions/?parent=620100000000").json()
    assert [d["name"] for d in told["divisions"]] == ["城关区", "七里河区"]
    assert client.get("/choices/divisions/?parent=x' or 1=1").status_code == 422
    assert client.get("/choices/industries/?q=小吃").json()["industries"]
    assert client.get("/choices/industries/?q=").json()["industries"] == []


def test_a_form_page_asks_the_database_little(mine, home, django_assert_max_num_queries):
    page(mine, step(home, "shop"))
    with django_assert_max_num_queries(8):
        page(mine, step(home, "shop"))


def test_a_discarded_draft_is_gone(mine, home):
    assert mine.post(f"{home}discard/").status_code == 302
    assert mine.get(home).status_code == 404


def test_my_drafts_are_listed_a_page_at_a_time_and_lead_to_their_form(mine, home, monkeypatch):
    others = [mine.post(f"/items/{CODE}/apply/", GUIDE)["Location"] for _ in range(2)]
    assert "全部草稿" not in page(mine, "/my/")
    monkeypatch.setattr(waiting, "_FEW", 2)
    panel = page(mine, "/my/")
    assert "等您办的不止 2 件" in panel
    assert 'href="/my/drafts/">全部草稿' in panel
    monkeypatch.setattr(draft_pages, "_A_PAGE", 2)
    first = page(mine, "/my/drafts/")
    rest = page(mine, re.search(r'href="(/my/drafts/\?after=\w+)"', first).group(1))
    assert all((f'href="{one}"' in first) != (f'href="{one}"' in rest) for one in [home, *others])
    assert 'href="/my/drafts/?after=' not in rest


def test_somebody_elses_draft_is_not_listed_and_marks_no_page(mine, home, stranger):
    assert "没有没填完的草稿" in page(stranger, "/my/drafts/")
    assert stranger.get(f"/my/drafts/?after={home.split('/')[3]}").status_code == 404
