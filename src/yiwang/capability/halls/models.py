"""Halls, windows, shifts and breaks, tickets, turns, paired screens, questions answered."""

from __future__ import annotations

from collections.abc import Collection
from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q

from yiwang.capability.halls import rules
from yiwang.capability.halls.definitions import (
    HALL_STAFF,
    KEEPERS,
    BreakReason,
    FoundBy,
    Outcome,
    Signing,
    TicketState,
)
from yiwang.kernel.actor import Actor, ActorKind, Role
from yiwang.kernel.places import significant_prefix
from yiwang.kernel.references import new_key, reference
from yiwang.kernel.rights import EVERYTHING, NOTHING, scope_filter


def _here(actor: Actor, roles: Collection[Role], division: str) -> Q:
    """A hall belongs to a place, not to one body: whoever works in the place with one of ``roles``."""
    if actor.kind is ActorKind.MACHINE:
        return EVERYTHING
    condition = NOTHING
    for grant in actor.grants if actor.kind is ActorKind.OFFICIAL else ():
        if grant.role in roles:
            prefix = significant_prefix(grant.division_code)
            condition |= Q(**{f"{division}__startswith": prefix})
    return condition


class HallSet(models.QuerySet["ServiceHall"]):
    def visible_to(self, actor: Actor) -> Self:
        """Those who work in the place."""
        return self.filter(_here(actor, HALL_STAFF, "division_code"))

    def kept_by(self, actor: Actor) -> Self:
        """Those whose windows this official opens, and whose day he sees whole."""
        return self.filter(_here(actor, KEEPERS, "division_code"))


class ServiceHall(models.Model):
    """政务服务大厅."""

    key = models.CharField(max_length=16, unique=True, default=new_key, editable=False)
    name = models.CharField(max_length=80)
    division_code = models.CharField(max_length=12)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    objects = HallSet.as_manager()

    class Meta:
        db_table = "halls_servicehall"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["division_code", "name"],
                condition=Q(closed_at=None),
                name="halls_one_name_in_a_place",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        return reference("hall", self.key)


class CounterSet(models.QuerySet["Counter"]):
    def visible_to(self, actor: Actor) -> Self:
        """Windows of one's place: of one's body, and comprehensive ones."""
        if actor.kind is not ActorKind.OFFICIAL:
            return self.filter(EVERYTHING if actor.kind is ActorKind.MACHINE else NOTHING)
        own = scope_filter(actor, roles=HALL_STAFF, owner="key")
        return self.filter(own | _here(actor, HALL_STAFF, "division_code") & Q(department=""))


class Counter(models.Model):
    """窗口. ``line``: the letter of the queue it serves; ``department`` "": comprehensive."""

    key = models.CharField(max_length=16, unique=True, default=new_key, editable=False)
    hall = models.ForeignKey(ServiceHall, on_delete=models.PROTECT, related_name="counters")
    number = models.CharField(max_length=8)
    line = models.CharField(max_length=2)
    division_code = models.CharField(max_length=12)
    department = models.CharField(max_length=18, blank=True)
    department_name = models.CharField(max_length=120, blank=True)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    objects = CounterSet.as_manager()

    class Meta:
        db_table = "halls_counter"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["hall", "number"],
                condition=Q(closed_at=None),
                name="halls_one_number_in_a_hall",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        return reference("counter", self.key)


class ShiftSet(models.QuerySet["Shift"]):
    def visible_to(self, actor: Actor) -> Self:
        """One's own only."""
        if actor.kind is ActorKind.MACHINE:
            return self
        return (
            self.filter(clerk=actor.reference) if actor.kind is ActorKind.OFFICIAL else self.none()
        )


class Shift(models.Model):
    """班次: one clerk at one window."""

    key = models.CharField(max_length=16, unique=True, default=new_key, editable=False)
    counter = models.ForeignKey(Counter, on_delete=models.PROTECT, related_name="shifts")
    clerk = models.CharField(max_length=80)
    clerk_name = models.CharField(max_length=80)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = ShiftSet.as_manager()

    class Meta:
        db_table = "halls_shift"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["counter"], condition=Q(ended_at=None), name="halls_one_clerk_at_a_window"
            ),
            models.UniqueConstraint(
                fields=["clerk"], condition=Q(ended_at=None), name="halls_one_window_of_a_clerk"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("began_at")),
                name="halls_shift_runs_forwards",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["clerk", "-id"], name="halls_shifts_of_clerk")]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        return reference("shift", self.key)


class ShiftBreak(models.Model):
    """暂停叫号: a stretch in which a window stands still, and why."""

    shift = models.ForeignKey(Shift, on_delete=models.PROTECT, related_name="breaks")
    reason = models.CharField(max_length=8)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager[ShiftBreak]]

    class Meta:
        db_table = "halls_shiftbreak"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["shift"], condition=Q(ended_at=None), name="halls_one_break_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(reason__in=list(BreakReason)), name="halls_known_break"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.shift_id}:{self.reason}"


class TicketSeries(models.Model):
    """The last number given out in one line of one hall on one day."""

    hall = models.ForeignKey(
        ServiceHall, on_delete=models.PROTECT, related_name="series", db_index=False
    )
    on = models.DateField()
    line = models.CharField(max_length=2)
    last = models.PositiveIntegerField()

    objects: ClassVar[models.Manager[TicketSeries]]

    class Meta:
        db_table = "halls_ticketseries"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["hall", "on", "line"], name="halls_one_series"),
        ]

    def __str__(self) -> str:
        return f"{self.hall_id}:{self.on}:{self.line}"


class TicketSet(models.QuerySet["QueueTicket"]):
    def visible_to(self, actor: Actor) -> Self:
        """Those who work in the hall's place; a number names nobody."""
        return self.filter(_here(actor, HALL_STAFF, "hall__division_code"))


class QueueTicket(models.Model):
    """排队号. ``state`` changes only by ``states.actions.move``."""

    key = models.CharField(max_length=16, unique=True, default=new_key, editable=False)
    hall = models.ForeignKey(ServiceHall, on_delete=models.PROTECT, related_name="tickets")
    on = models.DateField()
    line = models.CharField(max_length=2)
    sequence = models.PositiveIntegerField()
    state = models.CharField(max_length=8, default=TicketState.WAITING)
    version = models.PositiveIntegerField(default=1)
    taken_at = models.DateTimeField()
    calls = models.PositiveSmallIntegerField(default=0)
    called_at = models.DateTimeField(null=True)
    counter = models.ForeignKey(
        Counter, on_delete=models.PROTECT, null=True, related_name="tickets"
    )
    done_at = models.DateTimeField(null=True)

    objects = TicketSet.as_manager()

    class Meta:
        db_table = "halls_queueticket"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["hall", "on", "line", "sequence"], name="halls_one_ticket_per_number"
            ),
            models.CheckConstraint(
                condition=Q(state__in=list(TicketState)), name="halls_known_ticket_state"
            ),
            models.CheckConstraint(
                condition=Q(state=TicketState.WAITING) | Q(counter__isnull=False, calls__gte=1),
                name="halls_called_to_a_window",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["hall", "on", "line", "sequence"],
                name="halls_tickets_waiting",
                condition=Q(state=TicketState.WAITING),
            ),
            models.Index(fields=["hall", "on", "-called_at"], name="halls_tickets_called"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        return rules.ticket_number(self.line, self.sequence)

    @property
    def reference(self) -> str:
        return reference("ticket", self.key)


class SessionSet(models.QuerySet["CounterSession"]):
    def visible_to(self, actor: Actor) -> Self:
        """The clerk's own: nobody opens another clerk's turn, colleagues at the next window included."""
        if actor.kind is ActorKind.MACHINE:
            return self
        return (
            self.filter(clerk=actor.reference) if actor.kind is ActorKind.OFFICIAL else self.none()
        )


class CounterSession(models.Model):
    """接待: one person's turn at a window. What is filled in stays in the draft, what was handed in in the case."""

    key = models.CharField(max_length=16, unique=True, default=new_key, editable=False)
    shift = models.ForeignKey(Shift, on_delete=models.PROTECT, related_name="sessions")
    hall = models.ForeignKey(
        ServiceHall, on_delete=models.PROTECT, related_name="sessions", db_index=False
    )
    clerk = models.CharField(max_length=80)
    ticket = models.ForeignKey(
        QueueTicket, on_delete=models.PROTECT, null=True, related_name="sessions"
    )
    version = models.PositiveIntegerField(default=1)
    person = models.CharField(max_length=80, blank=True)
    person_masked = models.CharField(max_length=120, blank=True)
    found_by = models.CharField(max_length=8, blank=True)
    applicant = models.CharField(max_length=80, blank=True)
    applicant_masked = models.CharField(max_length=120, blank=True)
    mandate = models.CharField(max_length=16, blank=True)
    item_code = models.CharField(max_length=120, blank=True)
    item_name = models.CharField(max_length=300, blank=True)
    item_version = models.PositiveIntegerField(default=0)
    draft = models.CharField(max_length=16, blank=True)
    case = models.CharField(max_length=64, blank=True)
    outcome = models.CharField(max_length=10, default=Outcome.NOTHING)
    printed_digest = models.CharField(max_length=64, blank=True)
    signing = models.CharField(max_length=8, blank=True)
    signed_digest = models.CharField(max_length=64, blank=True)
    signature_file = models.CharField(max_length=64, blank=True)
    signed_at = models.DateTimeField(null=True)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = SessionSet.as_manager()

    class Meta:
        db_table = "halls_countersession"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["shift"], condition=Q(ended_at=None), name="halls_one_person_at_a_window"
            ),
            models.CheckConstraint(
                condition=Q(found_by__in=["", *FoundBy]), name="halls_known_finding"
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=list(Outcome)), name="halls_known_outcome"
            ),
            models.CheckConstraint(
                condition=Q(signing="", signed_at=None)
                | Q(signing__in=list(Signing), signed_at__isnull=False) & ~Q(signed_digest=""),
                name="halls_signed_says_what",
            ),
            models.CheckConstraint(
                condition=Q(applicant="") | ~Q(person="") & ~Q(found_by=""),
                name="halls_applicant_was_found",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["hall", "began_at"], name="halls_sessions_of_day"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        return reference("counter_session", self.key)


class ScreenPairing(models.Model):
    """A second screen that belongs to a window. Its secret is kept only as a digest."""

    counter = models.ForeignKey(Counter, on_delete=models.PROTECT, related_name="screens")
    code_digest = models.CharField(max_length=64)
    code_until = models.DateTimeField()
    token_digest = models.CharField(max_length=64, blank=True)
    paired_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager[ScreenPairing]]

    class Meta:
        db_table = "halls_screenpairing"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["counter"],
                condition=Q(ended_at=None, paired_at__isnull=False),
                name="halls_one_screen_at_a_window",
            ),
            models.UniqueConstraint(
                fields=["token_digest"], condition=~Q(token_digest=""), name="halls_one_token"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["code_digest"],
                name="halls_codes_offered",
                condition=Q(paired_at=None, ended_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"screen:{self.pk}"


class ConsultationSet(models.QuerySet["Consultation"]):
    def visible_to(self, actor: Actor) -> Self:
        """Of one's own turns."""
        if actor.kind is ActorKind.MACHINE:
            return self
        mine = self.filter(session__clerk=actor.reference)
        return mine if actor.kind is ActorKind.OFFICIAL else self.none()


class Consultation(models.Model):
    """咨询: a question answered without an application; the notice is a letter."""

    key = models.CharField(max_length=16, unique=True, default=new_key, editable=False)
    session = models.ForeignKey(
        CounterSession, on_delete=models.PROTECT, related_name="consultations"
    )
    item_code = models.CharField(max_length=120)
    item_name = models.CharField(max_length=300)
    letter = models.CharField(max_length=16)
    given_at = models.DateTimeField()

    objects = ConsultationSet.as_manager()

    class Meta:
        db_table = "halls_consultation"

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        return reference("consultation", self.key)
