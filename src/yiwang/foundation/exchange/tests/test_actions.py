"""The books: systems, keys, services."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from yiwang.foundation.exchange import actions, sample
from yiwang.foundation.exchange.definitions import NewService, ServiceField
from yiwang.foundation.exchange.models import Service, SystemKey
from yiwang.foundation.exchange.refusals import KeyOver, ServiceTaken, SystemTaken
from yiwang.kernel.actor import machine
from yiwang.kernel.refusals import InvalidInput, NotFound, VersionConflict
from yiwang.mechanisms.journal import queries as journal

AT = datetime(2026, 12, 14, 4, 0, tzinfo=UTC)
WHO = {"actor": machine("test"), "at": AT}
GOOD = NewService(
    code="62/marriage",
    title="婚姻登记查询（示例）",
    upstream="https://data.example.org/marriage",
    fields=(ServiceField("state", "婚姻状况", 3),),
)

pytestmark = pytest.mark.django_db


def acts_on(subject):
    return [entry.act for entry in journal.list_entries(subject=subject)]


def test_a_secret_is_shown_once_and_lies_encrypted():
    issued = sample.system(at=AT)
    assert len(issued.secret) == 64
    row = SystemKey.objects.get(key_id=issued.key_id)
    assert row.secret == issued.secret
    (stored,) = SystemKey.objects.extra(select={"raw": "secret"}).values_list("raw")[0]
    assert issued.secret not in stored
    assert acts_on(row.system.reference) == ["exchange.system_registered", "exchange.key_issued"]


def test_a_system_is_entered_once():
    sample.system(at=AT)
    with pytest.raises(SystemTaken):
        sample.system(at=AT)


@pytest.mark.parametrize(
    "changes",
    [
        {"department": ""},
        {"code": "approval"},
        {"code": "62/Approval"},
        {"name": ""},
        {"per_second": 0},
    ],
)
def test_a_system_needs_code_name_and_pace(changes):
    with pytest.raises(InvalidInput):
        actions.register_system(
            **{"code": "62/x-y", "name": "某系统", "department": sample.CONSUMER, **changes}, **WHO
        )


def test_a_key_ends_once():
    issued = sample.system(at=AT)
    actions.end_key(key_id=issued.key_id, **WHO)
    with pytest.raises(KeyOver):
        actions.end_key(key_id=issued.key_id, **WHO)
    with pytest.raises(NotFound):
        actions.end_key(key_id="nobody", **WHO)


def test_a_key_for_a_point_keeps_no_secret():
    sample.system(at=AT)
    issued = actions.issue_key(system="62/approval", point="04" + "ab" * 64, **WHO)
    assert issued.secret == ""
    with pytest.raises(InvalidInput):
        actions.issue_key(system="62/approval", point="04", **WHO)


def test_a_service_is_published_changed_stopped_and_resumed():
    key = actions.publish_service(service=GOOD, **WHO)
    assert actions.change_service(service=replace(GOOD, title="新名"), version=1, **WHO) == 2
    actions.stop_service(code=GOOD.code, reason="数据异常", **WHO)
    actions.stop_service(code=GOOD.code, reason="数据异常", **WHO)
    actions.resume_service(code=GOOD.code, **WHO)
    row = Service.objects.get(key=key)
    assert (row.title, row.state, row.version) == ("新名", "ACTIVE", 4)
    assert len(acts_on(row.reference)) == 4


def test_a_service_is_published_once_and_changed_from_what_was_seen():
    actions.publish_service(service=GOOD, **WHO)
    with pytest.raises(ServiceTaken):
        actions.publish_service(service=GOOD, **WHO)
    with pytest.raises(VersionConflict):
        actions.change_service(service=GOOD, version=7, **WHO)
    with pytest.raises(NotFound):
        actions.change_service(service=replace(GOOD, code="62/other"), version=1, **WHO)
    with pytest.raises(InvalidInput):
        actions.stop_service(code=GOOD.code, reason=" ", **WHO)


@pytest.mark.parametrize(
    "changes",
    [
        {"code": "marriage"},
        {"title": ""},
        {"fields": ()},
        {"fields": (ServiceField("a", "甲", 5),)},
        {"fields": (ServiceField("a", "甲"), ServiceField("a", "乙"))},
        {"fields": (ServiceField("a b", "甲"),)},
        {"upstream": "http://data.example.org/x"},
        {"upstream": "https://user:word@data.example.org/x"},
        {"upstream": "file:///etc/passwd"},
        {"upstream": "local:../x"},
        {"upstream": "https:///x"},
        {"limit_seconds": 0},
        {"limit_seconds": 61},
        {"per_partner": 0},
        {"reply_bytes": 209_715_201},
        {"subject_parameter": "citizen_id"},
    ],
)
def test_a_service_that_cannot_be_is_refused(changes):
    with pytest.raises(InvalidInput):
        actions.publish_service(service=replace(GOOD, **changes), **WHO)
