"""The sample installation's gateways: nothing leaves, messages and e-mails can be read on a page."""

from __future__ import annotations

from datetime import datetime

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


class NoMailServer(TryLater):
    sentence = "还没有接入邮件服务器，邮件没有发出。"
    remedy = "请用 YIWANG_EMAIL_DRIVER 指定邮件驱动。"


class EmailSimulator:
    """The same for e-mails."""

    def send(self, *, key: str, address: str, title: str, text: str, written_at: datetime) -> str:
        """The row itself is what was sent; the receipt says so. Outside the sample: NoMailServer."""
        if not settings.SAMPLE:
            raise NoMailServer
        return f"simulated:{key}"
