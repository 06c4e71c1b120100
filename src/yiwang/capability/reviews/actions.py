"""Giving a review, and following up a bad one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import IntegrityError, transaction

from yiwang.capability.cases import queries as cases
from yiwang.capability.reviews import queries, rules
from yiwang.capability.reviews.definitions import (
    Answer,
    Channel,
    RectificationState,
    RectificationView,
    ReviewView,
)
from yiwang.capability.reviews.events import (
    RectificationClosed,
    RectificationOpened,
    ReviewGiven,
)
from yiwang.capability.reviews.models import RectificationAct, RectificationOrder, Review
from yiwang.capability.reviews.queries import ANSWER_CLOCK, COMPLEX_CLOCK, CONTACT_CLOCK
from yiwang.kernel.actor import Actor, ActorKind
from yiwang.kernel.moments import legal_date
from yiwang.kernel.references import ERASED, reference, split
from yiwang.kernel.refusals import (
    FieldProblem,
    InvalidInput,
    NotAllowed,
    NotFound,
    Refusal,
    VersionConflict,
)
from yiwang.mechanisms.clocks import actions as clocks
from yiwang.mechanisms.clocks import queries as clock_queries
from yiwang.mechanisms.clocks.definitions import Allowance, Unit
from yiwang.mechanisms.journal import actions as journal
from yiwang.support.mandates import queries as mandates
from yiwang.support.messages import actions as messages

#: 本地规定（示例）, as several provinces set them: contact 1, simple 5, complex 15 working days.
CONTACT: Final = Allowance(1, Unit.WORKING_DAY)
SIMPLE: Final = Allowance(5, Unit.WORKING_DAY)
COMPLEX: Final = Allowance(15, Unit.WORKING_DAY, 3)


class CannotReview(Refusal):
    sentence = "这次办理您已经评价过了，每次办理评价一次。"
    remedy = "如果不满意处理结果，可以在整改答复后再次评价。"


class CannotRectify(Refusal):
    sentence = "这张整改单现在不能这样处理。"
    remedy = "请刷新页面，看过最新情况后再办理。"


@transaction.atomic
def give_review(
    *,
    case_key: str,
    handling: str,
    level: int,
    tags: Sequence[str] = (),
    text: str = "",
    channel: str = Channel.WEB,
    actor: Actor,
    at: datetime,
) -> ReviewView:
    """The applicant says how a handling was: once, voluntarily, in five levels.

    Levels 4 and 5 open a follow-up at once. Refuses: NotFound (not the applicant's case),
    NotAllowed (staff), InvalidInput, CannotReview (a second time).
    """
    if actor.kind not in (ActorKind.PERSON, ActorKind.ORGANIZATION):
        raise NotAllowed("评价只能由申请人自己作出。", "请由申请人登录后评价。")
    mandates.insist_on_oneself(actor)
    case = cases.get_case(case_key, actor, at=at)
    wrong = rules.problems(level, tags, text)
    if wrong or channel not in set(Channel):
        raise InvalidInput(fields=[FieldProblem(field, sentence) for field, sentence in wrong])
    try:
        with transaction.atomic():
            review = Review.objects.create(
                case=case.reference, handling=handling or case.reference,
                reviewer=actor.applicant, item_code=case.item_code,
                division_code=case.division_code, department=case.department, level=level,
                tags=sorted(set(tags)), text=text.strip(), channel=channel, given_at=at,
            )  # fmt: skip
    except IntegrityError as error:
        raise CannotReview from error
    me = reference("review", review.key)
    given = ReviewGiven(
        subject=case.reference, at=at, review=me, item_code=review.item_code,
        division_code=review.division_code, level=level,
    )  # fmt: skip
    journal.announce(given, actor=actor)
    if rules.is_bad(level):
        _open_order(review, actor=actor, at=at)
    return queries.review_view(review)


def _open_order(review: Review, *, actor: Actor, at: datetime) -> None:
    """整改单: contact within one working day, answer within five."""
    order = RectificationOrder.objects.create(review=review, opened_at=at)
    RectificationAct.objects.create(order=order, act="opened", actor="machine:reviews", at=at)
    me = reference("rectification", order.key)
    clocks.start(subject=me, kind=CONTACT_CLOCK, allowance=CONTACT, at=at, actor=actor)
    clocks.start(subject=me, kind=ANSWER_CLOCK, allowance=SIMPLE, at=at, actor=actor)
    opened = RectificationOpened(
        subject=me, at=at, review=reference("review", review.key),
        division_code=review.division_code, department=review.department, level=review.level,
    )  # fmt: skip
    journal.announce(opened, actor=actor)


def _take_step(
    *, key: str, version: int, act: str, note: str, actor: Actor, at: datetime
) -> RectificationOrder:
    """Lock the follow-up, check state and version, add the step to its history and the journal."""
    row = (
        RectificationOrder.objects.visible_to(actor)
        .select_for_update(of=("self",))
        .select_related("review")
        .filter(key=key)
        .first()
    )
    if row is None:
        raise NotFound
    if row.version != version:
        raise VersionConflict
    if not rules.may(act, row.state):
        raise CannotRectify
    row.version = row.version + 1
    RectificationAct.objects.create(order=row, act=act, note=note, actor=actor.reference, at=at)
    journal.record(
        actor=actor, act=f"reviews.{act}", subject=reference("rectification", key), at=at
    )
    return row


def _insist_on_staff(actor: Actor) -> None:
    if actor.kind not in (ActorKind.OFFICIAL, ActorKind.MACHINE):
        raise NotAllowed


@transaction.atomic
def contact(
    *, key: str, version: int, note: str, complex_matter: bool, actor: Actor, at: datetime
) -> RectificationView:
    """Write to the reviewer through the platform; a complex matter gets fifteen working days.

    ``note`` is what the reviewer reads in the inbox; it also stays with the follow-up. Who that is
    stays unknown to staff. Refuses: InvalidInput (nothing written), CannotRectify, VersionConflict.
    """
    _insist_on_staff(actor)
    if not note.strip():
        wrong = FieldProblem("note", "还没有写给评价人的话", "，请写明已在跟进、怎么联系你们")
        raise InvalidInput(fields=[wrong])
    row = _take_step(key=key, version=version, act="contact", note=note, actor=actor, at=at)
    me = reference("rectification", key)
    clocks.stop(subject=me, kind=CONTACT_CLOCK, at=at, actor=actor)
    row.state, row.complex = RectificationState.CONTACTED, complex_matter
    row.save(update_fields=["state", "complex", "version"])
    if complex_matter:
        clocks.stop(subject=me, kind=ANSWER_CLOCK, at=at, actor=actor)
        clocks.start(
            subject=me, kind=COMPLEX_CLOCK, allowance=COMPLEX, at=row.opened_at, actor=actor
        )
    shown = queries.order_view(row, at=at)
    by = shown.answer_by
    answer_by = f"{by.year}年{by.month}月{by.day}日" if by else ""
    _tell(row.review, "review-contacted", text=note.strip(), answer_by=answer_by, at=at)
    return shown


@transaction.atomic
def answer(
    *, key: str, version: int, answer: str, text: str, actor: Actor, at: datetime
) -> RectificationView:
    """Tell the reviewer what was corrected, or why there is no legal basis for the wish."""
    _insist_on_staff(actor)
    if answer not in set(Answer) or not text.strip():
        raise InvalidInput("请写明整改结果或者解释。")
    row = _take_step(key=key, version=version, act="answer", note=text, actor=actor, at=at)
    me = reference("rectification", key)
    kind = COMPLEX_CLOCK if row.complex else ANSWER_CLOCK
    clock = clock_queries.find_clock(subject=me, kind=kind, at=at)
    clocks.stop(subject=me, kind=kind, at=at, actor=actor)
    row.state, row.answer, row.answer_text = RectificationState.ANSWERED, answer, text.strip()
    row.in_time = clock is not None and legal_date(at) <= clock.due_on
    row.save(update_fields=["state", "answer", "answer_text", "in_time", "version"])
    _tell(row.review, "review-answered", text=row.answer_text, at=at)
    return queries.order_view(row, at=at)


def _tell(review: Review, template: str, *, at: datetime, **values: str) -> None:
    """A message to whoever wrote the review, in the transaction of the act."""
    case = cases.get_inside(split(review.case)[1])
    messages.tell(
        recipient=review.reviewer,
        template=template,
        values={
            "item_name": case.item_name,
            "case_no": case.case_no,
            "department": case.department_name,
            **values,
        },
        subject=review.case,
        at=at,
    )


@transaction.atomic
def review_again(
    *, key: str, version: int, level: int, text: str = "", actor: Actor, at: datetime
) -> RectificationView:
    """The reviewer judges the answer, once; that closes the follow-up."""
    wrong = rules.problems(level, (), text)
    if wrong:
        raise InvalidInput(fields=[FieldProblem(field, sentence) for field, sentence in wrong])
    row = _take_step(key=key, version=version, act="second_review", note=text, actor=actor, at=at)
    if row.review.reviewer != actor.applicant:
        raise NotFound
    row.second_level = level
    return _close(row, actor=actor, at=at)


@transaction.atomic
def close(*, key: str, version: int, actor: Actor, at: datetime) -> RectificationView:
    """No second review came: the body closes the answered follow-up."""
    _insist_on_staff(actor)
    row = _take_step(key=key, version=version, act="close", note="", actor=actor, at=at)
    return _close(row, actor=actor, at=at)


def _close(row: RectificationOrder, *, actor: Actor, at: datetime) -> RectificationView:
    row.state, row.closed_at = RectificationState.CLOSED, at
    row.save(update_fields=["state", "closed_at", "second_level", "version"])
    closed = RectificationClosed(
        subject=reference("rectification", row.key), at=at,
        review=reference("review", row.review.key), in_time=bool(row.in_time),
    )  # fmt: skip
    journal.announce(closed, actor=actor)
    return queries.order_view(row, at=at)


@transaction.atomic
def set_aside(
    *, key: str, version: int, reason: str, actor: Actor, at: datetime
) -> RectificationView:
    """False or malicious: not counted. Another body decides this, never the reviewed one.

    Refuses: NotAllowed when the official acts for the department under review.
    """
    _insist_on_staff(actor)
    if not reason.strip():
        raise InvalidInput("请写明不计入的理由。")
    row = _take_step(key=key, version=version, act="set_aside", note=reason, actor=actor, at=at)
    if any(grant.department == row.review.department for grant in actor.grants):
        raise NotAllowed("被评价的单位不能自己认定误评。", "请由复核单位办理。")
    row.state, row.closed_at = RectificationState.NOT_COUNTED, at
    row.save(update_fields=["state", "closed_at", "version"])
    row.review.counted = False
    row.review.save(update_fields=["counted"])
    for kind in (CONTACT_CLOCK, ANSWER_CLOCK, COMPLEX_CLOCK):
        clocks.stop(subject=reference("rectification", key), kind=kind, at=at, actor=actor)
    return queries.order_view(row, at=at)


def erase(*, case: str) -> None:
    """销毁以后: the level stays in the rates, words and author go."""
    RectificationAct.objects.filter(order__review__case=case).update(note="")
    RectificationOrder.objects.filter(review__case=case).update(answer_text="")
    Review.objects.filter(case=case).update(text="", tags=[], reviewer=ERASED)
