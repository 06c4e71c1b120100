"""What more than one has to do with: a branch, a visit, a message."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from django.db import transaction

from yiwang.capability.branches import actions as branches
from yiwang.capability.branches.definitions import Asked, BranchKind
from yiwang.capability.cases import queries as case_queries
from yiwang.capability.cases import sample as cases
from yiwang.capability.cases.definitions.jointly import CheckPoint, VisitPlan
from yiwang.capability.cases.queries import Inside
from yiwang.capability.conversations import actions as conversations
from yiwang.capability.visits import actions as visits
from yiwang.capability.visits.definitions import Answer, Record
from yiwang.kernel.actor import CASE_STAFF, Actor, ActorKind, Grant, Role, machine
from yiwang.kernel.references import new_key
from yiwang.mechanisms.clocks.definitions import Allowance
from yiwang.mechanisms.files import actions as files
from yiwang.mechanisms.files import sample as file_samples
from yiwang.mechanisms.files.definitions import Kind, StoredFile
from yiwang.network.directory import sample as places
from yiwang.project.sweep import uploads
from yiwang.project.sweep.definitions import Thing
from yiwang.support.identity import queries as identity
from yiwang.support.identity import sample as accounts

#: Another body leads the joint case and ours is asked, so that ours sees the branch and no more.
_LEAD_SERIAL: Final = 3
_STAFF: Final = frozenset(CASE_STAFF)
_SWEEP: Final = machine("sweep")


@transaction.atomic
def make_branch(*, owner: Actor, department: str, at: datetime) -> Mapping[str, Thing]:
    """What our body is asked by another about a case of the owner; what it was shown and what it said."""
    case = _opened(owner, places.department_uscc(places.CHENGGUAN, _LEAD_SERIAL), at)
    material = uploads.upload(case.reference, owner, at)
    official = Actor(
        ActorKind.OFFICIAL,
        "official:sweep-asked",
        grants=(Grant(Role.APPROVER, places.CHENGGUAN, department),),
    )
    asked = Asked(BranchKind.CONSULTATION, department, "本部门（示例）", "权限检查")
    row = branches.open_branch(case=case, asked=asked, within=Allowance(3), actor=_SWEEP, at=at)
    stored = _stored("意见.pdf", official, at)
    branches.answer(
        key=row.key,
        version=row.version,
        opinion="AGREE",
        reasons="权限检查",
        conditions="",
        basis=(),
        stored=[stored],
        actor=official,
        at=at,
    )
    thing = Thing(row.key, "", places.CHENGGUAN, department, _STAFF)
    return {
        "branch": thing,
        "branch_material": replace(thing, key=material, owner=owner.applicant),
        "branch_file": replace(thing, key=stored.key),
    }


@transaction.atomic
def make_visit(*, owner: Actor, department: str, at: datetime) -> Mapping[str, Thing]:
    """A visit of our body to the owner, done, with a photograph."""
    case = _opened(owner, department, at)
    plan = VisitPlan(Allowance(5), (CheckPoint("place", "权限检查"),), local=True)
    row = visits.want_visit(case=case, plan=plan, actor=_SWEEP, at=at)
    one, two = _officer(department, at), _officer(department, at)
    row = visits.plan(
        key=row.key,
        version=row.version,
        planned_at=at,
        place="权限检查",
        officers=[one.reference, two.reference],
        actor=one,
        at=at,
    )
    stored = files.store(data=file_samples.content(Kind.PNG), filename="现场.png", actor=one, at=at)
    visits.add_photograph(
        key=row.key, stored=stored, point="place", taken_at=at, position=None, actor=one, at=at
    )
    record = Record({"place": Answer("MEETS")}, result="CONFORMS")
    row = visits.keep_record(key=row.key, version=row.version, record=record, actor=one, at=at)
    for officer in (one, two):
        row = visits.sign(key=row.key, version=row.version, actor=officer, at=at)
    thing = Thing(row.key, owner.applicant, places.CHENGGUAN, department, _STAFF, item=uploads.ITEM)
    return {"visit": thing, "photograph": replace(thing, key=stored.key)}


@transaction.atomic
def make_remark(case_key: str, case: Thing, *, owner: Actor, at: datetime) -> Mapping[str, Thing]:
    """What the owner wrote about the case, with a file."""
    stored = _stored("留言.pdf", owner, at)
    remark = conversations.say(
        case_key=case_key,
        text=f"只有双方能看：{owner.applicant}",
        asks=False,
        stored=[stored],
        idempotency_key=new_key(),
        actor=owner,
        at=at,
    )
    return {"remark": replace(case, key=remark.key), "remark_file": replace(case, key=stored.key)}


def _opened(owner: Actor, department: str, at: datetime) -> Inside:
    case = cases.opened(
        owner,
        at=at,
        department=department,
        division_code=places.CHENGGUAN,
        item_code=uploads.ITEM,
        applicant_name="权限检查专用申请人" + owner.applicant[-4:],
    )
    return case_queries.get_inside(case.key)


def _stored(filename: str, actor: Actor, at: datetime) -> StoredFile:
    return files.store(data=file_samples.content(Kind.PDF), filename=filename, actor=actor, at=at)


def _officer(department: str, at: datetime) -> Actor:
    account = accounts.open_official_account(
        f"sweep-{new_key()}",
        at=at,
        department=department,
        grants=((Role.HANDLER, places.CHENGGUAN, department),),
    )
    return identity.get_actor(account.key, at=at)
