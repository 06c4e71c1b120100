"""The simulated reader's card; a real installation has no row here."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from yiwang.mechanisms.crypto.fields import EncryptedText
from yiwang.support.readers.definitions import Mood


class SimulatedCard(models.Model):
    """模拟读卡器: what lies on the reader of one window, and how the reader behaves."""

    place = models.CharField(max_length=80, unique=True)
    name = EncryptedText(purpose="readers.name", blank=True)
    citizen_id = EncryptedText(purpose="readers.citizen_id", blank=True)
    mood = models.CharField(max_length=8, choices=[(m.value, m.value) for m in Mood])
    put_at = models.DateTimeField()

    objects: ClassVar[models.Manager[SimulatedCard]]

    class Meta:
        db_table = "readers_simulatedcard"

    def __str__(self) -> str:
        return self.place
