"""Facts about data between departments, told to the officials they concern."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final

from django.conf import settings

from yiwang.foundation.agreements import queries as agreements
from yiwang.foundation.agreements.definitions import GrantState, GrantView, RequestView
from yiwang.foundation.agreements.events import (
    AgreementEvent,
    AgreementLimit,
    CitationsChanged,
    DisposalDeclared,
    DisposalRequired,
    GrantChanged,
    GrantMisfits,
)
from yiwang.foundation.exchange import actions as exchange
from yiwang.foundation.exchange.definitions import (
    ALERT_ANSWER,
    ALERT_LABELS,
    DEAD_LETTERS,
    LEDGER_ALARM,
    misfit,
)
from yiwang.foundation.exchange.events import AlertRaised
from yiwang.foundation.exchange.topics import queries as topics
from yiwang.foundation.resources import queries as resources
from yiwang.foundation.resources.events import (
    BasisChanged,
    ChangeEvent,
    ChangeLate,
    ChangeLongerAnswered,
    ChangeLongerAsked,
    ChangeNearlyDue,
    ChangeNoted,
    ConsentAsked,
    ConsentDeclined,
    CorrectionAsked,
    CorrectionLate,
    CorrectionLimit,
    CorrectionNearlyDue,
    ResourceEvent,
    ResourceSentBack,
    ResourceSubmitted,
    StandardEvent,
    StandardPublished,
    StandardSentBack,
    StandardSubmitted,
)
from yiwang.kernel.actor import Role, machine
from yiwang.kernel.references import split
from yiwang.mechanisms.clocks.events import ClockTurnedRed
from yiwang.support.enquiries.events import (
    EnquiryLate,
    EnquiryLimit,
    EnquiryMade,
    EnquiryNearlyDue,
)
from yiwang.support.offices import actions
from yiwang.support.offices.definitions import (
    LATE,
    NEARLY_DUE,
    OF_REQUEST,
    OFFICE,
    Told,
)

_SELF: Final = machine("offices")
#: What a limit is called, and where its page is.
_MATTERS: Final = {
    "data-answer": ("答复共享申请", "requests"),
    "data-delivery": ("提供共享数据", "requests"),
    "data-disposal": ("申报共享数据的留存和销毁", "grants"),
}


def tell_of_request(*, event: AgreementEvent, position: int, at: datetime, **_: object) -> None:
    """Arrived, told incomplete, longer, decided, delivered, disputed: to whom it concerns."""
    rule = OF_REQUEST[type(event)]
    view = agreements.get_request(split(event.subject)[1], _SELF, at=at)
    values = _values(view)
    for told in rule.told:
        if told is Told.AUTHORITY:
            for place in agreements.authority_places(view):
                actions.tell_authority(
                    division_code=place, notice=rule.notice, values=values,
                    subject=event.subject, position=position, at=event.at,
                )  # fmt: skip
            continue
        body = view.consumer if told is Told.CONSUMER else view.provider
        actions.tell_office(
            division_code=body.division_code, department=body.uscc, notice=rule.notice,
            values=values, subject=event.subject, position=position, at=event.at,
        )  # fmt: skip


def tell_citations_changed(
    *, event: CitationsChanged, position: int, at: datetime, **_: object
) -> None:
    """Both departments hear whose articles changed; of a request that is not signed yet the asking one alone."""
    kind, key = split(event.subject)
    view: RequestView | GrantView
    if kind == "data-grant":
        view = agreements.get_grant(key, _SELF, at=at)
        title, pages, sent = f"共享授权 {view.service}", "grants", True
    else:
        view = agreements.get_request(key, _SELF, at=at)
        title, pages = f"共享申请“{view.resource_name}”", "requests"
        sent = view.received_at is not None
    values = {"title": title, "reason": event.articles, "link": _link(pages, event.subject)}
    for body in (view.consumer, view.provider) if sent else (view.consumer,):
        actions.tell_office(
            division_code=body.division_code, department=body.uscc, notice="citations-changed",
            values=values, subject=event.subject, position=position, at=event.at,
        )  # fmt: skip


def tell_grant_ended(*, event: GrantChanged, position: int, at: datetime, **_: object) -> None:
    """The using body has to declare what it still holds (条例 27, 29)."""
    if event.state == GrantState.ENDED:
        _grant(event, "grant-ended", Told.CONSUMER, position, at)


def tell_disposal_required(
    *, event: DisposalRequired, position: int, at: datetime, **_: object
) -> None:
    """The provider said how the data are to be dealt with."""
    _grant(event, "disposal-required", Told.CONSUMER, position, at)


def tell_disposal_declared(
    *, event: DisposalDeclared, position: int, at: datetime, **_: object
) -> None:
    """The provider reads what the using body still holds."""
    _grant(event, "disposal-declared", Told.PROVIDER, position, at)


def tell_grant_misfits(*, event: GrantMisfits, position: int, at: datetime, **_: object) -> None:
    """Who holds a grant that opens nothing hears so once, and who hands the data out."""
    _grant(event, "grant-misfits", Told.CONSUMER, position, at)
    _grant(event, "grant-misfits", Told.PROVIDER, position, at, (Role.DATA_OFFICER,))


def tell_nearly_due(*, event: AgreementLimit, position: int, at: datetime, **_: object) -> None:
    """The provider's answer or delivery, or the using body's declaration, is nearly due."""
    _limit(event, NEARLY_DUE, position, at)


def tell_late(*, event: AgreementLimit, position: int, at: datetime, **_: object) -> None:
    """The provider's answer or delivery, or the using body's declaration, is late."""
    _limit(event, LATE, position, at)


def tell_correction_asked(*, event: CorrectionAsked, position: int, **_: object) -> None:
    """The source has to verify a datum of its own."""
    _correction(event, "data-correction-asked", event.answer_by, position)


def tell_correction_nearly_due(*, event: CorrectionNearlyDue, position: int, **_: object) -> None:
    """The source has nearly no time left to verify a datum."""
    _matter(event, "核实数据纠错", "corrections", NEARLY_DUE, position)


def tell_correction_late(*, event: CorrectionLate, position: int, **_: object) -> None:
    """The source did not verify a datum in time."""
    _matter(event, "核实数据纠错", "corrections", LATE, position)


def tell_enquiry_made(*, event: EnquiryMade, position: int, **_: object) -> None:
    """Somebody asks a body about a look at his data."""
    values = {"link": _link("enquiries", event.subject)}
    actions.tell_office(
        division_code=event.division_code, department=event.department, notice="enquiry-made",
        values=values, subject=event.subject, position=position, at=event.at,
    )  # fmt: skip


def tell_enquiry_nearly_due(*, event: EnquiryNearlyDue, position: int, **_: object) -> None:
    """The body has nearly no time left to answer."""
    _matter(event, "答复当事人的询问", "enquiries", NEARLY_DUE, position)


def tell_enquiry_late(*, event: EnquiryLate, position: int, **_: object) -> None:
    """The body did not answer in time."""
    _matter(event, "答复当事人的询问", "enquiries", LATE, position)


def tell_alert(*, event: AlertRaised, position: int, at: datetime, **_: object) -> None:
    """Who looks after this house hears of every alert; of messages its system did not take the subscribing
    department, too."""
    values = _alert(event.system, event.service, event.kind)
    actions.tell_watch(
        notice="alert-raised", values=values,
        subject=event.subject, position=position, at=event.at,
    )  # fmt: skip
    if event.kind == DEAD_LETTERS:
        _dead_letters(event, position)


def tell_alert_unanswered(*, event: ClockTurnedRed, position: int, **_: object) -> None:
    """Nobody said within two hours what an alert was: whoever watches over sharing in the place hears of it,
    and who looks after the house once more."""
    if event.kind != ALERT_ANSWER:
        return
    alert = exchange.get_alert(split(event.subject)[1])
    if alert.answered_at is not None:
        return
    values = _alert(alert.system, alert.service, alert.kind)
    told: dict[str, Any] = {
        "notice": "alert-unanswered", "values": values, "subject": event.subject,
        "position": position, "at": event.at,
    }  # fmt: skip
    actions.tell_watch(**told)
    if not actions.tell_authority(division_code=settings.NODE_DIVISION, **told):
        actions.tell_watch(roles=(Role.DATA_AUTHORITY,), **told)


def _alert(system: str, service: str, kind: str) -> dict[str, str]:
    """What it is in a few words, and where its evidence lies."""
    where = "journal/#alarms-title" if kind == LEDGER_ALARM else "exchange/alerts/"
    return {
        "title": f"{ALERT_LABELS.get(kind, kind)}（{system}，{service}）",
        "evidence": f"{settings.PUBLIC_ADDRESS}/console/{where}",
        "link": f"{settings.PUBLIC_ADDRESS}/console/exchange/alerts/",
    }


def _dead_letters(event: AlertRaised, position: int) -> None:
    """None where the subscription or its grant is not kept here any more."""
    view = topics.find_subscription(topic=event.service, system=event.system)
    consumer = agreements.find_consumer(view.grant_key) if view else None
    if view is None or consumer is None:
        return
    link = f"{settings.PUBLIC_ADDRESS}/data/subscriptions/{view.key}/"
    values = {"title": event.service, "link": link}
    actions.tell_office(
        division_code=consumer.division_code, department=consumer.uscc, notice="messages-dead",
        values=values, subject=event.subject, position=position, at=event.at,
    )  # fmt: skip


def tell_consent_asked(*, event: ConsentAsked, position: int, at: datetime, **_: object) -> None:
    """The head of the body is asked to consent to an entry (条例 13)."""
    _entry(event, event.version, "resource-to-consent", (Role.HEAD,), position, at)


def tell_consent_declined(
    *, event: ConsentDeclined, position: int, at: datetime, **_: object
) -> None:
    """The head wants it changed first."""
    _entry(event, event.version, "resource-sent-back", (Role.DATA_OFFICER,), position, at)


def tell_sent_back(*, event: ResourceSentBack, position: int, at: datetime, **_: object) -> None:
    """The authority gave an entry back."""
    _entry(event, event.version, "resource-sent-back", OFFICE, position, at)


def tell_basis_changed(*, event: BasisChanged, position: int, **_: object) -> None:
    """The article for which a body does not share a resource is another one, or gone."""
    view = resources.read_resource(event.resource, _SELF)
    values = {
        "title": view.name,
        "reason": f"《{event.law}》{event.article}，{view.basis_doubt or '现在又和原来一样'}",
        "link": _link("resources", event.subject),
    }
    actions.tell_office(
        division_code=event.division_code, department=event.provider, notice="basis-changed",
        values=values, subject=event.subject, position=position, at=event.at,
    )  # fmt: skip


def tell_submitted(*, event: ResourceSubmitted, position: int, at: datetime, **_: object) -> None:
    """The authority has two working days to check and publish (条例 17)."""
    view = resources.get_version(split(event.version)[1], _SELF, at=at)
    values = {
        "title": view.content.name,
        "due_on": _day(event.check_by),
        "link": _link("versions", event.version),
    }
    actions.tell_authority(
        division_code=event.division_code, notice="resource-submitted", values=values,
        subject=event.subject, position=position, at=event.at,
    )  # fmt: skip


def tell_standard_submitted(*, event: StandardSubmitted, position: int, **_: object) -> None:
    """The authority is to check a data element or a code table."""
    actions.tell_authority(
        division_code=event.division_code, notice="standard-submitted", values=_standard(event),
        subject=event.subject, position=position, at=event.at,
    )  # fmt: skip


def tell_standard_sent_back(*, event: StandardSentBack, position: int, **_: object) -> None:
    """The body that proposed it has to mend it; what the authority itself proposed, it sees on its list."""
    if event.department:
        actions.tell_office(
            division_code=event.division_code, department=event.department,
            notice="standard-sent-back", values=_standard(event), subject=event.subject,
            position=position, at=event.at, roles=(Role.DATA_OFFICER,),
        )  # fmt: skip


def tell_standard_narrowed(*, event: StandardPublished, position: int, **_: object) -> None:
    """Bodies that hold a datum hear that its element, or the codes it is written in, became narrower."""
    if not event.narrowed:
        return
    for department, division_code in resources.departments_using(event.kind, event.code):
        actions.tell_office(
            division_code=division_code, department=department, notice="standard-narrowed",
            values=_standard(event), subject=event.subject, position=position, at=event.at,
            roles=(Role.DATA_OFFICER,),
        )  # fmt: skip


def _standard(event: StandardEvent) -> dict[str, str]:
    view = resources.get_standard_version(split(event.subject)[1], _SELF)
    return {
        "title": f"{view.kind_label}“{view.title}”",
        "reason": view.remark or "没有写",
        "link": _link("standards", event.subject),
    }


def tell_change(*, event: ChangeNoted | ChangeLongerAnswered, position: int, **_: object) -> None:
    """The body's catalogue has to follow; or what the authority said to its wish for more time."""
    notice = "catalogue-change"
    if isinstance(event, ChangeLongerAnswered):
        notice = "catalogue-change-longer" if event.granted else "catalogue-change-not-longer"
    actions.tell_office(
        division_code=event.division_code, department=event.department, notice=notice,
        values=_change(event), subject=event.subject, position=position, at=event.at,
    )  # fmt: skip


def tell_change_longer_asked(*, event: ChangeLongerAsked, position: int, **_: object) -> None:
    """The authority is asked for five working days more."""
    actions.tell_authority(
        division_code=event.division_code, notice="catalogue-change-longer-asked",
        values=_change(event), subject=event.subject, position=position, at=event.at,
    )  # fmt: skip


def tell_change_nearly_due(*, event: ChangeNearlyDue, position: int, **_: object) -> None:
    """The catalogue has to follow within days."""
    _matter(event, "更新数据目录", "changes", NEARLY_DUE, position)


def tell_change_late(*, event: ChangeLate, position: int, **_: object) -> None:
    """The catalogue did not follow in time."""
    _matter(event, "更新数据目录", "changes", LATE, position)


def _change(event: ChangeEvent) -> dict[str, str]:
    return {"due_on": _day(event.due_on), "link": _link("changes", event.subject)}


def _entry(
    event: ResourceEvent,
    version: str,
    notice: str,
    roles: tuple[Role, ...],
    position: int,
    at: datetime,
) -> None:
    view = resources.get_version(split(version)[1], _SELF, at=at)
    values = {
        "title": view.content.name,
        "reason": view.remark or "没有写",
        "link": _link("versions", version),
    }
    actions.tell_office(
        division_code=event.division_code, department=event.provider, notice=notice,
        values=values, subject=event.subject, position=position, at=event.at, roles=roles,
    )  # fmt: skip


def _grant(
    event: GrantChanged | DisposalRequired | DisposalDeclared | GrantMisfits,
    notice: str,
    told: Told,
    position: int,
    at: datetime,
    roles: tuple[Role, ...] = OFFICE,
) -> None:
    view = agreements.get_grant(split(event.subject)[1], _SELF, at=at)
    body = view.consumer if told is Told.CONSUMER else view.provider
    values = {
        "title": view.service,
        "consumer": view.consumer.name,
        "provider": view.provider.name,
        "state": view.disposal_label,
        "reason": misfit(event.way, event.kind) if isinstance(event, GrantMisfits) else "",
        "due_on": _day(view.dispose_by.isoformat()) if view.dispose_by else "没有期限",
        "link": _link("grants", event.subject),
    }
    actions.tell_office(
        division_code=body.division_code, department=body.uscc, notice=notice,
        values=values, subject=event.subject, position=position, at=event.at, roles=roles,
    )  # fmt: skip


def _limit(event: AgreementLimit, notice: str, position: int, at: datetime) -> None:
    _matter(event, *_MATTERS[event.matter], notice, position)


def _correction(event: CorrectionAsked, notice: str, due_on: str, position: int) -> None:
    label, body, _answer = resources.words_for(event.subject)
    values = {
        "title": label,
        "department": body,
        "due_on": _day(due_on),
        "link": _link("corrections", event.subject),
    }
    actions.tell_office(
        division_code=event.division_code, department=event.department, notice=notice,
        values=values, subject=event.subject, position=position, at=event.at,
    )  # fmt: skip


def _matter(
    event: AgreementLimit | ChangeEvent | CorrectionLimit | EnquiryLimit,
    title: str,
    pages: str,
    notice: str,
    position: int,
) -> None:
    values = {"title": title, "due_on": _day(event.due_on), "link": _link(pages, event.subject)}
    actions.tell_office(
        division_code=event.division_code, department=event.department, notice=notice,
        values=values, subject=event.subject, position=position, at=event.at,
    )  # fmt: skip


def _values(view: RequestView) -> dict[str, str]:
    due = view.clock.due_on if view.clock else None
    return {
        "title": view.resource_name,
        "no": view.no,
        "consumer": view.consumer.name,
        "provider": view.provider.name,
        "state": view.state_label,
        "due_on": _day(due.isoformat()) if due else "没有期限",
        "reason": view.missing or view.answer_words or view.purpose,
        "link": _link("requests", view.reference),
    }


def _link(pages: str, reference: str) -> str:
    return f"{settings.PUBLIC_ADDRESS}/data/{pages}/{split(reference)[1]}/"


def _day(iso: str) -> str:
    day = date.fromisoformat(iso)
    return f"{day.year}年{day.month}月{day.day}日"
