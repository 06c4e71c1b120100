"""供需对接: requests for another department's data, their answers, and grants. Heads sign on their pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Annotated, Any, Final

from django.http import HttpRequest
from ninja import Query, Router, Status

from yiwang.entrance.api.agreement_shapes import (
    CitedIn,
    DataActIn,
    DataGrantOut,
    DataGrantPageOut,
    DataRequestIn,
    DataRequestOut,
    DataRequestPageOut,
    DraftIn,
    GrantUseCountOut,
    GrantUsePageOut,
    UsageReportIn,
    UsageReportPageOut,
)
from yiwang.entrance.api.door import actor_of
from yiwang.entrance.api.shapes import After, Key, Limit
from yiwang.entrance.shell.access import OFFICIAL, access
from yiwang.foundation.agreements import actions, queries
from yiwang.foundation.agreements.definitions import (
    ASKERS,
    GRANT_ROLES,
    REQUEST_ROLES,
    Act,
    Cited,
    Draft,
    GrantAct,
    GrantState,
)
from yiwang.foundation.agreements.definitions.reports import Report
from yiwang.kernel import moments
from yiwang.kernel.refusals import NotAllowed

router = Router(tags=["供需对接"])


_W: Final = ("words",)
#: Act → the verb and what it takes. Signatures of heads are given on their pages, by no program.
_ON_REQUEST: Final[Mapping[Act, tuple[Callable[..., Any], tuple[str, ...]]]] = {
    Act.REWRITE: (actions.rewrite, ("values",)),
    Act.HAND_TO_HEAD: (actions.hand_to_head, ()),
    Act.HAND_BACK: (actions.hand_back, _W),
    Act.TELL_MISSING: (actions.tell_missing, _W),
    Act.SUPPLY: (actions.supply, ("values", "words")),
    Act.ASK_LONGER: (actions.ask_longer, ("days", "words")),
    Act.CONSENT_LONGER: (actions.consent_longer, ()),
    Act.DECLINE_LONGER: (actions.decline_longer, _W),
    Act.PROPOSE_YES: (actions.propose_yes, _W),
    Act.PROPOSE_NO: (actions.propose_no, ("words", "article")),
    Act.RETURN_ANSWER: (actions.return_answer, _W),
    Act.DELIVER: (actions.deliver, ("service", "words")),
    Act.DISPUTE: (actions.dispute, _W),
    Act.CLIMB: (actions.climb, _W),
    Act.SETTLE_YES: (actions.settle_yes, _W),
    Act.SETTLE_NO: (actions.settle_no, _W),
    Act.WITHDRAW: (actions.withdraw, _W),
}
_ON_GRANT: Final[Mapping[GrantAct, tuple[Callable[..., Any], tuple[str, ...]]]] = {
    GrantAct.SUSPEND: (actions.suspend, ("words", "mend_days")),
    GrantAct.STOP_NOW: (actions.stop_now, _W),
    GrantAct.REPORT_MENDED: (actions.report_mended, _W),
    GrantAct.RESUME: (actions.resume, _W),
    GrantAct.END_MISUSE: (actions.end_misuse, _W),
    GrantAct.ASK_END: (actions.ask_end, _W),
    GrantAct.AGREE_END: (actions.agree_end, ()),
    GrantAct.DECLINE_END: (actions.decline_end, _W),
    GrantAct.ASK_RENEWAL: (actions.ask_renewal, ("until", "words")),
    GrantAct.DECLINE_RENEWAL: (actions.decline_renewal, _W),
    GrantAct.RECITE: (actions.recite, ("articles", "words")),
    GrantAct.REPORT_EFFECT: (actions.report_effect, ("report",)),
    GrantAct.REPORT_STORAGE: (actions.report_storage, ("report",)),
    GrantAct.REQUIRE_DISPOSAL: (actions.require_disposal, _W),
    GrantAct.DECLARE_DISPOSAL: (actions.declare_disposal, ("report",)),
}


class OnlyByHand(NotAllowed):
    """A head's signature."""

    sentence = "签字要由负责人在页面上办，程序不能代签。"
    remedy = "请负责人登录后办理。"


@router.get("/data/requests", response=DataRequestPageOut, summary="共享申请")
@access(OFFICIAL, roles=REQUEST_ROLES, scope="data:read")
def list_requests(
    request: HttpRequest,
    tab: Annotated[str, Query(pattern="^(open|disputes|delivered|closed|doubted)$")] = "open",
    after: After = "",
    limit: Limit = 50,
) -> object:
    """Those my department made or has to answer, newest first; ``doubted``: of which an article changed or is gone."""
    return queries.list_requests(
        actor_of(request), at=moments.now(), tab=tab, after=after, limit=limit
    )


@router.post("/data/requests", response={201: DataRequestOut}, summary="起草共享申请")
@access(OFFICIAL, roles=ASKERS, scope="data:write")
def draft_request(request: HttpRequest, body: DataRequestIn) -> object:
    """A draft; its head signs it on the page before it goes to the provider."""
    actor = actor_of(request)
    office = next((one for one in queries.offices_of(actor) if one.uscc == body.consumer), None)
    if office is None:
        raise NotAllowed("不能以这个部门的名义申请。", "请用本部门的统一社会信用代码。")
    view = actions.draft(
        resource=body.resource,
        values=_draft(body),
        consumer=office,
        actor=actor,
        at=moments.now(),
    )
    return Status(201, view)


@router.get("/data/requests/{request_key}", response=DataRequestOut, summary="一份共享申请")
@access(OFFICIAL, roles=REQUEST_ROLES, scope="data:read")
def get_request(request: HttpRequest, request_key: Key) -> object:
    return queries.get_request(request_key, actor_of(request), at=moments.now())


@router.post(
    "/data/requests/{request_key}/acts/{act}", response=DataRequestOut, summary="办理共享申请"
)
@access(OFFICIAL, roles=REQUEST_ROLES, scope="data:write")
def act_on_request(request: HttpRequest, request_key: Key, act: Act, body: DataActIn) -> object:
    """One act of its table; signatures are refused here."""
    actor, at = actor_of(request), moments.now()
    queries.get_request(request_key, actor, at=at)
    if act not in _ON_REQUEST:
        raise OnlyByHand
    verb, names = _ON_REQUEST[act]
    given = _given(body, names)
    return verb(key=request_key, version=body.version, **given, actor=actor, at=at)


@router.get("/data/grants", response=DataGrantPageOut, summary="共享授权")
@access(OFFICIAL, roles=GRANT_ROLES, scope="data:read")
def list_grants(
    request: HttpRequest,
    state: GrantState = GrantState.ACTIVE,
    misfit: bool = False,
    doubted: bool = False,
    after: After = "",
    limit: Limit = 50,
) -> object:
    """Those my department gives and takes, newest first. Whatever state but ended they are in: ``misfit``,
    those whose way does not open the kind of their service; ``doubted``, those of which a cited article
    changed or is gone."""
    return queries.list_grants(
        actor_of(request),
        at=moments.now(),
        state=state,
        misfit=misfit,
        doubted=doubted,
        after=after,
        limit=limit,
    )


@router.get("/data/grants/{agreement_key}", response=DataGrantOut, summary="一份共享授权")
@access(OFFICIAL, roles=GRANT_ROLES, scope="data:read")
def get_grant(request: HttpRequest, agreement_key: Key) -> object:
    return queries.get_grant(agreement_key, actor_of(request), at=moments.now())


@router.get("/data/grants/{agreement_key}/uses", response=GrantUsePageOut, summary="使用记录")
@access(OFFICIAL, roles=GRANT_ROLES, scope="data:read")
def list_uses(
    request: HttpRequest, agreement_key: Key, after: After = "", limit: Limit = 50
) -> object:
    """Every call under a grant, newest first; kept three years at least (条例 29)."""
    return queries.list_uses(agreement_key, actor_of(request), after=after, limit=limit)


@router.get(
    "/data/grants/{agreement_key}/uses/count", response=GrantUseCountOut, summary="使用次数"
)
@access(OFFICIAL, roles=GRANT_ROLES, scope="data:read")
def count_uses(request: HttpRequest, agreement_key: Key) -> object:
    """How often in all, and on each of the last days of use."""
    return queries.count_uses(agreement_key, actor_of(request))


@router.get(
    "/data/grants/{agreement_key}/reports", response=UsageReportPageOut, summary="使用情况记录"
)
@access(OFFICIAL, roles=GRANT_ROLES, scope="data:read")
def list_reports(
    request: HttpRequest, agreement_key: Key, after: After = "", limit: Limit = 50
) -> object:
    """Effect, storage and destruction as the using department recorded them, newest first (条例 29)."""
    return queries.list_reports(agreement_key, actor_of(request), after=after, limit=limit)


@router.post(
    "/data/grants/{agreement_key}/acts/{act}", response=DataGrantOut, summary="办理共享授权"
)
@access(OFFICIAL, roles=GRANT_ROLES, scope="data:write")
def act_on_grant(
    request: HttpRequest, agreement_key: Key, act: GrantAct, body: DataActIn
) -> object:
    """One act of its table; a renewal is signed on the page."""
    actor, at = actor_of(request), moments.now()
    queries.get_grant(agreement_key, actor, at=at)
    if act not in _ON_GRANT:
        raise OnlyByHand
    verb, names = _ON_GRANT[act]
    given = _given(body, names)
    return verb(key=agreement_key, version=body.version, **given, actor=actor, at=at)


def _given(body: DataActIn, names: tuple[str, ...]) -> dict[str, Any]:
    """What an act takes of the body; a whole draft where it is rewritten."""
    known: dict[str, Callable[[], Any]] = {
        "words": lambda: body.words,
        "article": lambda: body.article,
        "service": lambda: body.service,
        "days": lambda: body.days,
        "mend_days": lambda: body.days,
        "until": lambda: body.until or date.min,
        "values": lambda: _draft(body.values) if body.values else _NOTHING,
        "report": lambda: _report(body.report),
        "articles": lambda: _cited(body.articles),
    }
    return {name: known[name]() for name in names}


#: A draft nobody wrote: refused field by field.
_NOTHING: Final = Draft("", "", (), "", "", (), (), "", True, date.min, 0)


def _report(body: UsageReportIn | None) -> Report:
    if body is None:
        return Report()
    return Report(**{**body.model_dump(), "disposal": body.disposal or ""})


def _draft(body: DraftIn) -> Draft:
    return Draft(
        purpose=body.purpose,
        basis=body.basis,
        items=tuple(body.items),
        duty=body.duty,
        scene=body.scene,
        fields=tuple(body.fields),
        clear_fields=tuple(body.clear_fields),
        way=body.way,
        needs_case=body.needs_case,
        until=body.until,
        per_day=body.per_day,
        articles=_cited(body.articles),
    )


def _cited(articles: list[CitedIn]) -> tuple[Cited, ...]:
    return tuple(Cited(one.law, one.article) for one in articles)
