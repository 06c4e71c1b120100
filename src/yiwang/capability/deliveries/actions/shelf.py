"""结果架: put there, told, fetched by whoever proves to be the person or sent by them, sent back."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import connection, transaction

from yiwang.capability.cases.queries import Inside
from yiwang.capability.deliveries.actions.moving import (
    announce,
    insist_on_official,
    locked,
    of_case,
    required,
    step,
)
from yiwang.capability.deliveries.definitions import (
    MOST_REMINDERS,
    REMIND_AFTER_DAYS,
    SHELF,
    TAKER_LABELS,
    Identity,
    ShelfState,
    Taker,
)
from yiwang.capability.deliveries.events import (
    ResultOnShelf,
    ResultStillOnShelf,
    ResultTakenOffShelf,
)
from yiwang.capability.deliveries.models import ShelfItem
from yiwang.foundation.libraries import queries as libraries
from yiwang.kernel.actor import Actor, PowerAct
from yiwang.kernel.identifiers import is_citizen_id
from yiwang.kernel.moments import legal_date
from yiwang.kernel.refusals import FieldProblem, InvalidInput, Refusal
from yiwang.mechanisms.journal import actions as journal
from yiwang.mechanisms.journal.definitions import READ
from yiwang.support.mandates import queries as mandates

_LAST_NUMBER: Final = 9999
_NEXT: Final = """
INSERT INTO deliveries_series AS s (series, last) VALUES (%s, 1)
ON CONFLICT (series) DO UPDATE SET last = s.last %% 9999 + 1 RETURNING last
"""


class IdentityNotProved(Refusal):
    """Whoever stands there is not shown to be the person, or to be sent by them: nothing is handed over."""

    status = 422
    sentence = "身份没有核对上，不能交给对方。"
    remedy = "请核对证件原件；代领的要有委托书或者平台上的授权。"


def put_on_shelf(
    *, case: Inside, document: str, place: str, actor: Actor, at: datetime
) -> ShelfItem:
    """A result lies ready: it gets a shelf number, the person is told where and till when reminded.

    The caller has locked the case and checked that there is a result. One place per case; a result
    that came back is put there again. Refuses: CannotDo (it lies there already, or was fetched).
    """
    insist_on_official(actor, case.applicant)
    named = required(document, "是什么结果", most=200)
    where = required(place, "在哪里领", most=200)
    remind_on = legal_date(at) + timedelta(days=REMIND_AFTER_DAYS)
    changes = {
        "document": named, "place": where, "shelf_no": _number(case), "arrived_at": at,
        "told_at": at, "remind_on": remind_on, "reminders": 0, "settled_at": None,
        "put_by": actor.reference,
    }  # fmt: skip
    row = ShelfItem.objects.select_for_update().filter(case=case.reference).first()
    if row is None:
        row = ShelfItem.objects.create(**of_case(case), **changes)
    else:
        step(row, SHELF, "put", actor=actor, version=row.version, changes=changes)
    announce(
        row, ResultOnShelf, piece=row.document, actor=actor, at=at, place=row.place,
        shelf_no=row.shelf_no,
    )  # fmt: skip
    return row


def collect(*, key: str, version: int, who: Identity, actor: Actor, at: datetime) -> ShelfItem:
    """核验身份 and hand it over. The caller writes the 送达回证.

    The person: name and number are those of the register for the applicant. An agent: listed under
    that name and number, with a mandate here to receive or a paper that is kept. A firm always sends
    somebody. A document in no register is looked at and named. Refuses: IdentityNotProved,
    InvalidInput, CannotDo, VersionConflict, NotFound.
    """
    row = locked(ShelfItem, key, actor)
    name = required(who.name, "领取人姓名", most=100)
    proof = {
        "taker": who.taker.value,
        "name": name,
        "checked": _checked(row, who, actor, at),
        "by": actor.reference,
    }
    step(
        row, SHELF, "collect", actor=actor, version=version,
        changes={"settled_at": at, "remind_on": None, "proof": proof},
    )  # fmt: skip
    return row


@transaction.atomic
def take_off_shelf(*, key: str, version: int, reason: str, actor: Actor, at: datetime) -> ShelfItem:
    """Nobody came: back to the body that made it, with a reason; the person is told."""
    row = locked(ShelfItem, key, actor)
    proof = {"reason": required(reason, "为什么退回"), "by": actor.reference}
    step(
        row, SHELF, "return", actor=actor, version=version,
        changes={"settled_at": at, "remind_on": None, "proof": proof},
    )  # fmt: skip
    announce(row, ResultTakenOffShelf, piece=row.document, actor=actor, at=at)
    return row


def remind(*, at: datetime, actor: Actor, limit: int = 500) -> int:
    """Remind everybody whose result has lain there too long; at most three times. Twice is once."""
    today = legal_date(at)
    due = ShelfItem.objects.filter(state=ShelfState.WAITING, remind_on__lte=today)
    reminded = 0
    for key in due.order_by("remind_on").values_list("key", flat=True)[:limit]:
        with transaction.atomic():
            row = due.select_for_update(skip_locked=True).filter(key=key).first()
            if row is None:
                continue
            row.reminders += 1
            again = row.reminders < MOST_REMINDERS
            row.remind_on = today + timedelta(days=REMIND_AFTER_DAYS) if again else None
            row.save(update_fields=["reminders", "remind_on"])
            announce(
                row, ResultStillOnShelf, piece=row.document, actor=actor, at=at, place=row.place,
                shelf_no=row.shelf_no, reminder=row.reminders,
            )  # fmt: skip
            reminded += 1
    return reminded


def _number(case: Inside) -> str:
    """The next free number of the body's shelf, from 0001 to 9999 and round again."""
    taken = set(
        ShelfItem.objects.filter(
            department=case.department,
            division_code=case.division_code,
            state=ShelfState.WAITING,
        ).values_list("shelf_no", flat=True)
    )
    if len(taken) >= _LAST_NUMBER:
        raise InvalidInput("结果架满了。", "请先处理在架的结果。")
    with connection.cursor() as cursor:
        while True:
            cursor.execute(_NEXT, [f"{case.department}:{case.division_code}"])
            number = f"{cursor.fetchone()[0]:04d}"
            if number not in taken:
                return number


def _checked(row: ShelfItem, who: Identity, actor: Actor, at: datetime) -> str:
    """How it was known who stands there, in words for the proof; IdentityNotProved otherwise."""
    if who.taker is Taker.SELF and not row.applicant.startswith("person:"):
        raise IdentityNotProved("单位的结果由单位派人领取。", "请选“代领人”，核对委托书。")
    if who.seen.strip() and not who.number.strip():
        return _authorised(row, who, "", at, f"查验{who.seen.strip()[:60]}原件")
    number = who.number.strip().upper()
    if not is_citizen_id(number, today=legal_date(at)):
        raise InvalidInput(fields=[FieldProblem("number", "身份证号不对。", "请照证件原件输入。")])
    person = libraries.find_person(number)
    if person is not None and person.reference != row.applicant:
        journal.record(
            actor=actor, act=READ, subject=person.reference, at=at,
            purpose="核对领取人身份", facts={"shelf": row.reference},
        )  # fmt: skip
    if person is None or not libraries.is_called(person, who.name):
        raise IdentityNotProved
    if who.taker is Taker.SELF:
        if person.reference != row.applicant:
            raise IdentityNotProved("证件不是申请人本人的。", "代领的请选“代领人”，核对委托书。")
        return f"{TAKER_LABELS[Taker.SELF]}，身份证原件和登记核对一致"
    return _authorised(row, who, person.reference, at, "身份证原件和登记核对一致")


def _authorised(row: ShelfItem, who: Identity, person: str, at: datetime, seen: str) -> str:
    """What lets somebody fetch it for another: a mandate here, or a paper that is kept."""
    if who.taker is Taker.SELF:
        return f"{TAKER_LABELS[Taker.SELF]}，{seen}"
    found = person and mandates.find_mandate(
        taker=person, giver=row.applicant, item_code=row.item_code, act=PowerAct.RECEIVE, at=at
    )
    if found:
        return f"{TAKER_LABELS[Taker.AGENT]}，{seen}，凭平台上的授权"
    if not who.authority.strip():
        raise IdentityNotProved(
            "代领人没有授权。", "请收存委托书，写明是哪一份；或者请申请人在平台上授权。"
        )
    return f"{TAKER_LABELS[Taker.AGENT]}，{seen}，收存{who.authority.strip()[:100]}"
