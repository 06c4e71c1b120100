"""Both departments see how a grant is used; nobody else does."""

from __future__ import annotations

import pytest

from yiwang.foundation.agreements import queries, sample
from yiwang.foundation.agreements.tests.people import ACTORS
from yiwang.foundation.exchange.models import Receipt, Use
from yiwang.kernel.moments import legal_date, now
from yiwang.kernel.refusals import NotFound

pytestmark = pytest.mark.django_db


@pytest.fixture
def grant(settings) -> str:
    settings.NODE = "62"
    key = sample.grant("62/household-register")
    for number in range(5):
        for side in ("CONSUMER", "PROVIDER"):
            Receipt.objects.create(
                message=f"{number:032x}", side=side, at=now(), from_node="62",
                system="62/approval", to_node="62", service="62/household-register",
                grant_key=key, purpose="核对老人户籍", case_no=f"GS-{number}", fields=["name"],
                rows=1, status="FOUND", subject_index="9" * 64, request_digest="1" * 64,
                milliseconds=9,
            )  # fmt: skip
    Use.objects.create(grant_key=key, day=legal_date(now()), calls=5, answered=5, rows=5)
    return key


@pytest.mark.parametrize(
    "who", ["asker", "asking head", "giver", "giving head", "authority", "operator"]
)
def test_both_departments_and_who_watches_see_every_call_once(grant, who) -> None:
    page = queries.list_uses(grant, ACTORS[who], limit=3)
    assert [row.case_no for row in page.rows] == ["GS-4", "GS-3", "GS-2"]
    rest = queries.list_uses(grant, ACTORS[who], after=page.next, limit=3)
    assert [row.case_no for row in rest.rows] == ["GS-1", "GS-0"]
    assert rest.next == ""
    assert queries.count_uses(grant, ACTORS[who]).total.calls == 5


@pytest.mark.parametrize("who", ["other body", "elsewhere", "clerk", "person"])
def test_nobody_else_sees_any(grant, who) -> None:
    with pytest.raises(NotFound):
        queries.list_uses(grant, ACTORS[who])
    with pytest.raises(NotFound):
        queries.count_uses(grant, ACTORS[who])


def test_whom_a_call_was_about_is_not_among_what_is_told(grant) -> None:
    (row, *_) = queries.list_uses(grant, ACTORS["giver"]).rows
    assert "9" * 64 not in str(row)


def test_a_mark_nobody_gave_shows_the_beginning(grant) -> None:
    for mark in ("x", "-1", "٣", "9" * 40):
        assert len(queries.list_uses(grant, ACTORS["giver"], after=mark).rows) == 5
