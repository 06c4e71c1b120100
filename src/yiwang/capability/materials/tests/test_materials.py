"""Materials: fetched before asked, uploaded, reused, promised, gathered."""

from __future__ import annotations

import base64
from types import SimpleNamespace

import pytest

from yiwang.capability.catalogue.definitions import Material, MaterialSource, Tolerance
from yiwang.capability.intake.definitions import FrozenApplication
from yiwang.capability.materials import actions, queries
from yiwang.capability.materials.definitions import Supply
from yiwang.foundation.exchange import breaker, simulator, sources
from yiwang.foundation.exchange.definitions import Misbehaviour, Shape
from yiwang.kernel.actor import machine
from yiwang.kernel.refusals import NotFound
from yiwang.mechanisms.clocks.definitions import Allowance, Unit
from yiwang.mechanisms.files import actions as files
from yiwang.mechanisms.files import queries as file_queries
from yiwang.mechanisms.files.definitions import Kind
from yiwang.mechanisms.files.sample import content

pytestmark = pytest.mark.django_db
DRAFT, CASE = "draft:dddddddddddddddd", "case:cccccccccccccccc"


def material(key, source, provider=None, required=True, **more):
    return Material(
        key=key, name=f"材料{key}", why="要看", source=source, issuer="示例局", basis=(),
        provider=provider, required=required, kind=f"item.{key}", **more,
    )  # fmt: skip


REGISTER = material("register", MaterialSource.FETCHED, "test.household")
MAP = material("map", MaterialSource.UPLOADED)
LATE = material(
    "late", MaterialSource.UPLOADED, tolerance=Tolerance(Allowance(5, Unit.WORKING_DAY))
)
HONOUR = material("honour", MaterialSource.COMMITTED)
TABLE = material("table", MaterialSource.FORM)
EXTRA = material("extra", MaterialSource.UPLOADED, required=False)
ALL = (REGISTER, MAP, LATE, HONOUR, TABLE, EXTRA)


@pytest.fixture(autouse=True)
def _source(monkeypatch):
    monkeypatch.setattr(sources, "_REGISTRY", {})
    breaker.forget_all()
    answers = {"person:aaaaaaaaaaaaaaaa": {"household": "620102"}}

    @sources.provides("test.household", label="", source_label="人口库", shape=Shape.OBJECT)
    def household(*, subject, parameters):
        return answers.get(subject)

    yield answers
    breaker.forget_all()


def stored(person, at):
    return files.store(data=content(Kind.TXT), filename="图.txt", actor=person, at=at)


def application(actor):
    return FrozenApplication(
        draft_key=DRAFT.removeprefix("draft:"), applicant=actor.applicant, item_code="x",
        item_version=1, form_title="", form_digest="", questions={}, answers={}, rows=(), sources={},
    )  # fmt: skip


def fetch_and_keep(person, at):
    fetched = queries.fetch(required=ALL, applicant=person.applicant, subject=DRAFT, item="gaoling")
    actions.keep_fetched(subject=DRAFT, required=ALL, fetched=fetched, actor=person, at=at)
    return {v.material: v for v in queries.outlook(required=ALL, subject=DRAFT)}


def upload(person, at, what=MAP):
    kept = stored(person, at)
    return actions.upload(subject=DRAFT, material=what, stored=kept, actor=person, at=at)


def gather(person, at, case=""):
    views = actions.gather(
        application=application(person), required=ALL, actor=person, at=at, case=case
    )
    return {view.material: view.supply for view in views}


def test_what_a_source_gives_is_not_asked_of_the_person(person, noon):
    view = fetch_and_keep(person, noon)["register"]
    assert view.supply is Supply.FETCHED
    assert not view.may_upload
    with pytest.raises(actions.CannotSupply):
        upload(person, noon, REGISTER)


def test_when_the_source_is_away_we_go_on_asking_and_the_person_may_upload(person, noon):
    with simulator.misbehaving("test.household", Misbehaviour.AWAY):
        view = fetch_and_keep(person, noon)["register"]
    assert view.supply is Supply.PENDING
    assert "连不上" in view.note
    assert upload(person, noon, REGISTER).supply is Supply.UPLOADED


def test_when_the_register_has_no_record_the_person_is_asked(other, noon):
    view = fetch_and_keep(other, noon)["register"]
    assert (view.supply, view.may_upload) == (Supply.MISSING, True)
    assert "没有查到" in view.note


def test_an_upload_stays_when_the_source_is_away_again(person, noon):
    with simulator.misbehaving("test.household", Misbehaviour.AWAY):
        fetch_and_keep(person, noon)
        upload(person, noon, REGISTER)
        assert fetch_and_keep(person, noon)["register"].supply is Supply.UPLOADED


def test_handing_in_names_everything_that_is_missing(person, noon):
    with pytest.raises(actions.MissingMaterials) as refusal:
        gather(person, noon)
    assert [p.field for p in refusal.value.fields] == ["map", "late"]


def test_gathered_materials_say_how_each_one_came_and_move_to_the_case(person, noon):
    fetch_and_keep(person, noon)
    upload(person, noon)
    actions.promise(subject=DRAFT, material=LATE, actor=person, at=noon)
    assert gather(person, noon, CASE) == {
        "register": Supply.FETCHED,
        "map": Supply.UPLOADED,
        "late": Supply.PROMISED,
        "honour": Supply.COMMITTED,
        "table": Supply.FORM,
        "extra": Supply.MISSING,
    }
    assert queries.list_materials(subject=DRAFT) == ()
    assert {v.material for v in queries.list_materials(subject=CASE)} >= {"register", "map"}


def test_a_promise_is_taken_only_where_the_item_offers_it(person, noon):
    with pytest.raises(actions.CannotSupply):
        actions.promise(subject=DRAFT, material=MAP, actor=person, at=noon)


def test_a_promise_falls_when_the_chosen_road_does_not_let_it_wait(person, noon):
    actions.promise(subject=DRAFT, material=LATE, actor=person, at=noon)
    strict = material("late", MaterialSource.UPLOADED)
    [view] = queries.outlook(required=[strict], subject=DRAFT)
    assert view.supply is Supply.MISSING


def test_what_was_uploaded_for_a_road_not_taken_does_not_reach_the_case(person, noon):
    [mine] = upload(person, noon).files
    committed = material("map", MaterialSource.COMMITTED)
    views = actions.gather(
        application=application(person), required=[committed], actor=person, at=noon, case=CASE
    )
    assert [v.supply for v in views] == [Supply.COMMITTED]
    [view] = queries.list_materials(subject=CASE)
    assert (view.supply, view.files) == (Supply.COMMITTED, ())
    assert not file_queries.is_attached(mine.key, DRAFT)


def test_another_person_cannot_add_to_or_take_from_my_draft(person, other, noon):
    [mine] = upload(person, noon).files
    with pytest.raises(NotFound):
        upload(other, noon)
    with pytest.raises(NotFound):
        actions.remove_upload(
            subject=DRAFT, material="map", file_key=mine.key, actor=other, at=noon
        )
    [view] = queries.list_materials(subject=DRAFT)
    assert view.files == (mine,)


def test_removing_the_only_file_makes_the_material_missing_again(person, noon):
    [mine] = upload(person, noon).files
    actions.remove_upload(subject=DRAFT, material="map", file_key=mine.key, actor=person, at=noon)
    assert not file_queries.is_attached(mine.key, DRAFT)
    views = {v.material: v.supply for v in queries.outlook(required=ALL, subject=DRAFT)}
    assert views["map"] is Supply.MISSING


def test_no_more_than_five_files_a_material(person, noon):
    for _ in range(5):
        upload(person, noon)
    with pytest.raises(actions.TooManyFiles):
        upload(person, noon)


@pytest.mark.django_db(transaction=True)
def test_what_a_source_owes_is_asked_for_again_after_handing_in(person, noon):
    from datetime import timedelta

    from django.db import transaction

    with simulator.misbehaving("test.household", Misbehaviour.AWAY):
        fetch_and_keep_committed(person, noon)
    later = noon + timedelta(minutes=5)
    [owed] = queries.list_pending(before=later)
    told = queries.ask_again(owed, item="62.gaoling", case_no="62-2026-1", at=later)
    with transaction.atomic():
        actions.keep_owed(
            subject=CASE, material="register", answer=told, actor=machine("worker"), at=later
        )
    [view] = queries.list_materials(subject=CASE)
    assert view.supply is Supply.FETCHED


def fetch_and_keep_committed(person, noon):
    from django.db import transaction

    fetched = queries.fetch(
        required=[REGISTER],
        applicant=person.applicant,
        subject=DRAFT,
        item="gaoling",
    )
    with transaction.atomic():
        actions.keep_fetched(
            subject=DRAFT, required=[REGISTER], fetched=fetched, actor=person, at=noon
        )
        actions.gather(
            application=application(person), required=[REGISTER], actor=person, at=noon, case=CASE
        )


def test_a_file_from_a_source_is_unpacked_or_refused():
    content = base64.b64encode(b"%PDF").decode()
    good = SimpleNamespace(value={"filename": "a.pdf", "content": content})
    assert queries.file_content(good) == ("a.pdf", b"%PDF")
    assert (
        queries.file_content(SimpleNamespace(value={"filename": "a.pdf", "content": "?"})) is None
    )
    assert queries.file_content(SimpleNamespace(value=True)) is None
