"""The ledger's verbs."""

from yiwang.foundation.ledger.actions.alarms import raise_alarm
from yiwang.foundation.ledger.actions.appending import append
from yiwang.foundation.ledger.actions.asking import ask_witnesses
from yiwang.foundation.ledger.actions.checkpoints import write_checkpoint, write_restoration
from yiwang.foundation.ledger.actions.exporting import export
from yiwang.foundation.ledger.actions.forgetting import forget
from yiwang.foundation.ledger.actions.proving import Shown, prove_consistency, prove_entries
from yiwang.foundation.ledger.actions.witnessing import witness

__all__ = [
    "Shown",
    "append",
    "ask_witnesses",
    "export",
    "forget",
    "prove_consistency",
    "prove_entries",
    "raise_alarm",
    "witness",
    "write_checkpoint",
    "write_restoration",
]
