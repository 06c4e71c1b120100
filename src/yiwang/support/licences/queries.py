"""Reading the register: the holder's wallet, a case's result, and the public answer to a code."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

import segno
from django.conf import settings

from yiwang.kernel import moments
from yiwang.kernel.actor import Actor
from yiwang.kernel.moments import legal_date
from yiwang.kernel.pages import Page, bounded, cut
from yiwang.kernel.references import KEY_PATTERN, reference
from yiwang.kernel.refusals import NotFound, TryLater
from yiwang.mechanisms.files import queries as files
from yiwang.support.licences import rules
from yiwang.support.licences.definitions import (
    STATE_LABELS,
    LicenceState,
    LicenceTemplate,
    LicenceView,
    VerifyView,
    VersionRow,
    template_file,
)
from yiwang.support.licences.models import ELicence, LicenceType
from yiwang.support.seals.refusals import NotSealed

_HELD: Final = (LicenceState.VALID, LicenceState.NOT_YET)

if TYPE_CHECKING:
    from yiwang.mechanisms.files.definitions import OpenFile


def verify_address(code: str) -> str:
    """What the QR code on a licence says."""
    return f"{settings.PUBLIC_ADDRESS}/v/{code}"


def qr_picture(code: str) -> str:
    """The QR code of a code's address as SVG text, drawn with attributes only (no inline style)."""
    out = io.BytesIO()
    qr = segno.make_qr(verify_address(code), error="m")
    qr.save(out, kind="svg", xmldecl=False, border=2, omitsize=True, light="#fff")
    return out.getvalue().decode()


def template_of(row: LicenceType) -> LicenceTemplate:
    """The frozen definition of a published type."""
    template, problems = template_file.parse_template({**row.definition, "version": row.version})
    if template is None:
        raise RuntimeError(f"published licence type {row} is broken: {problems}")
    return template


def get_template(code: str) -> LicenceTemplate:
    """The newest published template of a code, or NotFound."""
    row = LicenceType.objects.filter(code=code).order_by("-version").first()
    if row is None:
        raise NotFound("没有这种证照模板。", "请先发布服务包。")
    return template_of(row)


def list_type_names() -> tuple[str, ...]:
    """What the licences issued here are called: their copies are asked of nobody."""
    return tuple(LicenceType.objects.order_by("name").values_list("name", flat=True).distinct())


def _state(licence: ELicence, at: datetime) -> str:
    return rules.state_on(
        licence.state,
        legal_date(at),
        valid_from=licence.valid_from,
        valid_until=licence.valid_until,
        succeeded_on=licence.succeeded_on,
    )


def view(licence: ELicence, at: datetime) -> LicenceView:
    template = template_of(licence.template)
    state = _state(licence, at)
    return LicenceView(
        key=licence.key,
        reference=reference("licence", licence.key),
        template=template.code,
        name=template.name,
        identifier=licence.identifier,
        verify_code=licence.verify_code,
        verify_address=verify_address(licence.verify_code),
        state=state,
        state_label=STATE_LABELS[state],
        serial=licence.serial,
        version=licence.version,
        holder=licence.holder,
        holder_name=licence.holder_name,
        issuer=licence.issuer,
        issuer_name=licence.issuer_name,
        division_code=licence.division_code,
        case=licence.case,
        rows=rules.face_rows(template, licence.values),
        valid_from=licence.valid_from,
        valid_until=licence.valid_until,
        issued_at=licence.issued_at,
        specimen=template.specimen,
        mark=licence.mark,
        face=template.face,
        pdf_ready=bool(licence.pdf_file),
        predecessor=licence.predecessor.identifier if licence.predecessor else "",
        succeeded_on=licence.succeeded_on,
        item_code=licence.item_code,
        seal_wait=licence.seal_wait,
    )


def _visible(key: str, actor: Actor) -> ELicence:
    found = (
        ELicence.objects.visible_to(actor)
        .select_related("template", "predecessor")
        .filter(key=key)
        .first()
    )
    if found is None:
        raise NotFound
    return found


def get_licence(key: str, actor: Actor, *, at: datetime) -> LicenceView:
    """One licence its holder or an official in charge may see; NotFound for anybody else."""
    return view(_visible(key, actor), at)


def list_licences(
    actor: Actor, *, at: datetime, after: str = "", limit: int = 50
) -> Page[LicenceView]:
    """The actor's licences, newest first. NotFound when ``after`` names none the actor may see."""
    rows = ELicence.objects.visible_to(actor)
    if after:
        rows = rows.filter(pk__lt=_visible(after, actor).pk)
    ordered = rows.select_related("template", "predecessor").order_by("-id")
    shown, following = cut(ordered[: bounded(limit) + 1], limit)
    return Page(tuple(view(row, at) for row in shown), following)


def list_held(
    *, holder: str, template: str, at: datetime, limit: int = 50
) -> tuple[LicenceView, ...]:
    """What somebody holds of one template and may use, now or from its first day, newest first."""
    rows = ELicence.objects.select_related("template", "predecessor").filter(
        holder=holder, template__code=template, state=LicenceState.VALID
    )
    known = (view(row, at) for row in rows.order_by("-id")[: bounded(limit)])
    return tuple(one for one in known if one.state in _HELD)


def find_label(identifier: str) -> str:
    """What a licence is called where one chose it; "" for an unknown one. Says nothing personal."""
    row = ELicence.objects.filter(identifier=identifier).select_related("template").first()
    return f"{row.template.name} 第 {row.serial} 号" if row else ""


def list_versions(key: str, *, at: datetime) -> tuple[LicenceView, ...]:
    """Every version of the licence a key belongs to, oldest first; NotFound.

    For the platform's own work: the caller has shown that the actor may see the case.
    """
    known = ELicence.objects.filter(key=key).first()
    if known is None:
        raise NotFound
    return tuple(view(row, at) for row in _chain(known))


def get_values(key: str) -> dict[str, str]:
    """What one version states, by the template's keys; for the platform's own work. NotFound."""
    known = ELicence.objects.filter(key=key).first()
    if known is None:
        raise NotFound
    return dict(known.values)


def find_value(*, identifier: str, holder: str, name: str) -> tuple[str, datetime] | None:
    """One thing the holder's own licence states, and since when; ``valid_from``, ``last_day`` too."""
    row = ELicence.objects.filter(identifier=identifier, holder=holder).first()
    if row is None:
        return None
    day = {"valid_from": row.valid_from, "last_day": last_day_of(row.valid_until)}.get(name)
    said = day.isoformat() if day else str(row.values.get(name, ""))
    return (said, row.issued_at) if said else None


def last_day_of(valid_until: date | None) -> date | None:
    """The last day of a term, as people say it; ``valid_until`` is the day after."""
    return valid_until - timedelta(days=1) if valid_until else None


def get_by_key(key: str, *, at: datetime) -> LicenceView:
    """One licence for the platform's own work: the caller has shown that the actor may see the case.

    ``NotFound``.
    """
    row = ELicence.objects.select_related("template", "predecessor").filter(key=key).first()
    if row is None:
        raise NotFound
    return view(row, at)


def face_of(template: str, values: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """What a licence with these values would say: label and value in the order of its face."""
    return rules.face_rows(get_template(template), values)


def _chain(licence: ELicence) -> list[ELicence]:
    rows = ELicence.objects.select_related("template", "predecessor").filter(
        template__code=licence.template.code, issuer=licence.issuer, serial=licence.serial
    )
    return list(rows.order_by("version"))


def find_newest_held(
    *, holder: str, template: str, at: datetime | None = None
) -> LicenceView | None:
    """The newest licence of a template somebody holds and that is valid now; None without one."""
    at = at or moments.now()
    rows = ELicence.objects.select_related("template", "predecessor").filter(
        holder=holder, template__code=template, state=LicenceState.VALID
    )
    known = (view(row, at) for row in rows.order_by("-id")[:5])
    return next((one for one in known if one.state == LicenceState.VALID), None)


def find_case_licence(case: str, *, at: datetime) -> LicenceView | None:
    """The newest licence a case led to, if any. The caller has shown that the actor may see the case."""
    rows = ELicence.objects.select_related("template", "predecessor").filter(case=case)
    row = rows.order_by("-id").first()
    return view(row, at) if row else None


def find_numbered(*, identifier: str, holder: str, at: datetime) -> LicenceView | None:
    """The holder's own licence of this identifier, while it holds or waits for its first day."""
    rows = ELicence.objects.select_related("template", "predecessor")
    row = rows.filter(identifier=identifier, holder=holder).first()
    found = view(row, at) if row else None
    return found if found and found.state in _HELD else None


def open_pdf(key: str, actor: Actor) -> OpenFile:
    """The licence as a PDF. Refusals: NotFound, CannotPrint, TryLater."""
    from yiwang.support.letters.queries import CannotPrint

    licence = _visible(key, actor)
    if licence.missing:
        raise CannotPrint(licence.missing)
    if licence.seal_wait:
        raise NotSealed(licence.seal_wait)
    if not licence.pdf_file:
        raise TryLater("证照正在制作，通常几秒钟就好。", "请稍后刷新。")
    return files.open_file(licence.pdf_file)


def verify_licence(*, code: str, identifier: str = "", at: datetime) -> VerifyView:
    """Is it real and in force? By the code on it; an identifier, when given, must belong to it.

    The same shape for every answer; strangers see masked values only, never why nothing was found.
    """
    licence = _by_code(code)
    if licence is None or (identifier and licence.identifier != identifier.strip()):
        return VerifyView(
            state=LicenceState.UNKNOWN,
            state_label=STATE_LABELS[LicenceState.UNKNOWN],
            sentence=rules.sentence(LicenceState.UNKNOWN),
            checked_at=at,
        )
    state = _state(licence, at)
    return VerifyView(
        state=state,
        state_label=STATE_LABELS[state],
        sentence=rules.sentence(state),
        checked_at=at,
        name=licence.template.name,
        identifier=licence.identifier,
        holder_masked=licence.holder_masked,
        issuer_name=licence.issuer_name,
        valid_from=licence.valid_from,
        valid_until=licence.valid_until,
        rows=tuple((label, value) for label, value in licence.public_rows),
        specimen=template_of(licence.template).specimen,
        mark=licence.mark,
        versions=_versions(licence, at),
        document=reference("licence", licence.key),
    )


def _versions(licence: ELicence, at: datetime) -> tuple[VersionRow, ...]:
    """How the licence went from version to version; nothing for one that never changed."""
    chain = _chain(licence)
    if len(chain) == 1:
        return ()
    states = [_state(one, at) for one in chain]
    return tuple(
        VersionRow(
            version=one.version,
            state=state,
            state_label=STATE_LABELS[LicenceState(state)],
            valid_from=one.valid_from,
            valid_until=one.valid_until,
            issued_on=legal_date(one.issued_at),
            asked=one.pk == licence.pk,
        )
        for one, state in zip(chain, states, strict=True)
    )


def _by_code(code: str) -> ELicence | None:
    """Codes are read without spaces and hyphens and in either case, as people type them."""
    cleaned = re.sub(r"[\s-]", "", code).lower()
    if KEY_PATTERN.fullmatch(cleaned) is None:
        return None
    return ELicence.objects.select_related("template").filter(verify_code=cleaned).first()


def count_waiting_for_seal() -> int:
    """How many licences have no seal yet because it cannot be had."""
    return ELicence.objects.filter(seal_next_at__isnull=False).count()
