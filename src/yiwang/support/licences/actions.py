"""Issuing licences and changing their state."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from django.db import models, transaction

from yiwang.kernel.actor import Actor
from yiwang.kernel.identifiers import make_licence_identifier, make_uscc
from yiwang.kernel.masks import mask_name
from yiwang.kernel.moments import legal_date
from yiwang.kernel.references import reference
from yiwang.kernel.refusals import FieldProblem, NotFound, Refusal
from yiwang.mechanisms.files import actions as files
from yiwang.mechanisms.jobs import actions as jobs
from yiwang.mechanisms.journal import actions as journal
from yiwang.support.letters import actions as letters
from yiwang.support.letters.queries import CannotPrint
from yiwang.support.licences import queries, rules
from yiwang.support.licences.definitions import (
    LicenceState,
    LicenceTemplate,
    LicenceView,
    template_file,
)
from yiwang.support.licences.drivers.typst import LAYOUT
from yiwang.support.licences.events import LicenceIssued, LicenceStateChanged
from yiwang.support.licences.models import (
    Counter,
    ELicence,
    LicenceChange,
    LicenceType,
    RegistrarCode,
)
from yiwang.support.licences.told import answer_number as answer_number
from yiwang.support.licences.told import find_number as find_number
from yiwang.support.licences.told import offer_register as offer_register
from yiwang.support.licences.told import register_told as register_told
from yiwang.support.licences.told import tell_host as tell_host
from yiwang.support.seals import actions as seal_actions
from yiwang.support.seals import queries as seals
from yiwang.support.seals.definitions import SealField
from yiwang.support.seals.refusals import NotSealed, SealAway

#: The registrar's pool begins here, above every number synthetic firms of the sample use.
POOL_START: Final = 60_000_000
#: More than any series gives between a moment and a restore to it.
_SKIPPED: Final = 20_000
#: Licences printed in one round that waited for a seal.
_AT_ONCE: Final = 200


class CannotIssue(Refusal):
    """The licence's values do not fit its template."""

    status = 422
    sentence = "证照内容不完整，没有颁发。"
    remedy = "请补全后再颁发。"


class CannotChangeLicence(Refusal):
    sentence = "这张证照现在的状态不能这样处理。"
    remedy = "请刷新页面，看过证照现在的状态后再办理。"


class PoolExhausted(Refusal):
    status = 503
    sentence = "号段已经用完，暂时不能赋码。"
    remedy = "请联系系统管理员申请新的号段。"


def publish_template(
    *, definition: Mapping[str, Any], version: int, at: datetime
) -> LicenceTemplate:
    """Freeze a pack's ``licence.yaml`` as one version of its type; the same again changes nothing."""
    template, problems = template_file.parse_template({**definition, "version": version})
    if template is None:
        raise CannotIssue(
            "证照模板有问题。", fields=[FieldProblem("licence.yaml", p) for p in problems]
        )
    LicenceType.objects.get_or_create(
        code=template.code,
        version=version,
        defaults={
            "name": template.name,
            "type_code": template.type_code,
            "definition": dict(definition),
            "published_at": at,
        },
    )
    return template


def take_number(series: str, *, start: int = 0) -> int:
    """The next number of a series: the row stays locked until the transaction ends."""
    Counter.objects.get_or_create(series=series, defaults={"value": start})
    Counter.objects.filter(series=series).update(value=models.F("value") + 1)
    return Counter.objects.get(series=series).value


def skip_numbers() -> int:
    """After a restore: numbers given meanwhile stand on lost licences; every series goes on far behind."""
    return Counter.objects.update(value=models.F("value") + _SKIPPED)


def take_uscc(*, case: str, division_code: str, at: datetime) -> str:
    """A unified social credit code for an individual business (登记管理部门 9, 机构类别 2).

    One per case, never given twice, also not after a cancellation. The organisation number is unique
    in the whole pool, whatever the division (GB 32100-2015: 主体标识码). Refuses: PoolExhausted.
    """
    given = RegistrarCode.objects.filter(case=case).first()
    if given is not None:
        return given.uscc
    number = take_number("uscc.individual-business", start=POOL_START)
    if number > 99_999_999:
        raise PoolExhausted
    uscc = make_uscc("9", "2", division_code[:6], number)
    RegistrarCode.objects.create(uscc=uscc, case=case, taken_at=at)
    return uscc


def issue(
    *,
    case: str,
    template: str,
    holder: str,
    holder_name: str,
    values: Mapping[str, str],
    valid_from: date,
    valid_until: date | None,
    at: datetime,
    actor: Actor,
    issuer: str,
    issuer_name: str,
    division_code: str,
    item_code: str = "",
) -> LicenceView:
    """Issue the licence of a case: identifier, register row, journal entry; the PDF comes by job.

    ``case``: ``"case:<key>"``, one licence of a template per case, asking again returns the first
    (unless it was revoked).
    ``issuer``: USCC. Refuses: CannotIssue (values against the template), NotFound (no template).
    """
    kind = LicenceType.objects.filter(code=template).order_by("-version").first()
    if kind is None:
        raise NotFound("没有这种证照模板。", "请先发布服务包。")
    living = ELicence.objects.exclude(state=LicenceState.REVOKED)
    known = living.filter(case=case, template__code=template).first()
    if known is not None:
        return queries.view(known, at)
    return _register(
        kind=kind, case=case, holder=holder, holder_name=holder_name, values=values,
        valid_from=valid_from, valid_until=valid_until, at=at, actor=actor,
        issuer=issuer, issuer_name=issuer_name, division_code=division_code, predecessor=None,
        item_code=item_code,
    )  # fmt: skip


def renew(
    *,
    key: str,
    case: str,
    values: Mapping[str, str],
    valid_from: date,
    valid_until: date | None,
    at: datetime,
    actor: Actor,
) -> LicenceView:
    """A new version of the same licence (change, renewal): serial stays, the version rises.

    The old one, and one that still held until its first day, become SUPERSEDED in the same
    transaction; when the new one begins on a later day, the old one holds until then. Versions that
    were taken back meanwhile keep their numbers. Refuses: CannotChangeLicence.
    """
    old = _make_room(key, valid_from, at=at, actor=actor)
    newest = _versions(old).order_by("-version").first()
    kind = LicenceType.objects.filter(code=old.template.code).order_by("-version").first()
    return _register(
        kind=kind or old.template, case=case, holder=old.holder, holder_name=old.holder_name,
        values=values, valid_from=valid_from, valid_until=valid_until, at=at, actor=actor,
        issuer=old.issuer, issuer_name=old.issuer_name, division_code=old.division_code,
        predecessor=newest or old,
    )  # fmt: skip


def _register(
    *,
    kind: LicenceType,
    case: str,
    holder: str,
    holder_name: str,
    values: Mapping[str, str],
    valid_from: date,
    valid_until: date | None,
    at: datetime,
    actor: Actor,
    issuer: str,
    issuer_name: str,
    division_code: str,
    predecessor: ELicence | None,
    item_code: str = "",
) -> LicenceView:
    """Write one row of the register with its history, fact and print job."""
    template = queries.template_of(kind)
    wrong = rules.value_problems(template, values)
    if wrong:
        raise CannotIssue(
            fields=[FieldProblem(key[1:], "证面没有这一项，或者没有填。") for key in wrong]
        )
    if predecessor is None:
        serial = f"{take_number(f'licence.{kind.type_code}.{issuer}'):010d}"
        version = 1
    else:
        serial, version = predecessor.serial, predecessor.version + 1
    licence = ELicence.objects.create(
        identifier=make_licence_identifier(kind.type_code, issuer, serial, version),
        template=kind,
        issuer=issuer,
        issuer_name=issuer_name,
        division_code=division_code,
        serial=serial,
        version=version,
        predecessor=predecessor,
        case=case,
        item_code=predecessor.item_code if predecessor else item_code,
        holder=holder,
        holder_name=holder_name,
        holder_masked=mask_name(holder_name),
        values=dict(values),
        public_rows=rules.public_rows(template, values),
        valid_from=valid_from,
        valid_until=valid_until,
        issued_at=at,
        mark=seals.get_driver().mark_before(issuer),
    )
    LicenceChange.objects.create(
        licence=licence, after=LicenceState.VALID, actor=actor.reference, at=at
    )
    me = reference("licence", licence.key)
    issued = LicenceIssued(
        subject=me, at=at, licence=me, case=case, holder=holder, template=template.code
    )
    journal.announce(issued, actor=actor)
    jobs.defer(task="licences.render_pdf", queue="bulk", licence=licence.key)
    return queries.view(licence, at)


def hold(key: str) -> str:
    """One hand at a time on a licence until the transaction ends: its first version's reference.

    It is the same for every version. NotFound.
    """
    known = ELicence.objects.select_related("template").filter(key=key).first()
    if known is None:
        raise NotFound
    first = _versions(known).select_for_update(of=("self",)).order_by("version")[:1]
    return reference("licence", first[0].key)


def _versions(licence: ELicence) -> models.QuerySet[ELicence]:
    """Every version of the same licence."""
    return ELicence.objects.filter(
        template__code=licence.template.code, issuer=licence.issuer, serial=licence.serial
    )


def _make_room(key: str, on: date, *, at: datetime, actor: Actor) -> ELicence:
    """What holds gives way to a version that begins that day. Refuses: CannotChangeLicence."""
    old = ELicence.objects.select_for_update(of=("self",)).select_related("template").get(key=key)
    if on <= max(legal_date(at), old.valid_from):
        for one in _versions(old).filter(state=LicenceState.VALID).exclude(pk=old.pk):
            _change(key=one.key, act="supersede", reason="", at=at, actor=actor)
        return _change(key=key, act="supersede", reason="", at=at, actor=actor)
    if old.state != LicenceState.VALID or old.succeeded_on is not None:
        raise CannotChangeLicence
    ELicence.objects.filter(pk=old.pk).update(succeeded_on=on)
    LicenceChange.objects.create(
        licence=old,
        before=old.state,
        after=old.state,
        reason=f"新版本自 {on.isoformat()} 起取代它",
        actor=actor.reference,
        at=at,
    )
    return old


def _change(*, key: str, act: str, reason: str, at: datetime, actor: Actor) -> ELicence:
    """One change of state with its history and fact; the conditional update decides who was first."""
    before, after = rules.CHANGES[act]
    licence = (
        ELicence.objects.select_for_update(of=("self",)).select_related("template").get(key=key)
    )
    if not rules.may_change(act, licence.state):
        raise CannotChangeLicence
    was = licence.state
    ELicence.objects.filter(pk=licence.pk, state__in=before).update(state=after)
    LicenceChange.objects.create(
        licence=licence, before=was, after=after, reason=reason, actor=actor.reference, at=at
    )
    me = reference("licence", key)
    changed = LicenceStateChanged(
        subject=me, at=at, licence=me, holder=licence.holder, before=was, after=after
    )
    journal.announce(changed, actor=actor)
    licence.state = after
    return licence


@transaction.atomic
def change_state(*, key: str, act: str, reason: str, at: datetime, actor: Actor) -> LicenceView:
    """Suspend, resume, revoke or cancel a licence, with the reason; verification shows it at once.

    A version that waits for its first day goes the same way. Refuses: NotFound, CannotChangeLicence (wrong state), CannotIssue (no reason).
    """
    if act not in ("suspend", "resume", "revoke", "cancel") or not reason.strip():
        raise CannotChangeLicence("没有写明理由，或者没有这种处理。", "请写明理由后再办理。")
    if not ELicence.objects.visible_to(actor).filter(key=key).exists():
        raise NotFound
    changed = _change(key=key, act=act, reason=reason, at=at, actor=actor)
    waiting = _versions(changed).filter(
        version__gt=changed.version,
        valid_from__gt=legal_date(at),
        state__in=rules.CHANGES[act][0],
    )
    for one in waiting:
        _change(key=one.key, act=act, reason=reason, at=at, actor=actor)
    return queries.view(changed, at)


@transaction.atomic
def restore(
    *, key: str, reason: str, at: datetime, actor: Actor, lasting: bool = True
) -> LicenceView:
    """What replaced or cancelled this version was itself taken back: it holds again as before.

    ``lasting``: no later version waits for its day any more. Refuses: NotFound, CannotChangeLicence.
    """
    row = ELicence.objects.visible_to(actor).select_for_update(of=("self",)).filter(key=key).first()
    if row is None:
        raise NotFound
    if lasting and row.succeeded_on is not None:
        ELicence.objects.filter(pk=row.pk).update(succeeded_on=None)
    if row.state == LicenceState.VALID and row.succeeded_on is not None:
        return queries.view(ELicence.objects.select_related("template").get(pk=row.pk), at)
    return queries.view(_change(key=key, act="restore", reason=reason, at=at, actor=actor), at)


def print_licence(*, key: str, actor: Actor, at: datetime) -> None:
    """Make the PDF of one licence, once; outside any transaction. A missing glyph is kept by name.

    While its seal cannot be had it waits for that, saying why; nothing unsealed is kept.
    """
    licence = ELicence.objects.select_related("template", "predecessor").get(key=key)
    if licence.pdf_file:
        return
    shown = queries.view(licence, licence.issued_at)

    def printed(mark: str) -> bytes:
        face = _face(shown) | {"mark": mark}
        return letters.print_layout(layout=LAYOUT, face=face, at=licence.issued_at)

    try:
        sealed = seal_actions.seal(printing=printed, field=_seal_field(shown), at=at)
    except CannotPrint as refusal:
        ELicence.objects.filter(pk=licence.pk, pdf_file="").update(missing=refusal.missing[:200])
        return
    except NotSealed as refusal:
        ELicence.objects.filter(pk=licence.pk, pdf_file="").update(
            seal_wait=refusal.sentence[:200], seal_next_at=at + refusal.again_after
        )
        return
    stored = files.store(data=sealed.content, filename=f"{shown.name}.pdf", actor=actor, at=at)
    with transaction.atomic():
        first = ELicence.objects.filter(pk=licence.pk, pdf_file="").update(
            pdf_file=stored.key,
            missing="",
            mark=sealed.mark,
            seal_wait="",
            seal_next_at=None,
        )
        if first:  # a second printer's copy stays unattached and is swept
            files.attach(key=stored.key, subject=shown.reference, at=at)


def print_waiting(*, actor: Actor, at: datetime) -> None:
    """Ask again for seals that could not be had, the longest wait first; ends while that is away."""
    rows = ELicence.objects.filter(seal_next_at__lte=at, pdf_file="").order_by("seal_next_at")
    for key in list(rows.values_list("key", flat=True)[:_AT_ONCE]):
        print_licence(key=key, actor=actor, at=at)
        if ELicence.objects.filter(key=key, seal_next_at=at + SealAway.again_after).exists():
            return


def _seal_field(shown: LicenceView) -> SealField:
    return SealField(
        body=shown.issuer,
        body_name=shown.issuer_name,
        title=shown.name,
        document=shown.reference,
        number=shown.identifier,
        case=shown.case,
        item=shown.item_code or shown.template,
    )


def _face(shown: LicenceView) -> dict[str, object]:
    """What the layout needs, as plain data."""
    return {
        "title": shown.face.title,
        "subtitle": shown.face.subtitle,
        "landscape": shown.face.landscape,
        "identifier": shown.identifier,
        "rows": [list(row) for row in shown.rows],
        "body": shown.issuer_name,
        "dated": f"{shown.valid_from.year}年{shown.valid_from.month}月{shown.valid_from.day}日",
        "specimen": shown.specimen,
        "mark": shown.mark,
        "verify_code": shown.verify_code,
        "verify_address": shown.verify_address,
    }
