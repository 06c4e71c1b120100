"""A courier that behaves like a bad one: nothing is carried; the tracking number says what happens when.

By the last digit of a parcel's number the simulator tells events twice, out of order, in the future,
brings the parcel back, is away every other hour, or is simply good. Refused outside the sample.
"""

from __future__ import annotations

import zlib
from datetime import UTC, datetime, timedelta
from typing import Final

from django.conf import settings

from yiwang.capability.deliveries.definitions import CourierEvent, Order, Tracked
from yiwang.capability.deliveries.rules import CourierAway

_DAY: Final = timedelta(days=1)
_MADE: Final = "%y%m%d%H%M"


class Simulator:
    """Keeps the port's promise without a courier."""

    name = "示例寄递（模拟）"

    def order(self, order: Order) -> str:
        """The same order gives the same number: it carries its moment and a mark of its reference."""
        self._insist()
        mark = zlib.crc32(order.reference.encode())
        return f"SIM{order.at.astimezone(UTC):{_MADE}}{mark:010d}"

    def track(self, tracking: str, *, at: datetime) -> tuple[Tracked, ...]:
        """Everything until now, as badly as the last digit says."""
        self._insist()
        manner = int(tracking[-1])
        if manner == 9 and at.hour % 2:
            raise CourierAway
        began = datetime.strptime(tracking[3:13], _MADE).replace(tzinfo=UTC)
        last = CourierEvent.BACK if manner == 8 else CourierEvent.SIGNED
        story = [
            Tracked(began + timedelta(hours=20), CourierEvent.TAKEN, "兰州城关揽投部"),
            Tracked(began + _DAY, CourierEvent.MOVING, "兰州中心局"),
            Tracked(began + 2 * _DAY, last, "兰州七里河投递部", "本人签收" if manner != 8 else ""),
        ]
        if manner == 7:  # from the future: not to be believed
            return tuple(story)
        told = [one for one in story if one.at <= at]
        if manner == 6:
            told = told + told
        return tuple(reversed(told)) if manner == 5 else tuple(told)

    @staticmethod
    def _insist() -> None:
        if not settings.SAMPLE:
            raise CourierAway("还没有接入寄递企业，请用 YIWANG_COURIER_DRIVER 指定驱动。")
