"""The ledger's verbs."""

from yiwang.foundation.ledger.actions.alarms import raise_alarm
from yiwang.foundation.ledger.actions.appending import append
from yiwang.foundation.ledger.actions.checkpoints import write_checkpoint, write_restoration

__all__ = ["append", "raise_alarm", "write_checkpoint", "write_restoration"]
