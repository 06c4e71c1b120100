"""容缺 and 告知承诺, from the signature to what becomes of them, through the journey."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import transaction

from yiwang.capability import journey
from yiwang.capability.cases import actions as case_actions
from yiwang.capability.cases import queries as cases
from yiwang.capability.cases.definitions import CaseView
from yiwang.capability.commitments import queries as promises
from yiwang.capability.commitments.actions import CommitmentClosed, NotSigned, TextChanged
from yiwang.capability.commitments.definitions import CommitmentView, ToleranceView
from yiwang.capability.commitments.sample import TRUST
from yiwang.capability.intake import queries as intake
from yiwang.capability.journey import sample
from yiwang.capability.materials import actions as materials
from yiwang.capability.materials import queries as material_queries
from yiwang.capability.materials.definitions import Supply
from yiwang.foundation.libraries import sample as libraries
from yiwang.kernel.actor import Actor, Role, machine
from yiwang.kernel.references import new_key
from yiwang.kernel.refusals import InvalidInput, NotAllowed, NotFound, VersionConflict
from yiwang.mechanisms.clocks import actions as clocks
from yiwang.mechanisms.clocks import queries as clock_queries
from yiwang.mechanisms.files import actions as files
from yiwang.mechanisms.files.definitions import Kind, StoredFile
from yiwang.mechanisms.files.sample import content
from yiwang.mechanisms.journal import actions as journal
from yiwang.mechanisms.states.rules import CannotDo
from yiwang.network.directory import sample as directory
from yiwang.support.credit import actions as credit
from yiwang.support.credit import queries as credit_queries
from yiwang.support.letters import queries as letters
from yiwang.support.licences import queries as licences
from yiwang.support.messages import queries as messages

#: A Monday; the fifth working day after it is the next Monday.
AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
DAY = timedelta(days=1)
CODE = "trusting-item"
ORDINARY, PROMISE = {"road": "ordinary"}, {"road": "promise"}
pytestmark = pytest.mark.django_db


@pytest.fixture
def item(db):
    directory.load_chengguan()
    directory.register_departments()
    return sample.publish_plain(at=AT, code=CODE, said=TRUST)


@pytest.fixture
def me(item) -> Actor:
    return sample.citizen(libraries.register_person(5, at=AT, born_on=date(1980, 1, 1)))


@pytest.fixture
def other(item) -> Actor:
    return sample.citizen(libraries.register_person(6, at=AT, born_on=date(1981, 1, 1)))


@pytest.fixture
def official(item) -> Actor:
    return sample.official(item)


def a_file(actor: Actor, at: datetime = AT, kind: Kind = Kind.TXT) -> StoredFile:
    return files.store(data=content(kind), filename=f"意见.{kind.lower()}", actor=actor, at=at)


def material(item, key: str):
    found = next(m for m in item.materials if m.key == key)
    return replace(found, kind=found.kind or f"{item.code}.{key}")


def drafted(me: Actor, item, road: dict[str, str], *, late: bool = True, at: datetime = AT) -> str:
    """A draft with its form; on the ordinary road the map is there and the opinion comes later."""
    key = sample.filled(CODE, me, {"subject": "示例"}, at=at, questions=road)
    about = {"subject": f"draft:{key}", "actor": me, "at": at}
    if road == ORDINARY:
        stored = a_file(me, at)
        with transaction.atomic():
            materials.upload(material=material(item, "map"), stored=stored, **about)
    if late and road == ORDINARY:
        with transaction.atomic():
            materials.promise(material=material(item, "opinion"), **about)
    return key


def papers(me: Actor, key: str):
    return journey.list_papers(intake.get_draft(key, me))


def sign_all(me: Actor, key: str, at: datetime = AT) -> None:
    for one in papers(me, key):
        agreed = [ticked.key for ticked in one.paper.declared]
        journey.sign(
            draft_key=key, kind=one.paper.kind, digest=one.digest, agreed=agreed, actor=me, at=at
        )


def submit(me: Actor, key: str, at: datetime = AT) -> CaseView:
    receipt = journey.submit(draft_key=key, idempotency_key=new_key(), actor=me, at=at)
    journey.after_submission(case_key=receipt.case_key, actor=machine("worker"), at=at)
    return cases.get_case(receipt.case_key, me, at=at)


def handed_in(me: Actor, item, road: dict[str, str], at: datetime = AT) -> CaseView:
    key = drafted(me, item, road, at=at)
    sign_all(me, key, at)
    return submit(me, key, at)


def hear(at: datetime = AT) -> None:
    """Seal what happened and let everybody hear of it; twice, for what follows from what follows."""
    for _ in range(3):
        journal.seal(at=at)
        journal.run_listeners(at=at)


def look(case: CaseView, actor: Actor, at: datetime = AT) -> CaseView:
    return cases.get_case(case.key, actor, at=at)


def accepted(me: Actor, item, official: Actor, at: datetime = AT) -> CaseView:
    case = handed_in(me, item, ORDINARY, at)
    journey.accept(case_key=case.key, version=case.version, actor=official, at=at)
    hear(at)
    return look(case, official, at)


def approve(case: CaseView, official: Actor, at: datetime = AT) -> CaseView:
    return journey.decide(
        case_key=case.key, version=look(case, official, at).version, outcome="APPROVE",
        reason="符合条件", actor=official, at=at,
    )  # fmt: skip


def late_of(case: CaseView, at: datetime = AT) -> ToleranceView:
    [late] = promises.list_tolerances(case=case.reference, at=at)
    return late


def promise_of(case: CaseView, actor: Actor, at: datetime = AT) -> CommitmentView:
    found = promises.find_case_commitment(case.reference, actor, at=at)
    assert found is not None
    return found


def supply(case: CaseView, me: Actor, at: datetime = AT, kind: Kind = Kind.TXT) -> CaseView:
    return journey.supply_late(
        case_key=case.key, tolerance_key=late_of(case, at).key, files=[a_file(me, at, kind)],
        actor=me, at=at,
    )  # fmt: skip


def told(me: Actor) -> list[str]:
    return [one.title for one in messages.list_messages(me, limit=50)]


def kinds(case: CaseView) -> list[str]:
    return [letter.kind for letter in letters.list_letters(case.reference)]


# --- reading and signing ------------------------------------------------------------------------


def test_a_late_material_is_handed_in_only_with_a_signed_undertaking(me, item):
    key = drafted(me, item, ORDINARY)
    [paper] = papers(me, key)
    assert "管线单位意见：自受理之日起5个工作日内补交" in paper.paper.text
    assert paper.signed_at is None
    with pytest.raises(NotSigned):
        submit(me, key)
    with pytest.raises(InvalidInput) as refusal:
        journey.sign(
            draft_key=key, kind="TOLERANCE", digest=paper.digest, agreed=["true"], actor=me, at=AT
        )
    assert {p.field for p in refusal.value.fields} == {"in-time", "decide"}
    with pytest.raises(TextChanged):
        journey.sign(draft_key=key, kind="TOLERANCE", digest="0" * 64, agreed=[], actor=me, at=AT)
    sign_all(me, key)
    assert papers(me, key)[0].signed_at == AT
    case = submit(me, key)
    assert [(b.stage, b.label) for b in case.blocks] == [
        ("ISSUE", "容缺材料“管线单位意见”还没有补交")
    ]
    assert "UNDERTAKING" in kinds(case)


def test_nobody_signs_anothers_undertaking(me, other, item):
    key = drafted(me, item, ORDINARY)
    [paper] = papers(me, key)
    with pytest.raises(NotFound):
        journey.sign(
            draft_key=key, kind="TOLERANCE", digest=paper.digest,
            agreed=[t.key for t in paper.paper.declared], actor=other, at=AT,
        )  # fmt: skip


def test_what_was_signed_falls_when_something_else_is_promised(me, item):
    key = drafted(me, item, ORDINARY)
    sign_all(me, key)
    stored = a_file(me)
    with transaction.atomic():
        materials.upload(
            subject=f"draft:{key}", material=material(item, "opinion"), stored=stored, actor=me,
            at=AT,
        )  # fmt: skip
    assert papers(me, key) == ()
    case = submit(me, key)
    assert promises.list_tolerances(case=case.reference, at=AT) == ()
    assert case.blocks == ()
    assert promises.list_signed(case=case.reference) == ()


def test_a_case_without_promises_needs_no_paper(me, item):
    key = drafted(me, item, ORDINARY, late=False)
    stored = a_file(me)
    with transaction.atomic():
        materials.upload(
            subject=f"draft:{key}", material=material(item, "opinion"), stored=stored, actor=me,
            at=AT,
        )  # fmt: skip
    assert papers(me, key) == ()
    assert submit(me, key).profile == "LICENCE"


# --- 容缺 ---------------------------------------------------------------------------------------


def test_accepting_with_a_gap_is_acceptance_and_the_clocks_run(me, item, official):
    case = accepted(me, item, official)
    assert case.state == "ACCEPTED"
    assert {c.kind for c in case.clocks if c.stopped_on is None} >= {"decide"}
    late = late_of(case)
    assert (late.state, late.due_on) == ("OPEN", date(2026, 3, 9))
    assert "已受理，还要补交材料" in told(me)
    assert [w.key for w in promises.list_waiting(me, at=AT)] == [late.key]


def test_acceptance_by_silence_begins_the_term_too(me, item):
    case = handed_in(me, item, ORDINARY)
    later = AT + 8 * DAY
    assert journey.deem_accepted(case_key=case.key, actor=machine("clock"), at=later)
    hear(later)
    assert late_of(case, later).state == "OPEN"


def test_the_result_waits_for_the_late_material_and_then_comes_by_itself(me, item, official):
    case = accepted(me, item, official)
    supply(case, me)
    [view] = [m for m in material_queries.list_materials(subject=case.reference)
              if m.material == "opinion"]  # fmt: skip
    assert view.supply is Supply.UPLOADED
    assert look(case, me).blocks == ()
    done = approve(case, official)
    assert done.state == "CLOSED"
    hear()
    assert late_of(case).settled
    assert licences.find_case_licence(case.reference, at=AT) is not None


def test_approved_without_it_no_result_is_issued_until_an_official_has_looked(me, item, official):
    case = accepted(me, item, official)
    assert approve(case, official).state == "APPROVED"
    assert licences.find_case_licence(case.reference, at=AT) is None
    supply(case, me, AT + DAY)
    hear(AT + DAY)
    assert look(case, me, AT + DAY).state == "APPROVED"
    late = late_of(case, AT + DAY)
    journey.confirm_late(
        case_key=case.key, tolerance_key=late.key, version=late.version, actor=official,
        at=AT + DAY,
    )  # fmt: skip
    hear(AT + DAY)
    assert look(case, me, AT + DAY).state == "CLOSED"
    [kept] = [k for k in material_queries.list_vault(me) if k.material == "opinion"]
    assert kept.verified.body == "城关区民政局"
    with pytest.raises(CannotDo):
        supply(case, me, AT + DAY)


def test_what_is_not_what_was_asked_for_goes_back_and_the_rest_of_the_term_runs(me, item, official):
    case = accepted(me, item, official)
    supply(case, me, AT + DAY)
    late = late_of(case, AT + DAY)
    with pytest.raises(InvalidInput):
        journey.send_back_late(
            case_key=case.key, tolerance_key=late.key, version=late.version, reason=" ",
            actor=official, at=AT + 2 * DAY,
        )  # fmt: skip
    journey.send_back_late(
        case_key=case.key, tolerance_key=late.key, version=late.version, reason="要盖章的",
        actor=official, at=AT + 2 * DAY,
    )  # fmt: skip
    hear(AT + 2 * DAY)
    back = late_of(case, AT + 2 * DAY)
    assert (back.state, back.reason, back.due_on) == ("OPEN", "要盖章的", date(2026, 3, 10))
    assert [b.stage for b in look(case, me, AT + 2 * DAY).blocks] == ["ISSUE"]
    assert "补交的材料不对，请再交" in told(me)
    with pytest.raises(VersionConflict):
        supply_and_send_back_with(late.version, case, me, official)


def supply_and_send_back_with(version, case, me, official):
    supply(case, me, AT + 3 * DAY, Kind.PNG)
    journey.send_back_late(
        case_key=case.key, tolerance_key=late_of(case).key, version=version, reason="还不对",
        actor=official, at=AT + 3 * DAY,
    )  # fmt: skip


def test_when_it_never_comes_the_official_goes_on_and_it_may_still_come(me, item, official):
    case = accepted(me, item, official)
    over = AT + 8 * DAY
    clocks.warn(at=over, actor=machine("clock"))
    hear(over)
    hear(over)
    late = late_of(case, over)
    assert late.state == "LAPSED"
    assert "补交期限已过" in told(me)
    assert look(case, me, over).state == "ACCEPTED"
    supply(case, me, over)
    assert late_of(case, over).state == "SUPPLIED"
    assert look(case, me, over).blocks == ()


def test_before_the_term_is_over_the_applicant_is_reminded_once(me, item, official):
    case = accepted(me, item, official)
    soon = AT + 3 * DAY
    for _ in range(2):
        clocks.warn(at=soon, actor=machine("clock"))
        hear(soon)
    assert told(me).count("补交材料快到期了") == 1
    assert late_of(case, soon).state == "OPEN"


def test_a_no_ends_what_was_waited_for(me, item, official):
    case = accepted(me, item, official)
    journey.decide(
        case_key=case.key, version=case.version, outcome="REJECT", reason="不符合条件",
        actor=official, at=AT,
    )  # fmt: skip
    hear()
    assert late_of(case).state == "ENDED"
    clock = clock_queries.find_clock(subject=late_of(case).reference, kind="late", at=AT)
    assert clock.stopped_on == date(2026, 3, 2)
    with pytest.raises(CannotDo):
        supply(case, me)


def test_withdrawing_ends_what_was_waited_for(me, item, official):
    case = accepted(me, item, official)
    journey.withdraw(case_key=case.key, version=case.version, actor=me, at=AT)
    hear()
    assert late_of(case).state == "ENDED"
    assert promises.list_waiting(me, at=AT) == ()


def test_another_person_neither_sees_nor_supplies_my_late_material(me, other, item, official):
    case = accepted(me, item, official)
    late = late_of(case)
    with pytest.raises(NotFound):
        promises.get_tolerance(late.key, other, at=AT)
    with pytest.raises(NotFound):
        supply(case, other)
    elsewhere = sample.official(replace(item, division_code="620103000000"))
    with pytest.raises(NotFound):
        journey.confirm_late(
            case_key=case.key, tolerance_key=late.key, version=1, actor=elsewhere, at=AT
        )
    with pytest.raises(NotAllowed):
        supply(case, official)


def test_a_late_material_needs_a_file_and_belongs_to_its_case(me, item, official):
    first, second = accepted(me, item, official), accepted(me, item, official, AT + DAY)
    with pytest.raises(InvalidInput):
        journey.supply_late(
            case_key=first.key, tolerance_key=late_of(first).key, files=[], actor=me, at=AT
        )
    with pytest.raises(NotFound):
        journey.supply_late(
            case_key=first.key, tolerance_key=late_of(second).key, files=[a_file(me)], actor=me,
            at=AT,
        )  # fmt: skip


# --- 告知承诺 -----------------------------------------------------------------------------------


def on_promise(me: Actor, item, official: Actor, at: datetime = AT) -> CaseView:
    """Decided on the promise, the licence out."""
    case = handed_in(me, item, PROMISE, at)
    done = approve(case, official, at)
    hear(at)
    return done


def check(case: CaseView, actor: Actor, verb: str, at: datetime = AT, **more) -> CommitmentView:
    view = promise_of(case, actor, at)
    return getattr(journey, verb)(
        commitment_key=view.key, version=more.pop("version", view.version),
        words=more.pop("words", "到现场看过"), actor=actor, at=at, **more,
    )  # fmt: skip


def test_on_a_promise_what_it_replaces_is_not_asked_and_it_is_decided_in_a_day(me, item, official):
    case = handed_in(me, item, PROMISE)
    assert case.profile == "COMMITMENT"
    states = {m.material: m.supply for m in
              material_queries.list_materials(subject=case.reference)}  # fmt: skip
    assert states == {"opinion": Supply.COMMITTED}
    [decide] = [c for c in case.clocks if c.kind == "decide"]
    assert decide.due_on == date(2026, 3, 3)
    view = promise_of(case, me)
    assert (view.state, view.kind) == ("SIGNED", "PERMIT")
    for said in ("管线单位意见", "到现场核查", "撤销许可", "按普通方式办理", "场所符合规定的标准"):
        assert said in view.text
    done = approve(case, official)
    hear()
    assert done.state == "CLOSED"
    view = promise_of(case, official)
    assert (view.state, view.due_on) == ("TO_CHECK", date(2026, 3, 30))
    assert "已按您的承诺办理" in told(me)


def test_a_commitment_is_not_made_without_choosing_the_road(me, item):
    key = sample.filled(CODE, me, {"subject": "示例"}, at=AT)
    assert papers(me, key) == ()


def test_a_kept_promise_ends_there(me, item, official):
    case = on_promise(me, item, official)
    view = check(case, official, "find_true")
    assert (view.state, view.finding, view.clock) == ("KEPT", "TRUE", None)
    hear()
    assert "核查过了，没有问题" in told(me)
    with pytest.raises(CannotDo):
        check(case, official, "find_broken", serious=True)
    assert licences.find_case_licence(case.reference, at=AT).state == "VALID"


def test_what_is_put_right_in_time_costs_nothing(me, item, official):
    case = on_promise(me, item, official)
    view = check(case, official, "order_correction", words="通道堵了")
    assert (view.state, view.due_on, view.correction) == (
        "TO_CORRECT", date(2026, 3, 16), "通道堵了",
    )  # fmt: skip
    assert "CORRECTION_ORDER" in kinds(case)
    hear()
    assert "和承诺不符，请限期改正" in told(me)
    with pytest.raises(CannotDo):  # neither is the term over nor does anybody say it is put right
        check(case, official, "find_broken", serious=True)
    check(case, me, "report_correction", AT + DAY, words="通道清了")
    view = check(case, official, "find_corrected", AT + 2 * DAY)
    assert (view.state, view.finding) == ("KEPT", "CORRECTED")
    assert not credit_queries.has_open_serious_breach(me.applicant)


def test_a_false_promise_costs_the_licence_and_closes_the_road_until_repaired(me, item, official):
    case = on_promise(me, item, official)
    key = drafted(me, item, PROMISE)
    view = check(case, official, "find_broken", words="没有按标准建设", serious=True)
    hear()
    assert (view.state, view.finding, view.serious) == ("BROKEN", "FALSE", True)
    assert look(case, me).state == "REVOKED"
    assert licences.find_case_licence(case.reference, at=AT).state == "REVOKED"
    assert "TAKING_BACK" in kinds(case)
    assert "认定承诺不实" in told(me)
    [breach] = credit_queries.list_breaches(me, at=AT)
    assert breach.closes_the_road
    assert breach.words == "没有按标准建设"
    with pytest.raises(CommitmentClosed):
        sign_all(me, key)
    with pytest.raises(CommitmentClosed):
        drafted(me, item, PROMISE)
    ordinary = handed_in(me, item, ORDINARY, AT + DAY)  # the ordinary road stays open
    assert ordinary.state == "WITH_OFFICIAL"
    asked = credit.ask_repair(
        key=breach.key, version=breach.version, words="已经改好", actor=me, at=AT + DAY
    )
    credit.repair(
        key=breach.key, version=asked.version, words="核实改好了", actor=official, at=AT + 2 * DAY
    )
    hear(AT + 2 * DAY)
    assert "信用记录已修复" in told(me)
    sign_all(me, key, AT + 2 * DAY)
    assert submit(me, key, AT + 2 * DAY).profile == "COMMITMENT"


def test_a_breach_found_between_signing_and_handing_in_still_closes_the_road(me, item, official):
    key = drafted(me, item, PROMISE)
    sign_all(me, key)
    broken = on_promise(me, item, official)
    check(broken, official, "find_broken", serious=True)
    with pytest.raises(CommitmentClosed):
        submit(me, key)


def test_not_put_right_when_the_term_is_over_is_broken_too(me, item, official):
    case = on_promise(me, item, official)
    check(case, official, "order_correction", words="通道堵了")
    over = AT + 20 * DAY
    view = check(case, official, "find_broken", over, words="还堵着", serious=False)
    assert view.finding == "NOT_CORRECTED"
    assert look(case, me, over).state == "REVOKED"
    assert not credit_queries.has_open_serious_breach(me.applicant)
    assert len(credit_queries.list_breaches(me, at=over)) == 1


def test_a_promise_found_untrue_before_the_decision_is_on_record_and_the_case_is_rejected(
    me, item, official
):
    case = handed_in(me, item, PROMISE)
    check(case, official, "find_broken", serious=False)
    assert look(case, official).state == "WITH_OFFICIAL"
    hear()
    assert promise_of(case, me).state == "BROKEN"


def test_a_decision_taken_back_for_another_reason_ends_the_checking(me, item, official):
    case = on_promise(me, item, official)
    journey.revoke(
        case_key=case.key, version=look(case, official).version, reason="超越职权",
        actor=official, at=AT,
    )  # fmt: skip
    hear()
    view = promise_of(case, official)
    assert (view.state, view.clock) == ("ENDED", None)


def test_who_may_look_into_a_promise(me, other, item, official):
    case = on_promise(me, item, official)
    view = promise_of(case, official)
    with pytest.raises(NotFound):
        promises.get_commitment(view.key, other, at=AT)
    clerk = sample.official(item, Role.WINDOW_CLERK, "qian")
    with pytest.raises(NotAllowed):
        check(case, clerk, "find_true")
    handler = sample.official(item, Role.HANDLER, "sun")
    with pytest.raises(NotAllowed):
        check(case, handler, "find_broken", serious=False)
    own = replace(official, reference="official:own", person=me.reference)
    with pytest.raises(NotAllowed):
        check(case, own, "find_true")
    with pytest.raises(CannotDo):
        check(case, me, "find_true")
    assert check(case, handler, "find_true").state == "KEPT"


def test_words_and_the_version_seen_are_insisted_on(me, item, official):
    case = on_promise(me, item, official)
    with pytest.raises(InvalidInput):
        check(case, official, "find_true", words="  ")
    with pytest.raises(VersionConflict):
        check(case, official, "find_true", version=1)


def test_a_calendar_that_comes_in_moves_the_days_shown_in_lists(me, item, official):
    from yiwang.mechanisms.clocks.definitions import CalendarDay

    case = on_promise(me, item, official)
    day = CalendarDay(on=date(2026, 3, 27), working=False, name="示例假日")
    with transaction.atomic():
        clocks.import_calendar(
            year=2026, source="示例", days=[day], at=AT, actor=machine("operator")
        )
    hear()
    view = promise_of(case, official)
    assert view.due_on == view.clock.due_on == date(2026, 3, 31)


# --- 核验 ---------------------------------------------------------------------------------------


def test_an_official_marks_papers_as_verified_and_the_vault_says_so(me, item, official):
    case = accepted(me, item, official)
    with pytest.raises(InvalidInput):
        journey.verify_materials(case_key=case.key, chosen=[], actor=official, at=AT)
    with pytest.raises(NotAllowed):
        journey.verify_materials(case_key=case.key, chosen=["map"], actor=me, at=AT)
    marked = journey.verify_materials(
        case_key=case.key, chosen=["map", "opinion"], actor=official, at=AT
    )
    assert marked == ("map",)
    [kept] = material_queries.list_vault(me)
    assert (kept.material, kept.verified.body) == ("map", "城关区民政局")


def test_nobody_verifies_papers_of_ones_own_case(me, item, official):
    case = accepted(me, item, official)
    own = replace(official, person=me.reference)
    with pytest.raises(case_actions.NotYourOwnCase):
        journey.verify_materials(case_key=case.key, chosen=["map"], actor=own, at=AT)
