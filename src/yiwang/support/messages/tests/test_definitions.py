import pytest
from hypothesis import given
from hypothesis import strategies as st

from yiwang.kernel.refusals import InvalidInput
from yiwang.support.messages import queries, rules
from yiwang.support.messages.definitions import VALUES, CannotTell, parse, parse_pack_notice

GOOD = "标题：申请已收到\n短信：编号{case_no}\n\n您申请的“{item_name}”已收到。\n\n第二段。\n"


def test_a_notice_is_title_short_text_and_text():
    notice = parse("case-submitted", GOOD)
    assert notice.title == "申请已收到"
    assert notice.sms == "编号{case_no}"
    assert notice.text == "您申请的“{item_name}”已收到。\n\n第二段。"
    assert notice.placeholders == {"case_no", "item_name"}


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("您好\n\n正文", "标题"),
        ("标题：好", "空一行"),
        ("标题：好\n\n{citizen_id}", "citizen_id"),
        ("标题：好\n\n{item_name", "花括号"),
        ("标题：好\n\n{{item_name}}", "花括号"),
        ("标题：好\n短信：" + "字" * 301 + "\n\n正文", "短信不能超过"),
        ("标题：好\n短信：好\n多一行\n\n正文", "各占一行"),
    ],
)
def test_a_wrong_notice_says_what_is_wrong(source, says):
    with pytest.raises(InvalidInput) as caught:
        parse("case-submitted", source)
    assert any(says in problem.sentence for problem in caught.value.fields)


def test_the_platforms_own_notices_are_all_sound():
    notices = queries.list_notices()
    assert {"case-submitted", "case-returned", "licence-issued", "sign-in-code"} <= notices.keys()
    for notice in notices.values():
        filled = rules.fill_notice(notice, dict.fromkeys(VALUES, "值"))
        assert "{" not in filled.title + filled.text + filled.sms


@given(st.text(max_size=40))
def test_a_value_is_data_and_never_a_template(value):
    filled = rules.fill("{reason}和{case_no}", {"reason": value, "case_no": "{reason}"})
    assert filled == value + "和{reason}"


def test_a_missing_value_is_refused_not_left_blank():
    with pytest.raises(CannotTell, match="case_no"):
        rules.fill("编号{case_no}", {"item_name": "x"})


@pytest.mark.parametrize(
    ("template", "parts"),
    [
        ("case-accepted", ("", 0, "case-accepted")),
        ("elderly-allowance@3/case-accepted", ("elderly-allowance", 3, "case-accepted")),
        ("local:12@1/x", ("local:12", 1, "x")),
    ],
)
def test_a_template_name_says_which_pack_version_it_belongs_to(template, parts):
    assert rules.split_template(template) == parts


def test_a_packs_bare_text_serves_inbox_and_phone():
    notice = parse_pack_notice("submitted", "您的申请已收到，\n编号 {case_no}。\n")
    assert (notice.name, notice.title) == ("case-submitted", "")
    assert notice.text == "您的申请已收到， 编号 {case_no}。"
    assert notice.sms.startswith("【一网】您的申请")
    assert parse_pack_notice("long", "字" * 400).sms == ""
    assert parse_pack_notice("to-official", GOOD).name == "case-to-person"
    with pytest.raises(InvalidInput, match="wrong"):
        parse_pack_notice("wrong", "{citizen_id}")


def test_every_notice_in_the_shipped_packs_can_be_read(settings):
    found = sorted(settings.PACKS.glob("services/*/notices/*.txt"))
    assert found
    for path in found:
        parse_pack_notice(path.stem, path.read_text(encoding="utf-8"))
