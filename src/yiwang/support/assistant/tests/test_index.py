import pytest
from django.db import transaction

from yiwang.support.assistant import actions, queries
from yiwang.support.assistant.actions import Findable
from yiwang.support.assistant.models import SearchEntry

pytestmark = pytest.mark.django_db


def _index(*findables: Findable) -> None:
    with transaction.atomic():
        actions.index(findables)


def test_a_thing_is_found_by_name_synonym_sound_and_initials() -> None:
    _index(Findable("ITEM", "a", "居住证办理", synonyms=("暂住证",)))
    for text in ("居住证", "暂住证", "juzhuzheng", "jzz", "居住征"):
        assert [hit.code for hit in queries.search(text)] == ["a"], text


def test_indexing_again_renews_and_dropping_removes() -> None:
    _index(Findable("ITEM", "a", "居住证办理"))
    _index(Findable("ITEM", "a", "户口迁移审批"))
    assert SearchEntry.objects.count() == 1
    assert queries.search("居住证") == ()
    actions.drop(kind="ITEM", codes=["a"])
    assert queries.search("户口迁移") == ()


def test_an_undone_transaction_leaves_nothing_to_find() -> None:
    with transaction.atomic():
        actions.index([Findable("ITEM", "a", "居住证办理")])
        transaction.set_rollback(True)
    assert queries.search("居住证") == ()


@pytest.mark.django_db(transaction=True)
def test_the_index_is_only_written_within_a_transaction() -> None:
    with pytest.raises(RuntimeError):
        actions.index([Findable("ITEM", "a", "居住证办理")])


def test_a_search_is_one_statement(django_assert_num_queries: object) -> None:
    _index(Findable("ITEM", "a", "居住证办理"))
    queries.search("居住证")
    with django_assert_num_queries(1):  # type: ignore[operator]
        queries.search("居住证 丢了")


def test_suggestions_begin_with_the_second_character() -> None:
    _index(Findable("ITEM", "a", "居住证办理"))
    assert queries.suggest("居") == ()
    assert [hit.code for hit in queries.suggest("居住")] == ["a"]


def test_marked_pieces_are_text_never_markup() -> None:
    _index(Findable("ITEM", "a", "<b>居住证</b>办理"))
    (hit,) = queries.search("居住证")
    assert "".join(piece for piece, _ in hit.highlighted) == "<b>居住证</b>办理"
    assert ("居住证", True) in hit.highlighted
