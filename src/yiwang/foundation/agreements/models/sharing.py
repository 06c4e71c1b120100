"""Requests for data and the grants that come of them. ``state`` changes only by ``states.move``."""

from __future__ import annotations

from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from yiwang.foundation.agreements.definitions import (
    OFFICE,
    Basis,
    GrantState,
    Longer,
    Origin,
    RequestState,
    Sharing,
    Side,
    Way,
)
from yiwang.foundation.agreements.definitions.reports import (
    Disposal,
    ReportKind,
)
from yiwang.kernel.actor import Actor, ActorKind, Role
from yiwang.kernel.moments import legal_date
from yiwang.kernel.places import significant_prefix
from yiwang.kernel.references import new_key, reference
from yiwang.kernel.rights import EVERYTHING, NOTHING, scope_filter

#: What the provider must not see yet: still being written at the other side.
_UNSENT = (RequestState.DRAFT, RequestState.TO_SIGN)


def _of_side(actor: Actor, side: str) -> Q:
    """Rows whose department on one side is the official's own."""
    return scope_filter(
        actor,
        roles=OFFICE,
        owner=side,
        division=f"{side}_division",
        department=side,
    )


def _of_place(actor: Actor, roles: tuple[Role, ...]) -> Q:
    """Rows of a place the official watches over, whichever side lies there and whatever his own body."""
    found = NOTHING
    for grant in actor.grants:
        if grant.role in roles:
            place = significant_prefix(grant.division_code)
            found |= Q(consumer_division__startswith=place) | Q(provider_division__startswith=place)
    return found


class RequestSet(models.QuerySet["DataRequest"]):
    def visible_to(self, actor: Actor) -> Self:
        """The asking office's own; the provider's and the authority's once they are signed."""
        if actor.kind is ActorKind.MACHINE:
            return self.filter(EVERYTHING)
        if actor.kind is not ActorKind.OFFICIAL:
            return self.none()
        sent = ~Q(state__in=_UNSENT) & Q(received_at__isnull=False)
        others = _of_side(actor, "provider") | _of_place(actor, (Role.DATA_AUTHORITY,))
        return self.filter(_of_side(actor, "consumer") | (others & sent))


class DataRequest(models.Model):
    """共享申请: one department asks another for items of one resource, for a purpose and a term."""

    key = models.CharField(max_length=16, unique=True, default=new_key, editable=False)
    resource = models.CharField(max_length=80)
    resource_name = models.CharField(max_length=200)
    sharing = models.CharField(max_length=13)
    consumer = models.CharField(max_length=18)
    consumer_name = models.CharField(max_length=120)
    consumer_division = models.CharField(max_length=12)
    consumer_node = models.CharField(max_length=32)
    provider = models.CharField(max_length=18)
    provider_name = models.CharField(max_length=120)
    provider_division = models.CharField(max_length=12)
    provider_node = models.CharField(max_length=32)
    purpose = models.CharField(max_length=100)
    basis = models.CharField(max_length=4)
    items = ArrayField(models.CharField(max_length=120), default=list)
    duty = models.CharField(max_length=1000, blank=True)
    scene = models.CharField(max_length=1000)
    fields = ArrayField(models.CharField(max_length=80))
    clear_fields = ArrayField(models.CharField(max_length=80), default=list)
    way = models.CharField(max_length=7)
    needs_case = models.BooleanField(default=True)
    until = models.DateField()
    per_day = models.PositiveIntegerField()
    per_second = models.PositiveIntegerField(default=10)
    state = models.CharField(max_length=13, default=RequestState.DRAFT)
    version = models.PositiveIntegerField(default=1)
    notes = models.JSONField(default=list)  # [{at, from, act, who, side, words}]
    missing = models.CharField(max_length=1000, blank=True)
    told_at = models.DateTimeField(null=True)
    longer = models.CharField(max_length=8, blank=True, default=Longer.NO)
    longer_days = models.PositiveSmallIntegerField(default=0)
    answer_yes = models.BooleanField(null=True)
    answer_words = models.CharField(max_length=1000, blank=True)
    article = models.CharField(max_length=200, blank=True)
    off_list = models.BooleanField(default=False)  # refused although not on the negative list
    service = models.CharField(max_length=80, blank=True)
    drafted_by = models.CharField(max_length=80)
    signed_by = models.CharField(max_length=80, blank=True)
    answered_by = models.CharField(max_length=80, blank=True)  # the provider's head
    created_at = models.DateTimeField()
    received_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    answered_late = models.BooleanField(null=True)
    agreed_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    delivered_late = models.BooleanField(null=True)
    closed_at = models.DateTimeField(null=True)

    objects = RequestSet.as_manager()

    class Meta:
        db_table = "agreements_request"
        constraints: ClassVar = [
            models.CheckConstraint(
                name="requests_state_known", condition=Q(state__in=list(RequestState))
            ),
            models.CheckConstraint(
                name="requests_sharing_known", condition=Q(sharing__in=list(Sharing))
            ),
            models.CheckConstraint(name="requests_basis_known", condition=Q(basis__in=list(Basis))),
            models.CheckConstraint(name="requests_way_known", condition=Q(way__in=list(Way))),
            models.CheckConstraint(
                name="requests_two_departments", condition=~Q(consumer=F("provider"))
            ),
            models.CheckConstraint(
                name="requests_refusal_has_reasons",
                condition=~Q(state=RequestState.REFUSED) | (~Q(answer_words="") & ~Q(article="")),
            ),
            models.CheckConstraint(
                name="requests_sent_are_signed",
                condition=Q(received_at__isnull=True) | ~Q(signed_by=""),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["consumer", "state", "-id"], name="requests_of_consumer"),
            models.Index(fields=["provider", "state", "-id"], name="requests_of_provider"),
            models.Index(fields=["state", "-id"], name="requests_by_state"),
            models.Index(fields=["resource", "-id"], name="requests_of_resource"),
            models.Index(
                fields=["received_at"],
                include=[
                    "provider",
                    "provider_name",
                    "answered_at",
                    "answered_late",
                    "agreed_at",
                    "off_list",
                    "delivered_at",
                    "delivered_late",
                ],
                name="requests_in_figures",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        return reference("data-request", self.key)

    @property
    def no(self) -> str:
        """编号: the day it was begun and its number."""
        return f"GX{legal_date(self.created_at):%Y%m%d}{self.pk:06d}"


class GrantSet(models.QuerySet["DataGrant"]):
    def visible_to(self, actor: Actor) -> Self:
        """Both offices', the authority's, and the operators', who may have to stop one."""
        if actor.kind is ActorKind.MACHINE:
            return self.filter(EVERYTHING)
        if actor.kind is not ActorKind.OFFICIAL:
            return self.none()
        watching = _of_place(actor, (Role.DATA_AUTHORITY, Role.OPERATOR))
        return self.filter(_of_side(actor, "consumer") | _of_side(actor, "provider") | watching)


class DataGrant(models.Model):
    """共享授权: what one department may take, for which purposes and items, which fields, until when."""

    key = models.CharField(max_length=16, unique=True, default=new_key, editable=False)
    request = models.ForeignKey(
        DataRequest, on_delete=models.PROTECT, null=True, related_name="grants"
    )
    resource = models.CharField(max_length=80)
    service = models.CharField(max_length=80)  # "<provider node>/<name>"
    consumer = models.CharField(max_length=18)
    consumer_name = models.CharField(max_length=120)
    consumer_division = models.CharField(max_length=12)
    consumer_node = models.CharField(max_length=32)
    provider = models.CharField(max_length=18)
    provider_name = models.CharField(max_length=120)
    provider_division = models.CharField(max_length=12)
    provider_node = models.CharField(max_length=32)
    purposes = ArrayField(models.CharField(max_length=100))
    items = ArrayField(models.CharField(max_length=120), default=list)  # none: of any item
    needs_case = models.BooleanField(default=True)
    fields = ArrayField(models.CharField(max_length=80))
    clear_fields = ArrayField(models.CharField(max_length=80), default=list)  # unmasked
    #: What the catalogue says of the fields that it grades 3 or 4 or masks: {name: [grade, rule]}.
    grades = models.JSONField(default=dict, db_default={})
    way = models.CharField(max_length=7)
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField()
    per_day = models.PositiveIntegerField()
    per_second = models.PositiveIntegerField()
    state = models.CharField(max_length=9, default=GrantState.ACTIVE)
    version = models.PositiveIntegerField(default=1)
    origin = models.CharField(max_length=8, default=Origin.LOCAL)
    notes = models.JSONField(default=list)
    stopped_here = models.BooleanField(default=False)  # a copy, stopped at this node alone
    misuse = models.BooleanField(default=False)
    mend_by = models.DateField(null=True)
    mended_at = models.DateTimeField(null=True)
    end_asked_by = models.CharField(max_length=8, blank=True)  # a side
    renew_until = models.DateField(null=True)
    disposal = models.CharField(max_length=9, blank=True, default="", db_default="")
    dispose_by = models.DateField(null=True)  # by when it is declared, after the end
    misfit = models.CharField(
        max_length=7, blank=True, default="", db_default=""
    )  # its service's kind
    changed_at = models.DateTimeField()

    objects = GrantSet.as_manager()

    class Meta:
        db_table = "agreements_grant"
        constraints: ClassVar = [
            models.CheckConstraint(
                name="grants_state_known", condition=Q(state__in=list(GrantState))
            ),
            models.CheckConstraint(name="grants_way_known", condition=Q(way__in=list(Way))),
            models.CheckConstraint(
                name="grants_origin_known", condition=Q(origin__in=list(Origin))
            ),
            models.CheckConstraint(
                name="grants_end_asked_by_a_side",
                condition=Q(end_asked_by__in=["", Side.CONSUMER, Side.PROVIDER]),
            ),
            models.CheckConstraint(
                name="grants_run_forwards", condition=Q(valid_until__gt=F("valid_from"))
            ),
            models.CheckConstraint(
                name="grants_clear_within_fields",
                condition=Q(fields__contains=F("clear_fields")),
            ),
            models.CheckConstraint(
                name="grants_disposal_known", condition=Q(disposal__in=["", *Disposal])
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["consumer", "state", "-id"], name="grants_of_consumer"),
            models.Index(fields=["provider", "state", "-id"], name="grants_of_provider"),
            models.Index(fields=["state", "valid_until"], name="grants_by_end"),
            models.Index(fields=["service", "consumer_node"], name="grants_of_service"),
            models.Index(fields=["-id"], name="grants_that_do_not_fit", condition=~Q(misfit="")),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        return reference("data-grant", self.key)


class UsageReport(models.Model):
    """使用情况记录: what the using department wrote down about data it took; kept three years (条例 29).

    A trigger lets nobody change a record, or take one out before its three years are over.
    """

    key = models.CharField(max_length=16, unique=True, default=new_key, editable=False)
    grant = models.ForeignKey(DataGrant, on_delete=models.PROTECT, related_name="reports")
    kind = models.CharField(max_length=8)
    at = models.DateTimeField()
    by = models.CharField(max_length=80)
    words = models.CharField(max_length=1000, blank=True)
    since = models.DateField(null=True)
    until = models.DateField(null=True)
    papers = models.PositiveIntegerField(null=True)
    visits = models.PositiveIntegerField(null=True)
    held = models.PositiveIntegerField(null=True)
    place = models.CharField(max_length=200, blank=True)
    disposal = models.CharField(max_length=9, blank=True)
    day = models.DateField(null=True)
    basis = models.CharField(max_length=200, blank=True)

    class Meta:
        db_table = "agreements_usage_report"
        constraints: ClassVar = [
            models.CheckConstraint(
                name="reports_kind_known", condition=Q(kind__in=list(ReportKind))
            ),
            models.CheckConstraint(
                name="reports_disposal_of_its_kind",
                condition=Q(kind=ReportKind.DISPOSAL, disposal__in=list(Disposal))
                | (~Q(kind=ReportKind.DISPOSAL) & Q(disposal="")),
            ),
            models.CheckConstraint(
                name="reports_what_is_kept_has_a_basis",
                condition=~Q(disposal=Disposal.KEPT) | ~Q(basis=""),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["grant", "-id"], name="reports_of_grant")]

    def __str__(self) -> str:
        return f"{self.grant}:{self.kind}"
