"""Tables of the journal. Entry, Subject and Link only grow; a trigger and the grants see to it."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now


class Entry(models.Model):
    """One act or fact. ``body`` is the truth that is hashed; the columns beside it are copies
    for look-ups, and the verifier compares them with the body."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    act = models.TextField()
    subject = models.TextField()
    actor = models.TextField()
    is_event = models.BooleanField()
    body = models.TextField()

    class Meta:
        db_table = "journal_entry"
        indexes = (
            models.Index(fields=["subject", "id"], name="journal_entry_by_subject"),
            models.Index(fields=["actor", "id"], name="journal_entry_by_actor"),
        )


class Subject(models.Model):
    """Further subjects of an entry: who looked at what, when many were shown at once."""

    pk = models.CompositePrimaryKey("subject", "entry_id")
    subject = models.TextField()
    entry_id = models.BigIntegerField()

    class Meta:
        db_table = "journal_subject"


class Pending(models.Model):
    """Entries that committed but have no position yet: the sealer's queue, nearly always empty."""

    entry_id = models.BigIntegerField(primary_key=True)
    queued_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "journal_pending"


class Link(models.Model):
    """The number and the hash link of one committed entry."""

    position = models.BigIntegerField(primary_key=True)
    entry_id = models.BigIntegerField(unique=True)
    sealed_at = models.DateTimeField()
    scheme = models.SmallIntegerField()
    link = models.BinaryField()

    class Meta:
        db_table = "journal_link"
        constraints = (
            models.CheckConstraint(
                condition=models.Q(position__gte=1), name="journal_link_position_from_one"
            ),
        )


class Checkpoint(models.Model):
    """How far one listener (one reactions module) has heard."""

    listener = models.TextField(primary_key=True)
    position = models.BigIntegerField(default=0)
    moved_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "journal_checkpoint"


class ParkedSubject(models.Model):
    """A subject a listener failed on. WAITING is tried again by itself, OPERATOR by a person."""

    class State(models.TextChoices):
        WAITING = "WAITING", "等待自动重试"
        OPERATOR = "OPERATOR", "等待人工处理"

    id = models.BigAutoField(primary_key=True)
    listener = models.TextField()
    subject = models.TextField()
    state = models.TextField(choices=State.choices, default=State.WAITING)
    attempts = models.IntegerField(default=1)
    next_try_at = models.DateTimeField(null=True)
    parked_at = models.DateTimeField()
    problem = models.TextField()

    class Meta:
        db_table = "journal_parked_subject"
        constraints = (
            models.UniqueConstraint(
                fields=["listener", "subject"], name="journal_parked_subject_once"
            ),
        )
        indexes = (models.Index(fields=["state", "next_try_at"], name="journal_parked_due"),)


class ParkedEvent(models.Model):
    """One fact waiting behind its parked subject, in the order of positions."""

    id = models.BigAutoField(primary_key=True)
    parked = models.ForeignKey(ParkedSubject, on_delete=models.CASCADE, related_name="events")
    position = models.BigIntegerField()

    class Meta:
        db_table = "journal_parked_event"
        constraints = (
            models.UniqueConstraint(
                fields=["parked", "position"], name="journal_parked_event_once"
            ),
        )
