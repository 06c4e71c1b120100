"""Shelf, originals, bags with their pieces, parcels; who may see each."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from yiwang.capability.deliveries.definitions import (
    BagState,
    OriginalState,
    ParcelState,
    PieceState,
    ShelfState,
)
from yiwang.kernel.actor import CASE_STAFF, Actor, ActorKind, PowerAct
from yiwang.kernel.references import new_key, reference
from yiwang.kernel.rights import scope_filter
from yiwang.mechanisms.crypto.fields import EncryptedJSON, EncryptedText


def _scope(actor: Actor) -> Q:
    """Paper of one's own; officials that of their body and place."""
    return scope_filter(actor, roles=CASE_STAFF, item="item_code", act=PowerAct.RECEIVE)


class ShelfSet(models.QuerySet["ShelfItem"]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(_scope(actor))

    def in_charge_of(self, actor: Actor) -> Self:
        """What this official's body keeps."""
        return self.filter(_scope(actor))


class OriginalSet(models.QuerySet["PaperOriginal"]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(_scope(actor))

    def in_charge_of(self, actor: Actor) -> Self:
        """What this official's body keeps."""
        return self.filter(_scope(actor))


class ParcelSet(models.QuerySet["Parcel"]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(_scope(actor))

    def in_charge_of(self, actor: Actor) -> Self:
        """What this official's body keeps."""
        return self.filter(_scope(actor))


class Paper(models.Model):
    """What every piece of paper says about its case."""

    key = models.CharField(max_length=16, unique=True, default=new_key, editable=False)
    case = models.CharField(max_length=64)
    case_no = models.CharField(max_length=32)
    item_code = models.CharField(max_length=120)
    item_name = models.CharField(max_length=300)
    applicant = models.CharField(max_length=80)
    applicant_masked = models.CharField(max_length=120)
    division_code = models.CharField(max_length=12)
    department = models.CharField(max_length=18)
    department_name = models.CharField(max_length=120)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        abstract = True


class ShelfSeries(models.Model):
    """The last number given on one body's shelf; locked while a number is taken."""

    series = models.CharField(max_length=40, primary_key=True)
    last = models.PositiveIntegerField()

    class Meta:
        db_table = "deliveries_series"


class ShelfItem(Paper):
    """结果架: one result waiting for somebody to come for it."""

    shelf_no = models.CharField(max_length=12)
    document = models.CharField(max_length=200)
    place = models.CharField(max_length=200)
    state = models.CharField(max_length=12, default=ShelfState.WAITING)
    arrived_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)
    remind_on = models.DateField(null=True)
    reminders = models.PositiveSmallIntegerField(default=0)
    settled_at = models.DateTimeField(null=True)
    proof = EncryptedJSON(purpose="deliveries.proof", null=True)
    put_by = models.CharField(max_length=80)

    objects = ShelfSet.as_manager()

    class Meta:
        db_table = "deliveries_shelf"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["department", "division_code", "shelf_no"],
                condition=Q(state=ShelfState.WAITING),
                name="deliveries_shelf_no_once",
            ),
            models.UniqueConstraint(fields=["case"], name="deliveries_shelf_once_a_case"),
            models.CheckConstraint(
                condition=Q(state__in=list(ShelfState)), name="deliveries_known_shelf_state"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["department", "id"],
                name="deliveries_on_shelf",
                condition=Q(state=ShelfState.WAITING),
            ),
            models.Index(fields=["department", "-id"], name="deliveries_shelf_of_body"),
            models.Index(
                fields=["remind_on"],
                name="deliveries_to_remind",
                condition=Q(state=ShelfState.WAITING, remind_on__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        return reference("shelf", self.key)


class PaperOriginal(Paper):
    """纸质原件: taken in from a person, to be given back."""

    name = models.CharField(max_length=200)
    copies = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=12, default=OriginalState.HELD)
    held_by = models.CharField(max_length=120)
    taken_at = models.DateTimeField()
    taken_by = models.CharField(max_length=80)
    settled_at = models.DateTimeField(null=True)
    receiver = EncryptedText(purpose="deliveries.receiver", blank=True)
    reason = models.CharField(max_length=500, blank=True)

    objects = OriginalSet.as_manager()

    class Meta:
        db_table = "deliveries_original"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=list(OriginalState)), name="deliveries_known_original_state"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["case", "id"], name="deliveries_originals_of_case"),
            models.Index(
                fields=["department", "id"],
                name="deliveries_originals_held",
                condition=~Q(state=OriginalState.GIVEN_BACK),
            ),
            models.Index(fields=["department", "-id"], name="deliveries_originals_body"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        return reference("original", self.key)


class BagSet(models.QuerySet["CourierBag"]):
    def visible_to(self, actor: Actor) -> Self:
        """Officials of the body it comes from, and of the body it goes to; no citizen owns a bag."""
        if actor.kind not in (ActorKind.OFFICIAL, ActorKind.MACHINE):
            return self.none()
        coming = scope_filter(
            actor, roles=CASE_STAFF, division="to_division", department="to_department"
        )
        return self.filter(scope_filter(actor, roles=CASE_STAFF) | coming)

    def in_charge_of(self, actor: Actor) -> Self:
        return self.visible_to(actor)


class CourierBag(models.Model):
    """交换袋: sealed, with its contents, between a window and a body."""

    key = models.CharField(max_length=16, unique=True, default=new_key, editable=False)
    seal_no = models.CharField(max_length=40, blank=True)
    division_code = models.CharField(max_length=12)
    department = models.CharField(max_length=18)
    from_name = models.CharField(max_length=120)
    to_division = models.CharField(max_length=12)
    to_department = models.CharField(max_length=18)
    to_name = models.CharField(max_length=120)
    state = models.CharField(max_length=12, default=BagState.PACKING)
    version = models.PositiveIntegerField(default=1)
    begun_at = models.DateTimeField()
    begun_by = models.CharField(max_length=80)
    sealed_at = models.DateTimeField(null=True)
    sealed_by = models.CharField(max_length=80, blank=True)
    handed_at = models.DateTimeField(null=True)
    handed_by = models.CharField(max_length=80, blank=True)
    received_at = models.DateTimeField(null=True)
    received_by = models.CharField(max_length=80, blank=True)
    seal_broken = models.BooleanField(default=False)
    remark = models.CharField(max_length=500, blank=True)

    objects = BagSet.as_manager()

    class Meta:
        db_table = "deliveries_bag"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["seal_no"], condition=~Q(seal_no=""), name="deliveries_seal_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=list(BagState)), name="deliveries_known_bag_state"
            ),
            models.CheckConstraint(
                condition=Q(handed_by="") | ~Q(handed_by=models.F("sealed_by")),
                name="deliveries_bag_by_two",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["department", "-id"], name="deliveries_bags_sent"),
            models.Index(fields=["to_department", "-id"], name="deliveries_bags_coming"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        return reference("bag", self.key)


class BagPiece(models.Model):
    """One thing in a bag: an original that is tracked, or named by hand."""

    key = models.CharField(max_length=16, unique=True, default=new_key, editable=False)
    bag = models.ForeignKey(CourierBag, on_delete=models.PROTECT, related_name="pieces")
    original = models.ForeignKey(
        PaperOriginal, on_delete=models.PROTECT, null=True, related_name="travels"
    )
    name = models.CharField(max_length=200)
    case = models.CharField(max_length=64)
    case_no = models.CharField(max_length=32)
    state = models.CharField(max_length=8, default=PieceState.PACKED)

    objects: ClassVar[models.Manager[BagPiece]]

    class Meta:
        db_table = "deliveries_piece"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["original"],
                condition=Q(state=PieceState.PACKED),
                name="deliveries_in_one_bag",
            ),
            models.CheckConstraint(
                condition=Q(state__in=list(PieceState)), name="deliveries_known_piece_state"
            ),
        ]

    def __str__(self) -> str:
        return self.key


class Parcel(Paper):
    """邮件: a result on its way by a courier company, with everything it told us."""

    shelf = models.ForeignKey(ShelfItem, on_delete=models.PROTECT, related_name="parcels")
    state = models.CharField(max_length=12, default=ParcelState.ORDERED)
    courier = models.CharField(max_length=40)
    tracking = models.CharField(max_length=60, blank=True)
    address = EncryptedJSON(purpose="deliveries.address")
    events = EncryptedJSON(purpose="deliveries.events", default=list)
    ordered_at = models.DateTimeField()
    ordered_by = models.CharField(max_length=80)
    seen_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    failing = models.CharField(max_length=200, blank=True)

    objects = ParcelSet.as_manager()

    class Meta:
        db_table = "deliveries_parcel"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["shelf"],
                condition=Q(state__in=["ORDERED", "WITH_COURIER", "ON_THE_WAY"]),
                name="deliveries_one_parcel_under_way",
            ),
            models.UniqueConstraint(
                fields=["courier", "tracking"],
                condition=~Q(tracking=""),
                name="deliveries_tracking_once",
            ),
            models.CheckConstraint(
                condition=Q(state__in=list(ParcelState)), name="deliveries_known_parcel_state"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["seen_at", "id"],
                name="deliveries_parcels_to_ask",
                condition=Q(state__in=["ORDERED", "WITH_COURIER", "ON_THE_WAY"]),
            ),
            models.Index(fields=["case", "id"], name="deliveries_parcels_of_case"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        return reference("parcel", self.key)
