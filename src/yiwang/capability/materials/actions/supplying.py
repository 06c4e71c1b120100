"""What the person does about one material: upload, take away, use again, promise it for later."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Final

from yiwang.capability.catalogue.definitions import Material
from yiwang.capability.materials import queries, rules
from yiwang.capability.materials.actions import rows
from yiwang.capability.materials.definitions import MaterialView, SuppliedFile, Supply
from yiwang.capability.materials.models import SuppliedMaterial
from yiwang.kernel.actor import Actor
from yiwang.kernel.moments import legal_date
from yiwang.kernel.refusals import NotFound, Refusal
from yiwang.mechanisms.files import actions as files
from yiwang.mechanisms.files.definitions import StoredFile

MOST_FILES: Final = 5


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
    row = rows.lock(subject, material, actor, at)
    kept = row.files if row.supply == Supply.UPLOADED else []
    if len(kept) >= MOST_FILES:
        raise TooManyFiles
    file = SuppliedFile(stored.key, stored.filename, stored.size, stored.digest)
    files.attach(key=stored.key, subject=subject, at=at)
    rows.change(
        row,
        Supply.UPLOADED,
        at,
        files=[*kept, asdict(file)],
        value=None,
        source_label="",
        reused_from="",
        valid_until=rows.valid_until(material, at),
    )
    rows.record(row, "materials.upload", actor, at, digest=stored.digest)
    return queries.view_of(row)


def add_to_case(
    *,
    case: str,
    material: str,
    name: str,
    stored: StoredFile,
    actor: Actor,
    at: datetime,
    wanted: Material | None = None,
) -> MaterialView:
    """One more file of a case that was returned or accepted with a gap; who may, the case decides.

    ``wanted``: the item's material, when it is on its list. Refuses TooManyFiles.
    """
    row = rows.lock_named(case, material, name, actor, at, kind=wanted.kind if wanted else "")
    uploaded = row.supply in (Supply.UPLOADED, Supply.REUSED)
    kept = row.files if uploaded else []
    if len(kept) >= MOST_FILES:
        raise TooManyFiles
    file = SuppliedFile(stored.key, stored.filename, stored.size, stored.digest)
    files.attach(key=stored.key, subject=case, at=at)
    rows.change(
        row,
        Supply.UPLOADED,
        at,
        files=[*kept, asdict(file)],
        value=None,
        source_label="",
        reused_from="",
        valid_until=rows.valid_until(wanted, at) if wanted else None,
    )
    rows.record(row, "materials.add_to_case", actor, at, digest=stored.digest)
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
    rows.record(row, "materials.remove", actor, at)
    if left:
        rows.change(row, Supply.UPLOADED, at, files=left, valid_until=row.valid_until)
    else:
        row.delete()


def reuse(
    *, subject: str, material: Material, actor: Actor, at: datetime, origin: str = ""
) -> MaterialView:
    """Use a paper of the actor's vault again, the newest unless ``origin`` says which.

    Who verified it and until when it may be used come along. NotFound when there is none.
    """
    kept = queries.list_reusable(actor=actor, materials=[material], on=legal_date(at))
    found = next((one for one in kept.get(material.key, ()) if origin in ("", one.origin)), None)
    if found is None:
        raise NotFound("没有可以再用的材料。", "请上传。")
    row = rows.lock(subject, material, actor, at)
    again = [asdict(file) for file in found.files]
    for file in found.files:
        files.attach(key=file.key, subject=subject, at=at)
    before = SuppliedMaterial.objects.visible_to(actor).get(
        subject=found.case, material=found.material
    )
    rows.change(
        row,
        Supply.REUSED,
        at,
        files=again,
        value=None,
        reused_from=found.case,
        source_label="",
        verified_at=before.verified_at,
        verified_by=before.verified_by,
        verified_body=before.verified_body,
        valid_until=before.valid_until,
    )
    rows.record(row, "materials.reuse", actor, at, case=found.case)
    return queries.view_of(row)


def promise(*, subject: str, material: Material, actor: Actor, at: datetime) -> MaterialView:
    """容缺: the paper comes later, only where the item says so; signed before handing in."""
    if material.tolerance is None:
        raise CannotSupply("这样材料不能后补。", "请上传。")
    row = rows.lock(subject, material, actor, at)
    rows.change(row, Supply.PROMISED, at, files=[], value=None, source_label="", reused_from="")
    rows.record(row, "materials.promise", actor, at)
    return queries.view_of(row)
