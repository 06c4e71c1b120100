"""Messages in the inbox, short messages and e-mails on their way, templates of packs."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q

from yiwang.kernel.actor import Actor, ActorKind
from yiwang.kernel.references import KEY_LENGTH, new_key
from yiwang.mechanisms.crypto.fields import EncryptedText
from yiwang.support.messages.definitions import EmailState, SmsState


class MessageRows(models.QuerySet["Message"]):
    def visible_to(self, actor: Actor) -> Self:
        """Only the recipient's own, officials included; a firm's inbox is its representatives'."""
        if actor.kind is ActorKind.ANONYMOUS:
            return self.none()
        if actor.mandate is not None:  # an inbox is nobody else's
            return self.none()
        own = actor.reference if actor.kind is ActorKind.OFFICIAL else actor.applicant
        return self.filter(recipient=own)


class Message(models.Model):
    """站内消息."""

    key = models.CharField(max_length=KEY_LENGTH, primary_key=True, default=new_key)
    recipient = models.CharField(max_length=80)
    subject = models.CharField(max_length=80)
    template = models.CharField(max_length=120)
    title = models.CharField(max_length=120)
    text = EncryptedText()
    sent_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    objects = MessageRows.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["recipient", "-sent_at", "-key"], name="message_inbox"),
            models.Index(
                fields=["recipient"], condition=Q(read_at__isnull=True), name="message_unread"
            ),
        ]


class Sms(models.Model):
    """短信: written in the transaction of the act, sent after it by a job."""

    key = models.CharField(max_length=KEY_LENGTH, primary_key=True, default=new_key)
    phone = EncryptedText()
    phone_masked = models.CharField(max_length=20)
    text = EncryptedText()
    state = models.CharField(
        max_length=8, choices=[(s.value, s.value) for s in SmsState], default=SmsState.WAITING
    )
    receipt = models.CharField(max_length=120, blank=True)
    written_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["-written_at", "-key"], name="sms_newest_first")]


class EmailAddress(models.Model):
    """邮箱地址: where a person or an official also wants notices; there once its owner confirmed it."""

    owner = models.CharField(max_length=80, primary_key=True)
    address = EncryptedText()
    address_masked = models.CharField(max_length=260)
    confirmed_at = models.DateTimeField()
    refused_at = models.DateTimeField(null=True)


class Email(models.Model):
    """邮件: written in the transaction of the act, sent after it by a job.

    ``address``: empty for notices, which go to whatever address the owner has when they leave.
    """

    key = models.CharField(max_length=KEY_LENGTH, primary_key=True, default=new_key)
    owner = models.CharField(max_length=80)
    address = EncryptedText(default="")
    address_masked = models.CharField(max_length=260, blank=True)
    title = models.CharField(max_length=120)
    text = EncryptedText()
    state = models.CharField(
        max_length=8, choices=[(s.value, s.value) for s in EmailState], default=EmailState.WAITING
    )
    receipt = models.CharField(max_length=120, blank=True)
    written_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["-written_at", "-key"], name="email_newest_first")]


class NoticeTemplate(models.Model):
    """One notice of a published pack version; frozen like the version."""

    item = models.CharField(max_length=80)
    version = models.PositiveIntegerField()
    name = models.CharField(max_length=60)
    title = models.CharField(max_length=120)
    text = models.TextField()
    sms = models.CharField(max_length=300, blank=True)
    email = models.BooleanField(default=True, db_default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["item", "version", "name"], name="one_notice_per_pack_version_and_name"
            )
        ]
