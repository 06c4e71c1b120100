"""The lists of the sample province: what the five packs need, who owes it, what nobody has."""

from datetime import UTC, datetime

import pytest
from django.conf import settings

from yiwang.applications import actions
from yiwang.foundation.laws import actions as laws
from yiwang.foundation.resources import queries, sample
from yiwang.foundation.resources.definitions import DemandState
from yiwang.kernel.actor import machine
from yiwang.mechanisms.journal import actions as journal
from yiwang.network.directory import sample as places

AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
PACKS = (
    "elderly-allowance",
    "individual-business",
    "food-business",
    "fire-safety-check",
    "road-occupation",
)


@pytest.fixture
def province(db):
    places.load_lanzhou()
    places.register_departments()
    laws.import_shipped(actor=machine("test"), at=AT)
    for code in PACKS:
        publish(code)
    sample.publish_all(at=AT)
    hear()


def publish(code):
    folder = settings.ROOT / "packs" / "services" / code
    actions.publish(folder=folder, approved_by="machine:b", actor=machine("a"), at=AT)


def hear():
    journal.seal(at=AT)
    journal.run_listeners(at=AT)


def demands(**more):
    return queries.demand_list(limit=200, **more).rows


def test_every_datum_the_packs_name_has_its_source_in_the_catalogue(province):
    supplied = {(row.item_code, row.element) for row in demands(state=DemandState.SUPPLIED)}
    assert supplied == {
        *(("elderly-allowance", f"person.{name}") for name in (
            "name", "citizen_id", "phone", "bank_account", "born_on", "household_division",
            "alive", "allowance",
        )),
        *(("individual-business", one) for one in (
            "person.name", "person.citizen_id", "person.phone", "person.address",
            "organization.name", "holder.premises",
        )),
        *(("food-business", one) for one in (
            "licence.business", "organization.address", "person.name", "person.phone",
            "holder.food_permit_revoked",
        )),
        *(("fire-safety-check", one) for one in (
            "licence.business", "organization.name", "organization.address", "person.phone",
        )),
        ("road-occupation", "licence.content"),
        *(("road-occupation", one) for one in (
            "person.phone", "person.name", "organization.name",
        )),
    }  # fmt: skip


def test_what_an_applicant_still_brings_although_a_body_has_it_is_missing(province):
    (missing,) = demands(state=DemandState.MISSING)
    assert (missing.item_code, missing.label, missing.paper) == (
        "road-occupation",
        "城市规划部门批准签发的文件",
        True,
    )
    assert missing.basis == "《城市道路管理条例》第三十三条"
    census = queries.census(at=AT, division_code=places.CHENGGUAN)
    assert [(one.label, one.items) for one in census.missing] == [
        ("城市规划部门批准签发的文件", ("临时占用、挖掘城市道路审批",))
    ]
    assert census.without_source == ()
    assert demands(state=DemandState.REFUSED) == ()


def test_each_body_owes_what_it_is_the_source_of(province):
    owed: dict[str, set[str]] = {}
    for duty in queries.duty_list().rows:
        owed.setdefault(duty.provider_name, set()).add(duty.element)
    assert owed == {
        "城关区公安分局（示例）": {
            "person.name", "person.citizen_id", "person.phone", "person.born_on",
            "person.household_division", "person.alive", "person.address",
        },
        "城关区市场监督管理局（示例）": {
            "organization.name", "organization.address", "licence.business",
            "holder.food_permit_revoked",
        },
        "城关区自然资源局（示例）": {"holder.premises"},
        "城关区行政审批服务局（示例）": {"licence.content"},
        "城关区人力资源和社会保障局（示例）": {"person.bank_account"},
        "城关区民政局（示例）": {"person.allowance"},
    }  # fmt: skip
    phone = next(duty for duty in queries.duty_list().rows if duty.element == "person.phone")
    assert len(phone.items) == 5


def test_only_what_an_article_closes_is_on_the_negative_list(province):
    (row,) = queries.negative_list().rows
    assert (row.code, row.law, row.article) == (
        sample.REPORTERS,
        "食品安全法",
        "第一百一十五条",
    )


def test_a_material_tells_why_with_its_article_and_a_prefilled_answer_with_the_items(province):
    rows = {row.element: row for row in demands(item="elderly-allowance")}
    assert rows["person.alive"].why == "材料：健在情况"
    assert rows["person.alive"].basis == "《国务院关于在线政务服务的若干规定》第七条"
    assert rows["person.phone"].why.startswith("表单：")


def test_publishing_the_same_again_leaves_the_list_as_it_is(province):
    before = [row.key for row in demands()]
    publish("elderly-allowance")
    hear()
    assert [row.key for row in demands()] == before
