from yiwang.support.seals import queries
from yiwang.support.seals.definitions import SAMPLE_MARK


def test_the_sample_machine_never_claims_that_a_document_is_sealed():
    sealed = queries.get_driver().seal(b"%PDF-1.7", body="11620102MB0000000A")
    assert not sealed.sealed
    assert sealed.mark == SAMPLE_MARK == "示例—未加盖印章"


def test_the_sample_machine_leaves_the_document_untouched():
    assert queries.get_driver().seal(b"%PDF-1.7 x", body="").content == b"%PDF-1.7 x"


def test_an_unknown_machine_fails_instead_of_falling_back(settings):
    settings.SEAL_DRIVER = "nobody"
    try:
        queries.get_driver()
    except KeyError:
        return
    raise AssertionError("an unknown driver was accepted")
