"""A body writes down what it has: a draft, mended as often as it likes, handed in once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from yiwang.foundation.resources import rules
from yiwang.foundation.resources.actions import changing
from yiwang.foundation.resources.definitions import (
    Content,
    ResourceState,
    VersionState,
    VersionView,
)
from yiwang.foundation.resources.definitions.codes import (
    CHECK,
    CHECK_WITHIN,
    CHECKERS,
    CONSENTERS,
    OPEN_VERSIONS,
    VERSION,
    WRITERS,
)
from yiwang.foundation.resources.events import (
    ConsentAsked,
    ConsentDeclined,
    ResourceSubmitted,
)
from yiwang.foundation.resources.models import Resource, ResourceVersion
from yiwang.foundation.resources.queries.catalogue import version_of
from yiwang.foundation.standards import queries as standards
from yiwang.kernel.actor import Actor, ActorKind
from yiwang.kernel.refusals import FieldProblem, InvalidInput, NotAllowed, NotFound, Refusal
from yiwang.mechanisms.clocks import actions as clocks
from yiwang.mechanisms.clocks import queries as clock_queries
from yiwang.mechanisms.journal import actions as journal
from yiwang.mechanisms.states import actions as states
from yiwang.mechanisms.states.definitions import Party
from yiwang.network.directory import queries as directory
from yiwang.network.directory.definitions import DepartmentView

LONGEST_ASSESSMENT = 500


class CannotWriteResource(Refusal):
    sentence = "这项数据资源现在不能修改。"
    remedy = "请先看看它现在的状态。"


@transaction.atomic
def write(
    *, content: Content, actor: Actor, at: datetime, version: int | None = None, run: str = ""
) -> VersionView:
    """Write a draft: of a new resource, of the next version of one, or over the draft there is.

    ``version``: the draft's version the actor saw, None where he saw none. ``run``: the import it comes
    from. Refusals: NotAllowed (not the body's data officer), InvalidInput, CannotWriteResource (handed in
    already, another body's), VersionConflict.
    """
    body = _provider(content)
    _insist_keeper(actor, body.division_code, body.uscc)
    _insist_sound(content)
    resource = _resource(content, body)
    row = _open_version(resource)
    if row is None:
        return _first(resource, content, actor, at, run)
    if row.state == VersionState.TO_CONSENT:
        raise CannotWriteResource(
            "已经送负责人，不能再改。", "请等负责人的意见；退回以后可以修改。"
        )
    if row.state == VersionState.SUBMITTED:
        raise CannotWriteResource(
            "已经报送，正在审核，不能再改。", "请等审核结果；退回以后可以修改。"
        )
    states.move(
        row,
        machine=VERSION,
        act="write",
        role=Party.OFFICIAL,
        version=version or 0,
        facts={},
        changes={
            "content": content.as_data(),
            "written_by": actor.reference,
            "written_at": at,
            "run": run,
        },
    )
    _follow(resource, content, body)
    _record(row, "resources.write", actor, at)
    return version_of(row)


@transaction.atomic
def submit(*, key: str, version: int, assessment: str, actor: Actor, at: datetime) -> VersionView:
    """Put a draft before the head of the body, with what was assessed of secrecy and personal data (条例 13).

    Refusals: NotFound, NotAllowed, CannotDo, VersionConflict, InvalidInput when the rules changed since.
    """
    row = locked(key, actor)
    _insist_keeper(actor, row.resource.division_code, row.resource.department)
    _insist_sound(Content.of(row.content))
    said = assessment.strip()
    if not 0 < len(said) <= LONGEST_ASSESSMENT:
        problem = FieldProblem(
            "assessment", "要写明评估的结论。", f"不超过 {LONGEST_ASSESSMENT} 字。"
        )
        raise InvalidInput(fields=[problem])
    _move(row, "submit", version, submitted_by=actor.reference, assessment=said, remark="")
    told = ConsentAsked(
        subject=row.resource.reference, at=at, version=row.reference, **facts_of(row.resource)
    )
    journal.announce(told, actor=actor)
    return version_of(row)


@transaction.atomic
def consent(*, key: str, version: int, actor: Actor, at: datetime) -> VersionView:
    """The head of the body consents: handed in at once, to be checked and published within two working days
    (条例 第十三条、第十七条). What had to be changed in the catalogue by a day is changed.

    Refusals: NotFound, NotAllowed, CannotDo, VersionConflict.
    """
    row = locked(key, actor)
    _insist_head(actor, row.resource)
    _move(row, "consent", version, submitted_at=at, consented_by=actor.reference, consented_at=at)
    known = clock_queries.find_clock(subject=row.reference, kind=CHECK, at=at)
    begin = clocks.start if known is None else clocks.restart
    due = begin(subject=row.reference, kind=CHECK, allowance=CHECK_WITHIN, at=at, actor=actor)
    ResourceVersion.objects.filter(pk=row.pk).update(due_on=due)
    row.due_on = due
    event = ResourceSubmitted(
        subject=row.resource.reference,
        at=at,
        version=row.reference,
        check_by=due.isoformat(),
        **facts_of(row.resource),
    )
    journal.announce(event, actor=actor)
    changing.close_for(row.resource, actor=actor, at=at)
    return version_of(row)


@transaction.atomic
def hand_back(*, key: str, version: int, reason: str, actor: Actor, at: datetime) -> VersionView:
    """The head wants it changed first, and says what. Refusals as ``consent``; InvalidInput."""
    row = locked(key, actor)
    _insist_head(actor, row.resource)
    words = reason.strip()
    if not 0 < len(words) <= LONGEST_ASSESSMENT:
        raise InvalidInput(fields=[FieldProblem("reason", "要写明理由，不超过 500 字。")])
    _move(row, "hand_back", version, remark=words)
    told = ConsentDeclined(
        subject=row.resource.reference, at=at, version=row.reference, **facts_of(row.resource)
    )
    journal.announce(told, actor=actor)
    return version_of(row)


@transaction.atomic
def discard(*, key: str, version: int, actor: Actor, at: datetime) -> None:
    """The draft is not wanted; what is in force stays. Refusals as ``submit``."""
    row = locked(key, actor)
    _insist_keeper(actor, row.resource.division_code, row.resource.department)
    _move(row, "discard", version)
    _record(row, "resources.discard", actor, at)


def facts_of(resource: Resource) -> dict[str, Any]:
    """What every fact about a resource carries."""
    return {
        "resource": resource.key,
        "code": resource.code,
        "provider": resource.department,
        "division_code": resource.division_code,
    }


def locked(key: str, actor: Actor) -> ResourceVersion:
    """One version and its resource, both locked, if the actor may see it; NotFound."""
    row = (
        ResourceVersion.objects.visible_to(actor)
        .select_related("resource")
        .select_for_update()
        .filter(key=key)
        .first()
    )
    if row is None:
        raise NotFound
    return row


def insist_authority(actor: Actor, resource: Resource) -> None:
    """Who checks and publishes in a place; NotAllowed."""
    held = actor.roles_at(resource.division_code, resource.department)
    if actor.kind is not ActorKind.MACHINE and not held & set(CHECKERS):
        raise NotAllowed("审核和发布由数据共享主管部门办理。", "请报送后等待审核。")


def _insist_head(actor: Actor, resource: Resource) -> None:
    held = actor.roles_at(resource.division_code, resource.department)
    if actor.kind is not ActorKind.MACHINE and not held & set(CONSENTERS):
        raise NotAllowed("目录要由本部门负责人审核同意。", "请负责人登录后办理。")


def _insist_keeper(actor: Actor, division_code: str, department: str) -> None:
    if actor.kind is ActorKind.MACHINE:
        return
    if not set(WRITERS) & actor.roles_at(division_code, department):
        raise NotAllowed("只有提供方的数据专员能编制这个目录。")


def _provider(content: Content) -> DepartmentView:
    try:
        return directory.get_department(content.provider)
    except NotFound as error:
        problem = FieldProblem("provider", "没有登记这个部门。", "请核对统一社会信用代码。")
        raise InvalidInput(fields=[problem]) from error


def _insist_sound(content: Content) -> None:
    named = {datum.element for datum in content.items if datum.element}
    problems = rules.problems(content, elements=standards.find_elements(named))
    if problems:
        raise InvalidInput(fields=problems)


def _resource(content: Content, body: DepartmentView) -> Resource:
    """The resource of this code, locked; made when there is none. Another body's code is not this body's."""
    Resource.objects.get_or_create(
        code=content.code, defaults={**columns_of(content, body), "content": content.as_data()}
    )
    row = Resource.objects.select_for_update().get(code=content.code)
    if row.department != body.uscc:
        raise CannotWriteResource("这个代码是别的部门的资源。", "请换一个资源代码。")
    return row


def columns_of(content: Content, body: DepartmentView) -> dict[str, Any]:
    """The columns lists filter by, taken from the content."""
    return {
        "name": content.name,
        "kind": content.kind,
        "department": body.uscc,
        "department_name": body.name,
        "division_code": body.division_code,
        "sharing": content.sharing,
        "opening": content.opening,
        "data_class": content.data_class,
        "grade": content.grade,
        "pairs": rules.pairs_of(content.name, body.name),
    }


def _open_version(resource: Resource) -> ResourceVersion | None:
    return (
        ResourceVersion.objects.select_related("resource")
        .select_for_update(of=("self",))
        .filter(resource=resource, state__in=OPEN_VERSIONS)
        .first()
    )


def _first(
    resource: Resource, content: Content, actor: Actor, at: datetime, run: str
) -> VersionView:
    row = ResourceVersion.objects.create(
        resource=resource,
        content=content.as_data(),
        written_by=actor.reference,
        written_at=at,
        run=run,
    )
    _record(row, "resources.write", actor, at)
    return version_of(row)


def _follow(resource: Resource, content: Content, body: DepartmentView) -> None:
    """While nothing was published, the resource is what its draft says."""
    if resource.state == ResourceState.DRAFT:
        changes = {**columns_of(content, body), "content": content.as_data()}
        Resource.objects.filter(pk=resource.pk).update(**changes)


def _move(row: ResourceVersion, act: str, version: int, **changes: object) -> None:
    states.move(
        row,
        machine=VERSION,
        act=act,
        role=Party.OFFICIAL,
        version=version,
        facts={},
        changes=changes,
    )


def _record(row: ResourceVersion, act: str, actor: Actor, at: datetime) -> None:
    journal.record(
        actor=actor,
        act=act,
        subject=row.resource.reference,
        at=at,
        facts={"version": row.reference, "provider": row.resource.department},
    )
