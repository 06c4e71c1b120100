"""A small scene for looking at pages: three people, two packs, cases in different states.

``python -m tests.stage`` sets it in the database that is configured; tests call ``set_up``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

APPROVER, WAITING, HOLDER = "shichang", "maxiaoyan", "luowenbo"
#: The sample accounts' password; ``set_up`` compares it with theirs.
PASSWORD = "Yiwang-2026"
_QUESTIONS = {"place": "shop", "proof": "declaration", "operator": "mainland", "approval": "none"}


@dataclass(frozen=True)
class Scene:
    """Where to look: addresses by name."""

    guide: str
    form: str
    check: str
    progress: str
    result: str
    verify: str
    desk: str


def set_up(at: datetime) -> Scene:
    """Packs on the shelf, somebody waiting for an official, somebody with a licence."""
    from yiwang.applications import commands as packs
    from yiwang.capability.journey import sample
    from yiwang.foundation.laws import commands as laws
    from yiwang.mechanisms.jobs import actions as jobs
    from yiwang.mechanisms.journal import actions as journal
    from yiwang.network.directory import actions as directory
    from yiwang.network.directory import sample as places
    from yiwang.project import background
    from yiwang.support.identity import sample as accounts
    from yiwang.support.licences import queries as licences

    if accounts.PASSWORD != PASSWORD:
        raise RuntimeError("the sample password changed")
    background.know_all()
    directory.load_shipped_divisions()
    places.register_departments()
    laws.main(["import"])
    for code in (sample.ALLOWANCE, sample.BUSINESS):
        sent = ["publish", str(sample.PACKS / code), "--by", "official:a"]
        if packs.main([*sent, "--approved-by", "official:b"]):
            raise RuntimeError(f"{code} was not published")
    _official(at)
    person, waiting = _person(2, "马晓燕", date(1984, 6, 17), WAITING, at)
    owner, holder = _person(5, "罗文博", date(1990, 9, 9), HOLDER, at)
    earlier = at - timedelta(days=1)
    answers = sample.business_answers(person, trade_name="兰州市城关区马家小吃店")
    receipt = sample.submitted(
        sample.BUSINESS, waiting, answers, at=earlier, questions=_QUESTIONS, by_person=True
    )
    draft = sample.filled(sample.ALLOWANCE, waiting, {}, at=at, questions={"who": "relative"})
    sample.submitted(
        sample.BUSINESS, holder, sample.business_answers(owner), at=earlier, questions=_QUESTIONS
    )
    jobs.run_waiting(at=at)
    for _ in range(3):  # one round seals, the next hears what the first announced
        journal.seal(at=at)
        journal.run_listeners(at=at)
    licence = licences.list_licences(holder, at=at)[0]
    return Scene(
        guide=f"/items/{sample.ALLOWANCE}/",
        form=f"/my/drafts/{draft}/",
        check=f"/my/drafts/{draft}/check/",
        progress=f"/my/cases/{receipt.case_key}/",
        result=f"/my/cases/{licence.case.partition(':')[2]}/result/",
        verify=f"/v/{licence.verify_code}",
        desk=f"/desk/cases/{receipt.case_key}/",
    )


def _person(seed: int, name: str, born_on: date, user_name: str, at: datetime):
    from yiwang.capability.journey import sample
    from yiwang.foundation.libraries import sample as people
    from yiwang.support.identity import sample as accounts

    person = people.register_person(seed, at=at, name=name, born_on=born_on)
    accounts.open_person_account(person.reference, at=at, user_name=user_name)
    return person, sample.citizen(person)


def _official(at: datetime) -> None:
    from yiwang.kernel.actor import Role
    from yiwang.network.directory import sample as places
    from yiwang.support.identity import sample as accounts

    body = places.department_uscc(places.CHENGGUAN, 2)
    accounts.open_official_account(
        APPROVER,
        at=at,
        name="李俊杰",
        department=body,
        grants=((Role.APPROVER, places.CHENGGUAN, body),),
    )


def main() -> None:
    import json
    import os
    from dataclasses import asdict

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yiwang.project.settings")
    django.setup()
    from yiwang.kernel import moments

    print(json.dumps(asdict(set_up(moments.now()))))


if __name__ == "__main__":
    main()
