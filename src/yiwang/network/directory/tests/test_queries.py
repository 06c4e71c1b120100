import pytest

from yiwang.kernel.refusals import NotFound
from yiwang.network.directory import queries, sample

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _places():
    sample.load_chengguan()


def test_a_place_is_found_by_characters_pinyin_and_initials():
    for text in ("城关", "chengguan", "cheng guan", "cgq"):
        assert "620102000000" in [d.code for d in queries.suggest_divisions(text)]


def test_suggestions_stay_within_the_asked_division_and_treat_wildcards_as_text():
    assert queries.suggest_divisions("cgq", within="330000000000") == ()
    assert queries.suggest_divisions("%") == ()
    assert queries.suggest_divisions("  ") == ()


def test_the_cascade_goes_down_step_by_step():
    assert [d.name for d in queries.list_children(None)] == ["甘肃省"]
    towns = queries.list_children("620102000000")
    assert all(d.level == 4 and d.parent == "620102000000" for d in towns)
    assert towns
    assert queries.list_children(towns[0].code)


def test_a_subtree_is_read_in_pages_without_loss():
    whole = [d.code for d in queries.list_subtree("620102000000")]
    paged, after = [], ""
    while page := queries.list_subtree("620102000000", after=after, limit=50):
        paged += [d.code for d in page]
        after = paged[-1]
    assert paged[: len(whole)] == whole
    assert len(paged) > 200


def test_an_unknown_division_or_department_is_not_found():
    with pytest.raises(NotFound):
        queries.get_division("990000000000")
    with pytest.raises(NotFound):
        queries.get_department("x")


def test_several_divisions_are_one_question(django_assert_num_queries):
    with django_assert_num_queries(1):
        found = queries.find_divisions(["620102000000", "620100000000", "990000000000"])
    assert set(found) == {"620102000000", "620100000000"}
