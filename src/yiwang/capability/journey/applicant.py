"""What the applicant does: fill in, hand in, mend, ask for a person, take back, say how it was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from yiwang.capability.cases import actions as cases
from yiwang.capability.cases import queries as case_queries
from yiwang.capability.cases.definitions import Application, CaseView, Receipt
from yiwang.capability.cases.definitions.flow import Effect, Flow
from yiwang.capability.cases.definitions.profiles import Profile
from yiwang.capability.catalogue import queries as catalogue
from yiwang.capability.catalogue.definitions import CommitmentKind, Item
from yiwang.capability.catalogue.definitions.codes import ServedKind
from yiwang.capability.catalogue.queries import ItemVersion, Narrowed
from yiwang.capability.commitments import actions as commitments
from yiwang.capability.entitlements.definitions import StopReason
from yiwang.capability.intake import actions as intake
from yiwang.capability.intake.definitions import DraftView, FrozenApplication
from yiwang.capability.journey import clocks as case_clocks
from yiwang.capability.journey import earlier, letters, machine, stopping, trusting
from yiwang.capability.journey.correcting import answer_row
from yiwang.capability.journey.looking_up import look_up
from yiwang.capability.materials import actions as materials
from yiwang.capability.reviews import actions as reviews
from yiwang.capability.reviews.definitions import ReviewView
from yiwang.foundation.libraries import queries as libraries
from yiwang.kernel.actor import Actor, ActorKind, PowerAct
from yiwang.kernel.masks import mask_name
from yiwang.kernel.moments import legal_date
from yiwang.kernel.references import new_key, reference
from yiwang.kernel.refusals import InvalidInput, NotAllowed, NotFound, Refusal
from yiwang.mechanisms.clocks import actions as clocks
from yiwang.mechanisms.clocks import queries as clock_queries
from yiwang.mechanisms.crypto import actions as crypto
from yiwang.support.identity import queries as identity
from yiwang.support.licences import queries as licence_queries
from yiwang.support.mandates import queries as mandates

_LONGEST_KEY = 80


class NotForYou(NotAllowed):
    """The item serves persons and a firm asks, or the reverse."""

    sentence = "这个事项不是给您现在登录的身份办的。"
    remedy = "请换成个人身份或者单位身份登录后再申请。"


class CannotStart(Refusal):
    """The item is not handled on this platform, or not yet."""

    sentence = "这个事项还不能在这里申请。"
    remedy = "请看办事指南里的办理地点和方式，或拨打 12345 咨询。"


@transaction.atomic
def start(
    *,
    item_code: str,
    actor: Actor,
    at: datetime,
    questions: Mapping[str, str] | None = None,
    licence: str = "",
) -> DraftView:
    """Begin an application, carrying what was already answered on the guide.

    ``licence``: the key of one's own licence that it acts on. Refusals: ``NotFound``, ``CannotStart`` (handled elsewhere, not needed, or not yet), ``NotAllowed`` (staff),
    ``NeedsStepUp`` (the item asks for more certainty about who this is),
    ``CommitmentClosed`` (that road was chosen and a serious breach is on record),
    ``MandateOver``, ``BeyondMandate``.
    """
    _insist_on_applicant(actor)
    item = catalogue.get_item(item_code, on=legal_date(at))
    mandates.insist(actor, PowerAct.APPLY, item.code)
    insist_on_assurance(item.item, actor)
    if not item.open_for_application or not case_queries.has_flow(item.code, item.version):
        raise CannotStart
    _insist_on_served(item.item, actor)
    known = _known_answers(item, questions or {})
    narrowed = catalogue.narrow(item.item, known)
    if narrowed.not_here:
        raise CannotStart(narrowed.not_here, "回答错了的话，请回到办事指南重新选。")
    if narrowed.commitment is not None:
        commitments.insist_on_trust(applicant=actor.applicant)
    return intake.start_draft(
        item_code=item.code,
        item_version=item.version,
        actor=actor,
        at=at,
        questions=known,
        answers=_named(licence, item, actor, at) if licence else {},
    )


def _named(licence: str, item: ItemVersion, actor: Actor, at: datetime) -> dict[str, str]:
    """The licence an application was begun from, as the answer that names it. Refuses ``NotFound``."""
    plan = case_queries.get_flow(item.code, item.version).earlier
    held = licence_queries.get_licence(licence, actor, at=at)
    return {plan.licence: held.identifier} if plan else {}


@transaction.atomic
def answer(
    *,
    draft_key: str,
    answers: Mapping[str, Any],
    version: int,
    actor: Actor,
    at: datetime,
    step: str | None = None,
) -> DraftView:
    """Keep what was typed so far. Refusals: those of ``intake.save_answers``."""
    return intake.save_answers(
        draft_key=draft_key, answers=answers, version=version, actor=actor, at=at, step=step
    )


def submit(
    *,
    draft_key: str,
    idempotency_key: str,
    actor: Actor,
    at: datetime,
    by_person: bool = False,
    channel: str = "WEB",
) -> Receipt:
    """Hand in: from here the clock runs for the government. The same key gives the same receipt.

    ``by_person``: 请人工办理, no rule decides. Refusals: ``InvalidInput`` (every field named),
    ``MissingMaterials``, ``IdempotencyConflict``, ``AlreadyHandedIn``, ``CannotStart``, ``NotFound``,
    ``LicenceInHand`` (another application on the same licence is open), ``NeedsStepUp``, ``MandateOver``, ``BeyondMandate``.
    """
    _insist_on_applicant(actor)
    if not 0 < len(idempotency_key) <= _LONGEST_KEY:
        raise InvalidInput("缺少提交编号。", "请刷新页面后再提交。")
    digest = crypto.digest(f"{draft_key}|{by_person}".encode())

    def held() -> Receipt | None:
        return case_queries.find_receipt(
            actor=actor, idempotency_key=idempotency_key, body_digest=digest
        )

    def hand_in() -> Receipt:
        with transaction.atomic():
            return _hand_in(draft_key, idempotency_key, digest, actor, at, by_person, channel)

    try:
        try:
            return hand_in()
        except intake.NotLookedUp:  # the transaction is over: now a register may be asked
            look_up(draft_key=draft_key, actor=actor, at=at)
            return hand_in()
    except (intake.AlreadyHandedIn, IntegrityError):
        receipt = held()
        if receipt is None:
            raise intake.AlreadyHandedIn from None
        return receipt


def _hand_in(
    draft_key: str,
    idempotency_key: str,
    digest: str,
    actor: Actor,
    at: datetime,
    by_person: bool,
    channel: str,
) -> Receipt:
    key = new_key()
    case = reference("case", key)
    frozen = intake.freeze(draft_key=draft_key, case=case, actor=actor, at=at)
    mandates.insist(actor, PowerAct.APPLY, frozen.item_code)
    item = catalogue.get_content(frozen.item_code, frozen.item_version)
    insist_on_assurance(item, actor)
    _insist_on_served(item, actor)
    narrowed = catalogue.narrow(item, frozen.questions)
    flow = _flow_of(frozen, narrowed)
    supplied = materials.gather(
        application=frozen, required=narrowed.materials, actor=actor, at=at, case=case
    )
    application = _application(frozen, item, flow, actor, by_person, channel, at)
    due = case_clocks.received(case, flow, actor=actor, at=at)
    receipt = cases.open_case(
        key=key,
        application=application,
        idempotency_key=idempotency_key,
        body_digest=digest,
        answer_by=due,
        provisional=not clock_queries.get_calendar().is_settled(due),
        at=at,
        actor=actor,
    )
    trusting.pledge(
        case=case,
        item=item,
        application=application,
        narrowed=narrowed,
        supplied=supplied,
        actor=actor,
        at=at,
    )
    machine.begin(case_key=key, flow=flow, by_person=by_person, at=at)
    return receipt


@transaction.atomic
def ask_for_person(
    *, case_key: str, actor: Actor, at: datetime, version: int | None = None
) -> CaseView:
    """请人工办理: an official handles the case, or looks again at what a rule decided."""
    cases.ask_for_person(case_key=case_key, actor=actor, at=at, version=version)
    return case_queries.get_case(case_key, actor, at=at)


@transaction.atomic
def withdraw(*, case_key: str, version: int, actor: Actor, at: datetime) -> CaseView:
    """Take the application back before it is decided; a new one may be made any time.

    A benefit a rule had granted before is then announced to stop.
    """
    cases.withdraw(case_key=case_key, version=version, actor=actor, at=at)
    case = reference("case", case_key)
    clocks.stop_all(subject=case, at=at, actor=actor)
    letters.withdrawn(case_key=case_key, actor=actor, at=at)
    inside = case_queries.get_inside(case_key)
    stopping.announce_end(inside=inside, reason=StopReason.OWN_WISH, at=at)
    return case_queries.get_case(case_key, actor, at=at)


def review(
    *,
    case_key: str,
    handling: str,
    level: int,
    actor: Actor,
    at: datetime,
    tags: Sequence[str] = (),
    text: str = "",
    channel: str = "WEB",
) -> ReviewView:
    """Say how a handling was, once; see ``reviews.give_review`` for the refusals."""
    return reviews.give_review(
        case_key=case_key,
        handling=handling,
        level=level,
        tags=tags,
        text=text,
        channel=channel,
        actor=actor,
        at=at,
    )


def _flow_of(frozen: FrozenApplication, narrowed: Narrowed) -> Flow:
    """As the item's flow says, or as its commitment does when a permit is asked for on a promise."""
    promise = narrowed.commitment
    permit = promise is not None and promise.kind is CommitmentKind.PERMIT
    profile = Profile.COMMITMENT if permit else ""
    try:
        return case_queries.get_flow(frozen.item_code, frozen.item_version, profile)
    except NotFound:
        raise CannotStart from None


def _application(
    frozen: FrozenApplication,
    item: Item,
    flow: Flow,
    actor: Actor,
    by_person: bool,
    channel: str,
    at: datetime,
) -> Application:
    name = name_of(actor)
    acts = earlier.take_up(flow, item, frozen, at=at)
    cancelled = acts.effect == Effect.CANCEL  # nothing new is issued, the decision is the result
    named = flow.in_name_of
    contact, result = item.contact, item.result
    return Application(
        draft_key=frozen.draft_key,
        item_code=frozen.item_code,
        item_version=frozen.item_version,
        item_name=item.name,
        profile=flow.profile,
        instant=flow.instant,
        division_code=item.division_code,
        department=item.department,
        department_name=item.department_name,
        applicant_name=name,
        applicant_masked=mask_name(name),
        answers={**_question_answers(frozen.questions), **frozen.answers},
        answer_rows=tuple(answer_row(row) for row in frozen.rows),
        result_kind=result.kind if result and not cancelled else "DOCUMENT",
        result_label=result.name if result and not cancelled else "决定书",
        review_body=letters.body_of(contact.review) if contact else "",
        channel=channel,
        by_person=by_person,
        body=named.department if named else "",
        body_name=named.department_name if named else "",
        earlier=acts.licence,
        effect=acts.effect,
        silence_at=acts.silence_at,
        acts_on=acts.acts_on,
    )


def name_of(actor: Actor) -> str:
    """The applicant's full name from the register, else what the session shows."""
    try:
        return libraries.get_name(actor.applicant)
    except NotFound:
        return actor.display_name


def _question_answers(questions: Mapping[str, str]) -> dict[str, str]:
    """The guide's answers, beside the form's: ``question:<key>``."""
    return {f"question:{key}": value for key, value in questions.items()}


def _known_answers(item: ItemVersion, questions: Mapping[str, str]) -> dict[str, str]:
    """Answers to questions the guide really asks; anything else a request brings is dropped."""
    options = {q.key: {option.value for option in q.options} for q in item.item.questions}
    return {k: v for k, v in questions.items() if v in options.get(k, ())}


def _insist_on_served(item: Item, actor: Actor) -> None:
    """服务对象: a person's item is not applied for in a firm's name, nor the reverse."""
    served = set(item.served)
    as_person = actor.applicant.startswith("person:")
    bodies = set(ServedKind) - {ServedKind.PERSON}
    if not (ServedKind.PERSON in served if as_person else served & bodies):
        raise NotForYou


def insist_on_assurance(item: Item, actor: Actor) -> None:
    """实名等级: an item may ask for more certainty about who applies than this session carries.

    ``NeedsStepUp`` says how much.
    """
    if item.assurance is not None:
        identity.insist_on_assurance(actor, level=item.assurance)


def _insist_on_applicant(actor: Actor) -> None:
    if actor.kind not in (ActorKind.PERSON, ActorKind.ORGANIZATION):
        raise NotAllowed("请用个人或法人账号申请。", "工作人员账号不能申请事项。")
