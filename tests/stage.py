"""A small scene for looking at pages: three people, two packs, cases in different states.

``python -m tests.stage`` sets it in the database that is configured; tests call ``set_up``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tests import (
    stage_after,
    stage_data,
    stage_duties,
    stage_earlier,
    stage_exchange,
    stage_integrating,
    stage_looks,
    stage_nodes,
    stage_promises,
    stage_sharing,
    stage_sources,
)

APPROVER, WAITING, HOLDER = "shichang", "maxiaoyan", "luowenbo"
PAYER, SECURITY = "minzheng", "anquan"
LEADER, CARDED = "lingdao", "xuke"
LEADING, ASKED = "zhujian", "jiaojing"
SERVING, AT_WINDOW, KEEPER = "limin", "limin2", "bendi"
ARCHIVING = "guidang"
STAFF = (
    APPROVER, PAYER, SECURITY, LEADING, ASKED, SERVING, AT_WINDOW, KEEPER, LEADER, CARDED,
    ARCHIVING, stage_promises.FIRE_HEAD, stage_duties.AWAY, stage_sources.OFFICER,
    stage_data.OFFICER, stage_data.AUTHORITY,
    stage_nodes.OPERATOR, stage_exchange.WATCHING,
    *stage_sharing.STAFF,
)  # fmt: skip
#: The sample accounts' password; ``set_up`` compares it with theirs.
PASSWORD = "Yiwang-2026"
_QUESTIONS = {"place": "shop", "proof": "declaration", "operator": "mainland", "approval": "none"}


@dataclass(frozen=True)
class Scene:
    """Where to look: addresses by name."""

    guide: str
    looked: tuple[str, ...]
    asked_about: tuple[str, ...]
    form: str
    check: str
    progress: str
    result: str
    verify: str
    desk: str
    reviews: tuple[str, ...]
    benefits: tuple[str, ...]
    rights: tuple[str, ...]
    after: tuple[str, ...]
    together: tuple[str, ...]
    asked: tuple[str, ...]
    mine_together: tuple[str, ...]
    turn: tuple[str, ...]
    window: tuple[str, ...]
    hall: tuple[str, ...]
    keeper: tuple[str, ...]
    overseen: tuple[str, ...]
    carded: tuple[str, ...]
    mandates: tuple[str, ...]
    papers: tuple[str, ...]
    archives: tuple[str, ...]
    promised: stage_promises.Promised
    licences: tuple[str, ...]
    desk_earlier: tuple[str, ...]
    sources: tuple[str, ...]
    data: stage_data.Data
    nodes: tuple[str, ...]
    shared: stage_sharing.Shared
    watched: tuple[str, ...]


def set_up(at: datetime) -> Scene:
    """Packs on the shelf, somebody waiting for an official, somebody with a licence."""
    from yiwang.applications import commands as packs
    from yiwang.capability.archives import sample as archive_tables
    from yiwang.capability.journey import sample
    from yiwang.foundation.laws import commands as laws
    from yiwang.kernel.actor import Role
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
    for code in (sample.ALLOWANCE, sample.BUSINESS, sample.FOOD, sample.FIRE):
        sent = ["publish", str(sample.PACKS / code), "--by", "official:a"]
        if packs.main([*sent, "--approved-by", "official:b"]):
            raise RuntimeError(f"{code} was not published")
    body = places.department_uscc(places.CHENGGUAN, 2)
    _official(at, APPROVER, "李俊杰", Role.APPROVER, places.CHENGGUAN, body)
    _official(at, ARCHIVING, "孙桂芳", Role.HANDLER, places.CHENGGUAN, body)
    _official(at, stage_nodes.OPERATOR, "赵志强", Role.OPERATOR, places.GANSU, None)
    _official(at, stage_sources.OFFICER, "白晓东", Role.DATA_OFFICER, places.CHENGGUAN, body)
    archive_tables.publish_table(at=at)
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
    deciding = _actor_of(APPROVER, at)
    elsewhere = sample.business_answers(owner, trade_name="兰州市城关区罗记五金店")
    stage_after.refuse(holder, elsewhere, _QUESTIONS, by=deciding, at=earlier)
    jobs.run_waiting(at=at)
    for _ in range(3):  # one round seals, the next hears what the first announced
        journal.seal(at=at)
        journal.run_listeners(at=at)
    licence = licences.list_licences(holder, at=at).rows[0]
    leading, asked, mine = _together(waiting, at)
    turn, window, in_hall, keeper = _hall(person, at)
    overseen, carded = _late(holder, at)
    archived = stage_after.lay_archives(_actor_of(ARCHIVING, at), at)
    held, desk_earlier = stage_earlier.play(holder, at=at)
    papers = stage_after.lay_papers(holder, licence.case.partition(":")[2], by=deciding, at=at)
    _sign_ledger(at)
    looked, asked_about = stage_looks.play(waiting, deciding, receipt.case_key, body, at)
    return Scene(
        looked=looked,
        asked_about=asked_about,
        after=(*stage_after.addresses(deciding), *papers),
        together=leading,
        asked=asked,
        mine_together=mine,
        turn=turn,
        window=window,
        hall=in_hall,
        keeper=(*keeper, *stage_duties.local_pages(KEEPER, body, at)),
        archives=archived,
        overseen=overseen,
        carded=carded,
        mandates=_mandates(waiting.reference, holder.reference, at),
        papers=stage_duties.paper_pages(
            holder.reference, waiting.reference, by=_actor_of(SERVING, at), at=at
        ),
        promised=stage_promises.play(holder, at=at),
        shared=stage_sharing.play(_official, at),
        licences=held,
        desk_earlier=desk_earlier,
        nodes=stage_nodes.addresses(at),
        sources=(
            *stage_sources.addresses(body, by=_actor_of(stage_sources.OFFICER, at), at=at),
            *stage_integrating.addresses(body, at),
        ),
        guide=f"/items/{sample.ALLOWANCE}/",
        form=f"/my/drafts/{draft}/",
        check=f"/my/drafts/{draft}/check/",
        progress=f"/my/cases/{receipt.case_key}/",
        result=f"/my/cases/{licence.case.partition(':')[2]}/result/",
        verify=f"/v/{licence.verify_code}",
        desk=f"/desk/cases/{receipt.case_key}/",
        reviews=_reviews(receipt.case_key, waiting, at),
        benefits=_benefits(person.reference, at),
        rights=_rights(at),
        data=stage_data.set_up(person, waiting, at),
        watched=_watched(at),
    )


def _watched(at: datetime) -> tuple[str, ...]:
    """An operator of the exchange, and what there is to be watched."""
    from yiwang.kernel.actor import Role
    from yiwang.network.directory import sample as places

    _official(at, stage_exchange.WATCHING, "周敏", Role.OPERATOR, places.GANSU, None)
    return stage_exchange.addresses(at)


def _sign_ledger(at: datetime) -> None:
    """A first checkpoint; files left by another database are not this one's."""
    import shutil

    from yiwang.foundation.ledger import actions as ledger
    from yiwang.foundation.ledger import outside, queries, sources
    from yiwang.mechanisms.journal import actions as journal

    while journal.seal(at=at):
        continue
    if queries.find_newest() is None:
        shutil.rmtree(outside.folder(), ignore_errors=True)
    ledger.append(sources.SOURCES[0])  # enrols the tree
    while ledger.append(sources.SOURCES[0]):
        continue
    ledger.write_checkpoint(at=at)


def _actor_of(user_name: str, at: datetime):
    """The official behind a user name."""
    from yiwang.support.identity import queries as accounts
    from yiwang.support.identity.definitions import AccountKind

    account = accounts.get_account_by_user_name(user_name, AccountKind.OFFICIAL)
    return accounts.get_actor(account.key, at=at)


def _reviews(case_key: str, reviewer, at: datetime) -> tuple[str, ...]:
    """A bad review that was contacted: the list, the follow-up."""
    from yiwang.capability.reviews import actions as reviews

    given = reviews.give_review(
        case_key=case_key, handling="", level=4, tags=["efficiency"], actor=reviewer, at=at,
        text="材料交了两天没有消息，打电话也没人接。",
    )  # fmt: skip
    return "/desk/reviews/", f"/desk/reviews/{given.rectification}/"


def _benefits(person: str, at: datetime) -> tuple[str, ...]:
    """A benefit, the page of an act, this month's list."""
    from django.db import transaction

    from yiwang.capability.entitlements import actions as entitlements
    from yiwang.kernel.actor import Actor, ActorKind, Grant, Role, machine
    from yiwang.kernel.moments import legal_date
    from yiwang.kernel.references import new_key
    from yiwang.network.directory import sample as places

    body = places.department_uscc(places.CHENGGUAN, 1)
    granted = transaction.atomic(entitlements.grant)(
        case=f"case:{new_key()}", person=person, benefit="elderly-allowance",
        benefit_name="高龄津贴", monthly_fen=6000, starts_on=legal_date(at), at=at,
        division_code=places.CHENGGUAN, department=body, account="6217000000000000417",
        account_name="马晓燕", actor=machine("stage"),
    )  # fmt: skip
    _official(at, PAYER, "张国强", Role.APPROVER, places.CHENGGUAN, body)
    payer = Actor(
        ActorKind.OFFICIAL, "official:stage", grants=(Grant(Role.APPROVER, places.CHENGGUAN, body),)
    )
    (month,) = entitlements.close_month(
        legal_date(at).year, legal_date(at).month, at=at, actor=payer
    )
    here = "/desk/entitlements/"
    return (
        here,
        f"{here}{granted.key}/",
        f"{here}{granted.key}/announce-stop/",
        f"{here}months/",
        f"{here}months/close/",
        f"{here}months/{month.key}/",
    )


def _together(applicant, at: datetime) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """A road with other bodies, a visit and messages: pages of the lead, of the asked, of the applicant."""
    from yiwang.capability.branches import queries as branches
    from yiwang.capability.journey import sample, together
    from yiwang.capability.journey.tests import jointly
    from yiwang.capability.visits import queries as visits
    from yiwang.kernel.actor import Role
    from yiwang.network.directory import sample as places

    sample.publish(jointly.ROAD, at=at, folder=jointly.FOLDER)
    for user_name, name, body in (
        (LEADING, "赵建国", jointly.LEAD), ("zhujian2", "刘芳", jointly.LEAD),
        (ASKED, "马龙", jointly.POLICE),
    ):  # fmt: skip
        _official(at, user_name, name, Role.APPROVER, places.CHENGGUAN, body)
    lead, other = (_actor_of(name, at) for name in (LEADING, "zhujian2"))
    case = jointly.accepted(applicant, at=at, lead=lead, trees="touched")
    together.say(
        case_key=case, text="请问要等几天？", idempotency_key="stage", actor=applicant, at=at
    )
    (visit,) = visits.list_case_visits(case, lead, at=at)
    together.plan_visit(
        key=visit.key, version=visit.version, planned_at=at + timedelta(days=1),
        place="静宁路 12 号", officers=[lead.reference, other.reference], actor=lead, at=at,
    )  # fmt: skip
    joint = branches.list_case_branches(case, lead, at=at)
    asked = next(one for one in joint if one.department == jointly.POLICE)
    here = f"/desk/cases/{case}/"
    return (
        (here, f"{here}consult/", f"{here}expert-review/", "/desk/visits/",
         f"/desk/visits/{visit.key}/", "/desk/talks/", f"/desk/talks/{case}/"),
        ("/desk/branches/", f"/desk/branches/{asked.key}/"),
        (f"/my/cases/{case}/",),
    )  # fmt: skip


def _hall(person, at: datetime):
    """A hall: one clerk who fills in for somebody, one whose window waits, the machine and the board."""
    from yiwang.capability.halls import actions as halls
    from yiwang.capability.halls import sample as halls_sample
    from yiwang.capability.journey import counter, sample
    from yiwang.foundation.libraries import queries as libraries
    from yiwang.kernel.actor import Role
    from yiwang.network.directory import sample as places
    from yiwang.support.identity import queries as accounts
    from yiwang.support.identity.definitions import AccountKind
    from yiwang.support.readers import actions as readers
    from yiwang.support.readers.definitions import Mood

    body = places.department_uscc(places.CHENGGUAN, 2)
    hall = halls_sample.hall(places.CHENGGUAN, at=at)
    for number, (user_name, name) in enumerate(((SERVING, "李敏"), (AT_WINDOW, "马兰")), start=12):
        window = halls_sample.counter(hall, f"B{number}", at=at, line="B", department=body)
        _official(at, user_name, name, Role.WINDOW_CLERK, places.CHENGGUAN, body)
        account = accounts.get_account_by_user_name(user_name, AccountKind.OFFICIAL)
        clerk = accounts.get_actor(account.key, at=at)
        halls.begin_shift(counter=window.key, actor=clerk, at=at)
        if user_name == SERVING:
            serving = clerk
    _first, second = (halls.take_ticket(hall=hall.key, line="B", at=at) for _ in range(2))
    turn = halls.call_next(actor=serving, at=at)
    readers.put_card(
        place=turn.counter.reference, name=person.name, mood=Mood.GOOD, actor=serving, at=at,
        citizen_id=libraries.find_citizen_id(person.reference),
    )  # fmt: skip
    counter.find_by_card(session_key=turn.key, actor=serving, at=at)
    given = counter.consult(
        session_key=turn.key, item_code=sample.ALLOWANCE, questions={"who": "self"},
        remark="户口本不用带", actor=serving, at=at,
    )  # fmt: skip
    turn = counter.choose_item(
        session_key=turn.key, item_code=sample.BUSINESS, questions=_QUESTIONS, actor=serving, at=at
    )
    _official(at, KEEPER, "陈立", Role.LOCAL_ADMIN, places.CHENGGUAN, None)
    return (
        (turn.home, f"{turn.home}?q=个体", f"{turn.home}?ask=1&item={sample.ALLOWANCE}",
         f"{turn.home}print/", f"/hall/consultations/{given.key}/", "/hall/today/"),
        ("/hall/", "/hall/reader/"),
        (f"/halls/{hall.key}/", f"/halls/{hall.key}/board/",
         f"/halls/{hall.key}/tickets/{second.key}/", "/screen/"),
        ("/hall/places/", "/hall/today/"),
    )  # fmt: skip


def _late(applicant, at: datetime) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """A licence nobody decided: a red card, a leader's screen, pages of who handles it."""
    from yiwang.capability.journey import sample
    from yiwang.governance.supervision import queries as supervision
    from yiwang.kernel.actor import Role, machine
    from yiwang.mechanisms.clocks import actions as clocks
    from yiwang.mechanisms.journal import actions as journal
    from yiwang.network.directory import sample as places
    from yiwang.support.identity import queries as accounts
    from yiwang.support.identity.definitions import AccountKind

    item = sample.publish_plain(at=at, chain=["HANDLE", "APPROVE"])
    _official(at, CARDED, "陈敏", Role.HANDLER, places.CHENGGUAN, item.department)
    _official(at, LEADER, "杨国强", Role.LEADER, places.CHENGGUAN, None)
    earlier = at - timedelta(days=120)
    key = sample.handed_in(applicant, at=earlier).case_key
    sample.handed_in(applicant, at=at)
    for _ in range(3):
        clocks.warn(at=at, actor=machine("clock"))
        for _ in range(2):
            journal.seal(at=at)
            journal.run_listeners(at=at)
    account = accounts.get_account_by_user_name(CARDED, AccountKind.OFFICIAL)
    card = supervision.list_cards(accounts.get_actor(account.key, at=at)).rows[0]
    return (
        ("/leader/", "/leader/?by=division", "/leader/cases/?list=OVERDUE", "/desk/cards/"),
        (
            "/desk/", "/desk/?list=OVERDUE", "/desk/filters/", "/desk/batch/", "/desk/phrases/",
            "/desk/messages/", "/desk/cards/", f"/desk/cards/{card.key}/", f"/desk/cases/{key}/",
        ),
    )  # fmt: skip


def _mandates(giver: str, taker: str, at: datetime) -> tuple[str, ...]:
    """Both sides' list, the form of each side, one in force."""
    from yiwang.support.mandates import sample

    view = sample.give(giver, taker, at=at)
    here = "/my/mandates/"
    return here, f"{here}new/?side=give", f"{here}new/?side=ask", f"{here}{view.key}/"


def _rights(at: datetime) -> tuple[str, ...]:
    """Roles that count, one that waits, the page to propose one; halls and recoveries."""
    from yiwang.kernel.actor import Role
    from yiwang.network.directory import sample as places
    from yiwang.support.identity import actions as identity
    from yiwang.support.identity import queries as accounts
    from yiwang.support.identity import sample
    from yiwang.support.identity.definitions import AccountKind

    _official(at, SECURITY, "王安", Role.SECURITY_ADMIN, places.GANSU, None)
    payer = accounts.get_account_by_user_name(PAYER, AccountKind.OFFICIAL)
    waiting = identity.grant_role(
        account=payer.key, role=Role.WINDOW_CLERK, division_code=places.CHENGGUAN, department=None,
        valid_until=at + timedelta(days=30), actor=sample.GRANTER, at=at,
    )  # fmt: skip
    security = accounts.get_account_by_user_name(SECURITY, AccountKind.OFFICIAL)
    actor = accounts.get_actor(security.key, at=at)
    identity.register_hall_network(
        name="城关区政务大厅", network="203.0.113.0/28", actor=actor, at=at
    )
    identity.ask_recovery(
        kind=AccountKind.OFFICIAL, login=PAYER, reason="核对工作证和本人", actor=actor, at=at
    )
    here = "/console/rights/"
    rights = here, f"{here}propose/", f"{here}{waiting}/confirm/", f"{here}{waiting}/end/"
    return *rights, "/console/halls/", "/console/recovery/", "/console/posts/", "/console/seals/"


def _person(seed: int, name: str, born_on: date, user_name: str, at: datetime):
    from yiwang.capability.journey import sample
    from yiwang.foundation.libraries import sample as people
    from yiwang.support.identity import sample as accounts

    person = people.register_person(seed, at=at, name=name, born_on=born_on)
    accounts.open_person_account(person.reference, at=at, user_name=user_name)
    accounts.give_passkey(person.reference, at=at, name="我的手机")
    accounts.give_email(person.reference, at=at)
    return person, sample.citizen(person)


def _official(at: datetime, user_name: str, name: str, role, place: str, body) -> None:
    from yiwang.support.identity import sample as accounts

    accounts.open_official_account(
        user_name, at=at, name=name, department=body or "", grants=((role, place, body),)
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
