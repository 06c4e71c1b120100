"""The only file of a resource taken back: its service says that there is no data yet, until one is taken again."""

import asyncio

import pytest

from yiwang.foundation.datasources import actions, queries, sample
from yiwang.foundation.datasources.definitions import (
    DropState,
    Field,
    FieldType,
    NoDataYet,
    Outcome,
    Parameter,
)
from yiwang.foundation.datasources.tests.running import serving
from yiwang.foundation.laws import actions as laws
from yiwang.foundation.resources import sample as resources
from yiwang.foundation.resources.definitions import Datum
from yiwang.foundation.standards.definitions import ElementType
from yiwang.kernel.actor import machine
from yiwang.network.directory import sample as places

pytestmark = pytest.mark.django_db(transaction=True)
AT = sample.AT
CODE = "301008/8"
ITEMS = (
    Datum("no", "编号", ElementType.TEXT, 6, 2),
    Datum("fee", "金额", ElementType.NUMBER, 12, 2),
)
ASKED = sample.query(
    "fees",
    fields=(Field("fee", "金额", "金额", FieldType.DECIMAL),),
    parameters=(Parameter("no", "编号", FieldType.TEXT, "编号"),),
)


@pytest.fixture
def body():
    places.load_chengguan()
    places.register_departments()
    laws.import_shipped(actor=machine("test"), at=AT)
    body = places.department_uscc(places.CHENGGUAN, 7)
    content = resources.content(resources.ALLOWANCES, code=CODE, provider=body, items=ITEMS)
    resources.publish(content, at=AT)
    return body


def take(officer, fee):
    view = actions.check_drop(
        resource=CODE,
        data=f"编号,金额\nA1,{fee}\n".encode(),
        filename="a.csv",
        actor=officer,
        at=AT,
    )
    return actions.take_drop(drop=view.key, version=view.version, actor=officer, at=AT)


def take_back(view, officer):
    return actions.undo_drop(drop=view.key, version=view.version, actor=officer, at=AT)


def ask():
    async def story():
        async with serving() as asker:
            return await asker.ask(name="fees", parameters={"no": "A1"})

    return asyncio.run(story())


def test_the_only_file_is_taken_back_and_another_begins_anew(body):
    officer = sample.officer("zhang", department=body)
    first = take(officer, 12.5)
    assert (first.undoable, first.first) == (True, True)
    actions.propose_query(source=first.source, published=ASKED, actor=officer, at=AT)
    assert ask().rows == [{"fee": "12.5"}]
    assert take_back(first, officer).state is DropState.UNDONE
    answer = ask()
    assert answer.outcome is Outcome.REFUSED
    assert answer.refusal["code"] == "NoDataYet"
    assert answer.refusal["sentence"] == NoDataYet.sentence
    assert queries.get_source(first.source, officer).empty
    second = take(officer, 13.5)
    assert (second.source, second.first) == (first.source, True)
    assert ask().rows == [{"fee": "13.5"}]
    third = take(officer, 14.5)
    assert not third.first
    take_back(third, officer)
    assert ask().rows == [{"fee": "13.5"}]
    take_back(queries.get_drop(second.key, officer), officer)
    assert ask().refusal["code"] == "NoDataYet"
