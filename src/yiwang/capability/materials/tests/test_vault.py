"""The vault: verified once, offered again, not for ever, and forgotten when its owner says so."""

from dataclasses import replace
from datetime import timedelta

import pytest

from yiwang.capability.catalogue.definitions import Material, MaterialSource
from yiwang.capability.materials import actions, queries
from yiwang.capability.materials.definitions import Supply
from yiwang.kernel.actor import Actor, ActorKind
from yiwang.kernel.moments import legal_date
from yiwang.kernel.refusals import NotFound
from yiwang.mechanisms.clocks.definitions import Allowance, Unit
from yiwang.mechanisms.files import actions as files
from yiwang.mechanisms.files import queries as file_queries
from yiwang.mechanisms.files.definitions import Kind
from yiwang.mechanisms.files.sample import content
from yiwang.mechanisms.journal import queries as journal

pytestmark = pytest.mark.django_db
DRAFT, CASE = "draft:dddddddddddddddd", "case:cccccccccccccccc"
NEXT, LATER = "draft:eeeeeeeeeeeeeeee", "case:ffffffffffffffff"
LEASE = Material(
    key="lease", name="租赁合同", why="要看", source=MaterialSource.UPLOADED, issuer="申请人", basis=(),
    kind="place-lease",
)  # fmt: skip
OFFICIAL = Actor(ActorKind.OFFICIAL, "official:zhao", "赵*")


def handed_in(person, at, material=LEASE, draft=DRAFT, case=CASE, kind=Kind.TXT):
    kept = files.store(data=content(kind), filename=f"合同.{kind.lower()}", actor=person, at=at)
    actions.upload(subject=draft, material=material, stored=kept, actor=person, at=at)
    actions.move_to_case(draft_key=draft[6:], case=case, actor=person, at=at)
    return kept


def offered(person, at, material=LEASE):
    found = queries.list_reusable(actor=person, materials=[material], on=legal_date(at))
    return found.get(material.key, ())


def reuse(person, at, draft=NEXT, **more):
    return actions.reuse(subject=draft, material=LEASE, actor=person, at=at, **more)


def verify(at, case=CASE, body="城关区住建局"):
    return actions.verify(case=case, materials=["lease"], body=body, actor=OFFICIAL, at=at)


def test_what_was_handed_in_before_is_offered_again_to_the_same_person_only(person, other, noon):
    kept = handed_in(person, noon)
    assert offered(other, noon) == ()
    [known] = offered(person, noon)
    assert (known.case, known.verified) == (CASE, None)
    assert file_queries.is_attached(kept.key, CASE)
    again = reuse(person, noon)
    assert (again.supply, again.files) == (Supply.REUSED, known.files)
    with pytest.raises(NotFound):
        reuse(other, noon, draft="draft:x")


def test_a_verified_paper_keeps_its_mark_when_it_is_used_again(person, noon):
    handed_in(person, noon)
    assert verify(noon) == ("lease",)
    assert verify(noon + timedelta(days=1)) == ()
    view = reuse(person, noon)
    assert view.verified.body == "城关区住建局"
    assert view.verified.at == noon
    [entry] = [e for e in journal.list_entries(subject=CASE) if e.act == "materials.verify"]
    assert entry.actor == "official:zhao"


def test_a_second_body_verifying_a_reused_paper_marks_the_one_in_the_vault(person, noon):
    handed_in(person, noon)
    reuse(person, noon)
    actions.move_to_case(draft_key=NEXT[6:], case=LATER, actor=person, at=noon)
    verify(noon, case=LATER, body="城关区卫健局")
    [kept] = queries.list_vault(person)
    assert (kept.case, kept.verified.body) == (CASE, "城关区卫健局")


def test_another_upload_carries_no_mark_of_the_one_before(person, noon):
    handed_in(person, noon)
    verify(noon)
    reuse(person, noon)
    fresh = files.store(data=content(Kind.PNG), filename="新.png", actor=person, at=noon)
    view = actions.upload(subject=NEXT, material=LEASE, stored=fresh, actor=person, at=noon)
    assert view.verified is None
    assert len(view.files) == 1


def test_only_what_is_here_can_be_verified(person, noon):
    late = replace(LEASE, key="other")
    handed_in(person, noon, material=late)
    assert verify(noon) == ()


def test_the_same_kind_is_offered_across_items_and_another_kind_is_not(person, noon):
    handed_in(person, noon)
    elsewhere = replace(LEASE, key="site")
    assert len(offered(person, noon, elsewhere)) == 1
    assert offered(person, noon, replace(LEASE, kind="other-item.lease")) == ()


def test_of_several_papers_the_person_chooses_and_verified_ones_come_first(person, noon):
    handed_in(person, noon)
    handed_in(person, noon + timedelta(days=1), draft=NEXT, case=LATER, kind=Kind.PNG)
    verify(noon)
    first, second = offered(person, noon)
    assert [first.case, second.case] == [CASE, LATER]
    view = reuse(person, noon, origin=second.origin)
    assert view.files == second.files
    with pytest.raises(NotFound):
        reuse(person, noon, origin="nowhere.lease")


def test_a_copy_is_not_offered_after_its_time(person, noon):
    brief = replace(LEASE, valid_for=Allowance(1, Unit.MONTH))
    handed_in(person, noon, material=brief)
    [kept] = queries.list_vault(person)
    assert kept.valid_until is not None
    assert kept.usable(kept.valid_until - timedelta(days=1))
    assert len(offered(person, noon)) == 1
    assert offered(person, noon + timedelta(days=40)) == ()


def test_what_its_owner_had_forgotten_is_not_offered_and_the_case_keeps_it(person, other, noon):
    kept = handed_in(person, noon)
    with pytest.raises(NotFound):
        actions.forget(case=CASE, material="lease", actor=other, at=noon)
    actions.forget(case=CASE, material="lease", actor=person, at=noon)
    assert offered(person, noon) == ()
    assert queries.list_vault(person) == ()
    assert file_queries.is_attached(kept.key, CASE)
    [view] = queries.list_materials(subject=CASE)
    assert view.supply is Supply.UPLOADED
    with pytest.raises(NotFound):
        actions.forget(case=CASE, material="lease", actor=person, at=noon)
    with pytest.raises(NotFound):
        reuse(person, noon)


def test_a_draft_is_not_in_the_vault_yet(person, noon):
    kept = files.store(data=content(Kind.TXT), filename="合同.txt", actor=person, at=noon)
    actions.upload(subject=DRAFT, material=LEASE, stored=kept, actor=person, at=noon)
    assert queries.list_vault(person) == ()


def test_the_list_is_read_a_page_at_a_time(person, noon):
    for number in range(3):
        handed_in(person, noon, draft=f"draft:{number:016d}", case=f"case:{number:016d}")
    first = queries.list_vault(person, limit=2)
    assert [k.case for k in first] == ["case:" + f"{n:016d}" for n in (2, 1)]
    rest = queries.list_vault(person, after=first[-1].position, limit=2)
    assert [k.case for k in rest] == ["case:0000000000000000"]


def test_papers_from_before_kinds_are_still_offered_by_their_key(person, noon):
    handed_in(person, noon, material=replace(LEASE, kind=""))
    assert len(offered(person, noon)) == 1
    assert offered(person, noon, replace(LEASE, key="other")) == ()
