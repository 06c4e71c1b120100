"""Requests and grants for those who may see them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Q

from yiwang.foundation.agreements import citing, offers, rules
from yiwang.foundation.agreements.citing import count_doubted as count_doubted
from yiwang.foundation.agreements.citing import list_item_needs as list_item_needs
from yiwang.foundation.agreements.definitions import (
    BASIS_LABELS,
    GRANT,
    REQUEST,
    SHARING_LABELS,
    WAY_LABELS,
    Body,
    GrantState,
    GrantView,
    Note,
    Offer,
    Origin,
    RequestRow,
    RequestState,
    RequestView,
    Sharing,
    Side,
    Unmet,
    Way,
)
from yiwang.foundation.agreements.definitions import (
    SIDE_LABELS as SIDE_LABELS,
)
from yiwang.foundation.agreements.definitions.reports import (
    DISPOSAL_LABELS,
)
from yiwang.foundation.agreements.figures import list_offices as list_offices
from yiwang.foundation.agreements.models import DataGrant, DataRequest
from yiwang.foundation.agreements.reports import count_savings as count_savings
from yiwang.foundation.agreements.reports import list_reports as list_reports
from yiwang.foundation.agreements.trials import find_description as find_description
from yiwang.foundation.agreements.trials import trial_fields as trial_fields
from yiwang.foundation.agreements.trials import trial_rows
from yiwang.foundation.agreements.uses import count_uses as count_uses
from yiwang.foundation.agreements.uses import list_uses as list_uses
from yiwang.foundation.exchange.definitions import misfit
from yiwang.foundation.privacy.definitions import Grade, Mask
from yiwang.foundation.resources import queries as resources
from yiwang.foundation.resources.definitions import DemandState
from yiwang.kernel.actor import Actor, Role
from yiwang.kernel.moments import legal_date
from yiwang.kernel.pages import MOST, Page, bounded, cut
from yiwang.kernel.refusals import NotFound
from yiwang.mechanisms.clocks import queries as clocks
from yiwang.mechanisms.clocks.definitions import ClockView
from yiwang.mechanisms.states import rules as states
from yiwang.mechanisms.states.definitions import Machine

_S = RequestState
_MOST_PAGES: Final = 5
#: What a list of requests may be narrowed to.
OPEN: Final = (_S.RECEIVED, _S.TOLD_ONCE, _S.TO_ANSWER, _S.AGREED)
TABS: Final[Mapping[str, tuple[RequestState, ...]]] = {
    "open": (_S.DRAFT, _S.TO_SIGN, *OPEN),
    "disputes": (_S.REFUSED, _S.TALKS, _S.AT_AUTHORITY, _S.AT_SUPERIOR, _S.AT_GOVERNMENT),
    "delivered": (_S.DELIVERED,),
    "closed": (_S.UPHELD, _S.WITHDRAWN),
}
DOUBTED: Final = "doubted"


def list_requests(
    actor: Actor, *, at: datetime, tab: str = "open", after: str = "", limit: int = 50
) -> Page[RequestRow]:
    """Requests the actor's office made or has to answer, newest first.

    ``tab``: one of ``TABS``, or DOUBTED: those on their way of which a cited article changed or is gone.
    """
    wanted = Q(state__in=TABS.get(tab, TABS["open"]))
    rows = DataRequest.objects.visible_to(actor)
    rows = rows.filter(citing.doubted_requests() if tab == DOUBTED else wanted)
    if after:
        rows = rows.filter(id__lt=DataRequest.objects.filter(key=after).values("id")[:1])
    shown, following = cut(rows.order_by("-id").defer("notes")[: bounded(limit) + 1], limit)
    found = clocks.find_clocks(subjects=[row.reference for row in shown], at=at, brief=True)
    doubted = citing.doubted_among(shown)
    made = (_row(row, found[row.reference], row.pk in doubted) for row in shown)
    return Page(tuple(made), following)


def get_request(key: str, actor: Actor, *, at: datetime) -> RequestView:
    """One request; ``NotFound``."""
    row = DataRequest.objects.visible_to(actor).filter(key=key).first()
    if row is None:
        raise NotFound
    return request_view(row, actor, at)


def get_offer(resource: str) -> Offer:
    """What the catalogue offers under a code; ``NotFound``, ``CannotBeAskedFor``."""
    return offers.get_offer(resource)


def offices_of(actor: Actor) -> tuple[Body, ...]:
    """The departments in whose name somebody may ask."""
    named = {
        grant.department
        for grant in actor.grants
        if grant.department and grant.role in (Role.DATA_OFFICER, Role.HEAD)
    }
    return offers.list_bodies(frozenset(named)) if named else ()


def list_unmet(actor: Actor, *, limit: int = 20) -> tuple[Unmet, ...]:
    """供需匹配: what items of one's own departments need, has a source, and was not asked for yet."""
    offices = {one.uscc for one in offices_of(actor)}
    if not offices:
        return ()
    wanted, after = [], ""
    for _ in range(_MOST_PAGES):
        page = resources.demand_list(state=DemandState.SUPPLIED, after=after, limit=MOST)
        wanted += [one for one in page.rows if one.department in offices]
        after = page.next
        if not after:
            break
    sources = resources.find_sources({one.element for one in wanted})
    asked = set(
        DataRequest.objects.filter(consumer__in=offices)
        .exclude(state__in=(_S.UPHELD, _S.WITHDRAWN))
        .values_list("resource", flat=True)
    )
    found = {}
    for one in wanted:
        source = sources[one.element]
        if source.code not in asked and source.provider not in offices:
            found[(source.code, one.label, one.item_name)] = Unmet(
                one.label, one.item_name, source.code, source.name, source.provider_name
            )
    return tuple(found.values())[:limit]


def authority_places(view: RequestView) -> tuple[str, ...]:
    """Whose sharing authority a request is before: the provider's; in a dispute the common one's, or above."""
    place = view.provider.division_code
    if view.state not in TABS["disputes"]:
        return (place,)
    found = rules.authority_places(view.consumer.division_code, place, view.state)
    return tuple(dict.fromkeys(found))


def labelled_fields(view: RequestView | GrantView) -> tuple[tuple[str, bool], ...]:
    """(label, in clear) of what a request asks for; the code where the catalogue has it no more."""
    known = _labels(view.resource)
    return tuple((known.get(code, code), code in view.clear_fields) for code in view.fields)


def _labels(resource: str) -> Mapping[str, str]:
    """What the items of a resource are called; nothing where no catalogue has it."""
    try:
        return {one.name: one.label for one in resources.get_resource(resource).items}
    except NotFound:
        return {}


def list_grants(
    actor: Actor,
    *,
    at: datetime,
    state: str = GrantState.ACTIVE,
    misfit: bool = False,
    doubted: bool = False,
    after: str = "",
    limit: int = 50,
) -> Page[GrantView]:
    """Grants of the actor's office, given and taken, newest first.

    Of any state but ended: ``misfit``, those that do not fit the kind of their service; ``doubted``, those
    of which a cited article changed or is gone.
    """
    rows = DataGrant.objects.visible_to(actor)
    if misfit or doubted:
        rows = rows.exclude(state=GrantState.ENDED)
        rows = rows.exclude(misfit="") if misfit else rows
        rows = rows.filter(citing.doubted_grants()) if doubted else rows
    else:
        rows = rows.filter(state=state)
    if after:
        rows = rows.filter(id__lt=DataGrant.objects.filter(key=after).values("id")[:1])
    cited = rows.select_related("request").prefetch_related("citations")
    page = cited.order_by("-id")[: bounded(limit) + 1]
    shown, following = cut(page, limit)
    made = (grant_view(row, actor, at, in_list=True) for row in shown)
    return Page(tuple(made), following)


def get_grant(key: str, actor: Actor, *, at: datetime) -> GrantView:
    """One grant; ``NotFound``."""
    rows = DataGrant.objects.visible_to(actor).select_related("request")
    row = rows.filter(key=key).first()
    if row is None:
        raise NotFound
    return grant_view(row, actor, at)


def find_consumer(grant: str) -> Body | None:
    """The department a grant was given to; None for one this node does not keep."""
    row = DataGrant.objects.filter(key=grant).first()
    return _body(row, "consumer") if row else None


def list_trial_grants(service: str, actor: Actor, *, at: datetime) -> tuple[GrantView, ...]:
    """The grants of a service whose purpose is 联调测试 and which one's own department holds now."""
    return tuple(grant_view(row, actor, at) for row in trial_rows(service, actor, at=at))


def list_published(node: str) -> tuple[Mapping[str, object], ...]:
    """Every grant a node takes part in, as it is told to that node; what ended is named no more."""
    mine = Q(consumer_node=node) | Q(provider_node=node)
    rows = DataGrant.objects.filter(mine, origin=Origin.LOCAL).exclude(state=GrantState.ENDED)
    return tuple(published(row) for row in rows.order_by("key"))


def graded(resource: str, fields: Sequence[str]) -> dict[str, list[int | str]]:
    """What the catalogue hides of these fields unless they are given in clear."""
    known = resources.list_grades(resource, dict.fromkeys(fields, ""))
    return {
        name: [grade, mask]
        for name, (grade, mask) in known.items()
        if grade >= Grade.PERSONAL or mask != Mask.NONE
    }


def published(row: DataGrant) -> Mapping[str, object]:
    """A grant as a document for another node: no reasons, no names of people."""
    return {
        "key": row.key,
        "resource": row.resource,
        "service": row.service,
        **{name: str(row.__dict__[name]) for name in _BODIES},
        "purposes": list(row.purposes),
        "items": list(row.items),
        "needs_case": row.needs_case,
        "fields": list(row.fields),
        "clear_fields": list(row.clear_fields),
        "grades": dict(row.grades),
        "way": row.way,
        "valid_from": row.valid_from.isoformat(),
        "valid_until": row.valid_until.isoformat(),
        "per_day": row.per_day,
        "per_second": row.per_second,
        "state": row.state,
        "version": row.version,
    }


_BODIES: Final = (
    "consumer", "consumer_name", "consumer_division", "consumer_node",
    "provider", "provider_name", "provider_division", "provider_node",
)  # fmt: skip


def sides_of(row: DataRequest | DataGrant, actor: Actor) -> frozenset[Side]:
    """What somebody is to this row. A copy is changed where it was agreed, not here."""
    if isinstance(row, DataGrant) and row.origin == Origin.REGISTRY:
        return frozenset()
    return rules.sides(
        actor,
        consumer=(row.consumer_division, row.consumer),
        provider=(row.provider_division, row.provider),
        state=row.state,
    )


def facts_of(row: DataRequest | DataGrant, at: datetime) -> Mapping[str, bool]:
    """What the guards of its table ask for."""
    if isinstance(row, DataRequest):
        return rules.request_facts(
            sharing=row.sharing,
            told=row.told_at is not None,
            longer=row.longer,
            answer_yes=row.answer_yes,
        )
    return rules.grant_facts(
        misuse=row.misuse,
        mended=row.mended_at is not None,
        mend_by=row.mend_by,
        end_asked_by=row.end_asked_by,
        renewal=row.renew_until is not None,
        ends_on=legal_date(row.valid_until - timedelta(seconds=1)),
        today=legal_date(at),
        disposal=row.disposal,
    )


def acts_of(
    row: DataRequest | DataGrant, machine: Machine, actor: Actor, at: datetime
) -> tuple[tuple[str, str], ...]:
    """(act, label) open to somebody now, as any of what he is to the row."""
    held, facts = sides_of(row, actor), facts_of(row, at)
    if isinstance(row, DataRequest) and row.signed_by == actor.reference:
        held -= {Side.PROVIDER_HEAD}  # who signed the request does not sign its answer
    names = [
        name
        for side in Side
        if side in held
        for name in states.allowed_acts(machine, state=row.state, role=side, facts=facts)
    ]
    return tuple((name, _label(machine, row.state, name)) for name in dict.fromkeys(names))


def _label(machine: Machine, state: str, act: str) -> str:
    """What an act is called from a state: the same act has other words on other steps."""
    steps = (one for one in machine.transitions if one.act == act and one.source == state)
    step = next(steps, None)
    return step.label if step else states.label_of(machine, act)


def request_view(row: DataRequest, actor: Actor, at: datetime) -> RequestView:
    """A row that was read with its rights."""
    found = clocks.find_clocks(subjects=[row.reference], at=at)[row.reference]
    grant = row.grants.values_list("key", flat=True).first() or ""
    return RequestView(
        key=row.key,
        no=row.no,
        reference=row.reference,
        resource=row.resource,
        resource_name=row.resource_name,
        sharing=row.sharing,
        sharing_label=SHARING_LABELS[Sharing(row.sharing)],
        consumer=_body(row, "consumer"),
        provider=_body(row, "provider"),
        purpose=row.purpose,
        basis=row.basis,
        basis_label=BASIS_LABELS[row.basis],
        items=tuple(row.items),
        duty=row.duty,
        scene=row.scene,
        fields=tuple(row.fields),
        clear_fields=tuple(row.clear_fields),
        way=row.way,
        way_label=WAY_LABELS[Way(row.way)],
        needs_case=row.needs_case,
        until=row.until,
        per_day=row.per_day,
        state=row.state,
        state_label=REQUEST.labels[row.state],
        version=row.version,
        missing=row.missing,
        longer=row.longer,
        longer_days=row.longer_days,
        answer_yes=row.answer_yes,
        answer_words=row.answer_words,
        article=row.article,
        off_list=row.off_list,
        service=row.service,
        grant=grant,
        received_at=row.received_at,
        answered_at=row.answered_at,
        delivered_at=row.delivered_at,
        clock=_running(found),
        notes=_notes(row, REQUEST),
        acts=acts_of(row, REQUEST, actor, at),
        articles=citing.citations_of(row, on=legal_date(at)),
    )


def grant_view(row: DataGrant, actor: Actor, at: datetime, *, in_list: bool = False) -> GrantView:
    """A row that was read with its rights; in a list without what changed articles say now."""
    return GrantView(
        key=row.key,
        reference=row.reference,
        request=row.request.key if row.request else "",
        resource=row.resource,
        service=row.service,
        consumer=_body(row, "consumer"),
        provider=_body(row, "provider"),
        purposes=tuple(row.purposes),
        items=tuple(row.items),
        needs_case=row.needs_case,
        fields=tuple(row.fields),
        clear_fields=tuple(row.clear_fields),
        way=row.way,
        way_label=WAY_LABELS[Way(row.way)],
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        per_day=row.per_day,
        per_second=row.per_second,
        state=row.state,
        state_label=GRANT.labels[row.state],
        version=row.version,
        origin=row.origin,
        stopped_here=row.stopped_here,
        misuse=row.misuse,
        end_asked_by=row.end_asked_by,
        notes=_notes(row, GRANT),
        mend_by=row.mend_by,
        renew_until=row.renew_until,
        disposal=row.disposal,
        disposal_label=DISPOSAL_LABELS.get(row.disposal, ""),
        dispose_by=row.dispose_by,
        misfit=misfit(row.way, row.misfit) if row.misfit else "",
        acts=acts_of(row, GRANT, actor, at),
        articles=citing.citations_of(row, on=None if in_list else legal_date(at)),
    )


def _row(row: DataRequest, found: tuple[ClockView, ...], doubted: bool) -> RequestRow:
    return RequestRow(
        key=row.key,
        no=row.no,
        resource_name=row.resource_name,
        consumer_name=row.consumer_name,
        provider_name=row.provider_name,
        sharing_label=SHARING_LABELS[Sharing(row.sharing)],
        purpose=row.purpose,
        state=row.state,
        state_label=REQUEST.labels[row.state],
        clock=_running(found),
        created_at=row.created_at,
        doubted=doubted,
    )


def _body(row: DataRequest | DataGrant, side: str) -> Body:
    said = row.__dict__
    return Body(
        uscc=said[side],
        name=said[f"{side}_name"],
        division_code=said[f"{side}_division"],
        node=said[f"{side}_node"],
    )


def _running(found: Sequence[ClockView]) -> ClockView | None:
    return next((clock for clock in found if clock.stopped_on is None), None)


def _notes(row: DataRequest | DataGrant, machine: Machine) -> tuple[Note, ...]:
    return tuple(
        Note(
            at=datetime.fromisoformat(note["at"]),
            label=_label(machine, note["from"], note["act"]),
            who=note["who"],
            side_label=SIDE_LABELS[note["side"]],
            words=note["words"],
        )
        for note in row.notes
    )
