"""The pages of tables that are taken: how far each is, pausing it, what its comparison found."""

from __future__ import annotations

import pytest

from yiwang.foundation.tables import sample
from yiwang.foundation.tables.models import TableCopy
from yiwang.kernel.moments import now
from yiwang.network.directory import sample as places

TABLES = "/data/tables/"


@pytest.fixture
def copy():
    department = places.department_uscc(places.CHENGGUAN, 7)
    return sample.copy(department=department, division_code=places.CHENGGUAN, at=now())


def test_an_officer_sees_how_far_a_table_is_and_what_differs(sign_in, copy):
    client = sign_in("data")
    assert copy.service in client.get(TABLES).content.decode()
    page = client.get(f"{TABLES}{copy.key}/").content.decode()
    assert "第 21 批" in page
    assert "两边内容不同" in page
    assert "sample@front.example" not in page


def test_a_table_is_paused_and_goes_on(sign_in, copy):
    client = sign_in("data")
    for act, state in (("pause", "PAUSED"), ("resume", "RUNNING")):
        version = TableCopy.objects.get().version
        client.post(f"{TABLES}{copy.key}/{act}/", {"version": version})
        assert TableCopy.objects.get().state == state
    stale = client.post(f"{TABLES}{copy.key}/pause/", {"version": 1})
    assert stale.status_code == 409
    assert TableCopy.objects.get().state == "RUNNING"


def test_a_table_of_another_department_is_not_there(sign_in):
    other = places.department_uscc(places.CHENGGUAN, 1)
    copy = sample.copy(department=other, division_code=places.CHENGGUAN, at=now())
    client = sign_in("data")
    assert client.get(f"{TABLES}{copy.key}/").status_code == 404
    assert client.post(f"{TABLES}{copy.key}/pause/", {"version": 1}).status_code == 404
    assert client.post(f"{TABLES}{copy.key}/mend/", {"finding": "x"}).status_code == 404


def test_what_cannot_be_taken_is_said_on_the_form(sign_in):
    client = sign_in("data")
    page = client.post(
        f"{TABLES}new/",
        {
            "service": "nonsense",
            "purpose": "核对申请人情况",
            "department": places.department_uscc(places.CHENGGUAN, 7),
            "address": "postgresql://a:b@169.254.169.254:5432/x",
            "place": "front.register",
            "deletions": "FLAG",
        },
    )
    assert page.status_code == 422
    assert "服务编码像" in page.content.decode()
    assert not TableCopy.objects.exists()
