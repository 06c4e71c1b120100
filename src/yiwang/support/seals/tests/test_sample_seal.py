from datetime import UTC, datetime

import pytest

from yiwang.support.seals import actions, queries
from yiwang.support.seals.definitions import SAMPLE_MARK, SealField

AT = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
FIELD = SealField("11620102MB0000000A", "城关区民政局（示例）", "受理通知书", "letter:one")


def test_the_sample_machine_never_claims_that_a_document_is_sealed():
    sealed = actions.seal(printing=lambda mark: b"%PDF-1.7", field=FIELD, at=AT)
    assert not sealed.sealed
    assert sealed.mark == SAMPLE_MARK == "示例—未加盖印章"


def test_the_sample_machine_leaves_the_document_as_it_was_printed_with_its_mark():
    sealed = actions.seal(printing=lambda mark: b"%PDF-1.7 " + mark.encode(), field=FIELD, at=AT)
    assert sealed.content == b"%PDF-1.7 " + SAMPLE_MARK.encode()


def test_an_unknown_machine_fails_instead_of_falling_back(settings):
    settings.SEAL_DRIVER = "nobody"
    with pytest.raises(KeyError):
        queries.get_driver()
