"""材料库: what I handed in is kept for next time, mine only; I may have it deleted."""

import pytest
from django.db import transaction

from yiwang.capability.catalogue.definitions import Material, MaterialSource
from yiwang.capability.materials import actions as materials
from yiwang.entrance.citizen.tests.test_my import opened, sign_in
from yiwang.kernel import moments
from yiwang.kernel.actor import Actor, ActorKind
from yiwang.mechanisms.files import actions as files
from yiwang.mechanisms.files.definitions import Kind
from yiwang.mechanisms.files.sample import content

pytestmark = pytest.mark.django_db
LEASE = Material("lease", "租赁合同", "要看", MaterialSource.UPLOADED, "申请人", (), kind="lease")


@pytest.fixture
def me(client):
    return sign_in(client, "马晓燕", 1)


def hand_in(actor):
    """A case of the actor's with one paper; its key."""
    at = moments.now()
    case = opened(actor)
    kept = files.store(data=content(Kind.TXT), filename="合同一.txt", actor=actor, at=at)
    draft = "draft:dddddddddddddddd"
    with transaction.atomic():
        materials.upload(subject=draft, material=LEASE, stored=kept, actor=actor, at=at)
        materials.move_to_case(draft_key=draft[6:], case=case.reference, actor=actor, at=at)
    return case.key


def test_an_empty_vault_says_what_would_be_here(client, me):
    assert "还没有材料" in client.get("/my/materials/").content.decode()


def test_a_paper_is_listed_with_its_case_and_who_verified_it(client, me):
    key = hand_in(me)
    page = client.get("/my/materials/").content.decode()
    assert "租赁合同" in page
    assert "合同一.txt" in page
    assert f"/my/cases/{key}/" in page
    assert "还没有核验" in page
    official = Actor(ActorKind.OFFICIAL, "official:zhao")
    with transaction.atomic():
        materials.verify(
            case=f"case:{key}", materials=["lease"], body="城关区住建局", actor=official,
            at=moments.now(),
        )  # fmt: skip
    page = client.get("/my/materials/").content.decode()
    assert "城关区住建局" in page
    assert "还没有核验" not in page


def test_deleting_is_asked_once_more_and_happens_once(client, me):
    key = hand_in(me)
    address = f"/my/materials/{key}/lease/delete/"
    assert "按档案规定不能删" in client.get(address).content.decode()
    assert client.post(address)["Location"] == "/my/materials/?done=1"
    assert client.post(address).status_code == 404
    assert client.get(address).status_code == 404
    assert "合同一.txt" not in client.get("/my/materials/?done=1").content.decode()


def test_another_persons_paper_is_neither_listed_nor_deleted(client, me):
    other = Actor(ActorKind.PERSON, "person:other", assurance_level=3)
    key = hand_in(other)
    assert "合同一.txt" not in client.get("/my/materials/").content.decode()
    assert client.get(f"/my/materials/{key}/lease/delete/").status_code == 404
    assert client.post(f"/my/materials/{key}/lease/delete/").status_code == 404


def test_a_strange_cursor_is_the_first_page(client, me):
    assert client.get("/my/materials/?after=x").status_code == 200
