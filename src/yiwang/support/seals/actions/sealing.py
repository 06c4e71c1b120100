"""A document is printed with the mark its seal wants, sealed by its digest, and bears the value."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from yiwang.mechanisms.crypto import actions as crypto
from yiwang.support.seals import queries, rules
from yiwang.support.seals.definitions import SealDriver, SealedDocument, SealField, SealValue
from yiwang.support.seals.refusals import MarkDiffers


def seal(*, printing: Callable[[str], bytes], field: SealField, at: datetime) -> SealedDocument:
    """Print with the mark and seal. Call outside a transaction: the machine may be another's.

    ``printing``: the finished PDF on which this mark stands. NotSealed and its kinds while there is no seal: then
    nothing may be handed out.
    """
    driver = queries.get_driver()
    mark = driver.mark_on(field.body)
    try:
        return _sealed(driver, printing(mark), mark, field, at)
    except MarkDiffers as differs:
        return _sealed(driver, printing(differs.mark), differs.mark, field, at)


def _sealed(
    driver: SealDriver, document: bytes, mark: str, field: SealField, at: datetime
) -> SealedDocument:
    value = driver.seal(crypto.digest(document), mark=mark, field=field, at=at)
    return SealedDocument(
        content=_with(document, value),
        driver=value.driver,
        sealed=value.sealed,
        mark=value.mark,
        no=value.no,
    )


def _with(document: bytes, value: SealValue) -> bytes:
    if not value.statement:
        return document
    return rules.embed(document, statement=value.statement, signature=value.signature)
