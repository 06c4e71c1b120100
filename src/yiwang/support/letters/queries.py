"""Reading letters. The caller has already shown that the actor may see the letter's subject."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final

from django.conf import settings

from yiwang.kernel.masks import mask_name
from yiwang.kernel.moments import legal_date
from yiwang.kernel.references import reference
from yiwang.kernel.refusals import NotFound, Refusal, TryLater
from yiwang.mechanisms.files import queries as files
from yiwang.mechanisms.statements import prepared
from yiwang.support.letters import rules
from yiwang.support.letters.definitions import LetterFace, LetterProof, LetterState, LetterView
from yiwang.support.letters.definitions.wording import TEMPLATES
from yiwang.support.letters.models import Letter
from yiwang.support.seals.refusals import NotSealed

if TYPE_CHECKING:
    from yiwang.mechanisms.files.definitions import OpenFile


#: As ``LetterView`` is declared.
_LIST: Final = """
SELECT l.key, l.kind, l.title, l.state, l.subject, l.template, l.number, l.created_at,
       l.verify_code, l.missing, l.opened_at, coalesce(receipt.key, ''), l.seal_wait
  FROM letters_letter l LEFT JOIN letters_letter receipt ON receipt.id = l.receipt_id
 WHERE l.subject = %s ORDER BY l.id LIMIT %s
"""


class CannotPrint(Refusal):
    """A character has no glyph in our fonts: printing it as a box would make a wrong document."""

    sentence = "这份文书里有暂时无法打印的字。"
    remedy = "网页上的内容有效，可以先查看；我们补上字形后会重新制作，请联系 12345。"

    def __init__(self, missing: str) -> None:
        shown = "、".join(f"“{c}”（U+{ord(c):04X}）" for c in missing[:10])
        super().__init__(f"暂时不能打印：{shown}没有字形。")
        self.missing = missing


def verify_address(code: str) -> str:
    """The address printed in QR codes: the public verification page of one code."""
    return f"{settings.PUBLIC_ADDRESS}/v/{code}"


def view(letter: Letter) -> LetterView:
    return LetterView(
        key=letter.key,
        kind=letter.kind,
        title=letter.title,
        state=letter.state,
        subject=letter.subject,
        template=letter.template,
        number=letter.number,
        created_at=letter.created_at,
        verify_code=letter.verify_code,
        missing=letter.missing,
        opened_at=letter.opened_at,
        receipt=letter.receipt.key if letter.receipt else "",
        seal_wait=letter.seal_wait,
    )


def list_letters(subject: str, *, limit: int = 200) -> tuple[LetterView, ...]:
    """The letters of one subject (``"case:<key>"``), oldest first."""
    return tuple(LetterView(*row) for row in prepared.run(_LIST, [subject, limit]))


def _get(key: str, subject: str) -> Letter:
    """One letter of exactly this subject; another's is as absent as one that never was."""
    found = Letter.objects.filter(key=key, subject=subject).select_related("receipt")
    letter = found.first()
    if letter is None:
        raise NotFound
    return letter


def get_letter(key: str, *, subject: str) -> LetterView:
    """One letter of a subject the actor may see; NotFound for any other."""
    return view(_get(key, subject))


def find_written(subject: str, *, kinds: Sequence[str], at: datetime) -> LetterView | None:
    """The letter of one of these kinds an act wrote at exactly this moment; None when there is none."""
    row = Letter.objects.filter(subject=subject, kind__in=kinds, created_at=at).first()
    return view(row) if row else None


def get_value(key: str, *, subject: str, name: str) -> str:
    """One value as it was put into a letter: its reason, what was to be corrected; "" when it has none."""
    value: str = _get(key, subject).values.get(name, "")
    return value


def open_face(key: str, *, subject: str) -> LetterFace:
    """The letter's words, to be shown as a page."""
    return face_of(_get(key, subject))


def open_pdf(key: str, *, subject: str) -> OpenFile:
    """The finished PDF. Refusals: NotFound, CannotPrint (names the character), TryLater (being made)."""
    letter = _get(key, subject)
    if letter.state == LetterState.UNPRINTABLE:
        raise CannotPrint(letter.missing)
    if letter.seal_wait:
        raise NotSealed(letter.seal_wait)
    if letter.state != LetterState.READY:
        raise TryLater("PDF 正在制作，通常几秒钟就好。", "请稍后刷新；网页上的内容现在就能看。")
    return files.open_file(letter.pdf_file)


def face_of(letter: Letter) -> LetterFace:
    """Wording of the frozen version, values of the row: always the same words again."""
    return rules.compose(
        TEMPLATES[letter.template, letter.template_version],
        letter.values,
        dated=legal_date(letter.created_at),
        mark=letter.mark,
        verify_code=letter.verify_code,
        verify_address=verify_address(letter.verify_code),
    )


def find_proof(code: str) -> LetterProof | None:
    """What the public verification page may say about a letter's code; None when there is none."""
    letter = Letter.objects.filter(verify_code=code).first()
    if letter is None:
        return None
    return LetterProof(
        title=letter.title,
        body=letter.values.get("body", ""),
        addressee_masked=mask_name(letter.values.get("addressee", "")),
        created_at=letter.created_at,
        number=letter.number,
        document=reference("letter", letter.key),
    )


def missing_glyphs(texts: Sequence[str]) -> str:
    """Characters of the texts that our fonts cannot draw, empty when all can."""
    from yiwang.support.letters.drivers import typst  # loads fonts: only where something is printed

    return rules.missing_glyphs(frozenset("".join(texts)), typst.coverage())


def count_waiting_for_seal() -> int:
    """How many letters have no seal yet because it cannot be had."""
    return Letter.objects.filter(seal_next_at__isnull=False).count()
