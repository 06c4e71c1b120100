"""Questions about services, systems and calls."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db.models import Max, Q, QuerySet, Sum

from yiwang.foundation.exchange import archiving, rules
from yiwang.foundation.exchange.days import list_service_days as list_service_days
from yiwang.foundation.exchange.days import list_service_figures as list_service_figures
from yiwang.foundation.exchange.days import titles_of as titles_of
from yiwang.foundation.exchange.definitions import CallStatus, Side, State
from yiwang.foundation.exchange.describing import openapi as openapi
from yiwang.foundation.exchange.fastpath.refusals import by_code
from yiwang.foundation.exchange.housework import read_house_call as read_house_call
from yiwang.foundation.exchange.models import (
    Block,
    Countersignature,
    Figure,
    FigureHour,
    Receipt,
    Service,
)
from yiwang.foundation.exchange.offering import Health as Health
from yiwang.foundation.exchange.offering import KeyView as KeyView
from yiwang.foundation.exchange.offering import SystemView as SystemView
from yiwang.foundation.exchange.offering import describe as describe
from yiwang.foundation.exchange.offering import get_system as get_system
from yiwang.foundation.exchange.offering import list_calling_nodes as list_calling_nodes
from yiwang.foundation.exchange.offering import list_health as list_health
from yiwang.foundation.exchange.offering import list_reports as list_reports
from yiwang.foundation.exchange.offering import list_systems as list_systems
from yiwang.foundation.exchange.offering import system_names_of as system_names_of
from yiwang.foundation.exchange.uses import count_uses as count_uses
from yiwang.foundation.exchange.uses import list_use_days as list_use_days
from yiwang.foundation.exchange.uses import receipts_of_grant
from yiwang.kernel.actor import Actor
from yiwang.kernel.refusals import NotFound
from yiwang.mechanisms.crypto import actions as crypto

#: Whose calls a person sees is found by this index of the number, never by the number.
SUBJECT_PURPOSE: Final = "exchange.subject"
PAGE: Final = 50
_BY_MINUTES: Final = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class ReceiptView:
    """One call as one side saw it."""

    id: int
    message: str
    side: str
    at: datetime
    from_node: str
    system: str
    to_node: str
    service: str
    grant_key: str
    purpose: str
    item: str
    case_no: str
    fields: tuple[str, ...]
    rows: int
    status: str
    refusal: str
    request_digest: str
    reply_digest: str
    milliseconds: int

    @property
    def refusal_label(self) -> str:
        """Why it was not answered, in words; "" when it was."""
        return by_code(self.refusal).sentence if self.refusal else ""


@dataclass(frozen=True, slots=True)
class ReceiptFilter:
    """What a list of receipts is narrowed to; empty: everything."""

    service: str = ""
    system: str = ""
    case_no: str = ""
    status: str = ""


@dataclass(frozen=True, slots=True)
class ServiceView:
    """A service of this node as an officer or an integrator sees it; never where it comes from."""

    key: str
    code: str
    kind: str
    title: str
    summary: str
    resource: str
    department: str
    fields: tuple[Mapping[str, Any], ...]
    parameters: tuple[Mapping[str, Any], ...]
    limit_seconds: float
    state: str
    version: int
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Traffic:
    """Calls of one system and one service in a stretch of time."""

    side: str
    from_node: str
    system: str
    to_node: str
    service: str
    calls: int
    answered: int
    refused: int
    away: int
    rows: int
    mean_milliseconds: int
    slowest: int

    @property
    def success(self) -> float:
        """Answered or rightly refused, of all: what a source that is away spoils."""
        return 1 - self.away / self.calls if self.calls else 1.0


@dataclass(frozen=True, slots=True)
class OddTraffic:
    """An hour that is not as usual, and in what."""

    traffic: Traffic
    kinds: tuple[str, ...]
    usual_calls: float


@dataclass(frozen=True, slots=True)
class BlockView:
    """A second's receipts under one root."""

    number: int
    first_id: int
    last_id: int
    count: int
    root: str
    previous: str
    at: datetime
    signature: str


@dataclass(frozen=True, slots=True)
class SealView:
    """The block a receipt lies in, and since when the partner's signature stands under it too."""

    number: int
    at: datetime
    root: str
    partner: str  # "" where both sides are this node's own
    signed_at: datetime | None


@dataclass(frozen=True, slots=True)
class MismatchView:
    """Calls a partner has no receipt of (MISSING) or another one (DIFFERENT)."""

    block: int
    partner: str
    count: int
    signed_at: datetime | None
    calls: tuple[tuple[str, str], ...]


def list_receipts(
    actor: Actor, *, only: ReceiptFilter | None = None, before: int = 0, limit: int = PAGE
) -> tuple[ReceiptView, ...]:
    """The newest calls first, ``before`` an id; for operators, auditors, security administrators."""
    rows = Receipt.objects.visible_to(actor)
    for name in ("service", "system", "case_no", "status"):
        wanted = getattr(only, name, "")
        rows = rows.filter(**{name: wanted}) if wanted else rows
    rows = rows.filter(id__lt=before) if before else rows
    return tuple(_receipt(row) for row in rows.order_by("-id")[: min(limit, 200)])


def get_receipts(message: str, actor: Actor) -> tuple[ReceiptView, ...]:
    """Both sides of one call, as far as they are here; NotFound."""
    rows = Receipt.objects.visible_to(actor).filter(message=message).order_by("side")
    found = tuple(_receipt(row) for row in rows)
    if not found:
        raise NotFound
    return found


def find_seal(receipt: ReceiptView) -> SealView | None:
    """What proves that a receipt was not written later; None until its second is closed."""
    block = Block.objects.filter(last_id__gte=receipt.id).order_by("last_id").first()
    if block is None or block.first_id > receipt.id:
        return None
    partner = receipt.to_node if receipt.side == Side.CONSUMER else receipt.from_node
    partner = "" if partner == _own_node() else partner
    signed = block.countersignatures.filter(partner=partner).first() if partner else None
    return SealView(
        block.number, block.at, block.root, partner, signed.signed_at if signed else None
    )


def list_calls_about(number: str, *, before: int = 0, limit: int = PAGE) -> tuple[ReceiptView, ...]:
    """Who looked: calls about the holder of an identity number or USCC, the newest first. The caller
    sees to it that it is their own. A call both of whose sides are here is told once."""
    indexes = crypto.keyed_indexes(number.strip().upper(), purpose=SUBJECT_PURPOSE)
    rows = Receipt.objects.filter(subject_index__in=indexes).filter(
        Q(side=Side.PROVIDER) | ~Q(to_node=_own_node())
    )
    rows = rows.filter(id__lt=before) if before else rows
    return tuple(_receipt(row) for row in rows.order_by("-id")[: min(limit, 200)])


def list_grant_calls(grant: str, *, before: int = 0, limit: int = PAGE) -> tuple[ReceiptView, ...]:
    """Calls under one grant, the newest first. The caller sees to it that the grant may be seen."""
    return tuple(_receipt(row) for row in receipts_of_grant(grant, before=before, limit=limit))


def list_traffic(*, since: datetime, until: datetime, limit: int = 200) -> tuple[Traffic, ...]:
    """Who called whom between two moments, the busiest first; each call counted once.

    More than two hours are counted by whole hours, from the one ``since`` lies in.
    """
    whole = since.replace(minute=0, second=0, microsecond=0)
    figures: QuerySet[Figure] | QuerySet[FigureHour] = (
        FigureHour.objects.filter(hour__gte=whole, hour__lt=until)
        if until - since > _BY_MINUTES
        else Figure.objects.filter(minute__gte=since, minute__lt=until)
    )
    rows = (
        figures.filter(Q(side=Side.PROVIDER) | ~Q(to_node=_own_node()))
        .values("side", "from_node", "system", "to_node", "service")
        .annotate(
            n=Sum("calls"),
            n_answered=Sum("answered"),
            n_refused=Sum("refused"),
            n_away=Sum("away"),
            n_rows=Sum("rows"),
            total=Sum("milliseconds"),
            longest=Max("slowest"),
        )
        .order_by("-n", "system", "service")[:limit]
    )
    return tuple(
        Traffic(
            row["side"],
            row["from_node"],
            row["system"],
            row["to_node"],
            row["service"],
            row["n"],
            row["n_answered"],
            row["n_refused"],
            row["n_away"],
            row["n_rows"],
            row["total"] // max(row["n"], 1),
            row["longest"],
        )
        for row in rows
    )


def list_oddities(*, at: datetime) -> tuple[OddTraffic, ...]:
    """What the last hour shows that the day before did not, per system and service."""
    hour = timedelta(hours=1)
    before_it = (at - hour).replace(minute=0, second=0, microsecond=0)
    day = list_traffic(since=before_it - 24 * hour, until=before_it)
    usual = {(t.system, t.service): t for t in day}
    found = []
    for now in list_traffic(since=at - hour, until=at + hour):
        before = usual.get((now.system, now.service))
        kinds = rules.oddities(
            calls=now.calls,
            rows=now.rows,
            mean_milliseconds=now.mean_milliseconds,
            refused=now.refused,
            away=now.away,
            usual_calls=before.calls / 24 if before else 0,
            usual_rows=before.rows / 24 if before else 0,
            usual_milliseconds=before.mean_milliseconds if before else 0,
        )
        if kinds:
            found.append(OddTraffic(now, kinds, before.calls / 24 if before else 0))
    return tuple(found)


def find_service(code: str) -> ServiceView | None:
    """One service of this node."""
    row = Service.objects.filter(code=code).first()
    return _service(row) if row else None


def kinds_of(codes: Collection[str]) -> dict[str, str]:
    """Which kind each of these services of this node is."""
    return dict(Service.objects.filter(code__in=codes).values_list("code", "kind"))


def list_services(*, after: str = "", limit: int = PAGE) -> tuple[ServiceView, ...]:
    """Services of this node by code."""
    rows = Service.objects.filter(code__gt=after).order_by("code")[: min(limit, 200)]
    return tuple(_service(row) for row in rows)


def list_services_of(resource: str, *, limit: int = PAGE) -> tuple[ServiceView, ...]:
    """What this node hands one resource out by, topics among them, by code; stopped ones are left out."""
    rows = Service.objects.filter(resource=resource, state=State.ACTIVE).exclude(resource="")
    return tuple(_service(row) for row in rows.order_by("code")[:limit])


def list_blocks(*, after: int = 0, limit: int = 200) -> tuple[BlockView, ...]:
    """Blocks in their order, for the ledger and for whoever checks them."""
    rows = Block.objects.filter(number__gt=after).order_by("number")[: min(limit, 1000)]
    return tuple(
        BlockView(
            row.number,
            row.first_id,
            row.last_id,
            row.count,
            row.root,
            row.previous,
            row.at,
            row.signature,
        )
        for row in rows
    )


def list_mismatches(*, limit: int = PAGE) -> tuple[MismatchView, ...]:
    """Where a partner's books and ours differ, the newest first."""
    rows = Countersignature.objects.exclude(mismatches=[]).order_by("-block")[: min(limit, 200)]
    return tuple(
        MismatchView(
            row.block_id,
            row.partner,
            row.count,
            row.signed_at,
            tuple((message, why) for message, why in row.mismatches),
        )
        for row in rows
    )


def count_unsigned(*, older_than: timedelta, at: datetime) -> Mapping[str, int]:
    """Parts of blocks a partner has not countersigned for so long, by partner."""
    rows = Countersignature.objects.filter(signed_at=None, asked_at__lt=at - older_than)
    found: dict[str, int] = {}
    for partner in rows.values_list("partner", flat=True)[:10_000]:
        found[partner] = found.get(partner, 0) + 1
    return found


def check_blocks(*, after: int = 0, limit: int = 1000) -> Iterator[str]:
    """What is wrong with stored blocks: the chain, the counts, the roots over the stored receipts."""
    previous: Block | None = Block.objects.filter(number=after).first()
    books = archiving.Books()
    for block in Block.objects.filter(number__gt=after).order_by("number")[:limit]:
        yield from _problems(block, previous, books)
        previous = block


def _problems(block: Block, previous: Block | None, books: archiving.Books) -> Iterator[str]:
    number, root, last = (
        (previous.number, previous.root, previous.last_id) if previous else (0, "", 0)
    )
    if block.number != number + 1 or block.previous != root or block.first_id <= last:
        yield f"block {block.number} does not follow block {number}"
    receipts = books.receipts_in(block, after=last)
    if len(receipts) != block.count:
        yield f"block {block.number} holds {len(receipts)} receipts, not {block.count}"
    elif rules.root([rules.leaf(receipt) for receipt in receipts]).hex() != block.root:
        yield f"block {block.number} holds an altered receipt"


def _own_node() -> str:
    return str(settings.NODE)


def _receipt(row: Receipt) -> ReceiptView:
    return ReceiptView(
        row.id,
        row.message,
        row.side,
        row.at,
        row.from_node,
        row.system,
        row.to_node,
        row.service,
        row.grant_key,
        row.purpose,
        row.item,
        row.case_no,
        tuple(row.fields),
        row.rows,
        CallStatus(row.status),
        row.refusal,
        row.request_digest,
        row.reply_digest,
        row.milliseconds,
    )


def _service(row: Service) -> ServiceView:
    return ServiceView(
        row.key,
        row.code,
        row.kind,
        row.title,
        row.summary,
        row.resource,
        row.department,
        tuple(row.fields),
        tuple(row.parameters),
        row.limit_seconds,
        row.state,
        row.version,
        row.changed_at,
    )
