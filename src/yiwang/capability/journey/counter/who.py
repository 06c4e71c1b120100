"""来的是谁，替谁办: read from a card or typed from a document, compared with the register."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from yiwang.capability.halls import actions as halls
from yiwang.capability.halls import queries as hall_queries
from yiwang.capability.halls.definitions import (
    FoundBy,
    PersonUnknown,
    SessionView,
    WhoIsIt,
)
from yiwang.foundation.libraries import queries as libraries
from yiwang.foundation.libraries.definitions import PersonView
from yiwang.kernel.actor import Actor
from yiwang.kernel.identifiers import is_citizen_id, tidy_citizen_id
from yiwang.kernel.moments import legal_date
from yiwang.kernel.refusals import FieldProblem, InvalidInput, NotFound, TryLater
from yiwang.support.identity import actions as identity
from yiwang.support.mandates import actions as mandates
from yiwang.support.mandates import queries as mandate_queries
from yiwang.support.mandates.definitions import MandateOver, MandateView, Presence
from yiwang.support.readers import queries as readers

#: Numbers typed from papers: a busy window types a few dozen an hour, fishing needs more.
TYPED: Final = {"counter-typed-hour": (timedelta(hours=1), 60)}
_MANDATE: Final = "mandate:"


@dataclass(frozen=True, slots=True)
class ForWhom:
    """One the person present may act for: what to send back, the name, and how far a mandate reaches."""

    value: str
    name: str
    reach: str
    chosen: bool = False


#: What the mandate of the window says of how the person was known.
_SHOWN: Final = {FoundBy.CARD: Presence.CARD_READ, FoundBy.TYPED: Presence.CARD_SHOWN}


def find_by_card(*, session_key: str, actor: Actor, at: datetime) -> SessionView:
    """读卡: the card's number and name are compared with the register. No transaction around.

    Refusals: those of ``readers.read_card``, ``PersonUnknown``, ``NotFound``, ``TurnOver``, ``NotAllowed``
    (oneself).
    """
    session = hall_queries.get_open_session(session_key, actor)
    card = readers.read_card(place=session.counter.reference, at=at)
    return _note(session, _known(card.citizen_id, card.name), FoundBy.CARD, actor, at)


def find_by_number(
    *, session_key: str, citizen_id: str, name: str, actor: Actor, at: datetime
) -> SessionView:
    """Typed from the document: both must agree with the register, the check digit is looked at first.

    Refusals: ``InvalidInput``, ``PersonUnknown``, ``TryLater`` (too many in an hour), and as above.
    """
    session = hall_queries.get_open_session(session_key, actor)
    person = find_typed(citizen_id=citizen_id, name=name, actor=actor, at=at)
    return _note(session, person, FoundBy.TYPED, actor, at)


def find_typed(
    *, citizen_id: str, name: str, actor: Actor, at: datetime, prefix: str = ""
) -> PersonView:
    """Who a document names: check digit, number and name agree. Refusals as ``find_by_number`` says
    them. ``prefix``: before the fields' names, on a form with two people."""
    number = tidy_citizen_id(citizen_id)
    problems = []
    if not name.strip():
        problems.append(FieldProblem(f"{prefix}name", "还没有写姓名", "，请照证件写。"))
    if not is_citizen_id(number, today=legal_date(at)):
        problems.append(
            FieldProblem(f"{prefix}citizen_id", "身份证号不对", "，请核对最后一位校验码。")
        )
    if problems:
        raise InvalidInput(fields=problems)
    if not identity.within_pace(actor.reference, limits=TYPED, at=at):
        raise TryLater("这一小时输入的号码太多了。", "请用读卡器，或者过一会儿再输入。")
    return _known(number, name)


def _known(number: str, name: str) -> PersonView:
    person = libraries.find_person(number)
    if person is None or not person.alive or not libraries.is_called(person, name):
        raise PersonUnknown
    return person


def _note(
    session: SessionView, person: PersonView, by: FoundBy, actor: Actor, at: datetime
) -> SessionView:
    with transaction.atomic():
        halls.note_person(
            session=session.key, person=person.reference, masked=person.name_masked, found_by=by,
            actor=actor, at=at,
        )  # fmt: skip
        return _begin_to_act(session, person, "", by, actor, at)


def _begin_to_act(
    session: SessionView, person: PersonView, whom: str, by: FoundBy, actor: Actor, at: datetime
) -> SessionView:
    """``whom``: "" himself, a firm's reference, or a mandate's."""
    under = whom.removeprefix(_MANDATE) if whom.startswith(_MANDATE) else ""
    firm = "" if under else whom
    mandate = mandates.open_counter(
        person=person.reference, consent=_SHOWN[by], actor=actor, at=at, organization=firm,
        under=under,
    )  # fmt: skip
    acted = mandate_queries.acting_for(actor=actor, mandate_key=mandate, at=at)
    masked = libraries.get_organization(firm).name if firm else person.name_masked
    if under and acted.mandate is not None:
        masked = acted.mandate.giver_name
    return halls.note_applicant(
        session=session.key, applicant=acted.applicant, masked=masked, mandate=mandate,
        actor=actor, at=at,
    )  # fmt: skip


def list_for_whom(session: SessionView, *, at: datetime) -> tuple[ForWhom, ...]:
    """For whom the person present may act here: himself, his firms, and who gave him a mandate."""
    if not session.person:
        return ()
    under = mandate_queries.find_under(session.mandate) if session.mandate else ""
    firms = libraries.list_represented_by(session.person)
    own = [ForWhom(session.person, "自己", ""), *(ForWhom(f.reference, f.name, "") for f in firms)]
    return tuple(
        replace(one, chosen=not under and one.value == session.applicant) for one in own
    ) + tuple(
        ForWhom(one.reference, one.giver_name, _reach(one), one.key == under)
        for one in mandate_queries.list_usable_by(session.person, at=at)
    )


def _reach(view: MandateView) -> str:
    what = "全部事项" if view.items is None else "、".join(view.items.values())
    until = legal_date(view.valid_until)
    return f"{view.kind_label}，{what}，{view.acts_label}，到 {until.isoformat()}"


def act_for(*, session_key: str, applicant: str, actor: Actor, at: datetime) -> SessionView:
    """替谁办: the person present, a firm he legally represents, or who gave him a mandate
    (``mandate:<key>``). Refuses ``NotFound`` for others, ``MandateOver``."""
    session = hall_queries.get_open_session(session_key, actor)
    offered = {one.value: one for one in list_for_whom(session, at=at)}
    if applicant not in offered:
        raise NotFound("来的人不能替这一位办。", "请核对，或让对方先授权。")
    if offered[applicant].chosen:
        return session
    person = libraries.get_person(session.person)
    whom = applicant if applicant != session.person else ""
    with transaction.atomic():
        return _begin_to_act(session, person, whom, FoundBy(session.found_by), actor, at)


def may_act(session: SessionView, actor: Actor, at: datetime) -> bool:
    """Does the mandate of the window still stand? It ends by itself after its minutes."""
    try:
        acting(session, actor, at)
    except (WhoIsIt, MandateOver):
        return False
    return True


def acting(session: SessionView, actor: Actor, at: datetime) -> Actor:
    """The clerk as the one who acts for the person present. ``WhoIsIt``; ``MandateOver`` after its minutes."""
    if not session.applicant:
        raise WhoIsIt
    return mandate_queries.acting_for(actor=actor, mandate_key=session.mandate, at=at)
