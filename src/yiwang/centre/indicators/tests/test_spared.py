"""Papers nobody was asked for and visits saved: from what really came, each paper once."""

from datetime import date

import pytest

from yiwang.centre.indicators import actions, queries
from yiwang.centre.indicators.definitions import OWN_VAULT

pytestmark = pytest.mark.django_db
TODAY, PLACE, BODY = date(2026, 11, 20), "620102000000", "11620102000000019B"
HOUSE, CIVIL = "人口库", "民政"


def spare(papers, subject="case:one", on=TODAY):
    return actions.spare(
        on=on,
        subject=subject,
        division_code=PLACE,
        department=BODY,
        item_code="elderly-allowance",
        papers=papers,
    )


def figures(**more):
    found = queries.get_spared(today=TODAY, **more)
    return found.papers, found.visits


def test_several_papers_of_one_supplier_save_one_visit():
    assert spare({"a": HOUSE, "b": HOUSE, "c": HOUSE, "d": CIVIL})
    assert figures() == (4, 2)
    rows = queries.get_spared(today=TODAY).rows
    assert [(r.source, r.papers, r.visits) for r in rows] == [(HOUSE, 3, 1), (CIVIL, 1, 1)]


def test_a_paper_is_counted_once_whoever_tells_of_it():
    assert spare({"a": HOUSE, "b": HOUSE})
    assert not spare({"a": HOUSE, "b": HOUSE})
    assert not spare({"a": HOUSE})
    assert figures() == (2, 1)


def test_a_paper_that_comes_later_is_no_second_visit():
    spare({"a": HOUSE})
    spare({"a": HOUSE, "b": HOUSE})
    spare({"c": CIVIL})
    assert figures() == (3, 2)


def test_another_case_is_another_visit():
    spare({"a": HOUSE})
    spare({"a": HOUSE}, subject="case:two")
    assert figures() == (2, 2)


def test_a_paper_of_ones_own_vault_saves_no_visit():
    spare({"a": OWN_VAULT, "b": OWN_VAULT})
    assert figures() == (2, 0)


def test_only_the_days_and_the_place_asked_for_are_summed():
    spare({"a": HOUSE}, on=date(2026, 10, 1))
    spare({"a": HOUSE}, subject="case:two")
    assert figures() == (1, 1)
    assert figures(division_code="630000000000") == (0, 0)
