"""Writing letters, and putting them on paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime

from django.db import transaction

from yiwang.kernel.actor import Actor
from yiwang.kernel.references import reference
from yiwang.kernel.refusals import FieldProblem, Refusal
from yiwang.mechanisms.files import actions as files
from yiwang.mechanisms.jobs import actions as jobs
from yiwang.mechanisms.journal import actions as journal
from yiwang.mechanisms.statements import prepared
from yiwang.support.letters import queries, rules
from yiwang.support.letters.definitions import LetterFace, LetterKind, LetterState, LetterView
from yiwang.support.letters.definitions.wording import NEWEST
from yiwang.support.letters.models import Letter
from yiwang.support.letters.queries import CannotPrint
from yiwang.support.seals import actions as seal_actions
from yiwang.support.seals import queries as seals
from yiwang.support.seals.definitions import SealField
from yiwang.support.seals.refusals import NotSealed, SealAway

#: Letters printed in one round that waited for a seal.
_AT_ONCE = 200
_LABELS = {"code": "验证码：", "check": "扫码或打开：", "colon": "："}


class CannotWrite(Refusal):
    """The wording and the values do not fit: a mistake of ours, found before anything is sent."""

    status = 422
    sentence = "这份文书缺少必要的内容，没有发出。"
    remedy = "请补全内容后再办理。"


def request_letter(
    *,
    kind: str,
    subject: str,
    template: str,
    values: Mapping[str, str],
    at: datetime,
    actor: Actor,
    sealer: str = "",
) -> LetterView:
    """Write one letter: readable as a page when this returns, as a PDF when the job has run.

    ``kind``: a ``LetterKind``; ``template``: the wording's code, or "" for the kind's usual one;
    ``values``: plain text by allowed name. ``sealer``: whose seal (USCC) belongs on it; "": nobody's.
    Refuses (CannotWrite) unknown or missing names.
    """
    wording = NEWEST.get(template or LetterKind(kind).value.lower().replace("_", "-"))
    if wording is None or wording.kind != kind:
        raise CannotWrite(f"没有这种文书：{template or kind}。")
    wrong = rules.problems(wording, values)
    if wrong:
        raise CannotWrite(fields=[FieldProblem(name[1:], _problem(name)) for name in wrong])
    letter = Letter(
        kind=kind,
        subject=subject,
        template=wording.code,
        template_version=wording.version,
        title=wording.title,
        number=values.get("number", ""),
        values=dict(values),
        sealer=sealer,
        mark=seals.get_driver().mark_before(sealer),
        created_at=at,
    )
    prepared.add(letter)
    journal.record(
        actor=actor,
        act="letters.written",
        subject=subject,
        at=at,
        facts={"letter": letter.key, "kind": kind, "template": wording.code},
    )
    jobs.defer(task="letters.render_pdf", queue="bulk", letter=letter.key)
    return queries.view(letter)


def _problem(name: str) -> str:
    return "文书里没有这一项。" if name.startswith("+") else "这一项不能为空。"


def mark_opened(*, key: str, subject: str, actor: Actor, at: datetime) -> None:
    """The addressee opened a letter: the first time is kept, as proof that it was within reach.

    An electronic letter has reached the person when it entered their space (电子签名法 11); this says
    when they looked.
    """
    first = Letter.objects.filter(key=key, subject=subject, opened_at=None).update(opened_at=at)
    if first:
        journal.record(
            actor=actor, act="letters.opened", subject=subject, at=at, facts={"letter": key}
        )


def mark_served(
    *, keys: Sequence[str], subject: str, receipt: str, actor: Actor, at: datetime
) -> None:
    """These letters of a subject were handed over on paper under one 送达回证; each once."""
    proof = Letter.objects.get(key=receipt, subject=subject, kind=LetterKind.DELIVERY)
    Letter.objects.filter(key__in=keys, subject=subject, receipt=None).update(receipt=proof)
    journal.record(
        actor=actor,
        act="letters.served",
        subject=subject,
        at=at,
        facts={"letters": list(keys), "receipt": receipt},
    )


def print_letter(*, key: str, actor: Actor, at: datetime) -> LetterState:
    """Make the PDF of one letter, once; safe to run again. Call outside a transaction.

    A character without a glyph leaves the letter UNPRINTABLE, naming it; while its seal cannot be had it
    waits for that, saying why. Nothing half-printed and nothing unsealed is kept.
    """
    letter = Letter.objects.get(key=key)
    if letter.state == LetterState.READY:
        return LetterState.READY
    face = queries.face_of(letter)

    def printed(mark: str) -> bytes:
        marked = asdict(replace(face, mark=mark))
        return print_layout(layout=None, face=marked, at=letter.created_at)

    try:
        sealed = seal_actions.seal(printing=printed, field=_seal_field(letter, face), at=at)
    except CannotPrint as refusal:
        Letter.objects.filter(key=key, pdf_file="").update(
            state=LetterState.UNPRINTABLE, missing=refusal.missing[:200]
        )
        return LetterState.UNPRINTABLE
    except NotSealed as refusal:
        Letter.objects.filter(key=key, pdf_file="").update(
            seal_wait=refusal.sentence[:200], seal_next_at=at + refusal.again_after
        )
        return LetterState.WAITING
    stored = files.store(data=sealed.content, filename=f"{face.title}.pdf", actor=actor, at=at)
    with transaction.atomic():
        first = Letter.objects.filter(key=key, pdf_file="").update(
            state=LetterState.READY,
            pdf_file=stored.key,
            missing="",
            printed_at=at,
            mark=sealed.mark,
            seal_wait="",
            seal_next_at=None,
        )
        if first:  # a second printer's copy stays unattached and is swept
            files.attach(key=stored.key, subject=reference("letter", key), at=at)
    return LetterState.READY


def _seal_field(letter: Letter, face: LetterFace) -> SealField:
    return SealField(
        body=letter.sealer,
        body_name=face.body,
        title=face.title,
        document=reference("letter", letter.key),
        number=face.number,
        case=letter.subject,
        item=letter.template,
    )


def print_waiting(*, actor: Actor, at: datetime) -> None:
    """Ask again for seals that could not be had, the longest wait first; ends while that is away."""
    rows = Letter.objects.filter(seal_next_at__lte=at, pdf_file="").order_by("seal_next_at")
    for key in list(rows.values_list("key", flat=True)[:_AT_ONCE]):
        print_letter(key=key, actor=actor, at=at)
        if Letter.objects.filter(key=key, seal_next_at=at + SealAway.again_after).exists():
            return


def print_layout(*, layout: bytes | None, face: Mapping[str, object], at: datetime) -> bytes:
    """PDF bytes of a layout (None: the letter's) from plain data; CannotPrint names a missing character.

    ``face["verify_address"]`` becomes the QR code.
    """
    from yiwang.support.letters.drivers import typst  # loads fonts: only where something is printed

    missing = rules.missing_glyphs(frozenset(_words(face)), typst.coverage())
    if missing:
        raise CannotPrint(missing)
    data = dict(face, labels=_LABELS, qr=typst.qr_svg(str(face["verify_address"])))
    return typst.render(layout or typst.LETTER, data, at=at)


def _words(value: object) -> str:
    """All text inside nested data."""
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        return "".join(_words(part) for part in value.values())
    if isinstance(value, (list, tuple)):
        return "".join(_words(part) for part in value)
    return ""


def erase(*, subject: str, actor: Actor, at: datetime) -> None:
    """销毁以后: that these letters were written stays; their words and PDFs are gone with the commit."""
    for letter in Letter.objects.filter(subject=subject):
        own = reference("letter", letter.key)
        files.destroy_attached(subject=own, actor=actor, at=at)
    gone = {"values": {}, "pdf_file": "", "missing": "", "state": LetterState.UNPRINTABLE}
    Letter.objects.filter(subject=subject).update(**gone)
