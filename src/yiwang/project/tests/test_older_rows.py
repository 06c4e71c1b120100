"""Rows older than mandates get the item of their case, in batches, and go on where they were broken off."""

from __future__ import annotations

import importlib

import pytest
from django.apps import apps

from yiwang.capability.branches.models import Branch
from yiwang.capability.conversations.models import Conversation
from yiwang.capability.visits.models import Visit
from yiwang.kernel import moments
from yiwang.kernel.actor import Actor, ActorKind, Power, PowerAct
from yiwang.network.directory import sample as places
from yiwang.project.sweep import jointly, objects, uploads
from yiwang.support.licences.models import ELicence

filling = importlib.import_module(
    "yiwang.capability.cases.migrations.0014_item_codes_of_older_rows"
)
pytestmark = pytest.mark.django_db
TABLES = (Branch, Visit, Conversation, ELicence)
SEEN = (Visit, Conversation, ELicence)  # by the applicant; a consultation is the bodies' own


@pytest.fixture
def owner():
    return Actor(ActorKind.PERSON, "person:0123456789abcdef", "马*", assurance_level=4)


@pytest.fixture
def daughter(owner):
    """For this item only."""
    power = Power("0123456789abcdef", frozenset({uploads.ITEM}), frozenset(PowerAct))
    return Actor(
        ActorKind.PERSON, "person:fedcba9876543210", "马*", on_behalf_of=owner.reference,
        mandate=power,
    )  # fmt: skip


@pytest.fixture
def older(db, owner):
    """Three of each, as they were before mandates."""
    at, department = moments.now(), places.department_uscc(places.CHENGGUAN, 1)
    objects.prepare_shelf(at=at)
    for _ in range(3):
        objects.make_case(owner=owner, department=department, at=at)
        jointly.make_branch(owner=owner, department=department, at=at)
        jointly.make_visit(owner=owner, department=department, at=at)
    for table in TABLES:
        assert table.objects.count() == 3
        table.objects.update(item_code="")


def codes(table):
    return list(table.objects.order_by("pk").values_list("item_code", flat=True))


def test_a_mandate_for_some_items_sees_older_rows_again(older, daughter):
    for table in SEEN:
        assert table.objects.visible_to(daughter).count() == 0
    filling.fill(apps, None)
    for table in TABLES:
        assert codes(table) == [uploads.ITEM] * 3
    for table in SEEN:
        assert table.objects.visible_to(daughter).count() == 3


def test_it_is_broken_off_between_batches_and_goes_on(older, monkeypatch):
    monkeypatch.setattr(filling, "BATCH", 2)
    real, calls = filling.fill_batch, []

    def breaks(cases, rows, batch):
        calls.append(len(batch))
        if len(calls) == 2:
            raise KeyboardInterrupt
        real(cases, rows, batch)

    monkeypatch.setattr(filling, "fill_batch", breaks)
    with pytest.raises(KeyboardInterrupt):
        filling.fill(apps, None)
    assert codes(Branch) == [uploads.ITEM] * 2 + [""]
    monkeypatch.setattr(filling, "fill_batch", real)
    filling.fill(apps, None)
    for table in TABLES:
        assert codes(table) == [uploads.ITEM] * 3


def test_what_says_its_item_keeps_it_and_what_has_no_case_here_stays_empty(older):
    first, second, _third = Visit.objects.order_by("pk")
    Visit.objects.filter(pk=first.pk).update(item_code="its-own")
    Visit.objects.filter(pk=second.pk).update(case="case:0000000000000000")
    filling.fill(apps, None)
    assert codes(Visit) == ["its-own", "", uploads.ITEM]
