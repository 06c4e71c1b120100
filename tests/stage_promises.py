"""For looking at pages: permits on a promise, one to put right, one found false; a paper that comes late."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

FIRE_HEAD = "xiaofangzhang"
_FIRE = {"road": "promise", "kind": "listed", "size": "large", "system": "automatic"}
_FOOD = {"act": "new", "kind": "catering", "raw": "no-raw", "place": "shop"}


@dataclass(frozen=True)
class Promised:
    """Addresses: of anybody, of the applicant, of the fire brigade's head."""

    guides: tuple[str, ...]
    mine: tuple[str, ...]
    brigade: tuple[str, ...]


def play(applicant, *, at: datetime) -> Promised:
    """``applicant``: a person with a business licence, whose packs are on the shelf."""
    from yiwang.capability import journey
    from yiwang.capability.cases import queries as cases
    from yiwang.capability.commitments import queries as promises
    from yiwang.capability.journey import sample
    from yiwang.kernel.actor import Role
    from yiwang.mechanisms.journal import actions as journal
    from yiwang.network.directory import sample as places
    from yiwang.support.credit import queries as credit
    from yiwang.support.identity import queries as identity
    from yiwang.support.identity import sample as accounts

    me, earlier = replace(applicant, assurance_level=4), at - timedelta(hours=3)
    brigade, market = (places.department_uscc(places.CHENGGUAN, n) for n in (11, 2))
    head = identity.get_actor(
        accounts.open_official_account(
            FIRE_HEAD, at=at, name="郭卫东", department=brigade,
            grants=((Role.HEAD, places.CHENGGUAN, brigade),),
        ).key,
        at=at,
    )  # fmt: skip
    handler = identity.get_actor(
        accounts.open_official_account(
            "shihe1", at=at, name="马建军", department=market,
            grants=((Role.HANDLER, places.CHENGGUAN, market),),
        ).key,
        at=at,
    )  # fmt: skip

    def fire(name: str) -> str:
        answers = sample.fire_answers(system="automatic", place_name=name)
        return sample.applied(sample.FIRE, me, answers, at=earlier, questions=_FIRE).case_key

    wrong, false = fire("示例饭店"), fire("示例茶楼")
    food = sample.applied(
        sample.FOOD, me, sample.food_answers(), at=earlier, questions=_FOOD, late=("rules",)
    ).case_key
    journey.accept(case_key=food, version=cases.get_inside(food).version, actor=handler, at=earlier)
    for _ in range(3):  # one round seals, the next hears what the first announced
        journal.seal(at=earlier)
        journal.run_listeners(at=earlier)
    first, second = (
        promises.find_case_commitment(f"case:{case}", head, at=at) for case in (wrong, false)
    )
    journey.order_correction(
        commitment_key=first.key, version=first.version, words="二楼安全出口上了锁。", actor=head,
        at=at,
    )  # fmt: skip
    journey.find_broken(
        commitment_key=second.key, version=second.version, words="没有灭火器。", serious=True,
        actor=head, at=at,
    )  # fmt: skip
    for _ in range(3):
        journal.seal(at=at)
        journal.run_listeners(at=at)
    draft = sample.prepared(
        sample.FOOD, me, sample.food_answers(), at=at, questions=_FOOD, late=("rules",)
    )
    [late] = promises.list_tolerances(case=f"case:{food}", at=at)
    [breach] = credit.list_breaches(me, at=at)
    return Promised(
        guides=(
            f"/items/{sample.FIRE}/?road=promise",
            f"/items/{sample.FOOD}/",
            f"/items/{sample.FOOD}/?act=new&kind=prepackaged",
        ),
        mine=(
            f"/my/drafts/{draft}/materials/",
            f"/my/drafts/{draft}/undertaking/",
            f"/my/cases/{food}/late/{late.key}/",
            f"/my/cases/{wrong}/commitment/",
            f"/my/cases/{false}/",
            f"/my/cases/{false}/result/",
            "/my/materials/",
            "/my/credit/",
            f"/my/credit/{breach.key}/repair/",
        ),
        brigade=(
            "/desk/commitments/",
            f"/desk/commitments/{first.key}/",
            f"/desk/commitments/{first.key}/find-not-corrected/",
            "/desk/breaches/?state=ON_RECORD",
            f"/desk/breaches/{breach.key}/",
        ),
    )
