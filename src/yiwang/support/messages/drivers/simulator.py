"""The sample installation's gateway: nothing leaves, the message can be read on a page."""

from __future__ import annotations

from django.conf import settings

from yiwang.kernel.refusals import TryLater


class NoGateway(TryLater):
    sentence = "还没有接入短信网关，短信没有发出。"
    remedy = "请用 YIWANG_SMS_DRIVER 指定网关驱动。"


class Simulator:
    """Keeps the promise of the port without a network."""

    def send(self, *, key: str, phone: str, text: str) -> str:
        """The row itself is what was sent; the receipt says so. Outside the sample: NoGateway."""
        if not settings.SAMPLE:
            raise NoGateway
        return f"simulated:{key}"
