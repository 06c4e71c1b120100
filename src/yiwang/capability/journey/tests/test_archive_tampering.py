"""Whatever is changed in a package, one of the four tests finds it and says which file."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from datetime import date

import pytest

from yiwang.capability.archives import checker
from yiwang.capability.archives.actions import testing
from yiwang.capability.archives.actions.packing import KEY_PURPOSE
from yiwang.capability.archives.models import ArchivePackage
from yiwang.capability.journey import archiving, sample
from yiwang.capability.journey.tests import test_archiving as story
from yiwang.foundation.libraries import sample as libraries
from yiwang.kernel.actor import Role
from yiwang.mechanisms.crypto import actions as crypto
from yiwang.mechanisms.crypto import primitives
from yiwang.mechanisms.files import shelf

pytestmark = pytest.mark.django_db
item = story.item
Parts = dict[str, bytes]


@pytest.fixture
def keeper(item):
    return sample.official(item, Role.HANDLER, "sun")


@pytest.fixture
def package(item) -> bytes:
    me = sample.citizen(libraries.register_person(5, at=story.AT, born_on=date(1980, 1, 1)))
    return story.content(story.archived(me, item))


def parts_of(package: bytes) -> Parts:
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(parts: Parts) -> io.BytesIO:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    target.seek(0)
    return target


def examined(parts: Parts) -> set[str]:
    """The checks that did not pass, as the house runs them."""
    return {f"{one.test}.{one.name}" for one in testing.examine(zipped(parts)).failed}


def listed(parts: Parts) -> Parts:
    """As an insider would: the directory says what is there now, the house's key signs it."""
    directory = json.loads(parts[checker.DIRECTORY])
    for one in directory["files"]:
        if one["path"] in parts:
            data = parts[one["path"]]
            one |= {"size": len(data), "sm3": checker.sm3(data).hex()}
    parts[checker.DIRECTORY] = json.dumps(directory).encode()
    return signed(parts, lambda data: crypto.sign(data, purpose=KEY_PURPOSE).rsplit("$", 1)[1])


def signed(parts: Parts, sign: Callable[[bytes], str], point: str = "") -> Parts:
    manifest = json.loads(parts[checker.MANIFEST])
    manifest["files"][checker.DIRECTORY] = checker.sm3(parts[checker.DIRECTORY]).hex()
    if point:
        manifest["key"]["point"] = point
    manifest["signature"] = sign(checker.signed_bytes(manifest))
    parts[checker.MANIFEST] = json.dumps(manifest).encode()
    return parts


def a_letter(parts: Parts) -> str:
    return next(name for name in parts if name.startswith("letters/"))


def test_the_untouched_package_passes_and_so_does_one_signed_again(package):
    assert examined(parts_of(package)) == set()
    assert examined(listed(parts_of(package))) == set()


def test_integrity_finds_a_file_that_is_gone_changed_or_too_many(package):
    parts = parts_of(package)
    letter = a_letter(parts)
    assert "INTEGRITY.listed" in examined({k: v for k, v in parts.items() if k != letter})
    assert "INTEGRITY.listed" in examined({**parts, letter: parts[letter] + b"\n"})
    assert examined({**parts, "materials/999.txt": b"x"}) == {"INTEGRITY.nothing-else"}
    without = {k: v for k, v in parts.items() if k != checker.CASE}
    assert "INTEGRITY.listed" in examined(without)


def test_authenticity_finds_changed_parts_forged_signatures_and_other_journals(package):
    parts = parts_of(package)
    told = json.loads(parts[checker.DIRECTORY])
    told["files"][0]["title"] = "别的"
    changed = {**parts, checker.DIRECTORY: json.dumps(told).encode()}
    assert examined(changed) == {"AUTHENTICITY.sealed-parts"}
    manifest = json.loads(parts[checker.MANIFEST])
    manifest["archive_no"] = "X-1"
    forged = examined({**parts, checker.MANIFEST: json.dumps(manifest).encode()})
    assert forged >= {"AUTHENTICITY.signature", "AUTHENTICITY.identity"}
    journal = json.loads(parts[checker.JOURNAL])
    journal["entries"].pop()
    shorter = listed({**parts, checker.JOURNAL: json.dumps(journal).encode()})
    assert examined(shorter) == {"AUTHENTICITY.journal"}
    journal = json.loads(parts[checker.JOURNAL])
    body = journal["entries"][0]["body"]
    journal["entries"][0]["body"] = body.replace("DONE", "SAID", 1)
    altered = listed({**parts, checker.JOURNAL: json.dumps(journal).encode()})
    assert examined(altered) == {"AUTHENTICITY.journal"}


def test_authenticity_finds_a_package_a_stranger_signed(package):
    key = primitives.new_sm2_key()
    point = primitives.sm2_public(key).hex()
    parts = signed(
        parts_of(package), lambda data: _as_text(primitives.sm2_sign(key, data)), point=point
    )
    assert examined(parts) == {"AUTHENTICITY.signature"}
    assert checker.check(
        zipped(parts)
    ).sound  # who trusts any key believes it: note the fingerprint


def _as_text(value: bytes) -> str:
    import base64

    return base64.b64encode(value).decode()


def test_usability_finds_a_file_that_does_not_open_as_its_kind(package):
    parts = parts_of(package)
    broken = listed({**parts, a_letter(parts): b"%PDF-1.7 cut off"})
    assert examined(broken) == {"USABILITY.formats"}
    unread = listed({**parts, checker.CASE: b"{not json"})
    assert examined(unread) == {"USABILITY.formats", "USABILITY.readable"}


def test_safety_finds_programs_personal_values_and_what_hides_in_the_zip(package):
    parts = parts_of(package)
    letter = a_letter(parts)
    active = parts[letter].replace(b"%%EOF", b"/JavaScript (x)\n%%EOF", 1)
    assert examined(listed({**parts, letter: active})) == {"SAFETY.content"}
    metadata = json.loads(parts[checker.METADATA])
    for value in ("13900000001", "11010519491231002X"):
        told = {**metadata, "title": f"某人 {value}"}
        leaking = listed({**parts, checker.METADATA: json.dumps(told).encode()})
        assert examined(leaking) == {"SAFETY.personal"}
    report = testing.examine(zipped(parts), secrets={metadata["item_name"]})
    assert [one.name for one in report.failed] == ["personal"]
    assert examined({**parts, "../x.txt": b"x"}) == {"SAFETY.container"}
    hidden = io.BytesIO(b"MZ" + zipped(parts).getvalue())
    assert [one.name for one in testing.examine(hidden).failed] == ["container"]


def test_what_is_no_zip_fails_all_four():
    failed = testing.examine(io.BytesIO(b"nothing")).failed
    assert {one.test for one in failed} == set(checker.TESTS)


def test_a_package_that_fails_is_not_archived_and_says_what_to_do(item, keeper, monkeypatch):
    me = sample.citizen(libraries.register_person(5, at=story.AT, born_on=date(1980, 1, 1)))
    key = story.due(story.finished(me, item))
    monkeypatch.setattr(testing, "gate", lambda _data, _kind: ("cut-pdf", "这个 PDF 不完整。"))
    view = archiving.archive(package_key=key, actor=keeper, at=story.LATER)
    assert view.row.state == "FAILED"
    assert "PDF 不完整" in view.row.problem
    assert not view.runs[0].sound
    assert ArchivePackage.objects.get(key=key).file == ""
    monkeypatch.undo()
    again = archiving.archive(package_key=key, actor=keeper, at=story.LATER)
    assert again.row.state == "ARCHIVED"


def test_a_package_changed_on_disk_is_found_on_demand(item, keeper):
    from yiwang.capability.archives import actions

    me = sample.citizen(libraries.register_person(5, at=story.AT, born_on=date(1980, 1, 1)))
    view = story.archived(me, item)
    assert actions.check_package(key=view.row.key, actor=keeper, at=story.LATER).sound
    path = shelf.path_of(ArchivePackage.objects.get(key=view.row.key).file)
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 1
    path.write_bytes(bytes(raw))
    report = actions.check_package(key=view.row.key, actor=keeper, at=story.LATER)
    assert {one.test for one in report.failed} == set(checker.TESTS)
    assert ArchivePackage.objects.get(key=view.row.key).sound is False
