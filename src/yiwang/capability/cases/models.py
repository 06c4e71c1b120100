"""Cases, their number series, and the flows items were published with."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import F, Q

from yiwang.capability.cases.definitions import HolderKind, Outcome, Stage
from yiwang.capability.cases.definitions.flow import ChainStep, Special
from yiwang.capability.cases.definitions.profiles import Profile, State
from yiwang.capability.cases.definitions.work import Turn
from yiwang.kernel.actor import CASE_STAFF, Actor, ActorKind, Role
from yiwang.kernel.references import new_key, reference
from yiwang.kernel.rights import in_scope, scope_filter
from yiwang.mechanisms.crypto.fields import EncryptedJSON, EncryptedText

#: Officials with one of these roles see the cases of their place and department.
_READERS = CASE_STAFF
_OFFICIALS_TURN = (
    State.SUBMITTED,
    State.WITH_OFFICIAL,
    State.ACCEPTED,
    State.IN_REVIEW,
    State.FOR_APPROVAL,
    State.SUSPENDED,
    State.APPROVED,
    State.REJECTED,
    State.ISSUED,
)


class CaseSet(models.QuerySet["Case"]):
    """Cases as somebody may see them."""

    def visible_to(self, actor: Actor) -> Self:
        """One's own, one's body's, and those another body let one's body into: for single reads."""
        mine = scope_filter(actor, roles=_READERS, item="item_code")
        if actor.kind is not ActorKind.OFFICIAL:
            return self.filter(mine)
        let_in = CaseParticipant.objects.visible_to(actor).filter(case=models.OuterRef("pk"))
        return self.filter(mine | Q(models.Exists(let_in)))

    def open_to(self, actor: Actor) -> Self:
        """Those one may open whole: one's own, one's body's, and those one's body passed on.

        A body that is only asked about a case comes to it through its branch.
        """
        mine = scope_filter(actor, roles=_READERS, item="item_code")
        if actor.kind is not ActorKind.OFFICIAL:
            return self.filter(mine)
        passed_on = CaseParticipant.objects.visible_to(actor).filter(
            case=models.OuterRef("pk"), reference__startswith="department:"
        )
        return self.filter(mine | Q(models.Exists(passed_on)))

    def in_charge_of(self, actor: Actor) -> Self:
        """One's own, or those one's body handles: for worklists, and for every act on a case."""
        return self.filter(scope_filter(actor, roles=_READERS, item="item_code"))


class Case(models.Model):
    """One application being handled. ``state`` changes only by ``states.actions.move``."""

    key = models.CharField(max_length=16, unique=True)
    case_no = models.CharField(max_length=32, unique=True)
    state = models.CharField(max_length=16)
    version = models.PositiveIntegerField(default=1)
    profile = models.CharField(max_length=24)
    machine_version = models.PositiveSmallIntegerField()
    item_code = models.CharField(max_length=120)
    item_version = models.PositiveIntegerField()
    item_name = models.CharField(max_length=300)
    instant = models.BooleanField()
    applicant = models.CharField(max_length=80)
    applicant_masked = models.CharField(max_length=120)
    submitted_by = models.CharField(max_length=80)
    on_behalf_of = models.CharField(max_length=80, blank=True)
    channel = models.CharField(max_length=16)
    division_code = models.CharField(max_length=12)
    department = models.CharField(max_length=18)
    department_name = models.CharField(max_length=120)
    draft_key = models.CharField(max_length=16, unique=True)
    idempotency_key = models.CharField(max_length=80)
    body_digest = models.CharField(max_length=64)
    content = EncryptedJSON(purpose="cases.content")
    decision = EncryptedJSON(purpose="cases.decision", null=True)
    notice = EncryptedJSON(purpose="cases.notice", null=True)
    outcome = models.CharField(max_length=8, blank=True)
    by_rule = models.BooleanField(default=False)
    decided_by = models.CharField(max_length=80, blank=True)
    result_kind = models.CharField(max_length=12, blank=True)
    result_reference = models.CharField(max_length=120, blank=True)
    received_at = models.DateTimeField()
    person_asked_at = models.DateTimeField(null=True)
    person_answered_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    notified_at = models.DateTimeField(null=True)
    supply_lapsed_at = models.DateTimeField(null=True)
    extension = EncryptedJSON(purpose="cases.extension", null=True)
    extension_asked_at = models.DateTimeField(null=True)
    extended_at = models.DateTimeField(null=True)
    corrected_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    issued_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    decision_blocks = models.PositiveSmallIntegerField(default=0, db_default=0)
    issue_blocks = models.PositiveSmallIntegerField(default=0, db_default=0)
    held_since = models.DateTimeField(null=True)  # None: the first holder, since the receipt
    deemed = models.BooleanField(default=False, db_default=False)  # accepted by the clock
    body = models.CharField(max_length=18, blank=True, default="", db_default="")
    body_name = models.CharField(max_length=120, blank=True, default="", db_default="")
    silence_at = models.DateTimeField(null=True)  # from here on no decision means yes
    delivery = EncryptedJSON(purpose="cases.delivery", null=True)
    acts_on = models.CharField(max_length=80, blank=True, default="", db_default="")

    #: 岗位 of the step just taken, for the entry and the opinion that follow it; no column.
    acting_post: str = ""

    objects = CaseSet.as_manager()

    class Meta:
        db_table = "cases_case"
        constraints = (
            models.UniqueConstraint(
                fields=["submitted_by", "idempotency_key"], name="cases_once_per_key"
            ),
            models.CheckConstraint(condition=Q(state__in=list(State)), name="cases_known_state"),
            models.CheckConstraint(
                condition=Q(profile__in=list(Profile)), name="cases_known_profile"
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=["", "APPROVE"]) | Q(outcome="REJECT", by_rule=False),
                name="cases_a_rule_never_rejects",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[State.APPROVED, State.REJECTED, State.ISSUED])
                | Q(decided_at__isnull=False) & ~Q(outcome="") & ~Q(decided_by=""),
                name="cases_decided_by_somebody",
            ),
        )
        indexes = (
            models.Index(fields=["applicant", "-id"], name="cases_of_applicant"),
            models.Index(fields=["department", "-id"], name="cases_of_department"),
            models.Index(
                fields=["division_code", "id"],
                name="cases_of_division",
                opclasses=["varchar_pattern_ops", "int8_ops"],
            ),
            models.Index(
                fields=["department", "id"],
                name="cases_at_work",
                condition=Q(state__in=_OFFICIALS_TURN),
            ),
            models.Index(
                fields=["silence_at"],
                name="cases_silence",
                condition=Q(silence_at__isnull=False, decided_at=None, ended_at=None),
            ),
            models.Index(
                fields=["acts_on"],
                name="cases_on_licence",
                condition=~Q(acts_on="") & Q(ended_at=None),
            ),
            models.Index(
                fields=["department", "id"],
                name="cases_person_waits",
                condition=Q(person_asked_at__isnull=False, person_answered_at=None),
            ),
        )

    @property
    def reference(self) -> str:
        return reference("case", self.key)

    def is_in_charge(self, actor: Actor) -> bool:
        """``in_charge_of`` for a row that was read already."""
        return in_scope(
            actor,
            roles=_READERS,
            owner=self.applicant,
            division_code=self.division_code,
            department=self.department,
            item_code=self.item_code,
        )

    def is_visible_to(self, actor: Actor) -> bool:
        """``visible_to`` for a row that was read already; asks for bodies let in only when it must."""
        return self.is_in_charge(actor) or self._lets_in(actor, "")

    def is_open_to(self, actor: Actor) -> bool:
        """``open_to`` for a row that was read already."""
        return self.is_in_charge(actor) or self._lets_in(actor, "department:")

    def _lets_in(self, actor: Actor, asked: str) -> bool:
        if actor.kind is not ActorKind.OFFICIAL:
            return False
        let_in = CaseParticipant.objects.visible_to(actor)
        return let_in.filter(case=self, reference__startswith=asked).exists()


class CaseBlock(models.Model):
    """Something that keeps a case from approval, or its result from being issued."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="blocks")
    stage = models.CharField(max_length=12)
    reason = models.CharField(max_length=120)
    label = models.CharField(max_length=200)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "cases_block"
        constraints = (
            models.UniqueConstraint(
                fields=["case", "stage", "reason"],
                condition=Q(ended_at=None),
                name="cases_one_open_block",
            ),
            models.CheckConstraint(
                condition=Q(stage__in=list(Stage)), name="cases_known_block_stage"
            ),
        )


class ParticipantSet(models.QuerySet["CaseParticipant"]):
    """Bodies let into cases, as their officials may use it."""

    def visible_to(self, actor: Actor) -> Self:
        return self.filter(
            scope_filter(actor, roles=_READERS, owner="case__applicant", item="case__item_code")
        )


class CaseParticipant(models.Model):
    """Another body may see a case, and act on what it was asked for, never on the case itself."""

    case = models.ForeignKey(  # the unique key begins with it
        Case, on_delete=models.PROTECT, related_name="participants", db_index=False
    )
    department = models.CharField(max_length=18)
    division_code = models.CharField(max_length=12)
    reference = models.CharField(max_length=120)
    let_in_at = models.DateTimeField()

    objects = ParticipantSet.as_manager()

    class Meta:
        db_table = "cases_participant"
        constraints = (
            models.UniqueConstraint(
                fields=["case", "department", "division_code", "reference"],
                name="cases_let_in_once",
            ),
        )


class CaseHolding(models.Model):
    """One stretch in which somebody had the case. Before the first row the first holder had it."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="holdings")
    holder_kind = models.CharField(max_length=12)
    holder = models.CharField(max_length=120)
    label = models.CharField(max_length=120)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "cases_holding"
        constraints = (
            models.UniqueConstraint(
                fields=["case"], condition=Q(ended_at=None), name="cases_one_holder_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(holder_kind__in=list(HolderKind)), name="cases_known_holder_kind"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("began_at")),
                name="cases_held_forwards",
            ),
        )


class CaseOpinion(models.Model):
    """签批意见: what one who signs wrote when passing a case on, back, or deciding it."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="opinions")
    place = models.CharField(max_length=8)  # a ChainStep
    act = models.CharField(max_length=16)
    proposal = models.CharField(max_length=8, blank=True)  # an Outcome
    text = EncryptedText(purpose="cases.opinion")
    by = models.CharField(max_length=80)
    by_name = models.CharField(max_length=80)
    by_post = models.CharField(max_length=30, default="", db_default="")
    at = models.DateTimeField()

    class Meta:
        db_table = "cases_opinion"
        constraints = (
            models.CheckConstraint(
                condition=Q(place__in=list(ChainStep)), name="cases_known_place_of_chain"
            ),
            models.CheckConstraint(
                condition=Q(proposal__in=["", *Outcome]), name="cases_known_proposal"
            ),
        )


class OpinionPhrase(models.Model):
    """A phrase one official keeps for opinions."""

    key = models.CharField(max_length=16, unique=True, default=new_key)
    official = models.CharField(max_length=80)
    text = models.CharField(max_length=200)
    kept_at = models.DateTimeField()

    class Meta:
        db_table = "cases_phrase"
        constraints = (
            models.UniqueConstraint(fields=["official", "text"], name="cases_phrase_kept_once"),
        )


class SpecialProcedure(models.Model):
    """特别程序: a stretch outside the clock, told in writing with how long it takes (行政许可法 45)."""

    key = models.CharField(max_length=16, unique=True, default=new_key)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="special_procedures")
    kind = models.CharField(max_length=16)
    reason = EncryptedText(purpose="cases.special")
    began_at = models.DateTimeField()
    expected_on = models.DateField()
    ended_at = models.DateTimeField(null=True)
    finding = EncryptedText(purpose="cases.special", null=True)

    class Meta:
        db_table = "cases_special"
        constraints = (
            models.CheckConstraint(condition=Q(kind__in=list(Special)), name="cases_known_special"),
            models.UniqueConstraint(
                fields=["case", "kind"],
                condition=Q(ended_at=None),
                name="cases_one_special_of_a_kind",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("began_at")),
                name="cases_special_forwards",
            ),
        )


class WorkSet(models.QuerySet["CaseWork"]):
    """Open cases as work of bodies."""

    def visible_to(self, actor: Actor) -> Self:
        """Those of the bodies whose officers' lists an official may see, a leader's included."""
        if actor.kind not in (ActorKind.OFFICIAL, ActorKind.MACHINE):
            return self.none()
        return self.filter(scope_filter(actor, roles=(*_READERS, Role.LEADER)))

    def in_charge_of(self, actor: Actor) -> Self:
        """Those the actor's body handles, for its own lists."""
        if actor.kind not in (ActorKind.OFFICIAL, ActorKind.MACHINE):
            return self.none()
        return self.filter(scope_filter(actor, roles=_READERS))


class CaseWork(models.Model):
    """One open case as its lists and counts read it: narrow, kept by ``actions.work``, gone at the end.

    ``official``: who goes on with it; "": whoever of the body takes it up.
    """

    case = models.OneToOneField(Case, on_delete=models.PROTECT, primary_key=True)
    department = models.CharField(max_length=18)
    division_code = models.CharField(max_length=12)
    item_code = models.CharField(max_length=120)
    state = models.CharField(max_length=16)
    turn = models.CharField(max_length=12)
    chained = models.BooleanField()
    official = models.CharField(max_length=80, blank=True)
    blocked = models.BooleanField()
    for_head = models.BooleanField()  # more time was asked for
    received_at = models.DateTimeField()
    due_on = models.DateField()
    warns_on = models.DateField()
    paused = models.BooleanField()

    objects = WorkSet.as_manager()

    class Meta:
        db_table = "cases_work"
        constraints = (
            models.CheckConstraint(condition=Q(turn__in=list(Turn)), name="cases_known_turn"),
        )
        indexes = (
            models.Index(  # lists and counts of a body read nothing else
                fields=["department", "due_on", "case"],
                include=[
                    "division_code",
                    "turn",
                    "chained",
                    "official",
                    "blocked",
                    "for_head",
                    "warns_on",
                    "paused",
                ],
                name="cases_work_at_hand",
            ),
            models.Index(fields=["department", "case"], name="cases_work_received"),
            models.Index(fields=["due_on", "case"], name="cases_work_by_day"),
            models.Index(
                fields=["official"], name="cases_work_of_official", condition=~Q(official="")
            ),
            models.Index(
                fields=["division_code", "due_on"],
                name="cases_work_of_division",
                opclasses=["varchar_pattern_ops", "date_ops"],
            ),
        )


class SavedFilter(models.Model):
    """A narrowed worklist one official keeps under a name."""

    key = models.CharField(max_length=16, unique=True, default=new_key)
    official = models.CharField(max_length=80)
    name = models.CharField(max_length=30)
    says = models.JSONField()
    kept_at = models.DateTimeField()

    class Meta:
        db_table = "cases_saved_filter"
        constraints = (
            models.UniqueConstraint(fields=["official", "name"], name="cases_filter_kept_once"),
        )


class CaseSeries(models.Model):
    """The last number given in one series (division and day); locked while a number is taken."""

    series = models.CharField(max_length=20, primary_key=True)
    last = models.PositiveIntegerField()

    class Meta:
        db_table = "cases_series"


class PublishedFlow(models.Model):
    """The flow of one item version, frozen."""

    item_code = models.CharField(max_length=120)
    item_version = models.PositiveIntegerField()
    flow = models.JSONField()
    published_at = models.DateTimeField()
    published_by = models.CharField(max_length=80)

    class Meta:
        db_table = "cases_flow"
        constraints = (
            models.UniqueConstraint(fields=["item_code", "item_version"], name="cases_one_flow"),
        )
