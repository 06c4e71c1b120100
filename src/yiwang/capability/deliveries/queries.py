"""Where paper is: lists for the office, everything of one case, one sentence each for the applicant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from django.db.models import QuerySet

from yiwang.capability.cases.definitions import DeliveryProof, Manner
from yiwang.capability.deliveries import rules
from yiwang.capability.deliveries.definitions import (
    BAG,
    BAG_LABELS,
    ORIGINAL,
    ORIGINAL_LABELS,
    PARCEL_LABELS,
    PIECE_LABELS,
    SHELF,
    SHELF_LABELS,
    BagRow,
    BagState,
    CourierEvent,
    OriginalRow,
    OriginalState,
    ParcelRow,
    ParcelState,
    PieceRow,
    PieceState,
    ShelfRow,
    ShelfState,
    Tracked,
    WhereItIs,
)
from yiwang.capability.deliveries.models import CourierBag, PaperOriginal, Parcel, ShelfItem
from yiwang.kernel.actor import CASE_STAFF, Actor, ActorKind
from yiwang.kernel.moments import SHANGHAI
from yiwang.kernel.pages import MOST, Page, bounded, cut
from yiwang.kernel.references import reference, split
from yiwang.kernel.refusals import NotFound
from yiwang.mechanisms.statements import prepared
from yiwang.mechanisms.states import rules as state_rules
from yiwang.mechanisms.states.definitions import Machine, Party
from yiwang.support.identity import queries as identity

UNDER_WAY: Final = (ParcelState.ORDERED, ParcelState.WITH_COURIER, ParcelState.ON_THE_WAY)
_ASKED_A_ROUND: Final = 200
_OPEN_ORIGINALS: Final = (OriginalState.HELD, OriginalState.IN_BAG, OriginalState.MISSING)
#: Which kinds of paper a case has: most have none.
_PAPERS: Final = """
SELECT 'original' WHERE EXISTS (SELECT FROM deliveries_original WHERE "case" = %(case)s)
UNION ALL SELECT 'shelf' WHERE EXISTS (SELECT FROM deliveries_shelf WHERE "case" = %(case)s)
UNION ALL SELECT 'parcel' WHERE EXISTS (SELECT FROM deliveries_parcel WHERE "case" = %(case)s)
"""
Kind = TypeVar("Kind", ShelfItem, PaperOriginal, CourierBag)


def list_shelf(
    actor: Actor, *, waiting: bool = True, after: str = "", limit: int = 50
) -> Page[ShelfRow]:
    """The shelf of the official's body: what lies there, oldest first; or what left it, newest first."""
    rows = ShelfItem.objects.in_charge_of(actor)
    rows = (
        rows.filter(state=ShelfState.WAITING) if waiting else rows.exclude(state=ShelfState.WAITING)
    )
    shown, following = _page(ShelfItem, rows, after, limit, oldest_first=waiting)
    return Page(tuple(shelf_row(one, actor) for one in shown), following)


def list_shelf_of(applicant: str, actor: Actor) -> tuple[ShelfRow, ...]:
    """What lies on the shelf of the official's body for one applicant, oldest first."""
    rows = ShelfItem.objects.in_charge_of(actor).filter(
        state=ShelfState.WAITING, applicant=applicant
    )
    return tuple(shelf_row(one, actor) for one in rows.order_by("id")[:MOST])


def get_shelf_item(key: str, actor: Actor) -> ShelfRow:
    """One place of the shelf; ``NotFound``."""
    row = ShelfItem.objects.visible_to(actor).filter(key=key).first()
    if row is None:
        raise NotFound
    return shelf_row(row, actor)


def list_originals(
    actor: Actor, *, held: bool = True, after: str = "", limit: int = 50
) -> Page[OriginalRow]:
    """Originals the official's body answers for: still to be given back, oldest first; or given back."""
    rows = PaperOriginal.objects.in_charge_of(actor)
    rows = (
        rows.exclude(state=OriginalState.GIVEN_BACK)
        if held
        else rows.filter(state=OriginalState.GIVEN_BACK)
    )
    shown, following = _page(PaperOriginal, rows, after, limit, oldest_first=held)
    return Page(tuple(original_row(one, actor) for one in shown), following)


def get_original(key: str, actor: Actor) -> OriginalRow:
    """One original; ``NotFound``."""
    row = PaperOriginal.objects.visible_to(actor).filter(key=key).first()
    if row is None:
        raise NotFound
    return original_row(row, actor)


def list_bags(actor: Actor, *, after: str = "", limit: int = 50) -> Page[BagRow]:
    """Bags of the official's body, sent and coming, newest first."""
    rows = CourierBag.objects.visible_to(actor).prefetch_related("pieces")
    shown, following = _page(CourierBag, rows, after, limit, oldest_first=False)
    names = _names(shown)
    return Page(tuple(bag_row(one, actor, names) for one in shown), following)


def get_bag(key: str, actor: Actor) -> BagRow:
    """One bag with its list; ``NotFound``."""
    row = CourierBag.objects.visible_to(actor).prefetch_related("pieces").filter(key=key).first()
    if row is None:
        raise NotFound
    return bag_row(row, actor, _names([row]))


def list_packable(key: str, actor: Actor) -> tuple[OriginalRow, ...]:
    """The originals here that could go into a bag, oldest first."""
    bag = CourierBag.objects.visible_to(actor).filter(key=key).first()
    if bag is None:
        raise NotFound
    rows = PaperOriginal.objects.in_charge_of(actor).filter(
        state=OriginalState.HELD, department=bag.department
    )
    return tuple(original_row(one, actor) for one in rows.order_by("id")[:MOST])


def find_case_shelf(case_key: str, actor: Actor) -> ShelfRow | None:
    """A case's place on the shelf. The caller has shown that the actor may see the case."""
    row = ShelfItem.objects.filter(case=reference("case", case_key)).first()
    return shelf_row(row, actor) if row else None


def list_case_originals(case_key: str, actor: Actor) -> tuple[OriginalRow, ...]:
    """A case's originals, wherever they are. As above."""
    rows = PaperOriginal.objects.filter(case=reference("case", case_key)).order_by("id")
    return tuple(original_row(one, actor) for one in rows[:MOST])


def list_case_parcels(case_key: str) -> tuple[ParcelRow, ...]:
    """A case's parcels with what the courier told, oldest first. As above."""
    rows = Parcel.objects.filter(case=reference("case", case_key)).order_by("id")
    return tuple(parcel_row(one) for one in rows[:MOST])


@dataclass(frozen=True, slots=True)
class PapersOfCase:
    """A case's originals, its place on the shelf, its parcels."""

    originals: tuple[OriginalRow, ...] = ()
    shelf: ShelfRow | None = None
    parcels: tuple[ParcelRow, ...] = ()

    @property
    def where(self) -> tuple[WhereItIs, ...]:
        """纸在哪里: one sentence for each piece, for the applicant."""
        return (
            *(_of_original(one) for one in self.originals),
            *((_of_shelf(self.shelf),) if self.shelf else ()),
            *(_of_parcel(one) for one in self.parcels),
        )


def get_papers(case_key: str, actor: Actor) -> PapersOfCase:
    """All paper of a case; one statement for a case without. As above."""
    has = {kind for (kind,) in prepared.run(_PAPERS, {"case": reference("case", case_key)})}
    return PapersOfCase(
        originals=list_case_originals(case_key, actor) if "original" in has else (),
        shelf=find_case_shelf(case_key, actor) if "shelf" in has else None,
        parcels=list_case_parcels(case_key) if "parcel" in has else (),
    )


def list_where(case_key: str, actor: Actor) -> tuple[WhereItIs, ...]:
    """纸在哪里: one sentence for each piece, for the applicant. As above."""
    return get_papers(case_key, actor).where


def list_to_ask() -> tuple[str, ...]:
    """Parcels under way, those not asked about the longest first."""
    rows = Parcel.objects.filter(state__in=UNDER_WAY).exclude(tracking="")
    ordered = rows.order_by("seen_at", "id").values_list("key", flat=True)
    return tuple(ordered[:_ASKED_A_ROUND])


def find_posted_proof(case: str) -> DeliveryProof | None:
    """How the last parcel of a case was delivered, for its 送达回证; None when none was."""
    row = Parcel.objects.filter(case=case, state=ParcelState.DELIVERED).order_by("-id").first()
    if row is None:
        return None
    signed = next(
        (one for one in reversed(events_of(row)) if one.event is CourierEvent.SIGNED), None
    )
    receiver = (signed.receiver if signed else "") or row.address["receiver"]
    return DeliveryProof(
        Manner.COURIER, receiver, tracking=row.tracking, remark=f"{row.courier}投递记录"
    )


def find_pickup_proof(key: str) -> DeliveryProof | None:
    """Who fetched a result and how it was known, for its 送达回证; None while nobody did."""
    row = ShelfItem.objects.filter(key=key, state=ShelfState.COLLECTED).first()
    if row is None or row.proof is None:
        return None
    return DeliveryProof(
        Manner.WINDOW, row.proof["name"], row.proof["checked"], remark=f"结果架 {row.shelf_no}"
    )


def bag_facts(row: CourierBag, actor: Actor) -> dict[str, bool]:
    """What the bag's table asks about this official."""
    staff = set(CASE_STAFF)
    official = actor.kind is ActorKind.OFFICIAL
    hands = (row.sealed_by, row.handed_by) if row.state == BagState.ON_THE_WAY else (row.sealed_by,)
    return {
        "sending": official and bool(actor.roles_at(row.division_code, row.department) & staff),
        "receiving": official and bool(actor.roles_at(row.to_division, row.to_department) & staff),
        "second": actor.reference not in hands,
    }


def events_of(row: Parcel) -> tuple[Tracked, ...]:
    return tuple(rules.from_json(one) for one in row.events)


def shelf_row(row: ShelfItem, actor: Actor) -> ShelfRow:
    return ShelfRow(
        key=row.key,
        reference=row.reference,
        case_key=split(row.case)[1],
        case_no=row.case_no,
        item_name=row.item_name,
        applicant_masked=row.applicant_masked,
        department_name=row.department_name,
        place=row.place,
        shelf_no=row.shelf_no,
        document=row.document,
        state=row.state,
        state_label=SHELF_LABELS[row.state],
        arrived_at=row.arrived_at,
        told_at=row.told_at,
        remind_on=row.remind_on,
        reminders=row.reminders,
        settled_at=row.settled_at,
        receiver=(row.proof or {}).get("checked", ""),
        version=row.version,
        acts=_acts(SHELF, row.state, row.applicant, actor),
    )


def original_row(row: PaperOriginal, actor: Actor) -> OriginalRow:
    here = bool(actor.roles_at(row.division_code, row.department) & set(CASE_STAFF))
    return OriginalRow(
        key=row.key,
        reference=row.reference,
        case_key=split(row.case)[1],
        case_no=row.case_no,
        item_name=row.item_name,
        applicant_masked=row.applicant_masked,
        department_name=row.department_name,
        name=row.name,
        copies=row.copies,
        state=row.state,
        state_label=ORIGINAL_LABELS[row.state],
        held_by=row.held_by,
        taken_at=row.taken_at,
        settled_at=row.settled_at,
        receiver=row.receiver,
        reason=row.reason,
        version=row.version,
        acts=_acts(ORIGINAL, row.state, row.applicant, actor) if here else (),
    )


def bag_row(row: CourierBag, actor: Actor, names: Mapping[str, str]) -> BagRow:
    pieces = sorted(row.pieces.all(), key=lambda one: one.pk)
    return BagRow(
        key=row.key,
        reference=row.reference,
        seal_no=row.seal_no,
        from_name=row.from_name,
        to_name=row.to_name,
        state=row.state,
        state_label=BAG_LABELS[row.state],
        sealed_at=row.sealed_at,
        sealed_by=names.get(row.sealed_by, row.sealed_by),
        handed_at=row.handed_at,
        handed_by=names.get(row.handed_by, row.handed_by),
        received_at=row.received_at,
        received_by=names.get(row.received_by, row.received_by),
        seal_broken=row.seal_broken,
        remark=row.remark,
        pieces=tuple(
            PieceRow(
                one.key, one.name, split(one.case)[1], one.case_no,
                "tracked" if one.original_id else "", one.state, PIECE_LABELS[one.state],
            )
            for one in pieces
        ),
        missing=sum(one.state == PieceState.MISSING for one in pieces),
        version=row.version,
        acts=state_rules.allowed_acts(
            BAG, state=row.state, role=Party.OFFICIAL, facts=bag_facts(row, actor)
        ),
    )  # fmt: skip


def parcel_row(row: Parcel) -> ParcelRow:
    return ParcelRow(
        key=row.key,
        case_key=split(row.case)[1],
        tracking=row.tracking,
        courier=row.courier,
        state=row.state,
        state_label=PARCEL_LABELS[row.state],
        ordered_at=row.ordered_at,
        seen_at=row.seen_at,
        events=events_of(row),
        failing=row.failing,
        version=row.version,
    )


def _acts(machine: Machine, state: str, applicant: str, actor: Actor) -> tuple[str, ...]:
    own = applicant in (actor.reference, actor.on_behalf_of, actor.person)
    if actor.kind is not ActorKind.OFFICIAL or own:
        return ()
    return state_rules.allowed_acts(machine, state=state, role=Party.OFFICIAL, facts={})


def _page(
    kind: type[Kind], rows: QuerySet[Kind], after: str, limit: int, *, oldest_first: bool
) -> tuple[list[Kind], str]:
    if after:
        seen = kind.objects.filter(key=after).values("id")[:1]
        rows = rows.filter(id__gt=seen) if oldest_first else rows.filter(id__lt=seen)
    return cut(rows.order_by("id" if oldest_first else "-id")[: bounded(limit) + 1], limit)


def _names(rows: Sequence[CourierBag]) -> Mapping[str, str]:
    people = {who for row in rows for who in (row.sealed_by, row.handed_by, row.received_by) if who}
    return identity.list_names(people) if people else {}


def _of_original(one: OriginalRow) -> WhereItIs:
    tone = {OriginalState.GIVEN_BACK: "good", OriginalState.MISSING: "bad"}.get(
        OriginalState(one.state), "now"
    )
    detail = {
        OriginalState.HELD: f"{one.held_by}保管，用完退还给您",
        OriginalState.IN_BAG: "在单位之间转送",
        OriginalState.MISSING: "我们正在查找，有结果马上告诉您",
    }.get(OriginalState(one.state), "")
    copies = f"原件 {one.copies} 份" if one.copies > 1 else "原件"
    return WhereItIs(
        f"{one.name}（{copies}）", one.state_label, tone, detail, one.settled_at or one.taken_at
    )


def _of_shelf(one: ShelfRow) -> WhereItIs:
    tone = {ShelfState.WAITING: "now", ShelfState.COLLECTED: "good"}.get(
        ShelfState(one.state), "plain"
    )
    detail = (
        f"到{one.place}领取，架号 {one.shelf_no}，带身份证；别人代领带委托书"
        if one.state == ShelfState.WAITING
        else ""
    )
    return WhereItIs(one.document, one.state_label, tone, detail, one.settled_at or one.arrived_at)


def _of_parcel(one: ParcelRow) -> WhereItIs:
    tone = {ParcelState.DELIVERED: "good", ParcelState.CAME_BACK: "bad"}.get(
        ParcelState(one.state), "now"
    )
    last = one.events[-1] if one.events else None
    where = f"，{last.place} {last.at.astimezone(SHANGHAI):%m-%d %H:%M}" if last else ""
    number = f"{one.courier} {one.tracking}" if one.tracking else one.courier
    return WhereItIs(
        "邮件", one.state_label, tone, f"{number}{where}", last.at if last else one.ordered_at
    )
