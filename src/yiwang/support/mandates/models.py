"""授权委托: one row per mandate. What was consented to and how lies encrypted."""

from __future__ import annotations

from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from yiwang.kernel.actor import Actor, ActorKind, Power, PowerAct, Role
from yiwang.kernel.masks import mask_name
from yiwang.kernel.references import new_key, reference
from yiwang.kernel.rights import EVERYTHING, NOTHING, scope_filter
from yiwang.mechanisms.crypto.fields import EncryptedJSON, EncryptedText
from yiwang.support.mandates.definitions import ConsentKind, MandateKind


class MandateSet(models.QuerySet["Mandate"]):
    """Mandates as somebody may see them."""

    def visible_to(self, actor: Actor) -> Self:
        """The giver's and the taker's; a window clerk's those his body wrote down from papers.

        Who acts for another by a mandate sees none: it is never passed on (民法典 第一百六十九条).
        At the window the person himself is present and sees his own.
        """
        if actor.kind is ActorKind.MACHINE:
            return self.filter(EVERYTHING)
        return self.filter(_of_parties(actor) | _of_body(actor))

    def on_paper_of(self, actor: Actor) -> Self:
        """Those a window clerk's body wrote down from papers."""
        return self.filter(_of_body(actor))

    def of_giver(self, giver: str) -> Self:
        return self.filter(giver=giver).exclude(kind=MandateKind.COUNTER)


def is_present(actor: Actor) -> bool:
    """Does a clerk act for the person before him?"""
    power = actor.mandate
    return power is not None and power.present and not power.over


def _of_parties(actor: Actor) -> Q:
    if actor.kind is ActorKind.ANONYMOUS:
        return NOTHING
    if actor.mandate is not None:
        return Q(giver=actor.applicant) if is_present(actor) else NOTHING
    taking = Q(taker=actor.reference) if actor.on_behalf_of is None else NOTHING
    return Q(giver=actor.applicant) | taking


def _of_body(actor: Actor) -> Q:
    if actor.kind is not ActorKind.OFFICIAL:
        return NOTHING
    return Q(consent_kind=ConsentKind.PAPER) & scope_filter(actor, roles=(Role.WINDOW_CLERK,))


class Mandate(models.Model):
    """授权委托. It never changes but for the moments of consent, acceptance and end."""

    key = models.CharField(max_length=16, unique=True, default=new_key)
    kind = models.CharField(max_length=12)
    giver = models.CharField(max_length=80)
    taker = models.CharField(max_length=80)
    items = ArrayField(models.CharField(max_length=120), null=True)  # NULL: every item
    acts = ArrayField(models.CharField(max_length=8))
    words = EncryptedJSON(purpose="mandates.words")  # names, item names, the text, a note
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField()
    proposed_by = models.CharField(max_length=80)
    proposed_at = models.DateTimeField()
    consent_kind = models.CharField(max_length=8, blank=True)
    consent_by = models.CharField(max_length=80, blank=True)
    consent_proof = EncryptedText(purpose="mandates.proof", null=True)
    proof_file = models.CharField(max_length=64, blank=True)
    confirmed_by = models.CharField(max_length=80, blank=True)
    consented_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.CharField(max_length=80, blank=True)
    division_code = models.CharField(max_length=12, blank=True)
    department = models.CharField(max_length=18, blank=True)
    under = models.CharField(max_length=16, blank=True, default="", db_default="")
    # at a window: by which other mandate the person present acts; "": for himself

    objects = MandateSet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind__in=list(MandateKind)), name="mandates_known_kind"
            ),
            models.CheckConstraint(
                condition=~Q(giver=F("taker")), name="mandates_between_two_different"
            ),
            models.CheckConstraint(
                condition=Q(valid_until__gt=F("valid_from")), name="mandates_end_after_they_begin"
            ),
            models.CheckConstraint(
                condition=Q(consented_at=None) | Q(consent_kind__in=list(ConsentKind)),
                name="mandates_consent_says_how",
            ),
            models.CheckConstraint(
                condition=~Q(consent_kind=ConsentKind.PAPER)
                | Q(consented_at=None)
                | (~Q(confirmed_by="") & ~Q(confirmed_by=F("consent_by"))),
                name="mandates_papers_need_two",
            ),
            models.UniqueConstraint(
                fields=["taker"],
                condition=Q(kind=MandateKind.COUNTER, revoked_at=None),
                name="mandates_one_person_at_a_window",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["giver", "-id"], name="mandates_of_giver"),
            models.Index(fields=["taker", "-id"], name="mandates_of_taker"),
            models.Index(
                fields=["department", "id"],
                name="mandates_papers_to_check",
                condition=Q(consent_kind=ConsentKind.PAPER, consented_at=None, revoked_at=None),
            ),
            models.Index(
                fields=["department", "-id"],
                name="mandates_papers_of_body",
                condition=Q(consent_kind=ConsentKind.PAPER),
            ),
        ]

    @property
    def reference(self) -> str:
        return reference("mandate", self.key)

    @property
    def power(self) -> Power:
        """How far it reaches while it is in force."""
        items = None if self.items is None else frozenset(self.items)
        acts = frozenset(PowerAct(act) for act in self.acts)
        present = self.kind == MandateKind.COUNTER and not self.under
        hand: str = mask_name(self.words["hand"]) if self.under else ""
        return Power(self.key, items, acts, present, self.masked("giver"), self.under, hand)

    def masked(self, side: str) -> str:
        """The masked name of “giver” or “taker”; a firm's is public."""
        name: str = self.words[side]
        return mask_name(name) if getattr(self, side).startswith("person:") else name
