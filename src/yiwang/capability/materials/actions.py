"""What is done with materials: fetch, upload, reuse, promise, and gather when it is handed in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any, Final

from yiwang.capability.catalogue.definitions import Material, MaterialSource
from yiwang.capability.intake.definitions import FrozenApplication
from yiwang.capability.materials import queries, rules
from yiwang.capability.materials.definitions import (
    Fetched,
    MaterialView,
    SuppliedFile,
    Supply,
)
from yiwang.capability.materials.models import SuppliedMaterial
from yiwang.kernel.actor import Actor
from yiwang.kernel.refusals import FieldProblem, InvalidInput, NotFound, Refusal
from yiwang.mechanisms.files import actions as files
from yiwang.mechanisms.files.definitions import StoredFile
from yiwang.mechanisms.journal import actions as journal
from yiwang.mechanisms.statements import prepared

MOST_FILES: Final = 5


class MissingMaterials(InvalidInput):
    sentence = "还缺材料，暂时不能提交。"
    remedy = "请补齐后再提交。"


class CannotSupply(Refusal):
    sentence = "这样材料不用您交。"
    remedy = "请刷新页面，看看还缺什么。"


class TooManyFiles(Refusal):
    sentence = f"一样材料最多放 {MOST_FILES} 个文件。"
    remedy = "请合并，或先删掉一个。"


def upload(
    *, subject: str, material: Material, stored: StoredFile, actor: Actor, at: datetime
) -> MaterialView:
    """Add a stored file to a material of the actor's own draft. Refuses CannotSupply, TooManyFiles."""
    known = {v.material: v for v in queries.list_materials(subject=subject)}
    [outlook] = rules.outlook([material], known, subject)
    if not outlook.may_upload:
        raise CannotSupply
    row = _lock(subject, material, actor, at)
    kept = row.files if row.supply == Supply.UPLOADED else []
    if len(kept) >= MOST_FILES:
        raise TooManyFiles
    file = SuppliedFile(stored.key, stored.filename, stored.size, stored.digest)
    files.attach(key=stored.key, subject=subject, at=at)
    _set(row, Supply.UPLOADED, at, files=[*kept, asdict(file)], value=None, source_label="")
    _record(row, "materials.upload", actor, at, digest=stored.digest)
    return queries.view_of(row)


def add_to_case(
    *, case: str, material: str, name: str, stored: StoredFile, actor: Actor, at: datetime
) -> MaterialView:
    """One more file of a case that was returned; who may, the case decides. Refuses TooManyFiles."""
    row = _row(case, material, name, actor, at)
    uploaded = row.supply in (Supply.UPLOADED, Supply.REUSED)
    kept = row.files if uploaded else []
    if len(kept) >= MOST_FILES:
        raise TooManyFiles
    file = SuppliedFile(stored.key, stored.filename, stored.size, stored.digest)
    files.attach(key=stored.key, subject=case, at=at)
    _set(row, Supply.UPLOADED, at, files=[*kept, asdict(file)], value=None, source_label="")
    _record(row, "materials.add_to_case", actor, at, digest=stored.digest)
    return queries.view_of(row)


def remove_upload(
    *, subject: str, material: str, file_key: str, actor: Actor, at: datetime
) -> None:
    """Take an uploaded file away again. Refuses NotFound."""
    mine = SuppliedMaterial.objects.select_for_update().visible_to(actor)
    row = mine.filter(subject=subject, material=material).first()
    left = [f for f in row.files if f["key"] != file_key] if row else []
    if row is None or len(left) == len(row.files) or not subject.startswith("draft:"):
        raise NotFound("没有找到这个文件。", "它可能已经删掉了，请刷新页面。")
    files.detach(key=file_key, subject=subject)
    _record(row, "materials.remove", actor, at)
    if left:
        _set(row, Supply.UPLOADED, at, files=left)
    else:
        row.delete()


def reuse(*, subject: str, material: Material, actor: Actor, at: datetime) -> MaterialView:
    """Use what the applicant handed in before for the same material. NotFound when there is none."""
    found = queries.list_reusable(actor=actor, materials=[material.key])
    if not found:
        raise NotFound("没有可以再用的材料。", "请上传。")
    row = _lock(subject, material, actor, at)
    again = [asdict(file) for file in found[0].files]
    for file in found[0].files:
        files.attach(key=file.key, subject=subject, at=at)
    _set(row, Supply.REUSED, at, files=again, reused_from=found[0].case, source_label="")
    _record(row, "materials.reuse", actor, at, case=found[0].case)
    return queries.view_of(row)


def promise(*, subject: str, material: Material, actor: Actor, at: datetime) -> MaterialView:
    """The applicant promises in writing instead of proving (告知承诺); only where the item says so."""
    if material.source is not MaterialSource.PROMISED:
        raise CannotSupply("这样材料不能用承诺代替。", "请上传。")
    row = _lock(subject, material, actor, at)
    _set(row, Supply.PROMISED, at, files=[], source_label="")
    _record(row, "materials.promise", actor, at)
    return queries.view_of(row)


def store_fetched(fetched: Sequence[Fetched], *, actor: Actor, at: datetime) -> tuple[Fetched, ...]:
    """Put files the sources sent into the store, before any transaction; a bad file is “away”."""
    return tuple(_stored(answer, actor, at) for answer in fetched)


def _stored(answer: Fetched, actor: Actor, at: datetime) -> Fetched:
    content = queries.file_content(answer)
    if content is None:
        return answer
    try:
        kept = files.store(data=content[1], filename=content[0], actor=actor, at=at)
    except Refusal:
        return replace(answer, supply=Supply.PENDING, value=None)
    file = SuppliedFile(kept.key, kept.filename, kept.size, kept.digest)
    return replace(answer, value=None, files=(file,))


def keep_fetched(
    *,
    subject: str,
    required: Sequence[Material],
    fetched: Sequence[Fetched],
    actor: Actor,
    at: datetime,
) -> None:
    """Note what the sources said. What the person uploaded meanwhile stays, unless a source gave it."""
    by_key = {material.key: material for material in required}
    for answer in fetched:
        row = _lock(subject, by_key[answer.material], actor, at)
        if row.supply == Supply.UPLOADED and answer.supply is not Supply.FETCHED:
            continue
        for file in answer.files:
            files.attach(key=file.key, subject=subject, at=at)
        _set(
            row,
            answer.supply,
            answer.as_of,
            files=[asdict(file) for file in answer.files],
            value=None if answer.files else answer.value,
            provider=answer.source,
            source_label=answer.source_label,
        )
        _record(row, "materials.fetch", actor, at, supply=answer.supply.value)


def gather(
    *,
    application: FrozenApplication,
    required: Sequence[Material],
    actor: Actor,
    at: datetime,
    case: str = "",
) -> tuple[MaterialView, ...]:
    """Every material of the application as it is handed in. Refuses MissingMaterials, all named.

    What sharing should give but did not yet is PENDING: it goes in, and we go on asking. With
    ``case`` (a reference) the materials move to the case; otherwise call ``move_to_case`` later.
    """
    draft = f"draft:{application.draft_key}"
    known = queries.list_materials(subject=draft)
    views = queries.outlook(
        required=required, subject=draft, on_form=application.material_files, known=known
    )
    missing = rules.missing_materials(views)
    if missing:
        named = [FieldProblem(m.material, f"还缺“{m.name}”。", "请上传。") for m in missing]
        raise MissingMaterials(fields=named)
    by_key = {material.key: material for material in required}
    untouched = [v for v in views if v.as_of is None and v.supply in (Supply.PENDING, Supply.FORM)]
    new = [by_key[v.material] for v in untouched]
    _note_untouched(case or draft, new, untouched, actor, at)
    touched = [view for view in views if view.on_form and view not in untouched]
    for view in touched:
        row = _lock(draft, by_key[view.material], actor, at)
        _set(row, view.supply, at, files=[asdict(file) for file in view.files])
    if known or touched:
        wanted = {view.material for view in views}
        SuppliedMaterial.objects.filter(subject=draft).exclude(material__in=wanted).delete()
    if case and (known or touched):
        move_to_case(draft_key=application.draft_key, case=case, actor=actor, at=at)
    return tuple(replace(view, subject=case or draft) for view in views)


def move_to_case(*, draft_key: str, case: str, actor: Actor, at: datetime) -> None:
    """The materials of a draft become those of its case (a reference)."""
    draft = f"draft:{draft_key}"
    mine = SuppliedMaterial.objects.visible_to(actor).filter(subject=draft)
    for row in mine.select_for_update():
        for file in row.files:
            files.attach(key=file["key"], subject=case, at=at)
            files.detach(key=file["key"], subject=draft)
    mine.update(subject=case)


def keep_owed(*, subject: str, material: str, answer: Fetched, actor: Actor, at: datetime) -> None:
    """A source answered at last, after the application went in; a no stays for the official to see."""
    rows = SuppliedMaterial.objects.select_for_update().filter(subject=subject, material=material)
    row = rows.filter(supply=Supply.PENDING).first()
    if row is None:
        return
    given = [asdict(file) for file in answer.files]
    for file in answer.files:
        files.attach(key=file.key, subject=subject, at=at)
    value = None if answer.files else answer.value
    label = answer.source_label
    _set(row, answer.supply, answer.as_of, files=given, value=value, source_label=label)
    if answer.supply is not Supply.PENDING:
        _record(row, "materials.fetch", actor, at, supply=answer.supply.value)


def _note_untouched(
    subject: str,
    materials: Sequence[Material],
    views: Sequence[MaterialView],
    actor: Actor,
    at: datetime,
) -> None:
    """What nobody did anything about, in one statement: the draft is locked by the caller."""
    prepared.add(
        *(
            SuppliedMaterial(
                subject=subject,
                material=material.key,
                applicant=actor.applicant,
                name=material.name,
                supply=view.supply,
                provider=material.provider or "",
                as_of=at,
            )
            for material, view in zip(materials, views, strict=True)
        )
    )


def _lock(subject: str, material: Material, actor: Actor, at: datetime) -> SuppliedMaterial:
    return _row(subject, material.key, material.name, actor, at)


def _row(subject: str, material: str, name: str, actor: Actor, at: datetime) -> SuppliedMaterial:
    SuppliedMaterial.objects.get_or_create(
        subject=subject,
        material=material,
        defaults={
            "applicant": actor.applicant,
            "name": name,
            "supply": Supply.MISSING,
            "as_of": at,
        },
    )
    mine = SuppliedMaterial.objects.select_for_update().visible_to(actor)
    row = mine.filter(subject=subject, material=material).first()
    if row is None:
        raise NotFound
    return row


def _set(row: SuppliedMaterial, supply: Supply, at: datetime, **values: Any) -> None:
    for name, value in {**values, "supply": supply, "as_of": at}.items():
        setattr(row, name, value)
    row.save(update_fields=[*values, "supply", "as_of"])


def _record(
    row: SuppliedMaterial, act: str, actor: Actor, at: datetime, **facts: str | int | bool | None
) -> None:
    told = {"material": row.material, **facts}
    journal.record(actor=actor, act=act, subject=row.subject, at=at, facts=told)
