"""容缺, 告知承诺, fees and what may not be asked for: what publication refuses."""

from dataclasses import replace

import pytest

from yiwang.capability.catalogue import definitions as d
from yiwang.capability.catalogue.rules import Held, asked, check_held, check_item, narrow
from yiwang.mechanisms.clocks.definitions import Allowance, Unit

from .conftest import LAW, sound_item

M, S = d.Material, d.MaterialSource
FIVE = Allowance(5, Unit.WORKING_DAY, 2)
MAP = M("map", "位置图", "看挖哪里", S.UPLOADED, "申请人", (LAW,))
OPINION = M(
    "opinion", "管线单位意见", "不挖断管线", S.UPLOADED, "管线单位", (LAW,),
    tolerance=d.Tolerance(FIVE, local=True),
)  # fmt: skip
ROAD = d.Question("road", "怎么办？", (d.Option("ordinary", "普通"), d.Option("promise", "承诺")))
LOCAL = d.Limit(FIVE, "现场核查", local=True)


def promise(**changes: object) -> d.Commitment:
    """A commitment that keeps every rule."""
    given = d.Commitment(
        kind=d.CommitmentKind.PERMIT,
        when={"road": ("promise",)},
        statements=(d.Statement("true", "内容真实"),),
        liability="不实的撤销许可",
        check=LOCAL,
        decide=replace(LOCAL, within=Allowance(0)),
        correction=LOCAL,
        basis=(LAW,),
    )
    return replace(given, **changes)


def with_promise(**changes: object) -> d.Item:
    item = sound_item()
    return replace(
        item,
        questions=(*item.questions, ROAD),
        materials=(*item.materials, MAP, OPINION),
        commitment=promise(**changes),
    )


def keys(item: d.Item) -> set[str]:
    return {p.key for p in check_item(item) if not p.warning}


def late(**changes: object) -> d.Item:
    item = sound_item()
    return replace(item, materials=(*item.materials, MAP, replace(OPINION, **changes)))


def test_a_late_material_and_a_commitment_with_their_terms_are_sound():
    assert keys(late()) == set()
    assert keys(with_promise()) == set()


@pytest.mark.parametrize(
    ("item", "key"),
    [
        (late(required=False), "materials.opinion.tolerance"),
        (late(source=S.FORM), "materials.opinion.tolerance"),
        (late(tolerance=d.Tolerance(FIVE)), "materials.opinion.tolerance.local"),
        (
            late(tolerance=d.Tolerance(Allowance(0), local=True)),
            "materials.opinion.tolerance.within.amount",
        ),
        (
            replace(late(), profile=d.Profile.MARKET_REGISTRATION),
            "materials.opinion.tolerance",
        ),
        (sound_item(materials=(OPINION,)), "materials"),
        (late(source=S.COMMITTED, tolerance=None), "materials.opinion.source"),
        (sound_item(profile=d.Profile.COMMITMENT), "profile"),
        (with_promise(when={"road": ("promise", "ordinary")}), "commitment.when"),
        (with_promise(when={"who": ("self",), "road": ("promise",)}), "commitment.when"),
        (with_promise(when={"where": ("here",)}), "commitment.when"),
        (with_promise(when={"road": ()}), "commitment.when"),
        (with_promise(check=replace(LOCAL, local=False)), "commitment.check.local"),
        (with_promise(check=replace(LOCAL, how="")), "commitment.check.how"),
        (with_promise(basis=()), "commitment.basis"),
        (with_promise(decide=None), "commitment.decide"),
        (with_promise(decide=replace(LOCAL, local=False)), "commitment.decide.local"),
        (with_promise(correction=replace(LOCAL, local=False)), "commitment.correction.local"),
        (with_promise(kind=d.CommitmentKind.PROOF, decide=None), "commitment.replaces"),
        (with_promise(kind=d.CommitmentKind.PROOF, replaces=("map",)), "commitment.decide"),
        (with_promise(replaces=("form",)), "commitment.replaces"),
        (sound_item(fee=d.Fee(True, 100, "按面积")), "fee.basis"),
        (sound_item(fee=d.Fee(True, 100, basis=(LAW,))), "fee.explanation"),
        (sound_item(fee=d.Fee(False, 100)), "fee.charged"),
    ],
)
def test_a_broken_rule_of_trust_is_named_by_its_key(item: d.Item, key: str):
    assert key in keys(item)


HELD = (Held("营业执照", "登记库", "holder.business_licence"), Held("道路占用许可证", "本平台", ""))


def held(material: d.Material) -> set[str]:
    return {p.key for p in check_held(sound_item(materials=(material,)), HELD)}


def test_what_a_register_or_this_platform_holds_is_not_asked_without_a_cited_reason():
    copy = replace(MAP, name="营业执照复印件")
    assert held(copy) == {"materials.map.source"}
    assert held(replace(MAP, name="原道路占用许可证")) == {"materials.map.source"}
    told = replace(copy, asked_because="当面核对原件")
    assert held(told) == {"materials.map.source", "materials.map.asked_basis"}
    assert held(replace(told, asked_basis=(LAW,))) == set()
    assert held(replace(copy, source=S.FETCHED)) == set()
    assert held(MAP) == set()


def test_a_proof_a_village_cannot_look_into_is_not_asked():
    assert held(replace(MAP, name="无违法证明", issuer="村民委员会")) == {"materials.map.issuer"}
    assert held(replace(MAP, name="公示照片", issuer="村民委员会")) == set()


def test_one_thing_is_not_asked_for_twice_of_one_person():
    again = replace(MAP, key="again")
    twice = sound_item(materials=(MAP, again))
    assert {p.key for p in check_held(twice, ())} == {"materials.again.name"}
    apart = sound_item(
        materials=(replace(MAP, when={"who": ("self",)}), replace(again, when={"who": ("agent",)}))
    )
    assert list(check_held(apart, ())) == []


def test_nobody_is_on_the_road_of_promises_without_choosing_it():
    item = with_promise(replaces=("opinion",))
    assert narrow(item, {}).commitment is None
    assert narrow(item, {"road": "ordinary"}).commitment is None
    chosen = narrow(item, {"road": "promise"})
    assert chosen.commitment == item.commitment
    [opinion] = [m for m in chosen.materials if m.key == "opinion"]
    assert opinion.source is S.COMMITTED
    assert opinion.tolerance is None
    assert "管线单位意见用您的书面承诺代替" in chosen.sentence
    assert "road" in [q.key for q in asked(item, {})]


def test_a_material_is_of_its_items_own_kind_unless_it_names_a_shared_one():
    shared = replace(late(), materials=(replace(MAP, kind="site-map"), OPINION))
    kinds = [m.kind for m in narrow(shared, {}).materials]
    assert kinds == ["site-map", "sound-item.opinion"]
    assert "管线单位意见可以先受理、后补交" in narrow(shared, {}).sentence


def test_an_item_without_the_later_keys_keeps_the_fingerprint_it_was_published_with():
    said = d.dump_item(sound_item())
    assert "commitment" not in said
    assert "local" not in said["fee"]
    assert not {"kind", "tolerance", "valid_for", "asked_basis"} & set(said["materials"][0])
    whole = with_promise(replaces=("opinion",))
    assert d.load_item(d.dump_item(whole)) == whole
