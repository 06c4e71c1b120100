"""E-mails by a mail server: SMTP inside TLS, the server proved by its certificate, every wait limited."""

from __future__ import annotations

import smtplib
import ssl
from datetime import datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

from django.conf import settings

from yiwang.support.messages.definitions import EmailRefused


class MailServerAway(ConnectionError):
    """The mail server did not take it this time; kind and number only, never the address."""


class Smtp:
    """``settings.SMTP_*`` say which server; a connection for each e-mail."""

    def send(self, *, key: str, address: str, title: str, text: str, written_at: datetime) -> str:
        """Hand over one e-mail. EmailRefused when the server takes none for this address (5xx)."""
        message = compose(key=key, address=address, title=title, text=text, written_at=written_at)
        try:
            server = _connect()
            try:
                if settings.SMTP_USER:
                    server.login(settings.SMTP_USER, settings.SMTP_PASSWORD)
                server.send_message(message)
            finally:
                server.close()  # what was accepted is accepted: no farewell could undo it
        except smtplib.SMTPRecipientsRefused as error:
            [(code, _)] = error.recipients.values()
            if code < 500:
                raise MailServerAway(f"recipient {code}") from None
            raise EmailRefused(str(code)) from None
        except smtplib.SMTPResponseException as error:
            raise MailServerAway(f"{type(error).__name__} {error.smtp_code}") from None
        except (smtplib.SMTPException, OSError) as error:
            raise MailServerAway(type(error).__name__) from None
        return f"smtp:{message['Message-ID']}"


def compose(*, key: str, address: str, title: str, text: str, written_at: datetime) -> EmailMessage:
    """Plain text with the key as its Message-ID; a header with a line break in it is refused."""
    sender = Address(settings.EMAIL_SENDER_NAME, addr_spec=settings.EMAIL_FROM)
    message = EmailMessage(policy=policy.SMTP)
    message["From"] = sender
    message["To"] = Address(addr_spec=address)
    message["Subject"] = title
    message["Date"] = format_datetime(written_at)
    message["Message-ID"] = f"<{key}@{sender.domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text, cte="base64")
    return message


def _connect() -> smtplib.SMTP:
    """Inside TLS from the first byte, or from STARTTLS on; never in clear."""
    context = ssl.create_default_context(cafile=settings.SMTP_CA or None)
    host, port, seconds = settings.SMTP_HOST, settings.SMTP_PORT, settings.SMTP_SECONDS
    if settings.SMTP_TLS == "implicit":
        return smtplib.SMTP_SSL(host, port, timeout=seconds, context=context)
    server = smtplib.SMTP(host, port, timeout=seconds)
    try:
        server.starttls(context=context)
    except Exception:
        server.close()
        raise
    return server
