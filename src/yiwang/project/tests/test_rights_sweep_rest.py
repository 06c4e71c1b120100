import pytest

from yiwang.project import rights_sweep


@pytest.mark.slow(seconds=200)
@pytest.mark.django_db
def test_the_rest_of_the_house_has_no_leak(scene):
    """The other half of ``test_rights_sweep``: together at least as many pairs as a whole sweep must have."""
    report = rights_sweep.sweep(scene, one_in=24, part=1, parts=2)
    assert [str(finding) for finding in report.findings] == []

    assert report.pairs >= rights_sweep.FEWEST_PAIRS / 2
