"""Background work of the journey."""

from __future__ import annotations

from datetime import datetime

from yiwang.capability.cases import actions as cases
from yiwang.capability.journey import acceptance, archiving, machine, owing, reconciling, renewing
from yiwang.kernel.actor import Actor
from yiwang.mechanisms.jobs import registry


@registry.task("cases.after_submission")
def after_submission(*, case: str, actor: Actor, at: datetime) -> None:
    """Decide by rule or pass on; a citizen waits for it."""
    machine.after_submission(case_key=case, actor=actor, at=at)


@registry.task("cases.write_receipt")
def write_receipt(*, case: str, actor: Actor, at: datetime) -> None:
    """The letter that says what was received."""
    machine.write_receipt(case_key=case, actor=actor, at=at)


@registry.every(minutes=10, name="journey.renew_by_silence")
def renew_by_silence(*, actor: Actor, at: datetime) -> None:
    """Old terms that ended without a decision are renewed (行政许可法 50)."""
    del actor  # done in the clock's name
    renewing.renew_by_silence(at=at, actor=acceptance.CLOCK)


@registry.every(minutes=5, name="materials.fetch_owed")
def fetch_owed(*, actor: Actor, at: datetime) -> None:
    """Ask once more for every material a source was away for; a resting source is not pressed."""
    owing.fetch_owed(actor=actor, at=at)


@registry.task("journey.check_again")
def check_again(*, case: str, actor: Actor, at: datetime) -> None:
    """Look at the conditions of a case again, now that its data have come."""
    owing.check_again(case_key=case, actor=actor, at=at)


@registry.task("journey.archive")
def archive(*, package: str, actor: Actor, at: datetime) -> None:
    """归档 one finished case; nobody waits for it."""
    archiving.archive_by_clock(package_key=package, actor=actor, at=at)


@registry.every(minutes=60, name="journey.archive_due")
def archive_due(*, actor: Actor, at: datetime) -> None:
    """Finished cases whose days to be challenged are over."""
    del actor  # each job acts for itself
    archiving.hand_on_due(at=at)


@registry.every(minutes=1440, name="journey.reconcile")
def reconcile(*, actor: Actor, at: datetime) -> None:
    """每日对账: a difference is an alert and a row of the console, not a log line."""
    del actor  # the reconciler's own name, by which the last result is found
    reconciling.reconcile(at=at)


@registry.every(minutes=60, name="journey.mend_lists")
def mend_lists(*, actor: Actor, at: datetime) -> None:
    """Open cases that are on no worklist, such as those from before there were lists."""
    cases.mend(actor=actor, at=at)
