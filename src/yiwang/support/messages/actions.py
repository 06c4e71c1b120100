"""Telling people: in the inbox at once, by short message after the commit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.conf import settings
from django.db import connection, transaction
from django.utils.module_loading import import_string

from yiwang.foundation.libraries import queries as library_queries
from yiwang.kernel.actor import Actor
from yiwang.kernel.masks import mask_phone
from yiwang.kernel.references import new_key
from yiwang.kernel.refusals import NotFound
from yiwang.mechanisms.jobs import actions as jobs
from yiwang.mechanisms.statements import prepared
from yiwang.support.messages import queries, rules
from yiwang.support.messages.definitions import CannotTell, MessageView, Notice, SmsDriver, SmsState
from yiwang.support.messages.models import Message, NoticeTemplate, Sms


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
    runs twice). A short message follows where the template has one and a phone is known.
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
        elif notice.sms and (phone := _phone_of(recipient)):
            write_sms(phone=phone, text=notice.sms, at=at)
    return MessageView(row.key, row.title, row.text, row.subject, row.sent_at, row.read_at)


def _words(template: str, values: Mapping[str, str]) -> Notice:
    """The pack's words; the platform's when the pack mentions what this step cannot say."""
    values = {"department_name": values.get("department", ""), **values}
    try:
        return rules.fill_notice(queries.get_notice(template), values)
    except CannotTell:
        return rules.fill_notice(queries.get_platform_notice(template), values)


def _phone_of(recipient: str) -> str | None:
    """A person's phone; for a firm, its legal representative's."""
    if recipient.startswith("organization:"):
        recipient = library_queries.get_organization(recipient).legal_representative or ""
    return library_queries.find_phone(recipient) if recipient.startswith("person:") else None


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
            )
            for notice in notices
        ],
        ignore_conflicts=True,
    )
