"""文书 in full: every kind of the standard list is written by its act, served, and can be printed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from yiwang.capability import journey
from yiwang.capability.cases import queries as cases
from yiwang.capability.cases.definitions import DeliveryProof, Manner
from yiwang.capability.journey import machine as machine_steps
from yiwang.capability.journey import sample, trusting
from yiwang.capability.journey.documents import DOCUMENTS
from yiwang.foundation.libraries import sample as libraries
from yiwang.kernel.actor import Role, machine
from yiwang.kernel.refusals import InvalidInput, NotAllowed, NotFound
from yiwang.mechanisms.journal import queries as journal
from yiwang.network.directory import sample as directory
from yiwang.support.letters import actions as letter_actions
from yiwang.support.letters import queries as letters
from yiwang.support.letters import rules as letter_rules
from yiwang.support.letters.definitions import LetterKind
from yiwang.support.letters.definitions.wording import NEWEST

AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
DAY = timedelta(days=1)
#: The documents of a case by the standard list (文书): the set that must be complete.
STANDARD = {
    "申请材料接收凭证", "补正告知书", "受理通知书", "不予受理通知书", "延期通知书", "特别程序告知书",
    "准予行政许可决定书", "不予行政许可决定书", "送达回证",
}  # fmt: skip


@pytest.fixture
def item(db):
    directory.load_chengguan()
    directory.register_departments()
    return sample.publish_plain(
        at=AT,
        extension={"amount": 10, "basis": "行政许可法 第四十二条"},
        special_procedures=["HEARING"],
        delivery={"within": {"amount": 10}, "chosen": "answer:delivery"},
    )


@pytest.fixture
def me(item):
    return sample.citizen(libraries.register_person(5, at=AT, born_on=date(1980, 1, 1)))


@pytest.fixture
def official(item):
    return sample.official(item)


class Walk:
    """One case, and which letter was written by which act."""

    def __init__(self, me, **answers) -> None:
        self.me, self.at = me, AT
        self.key = sample.handed_in(me, at=AT, **answers).case_key
        self.seen: set[str] = set()
        self.written: list[tuple[str, str]] = []
        machine_steps.write_receipt(case_key=self.key, actor=sample.PUBLISHER, at=AT)
        self._note("write_receipt")

    def do(self, name: str, actor, *, versioned: bool = True, **given) -> Walk:
        self.at += timedelta(minutes=1)
        version = {"version": cases.get_inside(self.key).version} if versioned else {}
        getattr(journey, name)(case_key=self.key, **version, **given, actor=actor, at=self.at)
        self._note(name)
        return self

    def _note(self, act: str) -> None:
        for one in letters.list_letters(f"case:{self.key}"):
            if one.key not in self.seen:
                self.seen.add(one.key)
                self.written.append((one.kind, act))


def whole_way(me, official, head) -> Walk:
    walk = Walk(me, delivery="window")
    walk.do("return_for_correction", official, problems=["缺一样"])
    walk.do("supply_correction", me, answers={"subject": "补好了"})
    walk.do("accept", official)
    walk.do("begin_special", official, kind="HEARING", reason="有人要听证",
            expected_on=date(2026, 3, 9))  # fmt: skip
    walk.do("end_special", official, kind="HEARING", finding="开过了")
    walk.do("ask_extension", official, reason="情形复杂")
    walk.do("grant_extension", head)
    walk.do("decide", official, outcome="APPROVE", reason="符合条件")
    return walk.do("deliver", official, proof=DeliveryProof(Manner.WINDOW, "马某", "身份证原件"))


def test_the_table_names_every_kind_once_and_the_standard_list_completely() -> None:
    assert {one.name for one in DOCUMENTS.values() if one.standard} == STANDARD
    assert set(DOCUMENTS) == set(LetterKind)
    worded = {wording.kind for wording in NEWEST.values()}
    assert worded == set(LetterKind)
    for duty in DOCUMENTS.values():
        for act in duty.by:
            assert hasattr(journey, act) or hasattr(trusting, act), (duty.name, act)


@pytest.mark.django_db
def test_every_document_of_the_standard_list_is_written_by_its_act(me, official, item) -> None:
    head = sample.official(item, Role.HEAD, "qian")
    walks = [
        whole_way(me, official, head),
        Walk(me).do("refuse_acceptance", official, reason="不属于"),
        Walk(me).do("accept", official).do("decide", official, outcome="REJECT", reason="不符合"),
        Walk(me).do("not_ours", official, kind="NOT_NEEDED", reason="不用许可"),
        Walk(me).do("withdraw", me),
        Walk(me).do("accept", official).do("terminate", official, reason="标的灭失"),
    ]
    written = {pair for walk in walks for pair in walk.written}
    for kind, act in written:
        assert act in DOCUMENTS[LetterKind(kind)].by, (kind, act)
    standard = {kind for kind, duty in DOCUMENTS.items() if duty.standard}
    assert standard <= {kind for kind, _ in written}
    titles = [one.title for one in letters.list_letters(f"case:{walks[0].key}")]
    assert titles == [
        "申请材料接收凭证", "补正告知书", "补正材料接收凭证", "受理通知书", "特别程序告知书",
        "延长办理期限告知书", "准予行政许可决定书", "送达回证",
    ]  # fmt: skip


@pytest.mark.django_db
def test_the_receipt_of_a_licence_says_that_silence_accepts(me) -> None:
    walk = Walk(me)
    (receipt,) = letters.list_letters(f"case:{walk.key}")
    face = letters.open_face(receipt.key, subject=f"case:{walk.key}")
    assert "逾期不告知的，自收到申请材料之日起即为受理" in "".join(face.paragraphs)
    assert "第三十二条" in "".join(face.paragraphs)
    assert "2026年3月9日前答复" in "".join(face.paragraphs)


@pytest.mark.django_db
def test_what_is_decided_by_another_law_promises_no_acceptance_by_silence(me) -> None:
    sample.publish_plain(at=AT, code="plain-confirmation", profile="CONFIRMATION")
    case = sample.handed_in(me, at=AT, code="plain-confirmation")
    machine_steps.write_receipt(case_key=case.case_key, actor=sample.PUBLISHER, at=AT)
    (receipt,) = letters.list_letters(f"case:{case.case_key}")
    assert receipt.template == "receipt"
    face = letters.open_face(receipt.key, subject=f"case:{case.case_key}")
    assert "即为受理" not in "".join(face.paragraphs)


@pytest.mark.django_db
def test_a_late_receipt_is_still_written_after_a_correction_was_receipted(me, official) -> None:
    case = sample.handed_in(me, at=AT)
    version = cases.get_inside(case.case_key).version
    journey.return_for_correction(
        case_key=case.case_key, version=version, problems=["缺"], actor=official, at=AT
    )
    journey.supply_correction(
        case_key=case.case_key, version=version + 1, answers={"subject": "好"}, actor=me, at=AT
    )
    for _ in range(2):
        machine_steps.write_receipt(case_key=case.case_key, actor=sample.PUBLISHER, at=AT)
    kinds = [one.template for one in letters.list_letters(f"case:{case.case_key}")]
    assert kinds == ["correction", "licence-correction-receipt", "licence-receipt"]


@pytest.mark.django_db
def test_the_first_look_of_the_addressee_is_kept_and_an_officials_is_not(me, official) -> None:
    walk = Walk(me)
    (receipt,) = letters.list_letters(f"case:{walk.key}")
    journey.read_letter(case_key=walk.key, letter=receipt.key, actor=official, at=AT + DAY)
    assert letters.get_letter(receipt.key, subject=f"case:{walk.key}").opened_at is None
    for days in (2, 3):
        journey.read_letter(case_key=walk.key, letter=receipt.key, actor=me, at=AT + days * DAY)
    case = cases.get_case(walk.key, me, at=AT)
    assert case.documents[0].opened_at == AT + 2 * DAY
    acts = [e.act for e in journal.list_entries(subject=case.reference)]
    assert acts.count("letters.opened") == 1
    stranger = sample.citizen(libraries.register_person(6, at=AT, born_on=date(1980, 1, 1)))
    with pytest.raises(NotFound):
        journey.read_letter(case_key=walk.key, letter=receipt.key, actor=stranger, at=AT)


@pytest.mark.django_db
def test_letters_handed_over_on_paper_have_one_receipt_and_only_once(me, official) -> None:
    walk = Walk(me).do("return_for_correction", official, problems=["缺"])
    proof = DeliveryProof(Manner.WINDOW, "马某（本人）", "身份证原件")
    keys = [one.key for one in journey.list_servable(walk.key, official, at=AT)]
    assert len(keys) == 2
    case = journey.serve_letters(
        case_key=walk.key, keys=keys[1:], proof=proof, actor=official, at=AT
    )
    receipt = next(one for one in case.documents if one.kind == "DELIVERY")
    assert [one.receipt for one in case.documents] == ["", receipt.key, ""]
    face = letters.open_face(receipt.key, subject=case.reference)
    assert ("送达文书", "补正告知书") in face.rows
    assert ("签收人", "马某（本人）") in face.rows
    with pytest.raises(InvalidInput):
        journey.serve_letters(case_key=walk.key, keys=keys, proof=proof, actor=official, at=AT)
    with pytest.raises(InvalidInput):
        journey.serve_letters(
            case_key=walk.key, keys=keys[:1], proof=DeliveryProof(Manner.WINDOW, " "),
            actor=official, at=AT,
        )  # fmt: skip
    with pytest.raises(NotAllowed):
        journey.serve_letters(case_key=walk.key, keys=keys[:1], proof=proof, actor=me, at=AT)


@pytest.mark.django_db
def test_the_decision_delivered_with_its_result_is_served_by_the_same_receipt(
    me, official, item
) -> None:
    walk = whole_way(me, official, sample.official(item, Role.HEAD, "qian"))
    by_kind = {one.kind: one for one in letters.list_letters(f"case:{walk.key}")}
    assert by_kind["APPROVAL"].receipt == by_kind["DELIVERY"].key
    assert by_kind["ACCEPTANCE"].receipt == ""


@pytest.mark.parametrize("code", sorted(NEWEST))
def test_every_wording_can_be_printed_and_says_nothing_but_its_values(code) -> None:
    wording = NEWEST[code]
    values = dict.fromkeys(letter_rules.names_of(wording), "示例")
    face = letter_rules.compose(
        wording, values, dated=date(2026, 3, 2), mark="示例", verify_code="0" * 16,
        verify_address="https://example.test/v/0",
    )  # fmt: skip
    said = "".join((*face.paragraphs, *face.closing, *(text for _, text in face.rows)))
    assert "{" not in said
    assert "}" not in said
    assert (
        letters.missing_glyphs([*letter_rules.characters(face), *(r for r, _ in face.rows)]) == ""
    )


@pytest.mark.django_db
def test_a_licence_decision_is_on_paper_what_it_is_on_the_page(me, official) -> None:
    walk = Walk(me).do("accept", official).do("decide", official, outcome="REJECT", reason="不符合")
    rejection = next(
        one for one in letters.list_letters(f"case:{walk.key}") if one.kind == "REJECTION"
    )
    assert rejection.title == "不予行政许可决定书"
    state = letter_actions.print_letter(key=rejection.key, actor=machine("tests"), at=AT)
    assert state == "READY"
    face = letters.open_face(rejection.key, subject=f"case:{walk.key}")
    assert any("行政复议" in line and "提起行政诉讼" in line for line in face.paragraphs)
