"""Data elements: shipped ones, a place's own, and what the sources answer from."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from yiwang.foundation.exchange import sources
from yiwang.foundation.standards import actions, queries
from yiwang.foundation.standards.definitions import About, Element, ElementType
from yiwang.kernel.actor import Actor, ActorKind, Grant, Role, machine
from yiwang.kernel.refusals import InvalidInput, NotAllowed

AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
SCHOOL = Element("person.school", "就读学校", ElementType.TEXT, 80, About.PERSON)


def official(role=Role.DATA_AUTHORITY):
    grant = Grant(role, "620102000000", None)
    return Actor(ActorKind.OFFICIAL, "official:data", grants=(grant,))


def test_every_registered_source_is_said_to_answer_from_known_data():
    known = {one.code for one in queries._shipped().values()}
    names = [source.name for source in sources.list_sources() if "test" not in source.name]
    assert len(names) > 20
    undescribed = [name for name in names if queries.elements_of(name) is None]
    assert undescribed == []
    for name in names:
        assert set(queries.elements_of(name)) <= known, name


def test_a_coded_element_is_written_in_a_table_that_exists():
    for one in queries._shipped().values():
        assert (one.kind is ElementType.CODE) == bool(one.table), one.code
        if one.table:
            queries.get_table(one.table)


def test_what_no_standard_and_no_article_names_is_marked_as_local():
    for one in queries._shipped().values():
        assert one.local != bool(one.basis), one.code


@pytest.mark.django_db
def test_a_place_adds_an_element_and_its_code_keeps_its_meaning():
    keeper = official()
    made = actions.define_element(element=SCHOOL, actor=keeper, at=AT)
    assert made.local
    assert actions.define_element(element=SCHOOL, actor=keeper, at=AT) == made
    assert queries.find_elements(["person.school", "person.name", "no.such"]).keys() == {
        "person.school",
        "person.name",
    }
    assert made in queries.list_elements(about=About.PERSON)
    with pytest.raises(actions.CannotDefineElement):
        actions.define_element(element=replace(SCHOOL, name="毕业学校"), actor=keeper, at=AT)
    with pytest.raises(actions.CannotDefineElement):
        actions.define_element(
            element=replace(SCHOOL, code="person.name"), actor=machine("x"), at=AT
        )


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong",
    [
        {"code": "School"},
        {"code": "person"},
        {"name": ""},
        {"length": 0},
        {"table": "sex"},
        {"kind": ElementType.CODE},
        {"kind": ElementType.CODE, "table": "no-such-table"},
    ],
)
def test_a_malformed_element_is_refused(wrong):
    with pytest.raises(InvalidInput):
        actions.define_element(element=replace(SCHOOL, **wrong), actor=official(), at=AT)


@pytest.mark.django_db
def test_only_the_authority_defines_elements():
    with pytest.raises(NotAllowed):
        actions.define_element(element=SCHOOL, actor=official(Role.DATA_OFFICER), at=AT)
