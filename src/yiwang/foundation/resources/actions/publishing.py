"""The authority checks what a body wrote, and puts it into the catalogue or gives it back."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from yiwang.foundation.laws import queries as laws
from yiwang.foundation.resources import rules
from yiwang.foundation.resources.actions import bases
from yiwang.foundation.resources.actions.writing import (
    columns_of,
    facts_of,
    insist_authority,
    locked,
)
from yiwang.foundation.resources.definitions import (
    Content,
    ResourceState,
    ResourceView,
    Sharing,
    VersionView,
)
from yiwang.foundation.resources.definitions.codes import CHECK, VERSION
from yiwang.foundation.resources.events import (
    ResourcePublished,
    ResourceSentBack,
    ResourceWithdrawn,
)
from yiwang.foundation.resources.models import Resource, ResourceItem, ResourceVersion
from yiwang.foundation.resources.queries.catalogue import find_sources, version_of, view_of
from yiwang.foundation.standards import queries as standards
from yiwang.kernel.actor import Actor
from yiwang.kernel.moments import legal_date
from yiwang.kernel.refusals import (
    FieldProblem,
    InvalidInput,
    NotAllowed,
    NotFound,
    Refusal,
    VersionConflict,
)
from yiwang.mechanisms.clocks import actions as clocks
from yiwang.mechanisms.journal import actions as journal
from yiwang.mechanisms.states import actions as states
from yiwang.mechanisms.states.definitions import Party
from yiwang.network.directory import queries as directory


class CannotPublishResource(Refusal):
    """``fields`` say what stands against it."""

    status = 422
    sentence = "这一版目录不能发布。"
    remedy = "请退回修改。"


@transaction.atomic
def publish(*, key: str, version: int, actor: Actor, at: datetime) -> ResourceView:
    """Check a version and put it in force; never by who handed it in.

    What is not shared must name an article that holds today (条例 第十四条、第十五条); a datum that has a
    source already keeps it (一数一源). Refusals: NotFound, NotAllowed, CannotDo, VersionConflict,
    CannotPublishResource.
    """
    row = locked(key, actor)
    insist_authority(actor, row.resource)
    if actor.reference in (row.submitted_by, row.consented_by):
        raise NotAllowed("报送和发布不能是同一个人。", "请由另一位数据主管部门的人员审核。")
    content = Content.of(row.content)
    _insist(content, row.resource, at)
    number = row.resource.number + 1
    changes = {"number": number, "published_by": actor.reference, "published_at": at}
    _move(row, "publish", version, due_on=None, **changes)
    clocks.stop(subject=row.reference, kind=CHECK, at=at, actor=actor)
    _put_in_force(row.resource, content, number, at)
    event = ResourcePublished(
        subject=row.resource.reference,
        at=at,
        number=number,
        sharing=content.sharing,
        **facts_of(row.resource),
    )
    journal.announce(event, actor=actor)
    return view_of(row.resource)


@transaction.atomic
def send_back(*, key: str, version: int, reason: str, actor: Actor, at: datetime) -> VersionView:
    """Give a version back with a reason; the body mends it and hands it in again. Refusals as ``publish``."""
    row = locked(key, actor)
    insist_authority(actor, row.resource)
    words = _words(reason)
    _move(row, "send_back", version, due_on=None, remark=words)
    clocks.stop(subject=row.reference, kind=CHECK, at=at, actor=actor)
    event = ResourceSentBack(
        subject=row.resource.reference, at=at, version=row.reference, **facts_of(row.resource)
    )
    journal.announce(event, actor=actor)
    return version_of(row)


@transaction.atomic
def withdraw(*, key: str, version: int, reason: str, actor: Actor, at: datetime) -> ResourceView:
    """Take a resource (its key) off the catalogue with a reason; its versions stay on record.

    Refusals: NotFound, NotAllowed, VersionConflict, CannotPublishResource when it is not in force.
    """
    row = Resource.objects.visible_to(actor).select_for_update().filter(key=key).first()
    if row is None:
        raise NotFound
    insist_authority(actor, row)
    if row.version != version:
        raise VersionConflict
    if row.state != ResourceState.PUBLISHED:
        raise CannotPublishResource("这项资源现在没有发布，不用撤下。", "请刷新后查看。")
    row.state, row.version, row.withdrawn_because = (
        ResourceState.WITHDRAWN,
        row.version + 1,
        _words(reason),
    )
    row.basis_doubt, row.basis_doubt_on = "", None
    row.save(
        update_fields=["state", "version", "withdrawn_because", "basis_doubt", "basis_doubt_on"]
    )
    row.items.all().delete()  # a source that is gone leaves its data free for another
    event = ResourceWithdrawn(subject=row.reference, at=at, **facts_of(row))
    journal.announce(event, actor=actor)
    return view_of(row)


def _insist(content: Content, resource: Resource, at: datetime) -> None:
    named = {datum.element for datum in content.items if datum.element}
    found = list(rules.problems(content, elements=standards.find_elements(named)))
    if content.sharing is Sharing.NONE and not found:
        try:
            laws.get_article(
                title=content.basis_law, article=content.basis_article, on=legal_date(at)
            )
        except (Refusal, ValueError) as error:
            words = error.sentence if isinstance(error, Refusal) else "条号不对。"
            found.append(FieldProblem("basis_article", words, "依据要是现行有效的一条。"))
    claimed = {datum.element for datum in content.items if datum.authoritative}
    for element, source in find_sources(claimed).items():
        if source.resource != resource.key:
            found.append(
                FieldProblem(
                    f"items.{element}",
                    f"“{element}”已经有权威来源：{source.provider_name}《{source.name}》。",
                    "一数一源：请改为引用，或者先商定由谁作为来源。",
                )
            )
    if found:
        raise CannotPublishResource(fields=found)


def _put_in_force(resource: Resource, content: Content, number: int, at: datetime) -> None:
    body = directory.get_department(content.provider)
    for column, value in {
        **columns_of(content, body),
        "content": content.as_data(),
        "state": ResourceState.PUBLISHED,
        "number": number,
        "published_at": at,
        "withdrawn_because": "",
        **bases.noted(content, at),
        "version": resource.version + 1,
    }.items():
        setattr(resource, column, value)
    try:
        with transaction.atomic():
            resource.save()
            resource.items.all().delete()
            ResourceItem.objects.bulk_create(
                ResourceItem(
                    resource=resource,
                    position=position,
                    name=datum.name,
                    label=datum.label,
                    kind=datum.kind,
                    length=datum.length,
                    element=datum.element,
                    grade=datum.grade,
                    mask=datum.mask,
                    authoritative=datum.authoritative,
                )
                for position, datum in enumerate(content.items)
            )
    except IntegrityError as error:  # another became the source between the question and the answer
        raise CannotPublishResource("有数据元刚刚有了别的权威来源。", "请刷新后再看。") from error


def _words(reason: str) -> str:
    words = reason.strip()
    if not words or len(words) > 500:
        problem = FieldProblem("reason", "要写明理由，不超过 500 字。")
        raise InvalidInput(fields=[problem])
    return words


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
