"""Two builders make one package, two who confirm destroy once."""

from __future__ import annotations

from datetime import date

import pytest

from yiwang.capability.archives import actions
from yiwang.capability.archives.models import ArchivePackage
from yiwang.capability.journey import archiving, sample
from yiwang.capability.journey.tests import test_archive_lists as lists
from yiwang.capability.journey.tests import test_archiving as story
from yiwang.capability.journey.tests.test_trusting_at_once import at_once
from yiwang.foundation.libraries import sample as libraries
from yiwang.kernel.actor import Role
from yiwang.mechanisms.files.models import Attachment, File

pytestmark = pytest.mark.django_db(transaction=True)
item = story.item


def test_two_builders_at_once_make_one_package(item):
    me = sample.citizen(libraries.register_person(5, at=story.AT, born_on=date(1980, 1, 1)))
    key = story.due(story.finished(me, item))
    outcomes = at_once(
        lambda _: actions.build(key=key, actor=story.CLOCK, at=story.LATER), number=4
    )
    assert set(outcomes) <= {"done", "CannotDo"}
    assert outcomes["done"] >= 1
    row = ArchivePackage.objects.get(key=key)
    assert list(File.objects.filter(kind="ZIP").values_list("key", flat=True)) == [row.file]
    assert Attachment.objects.filter(subject=row.reference).count() == 1
    assert row.tests.count() == 1


def test_of_two_who_confirm_at_once_one_destroys(item):
    me = sample.citizen(libraries.register_person(5, at=story.AT, born_on=date(1980, 1, 1)))
    keeper = sample.official(item, Role.HANDLER, "sun")
    view = lists.withdrawn(me)
    batch = lists.propose(view, keeper)
    heads = [sample.official(item, Role.HEAD, name) for name in ("qian", "li", "wu", "zhou")]
    outcomes = at_once(
        lambda place: archiving.confirm_destruction(
            batch_key=batch.key, version=batch.version, actor=heads[place],
            at=lists.IN_TWELVE_YEARS,
        ),
        number=4,
    )  # fmt: skip
    assert outcomes == {"done": 1, "VersionConflict": 3}
    assert not File.objects.filter(kind="ZIP").exists()
