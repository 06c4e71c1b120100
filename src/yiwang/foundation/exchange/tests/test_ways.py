"""A way of sharing opens its own kind of service, and no other."""

from __future__ import annotations

import itertools

import pytest

from yiwang.foundation.exchange import ways
from yiwang.foundation.exchange.definitions import ServiceKind
from yiwang.foundation.resources.definitions import Way

#: (way of the grant, kind of the service); everything else is refused.
OPEN = {
    ("CALL", "CALL"), ("CALL", "QUERY"), ("QUERY", "CALL"), ("QUERY", "QUERY"),
    ("VERIFY", "VERIFY"), ("TABLE", "TABLE"), ("FILE", "FILE"), ("MESSAGE", "MESSAGE"),
}  # fmt: skip


@pytest.mark.parametrize(("way", "kind"), itertools.product(Way, ServiceKind))
def test_who_may_verify_gets_no_records_and_who_may_ask_no_whole_table(way, kind) -> None:
    assert ways.fits(way, kind) is ((way.value, kind.value) in OPEN)


def test_a_kind_nobody_knows_is_opened_by_nothing() -> None:
    assert not any(ways.fits(way, "STREAM") for way in Way)


def test_the_sentence_names_both() -> None:
    said = ways.misfit(Way.VERIFY, ServiceKind.TABLE)
    assert said == "授权的共享方式是“批量核验”，这个服务是“库表交换”"
