"""A page of a list: never more than asked for, and a mark only where more follows."""

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from yiwang.kernel.pages import MOST, bounded, cut


@dataclass
class Row:
    key: str


@given(st.integers(0, 300), st.integers(-5, 400))
def test_pages_put_together_are_the_list_and_the_last_has_no_mark(number, limit):
    rows = [Row(str(n)) for n in range(number)]
    seen, after = [], 0
    while True:
        shown, following = cut(rows[after : after + bounded(limit) + 1], limit)
        assert len(shown) <= min(MOST, max(1, limit))
        seen += shown
        if not following:
            break
        assert following == shown[-1].key
        after = int(following) + 1
    assert seen == rows
