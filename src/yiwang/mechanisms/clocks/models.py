"""Running clocks, their pauses, and the holiday notices operators brought in."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from yiwang.mechanisms.clocks.definitions import Allowance, Colour, Unit


class CalendarNotice(models.Model):
    """One year's holiday notice as imported; a later edition replaces an earlier one of its year."""

    year = models.PositiveSmallIntegerField()
    source = models.CharField(max_length=300)
    days = models.JSONField()  # [{"on": "2027-01-01", "working": false, "name": "元旦"}]
    imported_at = models.DateTimeField()
    imported_by = models.CharField(max_length=80)

    class Meta:
        db_table = "clocks_calendar_notice"


class Clock(models.Model):
    """One limit running for one subject. Computed dates are kept, so lists need no arithmetic."""

    subject = models.CharField(max_length=120)
    kind = models.CharField(max_length=40)
    amount = models.PositiveIntegerField()
    unit = models.CharField(max_length=12)
    warn_days = models.PositiveSmallIntegerField()
    started_at = models.DateTimeField()
    started_on = models.DateField()
    due_on = models.DateField()
    due_at = models.DateTimeField()
    warns_on = models.DateField()
    provisional = models.BooleanField()
    calendar_edition = models.PositiveIntegerField()
    announced = models.CharField(max_length=6, default=Colour.GREEN)
    paused_at = models.DateTimeField(null=True)  # an open pause
    stopped_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "clocks_clock"
        constraints = (
            models.UniqueConstraint(fields=["subject", "kind"], name="clocks_one_per_kind"),
            models.CheckConstraint(
                condition=Q(due_on__gte=F("started_on")), name="clocks_due_after_start"
            ),
            models.CheckConstraint(condition=Q(unit__in=list(Unit)), name="clocks_known_unit"),
            models.CheckConstraint(
                condition=Q(stopped_at=None) | Q(paused_at=None),
                name="clocks_stopped_is_not_paused",
            ),
        )
        indexes = (
            models.Index(
                fields=["warns_on"],
                name="clocks_to_warn",
                condition=Q(stopped_at=None, paused_at=None) & ~Q(announced="RED"),
            ),
            models.Index(
                fields=["calendar_edition", "id"],
                name="clocks_by_edition",
                condition=Q(stopped_at=None),
            ),
        )

    @property
    def allowance(self) -> Allowance:
        return Allowance(self.amount, Unit(self.unit), self.warn_days)


class ClockPause(models.Model):
    """A closed or open stretch in which a clock stood still."""

    clock = models.ForeignKey(Clock, on_delete=models.PROTECT, related_name="pauses")
    paused_at = models.DateTimeField()
    resumed_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=200)

    class Meta:
        db_table = "clocks_pause"
        constraints = (
            models.UniqueConstraint(
                fields=["clock"], condition=Q(resumed_at=None), name="clocks_one_open_pause"
            ),
            models.CheckConstraint(
                condition=Q(resumed_at=None) | Q(resumed_at__gte=F("paused_at")),
                name="clocks_pause_ends_after_start",
            ),
        )
