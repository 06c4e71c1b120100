from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, transaction

from yiwang.capability.catalogue import actions, queries
from yiwang.capability.catalogue.models import ItemVersionRecord
from yiwang.kernel.actor import machine
from yiwang.kernel.refusals import NotFound
from yiwang.support.assistant import queries as assistant

from .conftest import sound_item

AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
CLERK = machine("clerk")
pytestmark = pytest.mark.django_db


def _publish(**changes: object) -> int:
    with transaction.atomic():
        return actions.publish_item(
            item=sound_item(**changes), texts={}, approved_by="official:head", actor=CLERK, at=AT
        )


def test_a_version_is_found_on_the_days_it_holds() -> None:
    assert _publish() == 1
    assert _publish(name="取水许可（新）", valid_from=date(2026, 6, 1)) == 2
    assert queries.get_item("sound-item", on=date(2026, 5, 31)).version == 1
    assert queries.get_item("sound-item", on=date(2026, 6, 1)).item.name == "取水许可（新）"
    assert queries.get_item("sound-item", version=1).valid_until == date(2026, 6, 1)
    with pytest.raises(NotFound):
        queries.get_item("sound-item", on=date(2025, 12, 31))


def test_the_same_content_again_is_the_same_version() -> None:
    assert (_publish(), _publish()) == (1, 1)
    assert ItemVersionRecord.objects.count() == 1


def test_a_version_cannot_begin_before_the_one_in_force() -> None:
    _publish()
    with pytest.raises(actions.CannotPublishItem, match="生效日期"):
        _publish(name="旧", valid_from=date(2025, 1, 1))


def test_the_publisher_cannot_approve() -> None:
    with pytest.raises(actions.CannotPublishItem, match="同一个人"):
        actions.publish_item(
            item=sound_item(), texts={}, approved_by=CLERK.reference, actor=CLERK, at=AT
        )


def test_a_broken_rule_publishes_nothing() -> None:
    with pytest.raises(actions.CannotPublishItem) as refusal:
        _publish(steps=())
    assert [f.field for f in refusal.value.fields] == ["item.yaml:steps"]
    assert not ItemVersionRecord.objects.exists()


@pytest.mark.parametrize(
    "change", [{"name": "别的"}, {"content": {}}, {"valid_from": date(2020, 1, 1)}]
)
def test_published_content_is_frozen_by_the_database_itself(change: dict) -> None:
    _publish()
    with pytest.raises(IntegrityError), transaction.atomic():
        ItemVersionRecord.objects.update(**change)


def test_a_published_version_cannot_be_deleted() -> None:
    _publish()
    with pytest.raises(IntegrityError), transaction.atomic():
        ItemVersionRecord.objects.all().delete()


def test_what_is_published_is_findable_at_once() -> None:
    _publish()
    assert assistant.search("取水许可")[0].code == "sound-item"


def test_lists_are_narrowed_and_paged() -> None:
    _publish()
    _publish(code="other-item", name="排水许可", division_code="620103000000")
    assert [r.code for r in queries.list_items(division="620102000000", on=date(2026, 4, 1))] == [
        "sound-item"
    ]
    assert len(queries.list_items(on=date(2026, 4, 1))) == 2
    first = queries.list_items(limit=1, on=date(2026, 4, 1))
    rest = queries.list_items(after=first[0].position, on=date(2026, 4, 1))
    assert {r.code for r in (*first, *rest)} == {"sound-item", "other-item"}
    assert queries.list_items(served="2", on=date(2026, 4, 1)) == ()
    assert len(queries.list_items(department="示例局", on=date(2026, 4, 1))) == 2
