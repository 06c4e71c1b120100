"""四性检测 inside the application: the stand-alone checker with our keys and the gate of uploads."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import IO

from django.conf import settings
from django.db import transaction

from yiwang.capability.archives import checker
from yiwang.capability.archives.actions.moving import locked
from yiwang.capability.archives.checker import Report
from yiwang.capability.archives.definitions import KEPT, Occasion
from yiwang.capability.archives.events import PackageFailed
from yiwang.capability.archives.models import ArchivePackage, PackageTest
from yiwang.capability.cases.definitions import CaseView
from yiwang.kernel.actor import Actor
from yiwang.kernel.refusals import NotFound
from yiwang.mechanisms.crypto import queries as crypto
from yiwang.mechanisms.crypto.definitions import SIGN_PREFIX, CannotDecrypt
from yiwang.mechanisms.files import checking
from yiwang.mechanisms.files import queries as files
from yiwang.mechanisms.files.definitions import HARMFUL, Kind, OpenFile
from yiwang.mechanisms.journal import actions as journal
from yiwang.mechanisms.journal.definitions import READ

_OURS = (f"{SIGN_PREFIX}archives.", f"{SIGN_PREFIX}journal.")


def gate(data: bytes, kind: str) -> tuple[str, str]:
    """A file of a package through the gate every upload goes through."""
    return checking.find_problem(data, Kind(kind), scanner=settings.FILE_SCANNER)


def examine(content: IO[bytes], *, secrets: Collection[str] = ()) -> Report:
    """The four tests with this installation's own keys as the only trusted ones."""
    return checker.check(
        content, gate=gate, harmful=HARMFUL, trusted=trusted_keys(), secrets=secrets
    )


def trusted_keys() -> frozenset[str]:
    """Fingerprints of every key that signed packages or journals here, old ones too."""
    ours = (one for one in crypto.list_keys() if one.startswith(_OURS))
    return frozenset(crypto.get_public_key(one).fingerprint for one in ours)


def secrets_of(case: CaseView) -> frozenset[str]:
    """The sensitive answers of a case and its applicant's name: never in a package's open parts."""
    grave = {row.value for row in case.answers if row.sensitive}
    person = {case.applicant_name} if case.applicant.startswith("person:") else set()
    return frozenset(one for one in grave | person if one)


def unprintable(sentence: str) -> Report:
    """The cover could not be printed: a report that says so."""
    report = Report()
    report.say(checker.USABILITY, "cover", [sentence.rstrip("。")], "")
    return report


def check_package(
    *, key: str, actor: Actor, at: datetime, occasion: Occasion = Occasion.ON_DEMAND
) -> Report:
    """Run the four tests on a package that is kept, and write down what came out.

    Call outside a transaction. A damaged package is not handed over until it was packed anew.
    Refuses: NotFound (not the actor's, or not kept), NotAllowed.
    """
    with transaction.atomic():
        row = locked(ArchivePackage, key, actor)
        if row.state not in KEPT:
            raise NotFound
    report = _of_kept(row)
    with transaction.atomic():
        row = locked(ArchivePackage, key, actor)
        row.sound, row.tested_at = report.sound, at
        row.save(update_fields=["sound", "tested_at"])
        note(row, report, occasion, actor=actor, at=at)
        if not report.sound:
            names = tuple(f"{one.test}.{one.name}" for one in report.failed)
            fact = PackageFailed(
                subject=row.reference, at=at, case=row.case, occasion=occasion, checks=names
            )
            journal.announce(fact, actor=actor)
    return report


def _of_kept(row: ArchivePackage) -> Report:
    """The tests on the stored package; one that is gone or was changed on disk does not even open."""
    with os.fdopen(os.memfd_create("archive", os.MFD_CLOEXEC), "w+b") as content:
        try:
            _pour(files.open_file(row.file).chunks, content)
        except (CannotDecrypt, NotFound):
            content.truncate(0)
        content.seek(0)
        return _told_digest(examine(content), content, row.digest)


def _told_digest(report: Report, content: IO[bytes], digest: str) -> Report:
    content.seek(0)
    same = checker.sm3(content.read()).hex() == digest
    words = [] if same else ["档案包不是归档时的那一份"]
    report.say(checker.AUTHENTICITY, "package", words, "档案包就是归档时的那一份。")
    return report


def note(
    row: ArchivePackage, report: Report, occasion: Occasion, *, actor: Actor, at: datetime
) -> None:
    """Keep one run."""
    PackageTest.objects.create(
        package=row, occasion=occasion, at=at, by=actor.reference, sound=report.sound,
        checks=[[one.test, one.name, one.ok, one.sentence[:300]] for one in report.checks],
    )  # fmt: skip
    journal.record(
        actor=actor, act="archives.tested", subject=row.reference, at=at,
        result="DONE" if report.sound else "FAILED",
        facts={"occasion": occasion, "failed": len(report.failed)},
    )  # fmt: skip


@transaction.atomic
def open_package(*, key: str, purpose: str, actor: Actor, at: datetime) -> OpenFile:
    """Take a whole package out: it is full of personal data, so who took it is written for the person.

    Refuses: NotFound (not the actor's, or not kept), NotAllowed.
    """
    row = locked(ArchivePackage, key, actor)
    if row.state not in KEPT:
        raise NotFound
    journal.record(
        actor=actor, act=READ, subject=row.reference, at=at, purpose=purpose,
        subjects=[row.applicant, row.case],
    )  # fmt: skip
    return files.open_file(row.file)


def _pour(chunks: Iterable[bytes], target: IO[bytes]) -> None:
    for chunk in chunks:
        target.write(chunk)
