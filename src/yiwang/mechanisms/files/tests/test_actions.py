from __future__ import annotations

import errno
import io
import os
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection, transaction
from PIL import Image

from yiwang.kernel.actor import Actor, ActorKind, machine
from yiwang.kernel.references import new_key
from yiwang.kernel.refusals import NotFound
from yiwang.mechanisms.crypto.definitions import CannotDecrypt
from yiwang.mechanisms.files import actions, checking, queries, sample, shelf
from yiwang.mechanisms.files.definitions import (
    RULES,
    CannotStoreFile,
    FileCheckAway,
    Kind,
    StorageFull,
    TooManyFiles,
)
from yiwang.mechanisms.files.models import Attachment, File
from yiwang.mechanisms.journal import queries as journal

AT = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
DAY = timedelta(days=1, minutes=1)
CITIZEN = Actor(kind=ActorKind.PERSON, reference="person:1")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Each test has files of its own; keys stay the run's."""
    monkeypatch.setattr(shelf, "folder", lambda: tmp_path / "files")
    return tmp_path


def store(kind: Kind = Kind.PDF, *, at: datetime = AT) -> str:
    name = f"证明.{kind.value.lower()}"
    return actions.store(data=sample.content(kind), filename=name, actor=CITIZEN, at=at).key


def read(key: str) -> bytes:
    return b"".join(queries.open_file(key).chunks)


def on_disk(home: Path) -> list[Path]:
    return [path for path in (home / "files").rglob("*") if path.is_file()]


@pytest.mark.django_db
@pytest.mark.parametrize("kind", list(RULES))
def test_an_honest_file_of_every_kind_comes_back(kind: Kind) -> None:
    opened = queries.open_file(store(kind))
    content = b"".join(opened.chunks)
    assert len(content) == opened.size
    if kind in (Kind.JPEG, Kind.PNG, Kind.WEBP):
        assert Image.open(io.BytesIO(content)).size == (40, 30)
    else:
        assert content == sample.content(kind)
    assert opened.filename == f"证明.{kind.value.lower()}"
    assert opened.disposition.startswith("attachment; filename*=UTF-8''%E8%AF%81")


@pytest.mark.django_db
def test_nothing_lies_in_clear_on_disk_or_in_the_table(home: Path) -> None:
    secret = "张三丰的收入是一万二千元".encode()
    data = io.BytesIO(secret * 9000)
    stored = actions.store(data=data, filename="张三丰.txt", actor=CITIZEN, at=AT)
    (path,) = on_disk(home)
    assert path.name == stored.key
    assert path.stat().st_mode & 0o077 == 0
    assert secret[:12] not in path.read_bytes()
    with connection.cursor() as cursor:
        cursor.execute("SELECT filename FROM files_file")
        assert "张" not in cursor.fetchone()[0]
    assert read(stored.key) == secret * 9000


@pytest.mark.django_db
def test_storing_is_an_act_and_the_name_is_not_in_the_journal() -> None:
    (entry,) = journal.list_entries(subject=f"file:{store()}")
    assert (entry.act, entry.actor, entry.facts["kind"]) == ("STORE_FILE", "person:1", "PDF")
    assert "证明" not in str(entry)


@pytest.mark.django_db
def test_a_picture_loses_its_place_comment_and_what_was_appended() -> None:
    target = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "SECRET-COMMENT"
    exif[0x0112] = 6
    Image.new("RGB", (40, 30), "red").save(target, "JPEG", exif=exif)
    data = target.getvalue() + sample.content(Kind.DOCX) + b"SECRET-TAIL"
    content = read(actions.store(data=data, filename="照片.JPG", actor=CITIZEN, at=AT).key)
    assert b"SECRET" not in content
    assert b"PK\x03\x04" not in content
    picture = Image.open(io.BytesIO(content))
    assert picture.size == (30, 40)
    assert not picture.getexif()


@pytest.mark.django_db
def test_one_changed_bit_on_disk_is_noticed() -> None:
    key = store()
    data = bytearray(shelf.path_of(key).read_bytes())
    data[-1] ^= 1
    shelf.path_of(key).write_bytes(data)
    with pytest.raises(CannotDecrypt):
        read(key)


@pytest.mark.django_db
def test_a_file_cannot_stand_in_for_another() -> None:
    one, two = store(), store(Kind.TXT)
    shelf.path_of(one).write_bytes(shelf.path_of(two).read_bytes())
    with pytest.raises(CannotDecrypt):
        read(one)


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["../../etc/passwd", "", "A" * 16, "0" * 15, "0" * 16])
def test_a_key_that_is_none_finds_nothing(key: str) -> None:
    for look in (queries.open_file, queries.get_file, queries.get_uploader):
        with pytest.raises(NotFound):
            look(key)
    with pytest.raises(NotFound):
        actions.attach(key=key, subject="draft:1", at=AT)


@pytest.mark.django_db
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
@pytest.mark.parametrize("fails", ["write", "fsync", "mkdir"])
def test_a_full_disk_leaves_nothing_half_written(
    home: Path, monkeypatch: pytest.MonkeyPatch, code: int, fails: str
) -> None:
    def full(*_: object, **__: object) -> Iterator[bytes]:
        raise OSError(code, "full")

    def full_later(*_: object, **__: object) -> Iterator[bytes]:
        yield b"some"
        yield from full()

    target, name = {"write": (shelf.streams, "seal_stream"), "fsync": (os, "fsync")}.get(
        fails, (Path, "mkdir")
    )
    monkeypatch.setattr(target, name, full_later if fails == "write" else full)
    with pytest.raises(StorageFull) as refused:
        store()
    assert refused.value.status == 507
    assert File.objects.count() == 0
    assert on_disk(home) == []


@pytest.mark.django_db
def test_a_really_full_disk_refuses(home: Path) -> None:
    """A file system of 64 kB, where the system lets us mount one."""
    small = home / "files"
    small.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", small]).returncode:
        pytest.skip("mounting is not allowed here")
    try:
        with pytest.raises(StorageFull):
            actions.store(data=b"a,b\n" * 50_000, filename="a.csv", actor=CITIZEN, at=AT)
        assert on_disk(home) == []
        assert File.objects.count() == 0
    finally:
        subprocess.run(["umount", small], check=True)


@pytest.mark.django_db
def test_a_file_nothing_refers_to_goes_after_a_day_and_an_attached_one_stays() -> None:
    loose, kept = store(), store()
    actions.attach(key=kept, subject="draft:1", at=AT)
    actions.attach(key=kept, subject="draft:1", at=AT)
    assert actions.sweep(at=AT + timedelta(hours=23)) == 0
    assert actions.sweep(at=AT + DAY) == 1
    assert not shelf.path_of(loose).exists()
    assert [file.key for file in queries.list_attached("draft:1")] == [kept]
    assert queries.is_attached(kept, "draft:1")
    assert set(queries.list_files([kept, loose])) == {kept}
    actions.detach(key=kept, subject="draft:1")
    assert actions.sweep(at=AT + DAY) == 1
    assert File.objects.count() == 0


@pytest.mark.django_db
def test_bytes_without_a_row_go_after_a_day() -> None:
    kept = store()
    actions.attach(key=kept, subject="draft:1", at=AT)
    orphan, fresh = shelf.path_of(new_key()), shelf.path_of(new_key())
    unfinished = shelf.path_of(new_key()).with_suffix(shelf.PART)
    for path in (orphan, unfinished, fresh):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"x")
    for path in (orphan, unfinished, shelf.path_of(kept)):
        os.utime(path, (time.time() - 90_000,) * 2)
    assert actions.sweep(at=datetime.fromtimestamp(time.time(), UTC)) == 2
    assert fresh.exists()
    assert shelf.path_of(kept).exists()


@pytest.mark.django_db(transaction=True)
def test_sweeping_and_attaching_at_once_never_lose_an_attached_file() -> None:
    for _ in range(8):
        key = store()
        outcome: list[str] = []

        def attach(key: str = key, outcome: list[str] = outcome) -> None:
            try:
                with transaction.atomic():
                    actions.attach(key=key, subject="case:1", at=AT)
                outcome.append("attached")
            except NotFound:
                outcome.append("gone")
            finally:
                connection.close()

        thread = threading.Thread(target=attach)
        thread.start()
        actions.sweep(at=AT + DAY)
        thread.join()
        assert outcome == (["attached"] if shelf.path_of(key).exists() else ["gone"])
        Attachment.objects.filter(file_id=key).delete()


@pytest.mark.django_db
def test_nobody_fills_the_disk_with_files_that_nothing_uses(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(actions, "UNATTACHED_LIMIT", 2)
    first = store(Kind.TXT)
    store(Kind.TXT)
    with pytest.raises(TooManyFiles):
        store(Kind.TXT)
    actions.attach(key=first, subject="draft:1", at=AT)
    store(Kind.TXT)
    actions.store(data=b"x", filename="a.txt", actor=machine("other"), at=AT)


SCANNER = """#!/bin/sh
case "$(cat)" in *EICAR*) exit 1;; *BROKEN*) exit 2;; esac
"""


@pytest.mark.django_db
def test_the_scanner_refuses_what_is_infected_and_what_it_cannot_check(
    home: Path, settings: object
) -> None:
    program = home / "scan"
    program.write_text(SCANNER)
    program.chmod(0o755)
    settings.FILE_SCANNER = str(program)

    def scan(data: bytes) -> bool:
        return actions.store(data=data, filename="a.txt", actor=CITIZEN, at=AT).scanned

    assert scan(b"harmless")
    with pytest.raises(CannotStoreFile, match="安全检查"):
        scan(b"EICAR")
    with pytest.raises(FileCheckAway):
        scan(b"BROKEN")
    settings.FILE_SCANNER = "/nowhere/scan"
    with pytest.raises(FileCheckAway):
        scan(b"harmless")
    assert File.objects.count() == 1
    settings.FILE_SCANNER = ""
    assert not scan(b"harmless")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        ("import os, signal; os.kill(os.getpid(), signal.SIGXCPU)", CannotStoreFile),
        ("raise SystemExit('no word')", FileCheckAway),
        ("print('hello')", FileCheckAway),
    ],
)
def test_a_checker_that_dies_or_babbles_keeps_nothing(
    home: Path, monkeypatch: pytest.MonkeyPatch, body: str, refusal: type[Exception]
) -> None:
    script = home / "script.py"
    script.write_text(body)
    monkeypatch.setattr(checking, "_SCRIPT", script)
    with pytest.raises(refusal):
        store(Kind.PNG)
    assert File.objects.count() == 0


PROBE = """
import socket
{unshare}
limit_myself(int(sys.argv[2]))
def reach(what):
    try:
        what()
        return True
    except (OSError, MemoryError):
        return False
found = {{
    "network": reach(lambda: socket.create_connection(("127.0.0.1", {port}), 1)),
    "file": reach(lambda: open("/etc/passwd")),
    "memory": reach(lambda: bytearray(1 << 30)),
    "secrets": [n for n in os.environ if n not in ("PATH", "LC_ALL", "LC_CTYPE")],
}}
problem = " ".join(name for name, reached in found.items() if reached)
sys.stdout.write(json.dumps({{"problem": problem or None}}))
"""
NO_NAMESPACE = "ctypes.CDLL = lambda *a, **k: type('Libc', (), {'unshare': lambda self, f: -1})()"


@pytest.mark.parametrize("unshare", ["", NO_NAMESPACE])
def test_the_child_has_no_network_no_secrets_and_little_memory(
    home: Path, monkeypatch: pytest.MonkeyPatch, unshare: str
) -> None:
    source = Path(checking.__file__).with_name("inspection.py").read_text()
    script = home / "script.py"
    with socket.create_server(("127.0.0.1", 0)) as server:
        probe = PROBE.format(port=server.getsockname()[1], unshare=unshare)
        script.write_text(source[: source.index('if __name__ == "__main__"')] + probe)
        monkeypatch.setattr(checking, "_SCRIPT", script)
        monkeypatch.setenv("YIWANG_MASTER_KEY", "ab" * 32)
        checking._inspect(checking.take_in(b"x", Kind.DOCX), Kind.DOCX)
