"""Forms as HTML: accessible, escaped, quick."""

from __future__ import annotations

from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest
from django.http import QueryDict
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from yiwang.capability.intake import sample
from yiwang.capability.intake.definitions import Kind, Prefilled, parse_form
from yiwang.entrance.shell.forms.boxes import ONE_BOX
from yiwang.entrance.shell.forms.folding import Folded, fold, slot
from yiwang.entrance.shell.forms.reading import read_answers
from yiwang.entrance.shell.forms.rendering import render_fields
from yiwang.entrance.shell.forms.state import PageState
from yiwang.kernel.refusals import FieldProblem

FORM = parse_form(sample.sample_document())[0]
ALL = frozenset(f.key for f in FORM.fields)
PLACES = {
    "620000000000": (("620100000000", "兰州市"),),
    "620100000000": (("620102000000", "城关区"),),
}


class Seen(HTMLParser):
    """The tags with their attributes, and what a browser would send."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.sent: list[tuple[str, str]] = []
        self._select = self._area = None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        self.tags.append((tag, found))
        name = found.get("name")
        if tag == "input" and found.get("type") in ("radio", "checkbox") and "checked" in found:
            self.sent.append((name, found["value"]))
        elif tag == "input" and found.get("type") in (None, "hidden"):
            self.sent.append((name, found.get("value") or ""))
        elif tag == "select":
            self._select = name
        elif tag == "option" and "selected" in found:
            self.sent.append((self._select, found["value"]))
        elif tag == "textarea":
            self._area = name

    def handle_data(self, data):
        if self._area:
            self.sent.append((self._area, data.removeprefix("\n")))
            self._area = None


def state(answers=None, **more):
    given = {"visible": ALL, "children_of": lambda code: PLACES.get(code, ()), **more}
    return PageState(answers=answers or {}, **given)


def render(answers=None, **more):
    return render_fields(FORM, FORM.fields, state(answers, **more))


def query(pairs):
    found = QueryDict(mutable=True)
    for name, value in pairs:
        found.appendlist(name, value)
    return found


FULL = {
    **sample.good_answers(),
    "born_on": "1949-12-31",
    "relative": {"name": "马晓东", "citizen_id": "11010519491231002X"},
    "firm": {"name": "示例", "uscc": "91620102MA00000000"},
    "trade": "0111",
    "address": "静宁路\n二楼",
    "goods": ["tea", "other"],
    "other_goods": "盐",
    "members": [{"member_name": "一", "member_phone": "13900000417"}, {"member_name": "二"}],
    "note": "没有",
}


def test_every_question_has_a_label_a_screen_reader_can_say():
    tags = Seen(render(FULL)).tags
    ids = [found["id"] for _, found in tags if "id" in found]
    labelled = {found.get("for") for tag, found in tags if tag == "label"}
    for tag, found in tags:
        if tag in ("input", "textarea", "select") and found.get("id"):
            assert found["id"] in labelled, found
    assert len(ids) == len(set(ids))
    for field in FORM.fields:
        assert field.key in ids


def test_what_is_shown_is_what_is_read_again():
    again = read_answers(FORM.fields, query(Seen(render(FULL)).sent))
    from yiwang.capability.intake import rules

    kept, problems = rules.clean(FORM.fields, again)
    assert problems == ()
    assert kept == FULL


def test_an_empty_form_is_read_as_nothing():
    assert not any(read_answers(FORM.fields, query(Seen(render()).sent)).values())


NASTY = '"><script>alert(1)</script>\ue000value\ue001'


def test_nothing_a_person_or_a_source_says_becomes_markup():
    bad = dict.fromkeys(ALL, NASTY)
    bad |= {"members": [{"member_name": NASTY}], "relative": {"name": NASTY, "citizen_id": NASTY}}
    bad |= {"goods": [NASTY], "proof": [NASTY]}
    facts = {key: Prefilled(NASTY, NASTY, datetime.now(UTC), NASTY) for key in ALL}
    problems = {key: FieldProblem(key, NASTY, NASTY) for key in ALL}
    shown = render(
        bad, prefilled=facts, problems=problems, away={"phone": NASTY}, address=NASTY,
        file_names={NASTY: NASTY}, searches={"trade": NASTY}, industries=lambda w: ((NASTY, NASTY),),
        children_of=lambda code: ((NASTY, NASTY),),
    )  # fmt: skip
    assert "<script" not in shown
    assert 'alert(1)"' not in shown


def test_a_mistake_is_tied_to_its_box():
    problems = {"name": FieldProblem("name", "姓名还没有填。", "请填好再继续。")}
    tags = Seen(render(problems=problems)).tags
    box = next(found for tag, found in tags if found.get("id") == "name")
    assert (box["aria-invalid"], box["aria-describedby"]) == ("true", "name-e")
    assert any(found.get("id") == "name-e" for _, found in tags)


def test_a_conditional_question_is_hidden_but_there():
    hidden = render({}, visible=ALL - {"relative"})
    box = next(found for _, found in Seen(hidden).tags if found.get("id") == "relative")
    assert "hidden" in box
    assert box["data-is"] == '["yes"]'
    shown = next(found for _, found in Seen(render()).tags if found.get("id") == "relative")
    assert "hidden" not in shown


def test_a_prefilled_answer_looks_filled_in_and_says_from_where():
    at = datetime(2026, 12, 14, 6, 26, tzinfo=UTC)
    facts = {"name": Prefilled("马晓燕", "人口库", at, "person.name")}
    text = render({"name": "马晓燕"}, prefilled=facts, today="2026-12-14", address="/x/")
    assert "来自人口库，今天 14:26取得" in text
    assert 'class="input filled" id="name"' in text
    assert "readonly" in text
    assert 'href="/x/?edit=name#name"' in text
    assert "readonly" not in render(
        {"name": "马晓燕"}, prefilled=facts, editing=frozenset({"name"})
    )


def test_a_sensitive_prefilled_answer_is_masked_and_stays_when_the_page_is_sent():
    number = sample.good_answers()["citizen_id"]
    facts = {"citizen_id": Prefilled(number, "人口库", datetime.now(UTC), "person.citizen_id")}
    text = render({"citizen_id": number}, prefilled=facts)
    assert number not in text
    assert "110105********002X" in text
    assert "citizen_id" not in read_answers(FORM.fields, query(Seen(text).sent))
    editing = render({"citizen_id": number}, prefilled=facts, editing=frozenset({"citizen_id"}))
    assert read_answers(FORM.fields, query(Seen(editing).sent))["citizen_id"] == number


def test_the_cascade_offers_the_next_level_only():
    names = [found.get("name") for tag, found in Seen(render()).tags if tag == "select"]
    assert names == ["place-2"]
    chosen = render({"place": "620100000000"})
    names = [found.get("name") for tag, found in Seen(chosen).tags if tag == "select"]
    assert names == ["place-2", "place-3"]


def test_a_stale_lower_division_is_dropped_when_a_higher_one_changes():
    place = FORM.find_field("place")
    sent = query([("place-2", "620200000000"), ("place-3", "620102000000")])
    assert read_answers([place], sent) == {"place": "620200000000"}


def test_english_pages_get_english_words():
    with translation.override("en"):
        english = render()
    assert english.count("<fieldset") == render().count("<fieldset")


def test_marks_in_values_are_never_taken_for_slots():
    folded = Folded(("<p>", "text", "</p>"))
    assert folded.put({"text": "\ue000text\ue001<"}) == "<p>\ue000text\ue001&lt;</p>"
    assert folded.put({}) == "<p></p>"


def test_folding_keeps_the_template_and_leaves_slots():
    folded = fold("components/fields/error.html", {"id": slot("id"), "text": slot("text")})
    assert folded.put({"id": "a", "text": "<b>"}).startswith('<p class="err" id="a-e">')
    assert "&lt;b&gt;" in folded.put({"id": "a", "text": "<b>"})


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip


@given(st.dictionaries(st.sampled_from(sorted(ALL)), anything, max_size=8))
def test_drawing_survives_whatever_a_draft_holds(answers):
    assert render(answers).count("<fieldset") >= 10


@given(
    st.lists(
        st.tuples(
            st.sampled_from(
                ["name", "born_on-y", "born_on-m", "place-2", "place-9", "members-0-member_name",
                 "members-99999-x", "members--1", "goods", "firm-uscc", "proof", "version"]
            ),
            st.text(max_size=6),
        ),
        max_size=10,
    )
)  # fmt: skip
def test_reading_survives_whatever_a_browser_sends(pairs):
    answers = read_answers(FORM.fields, query(pairs))
    boxes = {f.key for f in FORM.fields if f.kind not in (*ONE_BOX, Kind.FILE)}
    assert set(answers) == boxes | ({"name"} & dict(pairs).keys())


@pytest.mark.parametrize("day", ["2026-2-3", "2026-02-03"])
def test_days_are_shown_without_leading_zeros(day):
    pairs = dict(Seen(render({"born_on": day})).sent)
    assert (pairs["born_on-m"], pairs["born_on-d"]) == ("2", "3")
