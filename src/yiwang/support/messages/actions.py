"""Telling people: in the inbox at once, by short message and e-mail after the commit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.conf import settings
from django.db import connection, transaction
from django.utils.module_loading import import_string

from yiwang.foundation.libraries import queries as library_queries
from yiwang.kernel.actor import Actor
from yiwang.kernel.masks import mask_email, mask_phone
from yiwang.kernel.references import new_key
from yiwang.kernel.refusals import NotFound
from yiwang.mechanisms.jobs import actions as jobs
from yiwang.mechanisms.statements import prepared
from yiwang.support.messages import queries, rules
from yiwang.support.messages.definitions import (
    CannotTell,
    EmailDriver,
    EmailRefused,
    EmailState,
    MessageView,
    Notice,
    SmsDriver,
    SmsState,
)
from yiwang.support.messages.models import Email, EmailAddress, Message, NoticeTemplate, Sms


def tell(
    *,
    recipient: str,
    template: str,
    values: Mapping[str, str],
    subject: str,
    at: datetime,
    key: str = "",
) -> MessageView:
    """Tell one person, firm or official something, by a template.

    ``recipient``: ``person:…``, ``organization:…`` or ``official:…``. ``template``: ``case-accepted``
    or a pack's own ``elderly-allowance@1/case-accepted``, which falls back to the former.
    ``subject``: the reference it is about. ``key``: the same key tells once only (a reaction that
    runs twice). A short message follows where the template has one and a phone is known, an e-mail
    where an address was confirmed and the template does not say ``邮件：否``.
    CannotTell when the template or one of its values is missing.
    """
    notice = _words(template, values)
    row = Message(
        key=key or new_key(),
        recipient=recipient,
        subject=subject,
        template=template,
        title=notice.title,
        text=notice.text,
        sent_at=at,
    )
    with transaction.atomic(savepoint=False):
        if not prepared.add_new(row):
            row = Message.objects.get(key=row.key)
        else:
            _send_on(row, notice, at)
    return MessageView(row.key, row.title, row.text, row.subject, row.sent_at, row.read_at)


def _words(template: str, values: Mapping[str, str]) -> Notice:
    """The pack's words; the platform's when the pack mentions what this step cannot say."""
    values = {"department_name": values.get("department", ""), **values}
    try:
        return rules.fill_notice(queries.get_notice(template), values)
    except CannotTell:
        return rules.fill_notice(queries.get_platform_notice(template), values)


def _send_on(message: Message, notice: Notice, at: datetime) -> None:
    """The same notice to the phone and the e-mail address of whoever reads this inbox."""
    reader = _reader_of(message.recipient)
    if notice.sms and reader.startswith("person:"):
        if phone := library_queries.find_phone(reader):
            write_sms(phone=phone, text=notice.sms, at=at)
    if notice.email and reader and queries.sends_email() and queries.has_address(reader):
        space = "desk" if message.recipient.startswith("official:") else "my"
        link = f"{settings.PUBLIC_ADDRESS}/{space}/messages/?message={message.key}"
        of_firm = message.recipient != reader
        text = rules.mail_text(message.text, link=link, of_firm=of_firm)
        _write_email(Email(owner=reader, title=message.title, text=text, written_at=at))


def _reader_of(recipient: str) -> str:
    """A person or an official is told himself; for a firm, its legal representative."""
    if recipient.startswith("organization:"):
        return library_queries.get_organization(recipient).legal_representative or ""
    return recipient


def write_sms(*, phone: str, text: str, at: datetime, queue: str = "normal") -> None:
    """Put one short message on its way: it leaves after the commit. Runs in a transaction."""
    if not connection.in_atomic_block:
        raise RuntimeError("a short message is written in the transaction of the act")
    row = Sms(phone=phone, phone_masked=mask_phone(phone), text=text, written_at=at)
    prepared.add(row)
    jobs.defer(task="messages.send_sms", queue=queue, sms=row.key)


def send_sms(*, sms: str, at: datetime) -> None:
    """Hand one waiting message to the gateway. Safe to run twice: its key goes along."""
    row = Sms.objects.filter(key=sms, state=SmsState.WAITING).first()
    if row is None:
        return
    driver: SmsDriver = import_string(settings.SMS_DRIVER)()
    receipt = driver.send(key=row.key, phone=row.phone, text=row.text)
    Sms.objects.filter(key=sms, state=SmsState.WAITING).update(
        state=SmsState.SENT, receipt=receipt[:120], sent_at=at
    )


def keep_address(*, owner: str, address: str, at: datetime) -> None:
    """From now on this person's or official's notices go to this e-mail address too.

    The caller has seen that it is his. An address it takes the place of is told, once, and gets
    nothing more: what still waits goes to the new one. Runs in the caller's transaction.
    """
    before = EmailAddress.objects.select_for_update().filter(owner=owner).first()
    if before is not None and before.address != address:
        write_email(
            owner=owner, address=before.address, template="email-replaced", values={}, at=at
        )
    changes = {
        "address": address,
        "address_masked": mask_email(address),
        "confirmed_at": at,
        "refused_at": None,
    }
    EmailAddress.objects.update_or_create(owner=owner, defaults=changes)


def drop_address(*, owner: str) -> bool:
    """No e-mails to this person or official any more, those that wait included; False: there was none."""
    return bool(EmailAddress.objects.filter(owner=owner).delete()[0])


def write_email(
    *, owner: str, address: str, template: str, values: Mapping[str, str], at: datetime
) -> None:
    """Put one e-mail to a named address on its way: to prove an address, to tell one that it is given up."""
    notice = _words(template, values)
    row = Email(owner=owner, address=address, address_masked=mask_email(address))
    row.title, row.text, row.written_at = notice.title, notice.text, at
    _write_email(row, queue="urgent")


def _write_email(row: Email, *, queue: str = "normal") -> None:
    if not connection.in_atomic_block:
        raise RuntimeError("an e-mail is written in the transaction of the act")
    prepared.add(row)
    jobs.defer(task="messages.send_email", queue=queue, email=row.key)


def send_email(*, email: str, at: datetime) -> None:
    """Hand one waiting e-mail to the mail server; what its reader no longer wants is dropped.

    Safe to run twice: what left is not sent again, and its key goes along. An address that takes no
    mail is noted for its owner; any other failure is for the job to try again.
    """
    row = Email.objects.filter(key=email, state=EmailState.WAITING).first()
    if row is None:
        return
    kept = None if row.address else EmailAddress.objects.filter(owner=row.owner).first()
    address = row.address or (kept.address if kept else "")
    if not address or not queries.sends_email():
        _settle(row, EmailState.DROPPED, at=at)
        return
    driver: EmailDriver = import_string(settings.EMAIL_DRIVER)()
    try:
        receipt = driver.send(
            key=row.key,
            address=address,
            title=rules.one_line(row.title),
            text=row.text,
            written_at=row.written_at,
        )
    except EmailRefused as refused:
        _settle(row, EmailState.REFUSED, address=address, receipt=str(refused), at=at)
        if kept is not None:
            own = EmailAddress.objects.filter(owner=row.owner, confirmed_at=kept.confirmed_at)
            own.update(refused_at=at)
        return
    _settle(row, EmailState.SENT, address=address, receipt=receipt, at=at)


def _settle(
    row: Email, state: EmailState, *, at: datetime, address: str = "", receipt: str = ""
) -> None:
    Email.objects.filter(key=row.key, state=EmailState.WAITING).update(
        state=state,
        address_masked=mask_email(address) if address else row.address_masked,
        receipt=receipt[:120],
        sent_at=at if state is EmailState.SENT else None,
    )


def mark_read(*, key: str, actor: Actor, at: datetime) -> None:
    """The recipient has read one message. NotFound for somebody else's; again changes nothing."""
    rows = Message.objects.visible_to(actor).filter(key=key)
    if not rows.filter(read_at__isnull=True).update(read_at=at) and not rows.exists():
        raise NotFound


def mark_all_read(*, actor: Actor, at: datetime) -> int:
    """The recipient has read everything; returns how many were unread."""
    return Message.objects.visible_to(actor).filter(read_at__isnull=True).update(read_at=at)


def publish_notices(*, item_code: str, version: int, notices: Sequence[Notice]) -> None:
    """Freeze the notices of one published pack version; the same ones again change nothing."""
    NoticeTemplate.objects.bulk_create(
        [
            NoticeTemplate(
                item=item_code,
                version=version,
                name=notice.name,
                title=notice.title,
                text=notice.text,
                sms=notice.sms,
                email=notice.email,
            )
            for notice in notices
        ],
        ignore_conflicts=True,
    )
