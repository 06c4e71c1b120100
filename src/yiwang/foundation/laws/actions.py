"""Bringing laws in: a whole mirror or the ones shipped with the product."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Final

from django.db import transaction

from yiwang.foundation.laws import rules
from yiwang.foundation.laws.definitions import ImportReport, LawDocument
from yiwang.foundation.laws.events import LawsImported
from yiwang.foundation.laws.models import Article, Law, LawVersion
from yiwang.kernel.actor import Actor
from yiwang.kernel.refusals import InvalidInput
from yiwang.mechanisms.journal import actions as journal

SHIPPED: Final = Path(__file__).parent / "data"


class _DryRun(Exception):
    """Rolls the trial back."""


def import_laws(*, file: Path, actor: Actor, at: datetime, dry_run: bool = False) -> ImportReport:
    """Read a file of laws (.jsonl, .jsonl.gz, .md) into the library, all or nothing.

    Documents known by their source number are renewed when they differ. A line that cannot be read
    is refused with its reason, the others go in. From when until when each version holds is derived
    afresh for every law touched. Refuses ``InvalidInput`` when the file is not there or no text.
    """
    documents, refused = _read(file)
    with contextlib.suppress(_DryRun), transaction.atomic():
        report = _store(documents, refused, dry_run)
        told = LawsImported(
            subject="laws:library",
            at=at,
            file=file.name,
            digest=hashlib.sha256(file.read_bytes()).hexdigest(),
            added=report.added,
            changed=report.changed,
            refused=len(report.refused),
        )
        journal.announce(told, actor=actor)
        if dry_run:
            raise _DryRun
    return report


def import_shipped(*, actor: Actor, at: datetime) -> ImportReport:
    """The laws the packs cite, from the product itself; again changes nothing."""
    return import_laws(file=SHIPPED / "cited.jsonl.gz", actor=actor, at=at)


def _read(file: Path) -> tuple[dict[int, LawDocument], dict[int, str]]:
    documents: dict[int, LawDocument] = {}
    refused: dict[int, str] = {}
    seen: set[str] = set()
    try:
        for number, parsed in _documents(file):
            if isinstance(parsed, str):
                refused[number] = parsed
            elif parsed.source_id in seen:
                refused[number] = f"文件里有两份编号相同：{parsed.source_id}"
            else:
                documents[number] = parsed
                seen.add(parsed.source_id)
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(
            f"读不了这个文件：{file.name}", "请检查文件是否存在、是否完整。"
        ) from error
    return documents, refused


def _documents(file: Path) -> Iterator[tuple[int, LawDocument | str]]:
    if file.suffix == ".md":
        yield 1, _attempt(lambda: rules.parse_markdown(file.read_text(encoding="utf-8")))
        return
    opened = gzip.open if file.suffix == ".gz" else open
    with opened(file, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            if str(line).strip():
                yield number, _attempt(partial(_parse_line, str(line)))


def _parse_line(line: str) -> LawDocument:
    return rules.parse_document(json.loads(line))


def _attempt(parse: Callable[[], LawDocument]) -> LawDocument | str:
    try:
        return parse()
    except rules.BadDocument as error:
        return str(error)
    except json.JSONDecodeError:
        return "不是一行 JSON"


def _store(
    documents: Mapping[int, LawDocument], refused: Mapping[int, str], dry_run: bool
) -> ImportReport:
    known = dict(LawVersion.objects.values_list("source_id", "digest"))
    digests = {d.source_id: _digest(d) for d in documents.values()}
    added = [d for d in documents.values() if d.source_id not in known]
    changed = [
        d
        for d in documents.values()
        if known.get(d.source_id, "") not in ("", digests[d.source_id])
    ]
    LawVersion.objects.filter(source_id__in=[d.source_id for d in changed]).delete()
    laws = _laws([*added, *changed])
    _write_versions([*added, *changed], laws, digests)
    _derive({law.pk for law in laws.values()})
    return ImportReport(
        total=len(documents) + len(refused),
        added=len(added),
        changed=len(changed),
        unchanged=len(documents) - len(added) - len(changed),
        refused=refused,
        dry_run=dry_run,
    )


def _digest(document: LawDocument) -> str:
    said = json.dumps(asdict(document), ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(said.encode()).hexdigest()


def _laws(documents: Iterable[LawDocument]) -> dict[str, Law]:
    titles = {rules.short_title(d.title): d.title for d in documents}
    Law.objects.bulk_create(
        [Law(title=title, short_title=short) for short, title in titles.items()],
        ignore_conflicts=True,
        batch_size=1000,
    )
    return {law.short_title: law for law in Law.objects.filter(short_title__in=titles)}


def _write_versions(
    documents: Iterable[LawDocument], laws: Mapping[str, Law], digests: Mapping[str, str]
) -> None:
    versions = LawVersion.objects.bulk_create(
        [
            LawVersion(
                law=laws[rules.short_title(d.title)],
                source_id=d.source_id,
                kind=d.kind,
                author=d.author,
                published=d.published,
                effective=d.effective,
                status=d.status,
                digest=digests[d.source_id],
            )
            for d in documents
        ],
        batch_size=500,
    )
    by_source = {version.source_id: version for version in versions}
    Article.objects.bulk_create(
        (
            Article(
                version=by_source[d.source_id],
                number=a.number,
                position=position,
                chapter=a.chapter,
                text=a.text,
            )
            for d in documents
            for position, a in enumerate(d.articles, start=1)
        ),
        batch_size=2_000,
    )


def _derive(law_keys: set[int]) -> None:
    """Write the validity of every version of these laws."""
    by_law: dict[int, list[LawVersion]] = {}
    for version in LawVersion.objects.filter(law_id__in=law_keys):
        by_law.setdefault(version.law_id, []).append(version)
    for versions in by_law.values():
        dated = [rules.Dated(str(v.pk), v.published, v.effective, v.status) for v in versions]
        derived = {one.key: one for one in rules.derive_validity(dated)}
        for version in versions:
            one = derived[str(version.pk)]
            version.valid_from, version.valid_until = one.valid_from, one.valid_until
            version.validity_uncertain = one.uncertain
    LawVersion.objects.bulk_update(
        [version for versions in by_law.values() for version in versions],
        ["valid_from", "valid_until", "validity_uncertain"],
        batch_size=500,
    )
