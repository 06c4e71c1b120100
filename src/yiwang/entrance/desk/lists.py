"""The list a request names, read from its query string, and said again for links."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from enum import StrEnum
from typing import Final, TypeVar
from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict

from yiwang.capability.cases import queries as case_queries
from yiwang.capability.cases.definitions import CaseStatus
from yiwang.capability.cases.definitions.work import Light, Order, Phase, WorkFilter, WorkList
from yiwang.kernel.refusals import NotFound

#: The lists of open cases, then those over all cases.
LABELS: Final[dict[str, str]] = {
    WorkList.MINE: "我的",
    WorkList.DEPARTMENT: "本部门",
    WorkList.OVERDUE: "超期",
    WorkList.SOON: "快到期",
    WorkList.APPLICANT: "等申请人",
    WorkList.OTHERS: "等别人",
    WorkList.STANDING: "停表",
    CaseStatus.DONE: "已办结",
    CaseStatus.ALL: "全部",
}
#: Lists the kept rows of open cases do not hold.
_WHOLE: Final = (CaseStatus.DONE, CaseStatus.ALL)
Word = TypeVar("Word", bound=StrEnum)


def status_of(request: HttpRequest) -> CaseStatus | None:
    """``list`` when it names a list over all cases; a case number is looked for in all of them."""
    if request.GET.get("no", "").strip():
        return CaseStatus.ALL
    return next((one for one in _WHOLE if one == request.GET.get("list")), None)


def filter_of(request: HttpRequest) -> WorkFilter:
    """The kept filter of ``filter``, or what ``list item division light phase from until order`` say.

    What they do not know does not narrow; an unknown list is 我的.
    """
    key = request.GET.get("filter", "")[:16]
    if key:
        try:
            return case_queries.get_filter(key, request.actor).filter  # type: ignore[attr-defined]
        except NotFound:
            return WorkFilter()
    return read(request.GET)


def read(given: QueryDict) -> WorkFilter:
    """A filter out of a query string or a form."""
    division = given.get("division", "")
    return WorkFilter(
        list=_word(WorkList, given.get("list")) or WorkList.MINE,
        item_code=given.get("item", "").strip().replace("\x00", "")[:120],
        division_code=division if re.fullmatch(r"[0-9]{12}", division) else "",
        light=_word(Light, given.get("light")) or "",
        phase=_word(Phase, given.get("phase")) or "",
        received_from=_day(given.get("from", "")),
        received_until=_day(given.get("until", "")),
        order=_word(Order, given.get("order")) or Order.DUE,
    )


def query_of(wanted: WorkFilter, **more: str) -> str:
    """The query string that says a filter again."""
    said = {
        "list": wanted.list.value,
        "item": wanted.item_code,
        "division": wanted.division_code,
        "light": str(wanted.light),
        "phase": str(wanted.phase),
        "from": wanted.received_from.isoformat() if wanted.received_from else "",
        "until": wanted.received_until.isoformat() if wanted.received_until else "",
        "order": wanted.order.value if wanted.order is not Order.DUE else "",
        **more,
    }
    return urlencode({name: value for name, value in said.items() if value})


def other_order(wanted: WorkFilter) -> str:
    """The same list sorted the other way."""
    order = Order.RECEIVED if wanted.order is Order.DUE else Order.DUE
    return query_of(replace(wanted, order=order))


def _word(words: type[Word], given: str | None) -> Word | None:
    return next((one for one in words if one.value == given), None)


def _day(given: str) -> date | None:
    try:
        return date.fromisoformat(given) if re.fullmatch(r"20[0-9-]{8}", given) else None
    except ValueError:
        return None
