"""A copy of the business licence is asked of nobody: what it says is read here."""

from datetime import UTC, date, datetime

import pytest

from yiwang.foundation.exchange import sources
from yiwang.foundation.libraries import sample as libraries
from yiwang.kernel.actor import machine
from yiwang.support.licences import actions, sample
from yiwang.support.licences.providers import holder_business_licence

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


def said(subject):
    return holder_business_licence(subject=subject, parameters={})


def test_of_a_firm_it_says_what_the_register_knows():
    firm = libraries.register_organization(3, at=AT, name="兰州示例餐饮有限公司")
    found = said(firm.reference)
    assert found.value["名称"] == "兰州示例餐饮有限公司"
    assert found.value["统一社会信用代码"] == firm.uscc


def test_who_holds_no_licence_has_none_to_show():
    assert said("person:nobody") is None
    assert said("organization:nobody") is None


def test_of_a_person_it_is_the_newest_valid_licence_of_that_kind(monkeypatch):
    monkeypatch.setattr("yiwang.support.licences.providers._BUSINESS", "sample-licence")
    sample.publish(AT)
    issued = actions.issue(
        case="case:cccccccccccccccc", template="sample-licence", holder="person:ma",
        holder_name="马晓燕", values={"name": "小吃店", "operator": "马晓燕"},
        valid_from=date(2026, 3, 2), valid_until=None, at=AT, actor=machine("test"),
        issuer="11620102000000019B", issuer_name="示例局", division_code="620102000000",
    )  # fmt: skip
    assert "小吃店" in said("person:ma").value.values()
    actions.change_state(
        key=issued.key, act="revoke", reason="不再符合", at=AT, actor=machine("test")
    )
    assert said("person:ma") is None


def test_packs_may_not_ask_for_the_paper():
    source = sources.find_source("holder.business_licence")
    assert source is not None
    assert "营业执照" in source.papers
