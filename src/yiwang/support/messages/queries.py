"""The inbox, and what the simulator holds."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db.models import Q

from yiwang.kernel.actor import Actor
from yiwang.kernel.refusals import NotFound
from yiwang.mechanisms.statements import prepared
from yiwang.support.messages import rules
from yiwang.support.messages.definitions import (
    AddressView,
    CannotTell,
    EmailState,
    MessageView,
    Notice,
    SimulatedEmail,
    SimulatedSms,
    SmsState,
    parse,
)
from yiwang.support.messages.models import Email, EmailAddress, Message, NoticeTemplate, Sms

_MOST = 200
_NOTICES = Path(__file__).parent / "notices"


@cache
def list_notices() -> Mapping[str, Notice]:
    """The platform's own templates by name; a pack may bring its own under the same names."""
    return {
        path.stem: parse(path.stem, path.read_text(encoding="utf-8"))
        for path in sorted(_NOTICES.glob("*.txt"))
    }


_NOTICE: Final = (
    "SELECT {columns} FROM messages_noticetemplate WHERE item = %s AND version = %s AND name = %s"
)


def get_notice(template: str) -> Notice:
    """The template ``"<item>@<version>/<name>"`` of a pack, else the platform's own ``<name>``.

    CannotTell when neither exists.
    """
    item, version, name = rules.split_template(template)
    return _notice_of(item, version, name) or get_platform_notice(name)


def mentions(template: str, name: str) -> bool:
    """Does a notice, or the platform's own in its place, say this value?"""
    place = f"{{{name}}}"
    own = list_notices().get(rules.split_template(template)[2])
    told = (get_notice(template), *((own,) if own else ()))
    return any(place in text for one in told for text in (one.title, one.text, one.sms))


def _notice_of(item: str, version: int, name: str) -> Notice | None:
    """A pack's own notice, None when it has none of that name."""
    for row in prepared.read(NoticeTemplate, _NOTICE, [item, version, name]) if item else ():
        own = list_notices().get(name)
        title = row.title or (own.title if own else name)
        return Notice(name, title, row.text, row.sms, email=row.email)
    return None


def get_platform_notice(template: str) -> Notice:
    """The platform's own template, whatever a pack brought; CannotTell when there is none."""
    _, _, name = rules.split_template(template)
    notice = list_notices().get(name)
    if notice is None:
        raise CannotTell
    return notice


def get_sms_text(template: str, values: Mapping[str, str]) -> str:
    """The short text of a template with its values, for what goes to a phone and no inbox."""
    return rules.fill(get_notice(template).sms, values)


def list_messages(
    actor: Actor,
    *,
    after: str = "",
    limit: int = 20,
    unread_only: bool = False,
    begin: str = "",
) -> tuple[MessageView, ...]:
    """The actor's inbox, newest first; ``after`` is the key of the last one already seen.

    ``begin``: the key of the one to begin with, as links in e-mails name it. NotFound for another's.
    """
    rows = Message.objects.visible_to(actor)
    if unread_only:
        rows = rows.filter(read_at__isnull=True)
    if from_here := after or begin:
        own = Message.objects.visible_to(actor).filter(key=from_here)
        moment = own.values_list("sent_at", flat=True).first()
        if moment is None:
            raise NotFound
        beside = Q(key__lt=after) if after else Q(key__lte=begin)
        rows = rows.filter(Q(sent_at__lt=moment) | Q(sent_at=moment) & beside)
    return tuple(_view(row) for row in rows.order_by("-sent_at", "-key")[: min(limit, _MOST)])


def get_message(key: str, actor: Actor) -> MessageView:
    """One message of the actor's; NotFound for any other."""
    row = Message.objects.visible_to(actor).filter(key=key).first()
    if row is None:
        raise NotFound
    return _view(row)


def _view(row: Message) -> MessageView:
    return MessageView(row.key, row.title, row.text, row.subject, row.sent_at, row.read_at)


def count_unread(actor: Actor) -> int:
    """How many messages wait to be read, at most 100 (shown as 99+)."""
    return Message.objects.visible_to(actor).filter(read_at__isnull=True)[:100].count()


def sends_email() -> bool:
    """Does this installation send e-mails at all?"""
    return bool(settings.EMAIL_DRIVER)


_HAS_ADDRESS: Final = "SELECT 1 FROM messages_emailaddress WHERE owner = %s"


def has_address(owner: str) -> bool:
    """Has this person or official confirmed an e-mail address? Asked in acts: nothing is opened."""
    return bool(prepared.run(_HAS_ADDRESS, [owner]))


def find_address(owner: str) -> AddressView | None:
    """The confirmed e-mail address of a person or an official, masked; the caller is its owner."""
    row = EmailAddress.objects.defer("address").filter(owner=owner).first()
    return AddressView(row.address_masked, row.confirmed_at, row.refused_at) if row else None


def list_simulated_emails(*, limit: int = 50) -> tuple[SimulatedEmail, ...]:
    """The newest e-mails of the sample installation; NotFound anywhere else."""
    if not settings.SAMPLE:
        raise NotFound
    rows = Email.objects.order_by("-written_at", "-key").defer("address")[: min(limit, _MOST)]
    return tuple(
        SimulatedEmail(
            row.address_masked, row.title, row.text, EmailState(row.state), row.written_at
        )
        for row in rows
    )


def list_simulated_sms(*, limit: int = 50) -> tuple[SimulatedSms, ...]:
    """The newest short messages of the sample installation; NotFound anywhere else."""
    if not settings.SAMPLE:
        raise NotFound
    rows = Sms.objects.order_by("-written_at", "-key")[: min(limit, _MOST)]
    return tuple(
        SimulatedSms(row.phone_masked, row.text, SmsState(row.state), row.written_at)
        for row in rows
    )
