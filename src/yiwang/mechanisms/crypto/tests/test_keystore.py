from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from yiwang.mechanisms.crypto import drivers
from yiwang.mechanisms.crypto.definitions import CannotChangeMaster, KeyId, KeyMissing
from yiwang.mechanisms.crypto.drivers import encrypted_file
from yiwang.mechanisms.crypto.drivers.encrypted_file import EncryptedFileKeyStore

SOURCE = Path(drivers.__file__).parents[4]


@pytest.fixture(autouse=True)
def _no_master_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("YIWANG_MASTER_KEY", raising=False)


def test_a_key_is_made_once_and_stays(tmp_path: Path) -> None:
    store = EncryptedFileKeyStore(tmp_path)
    key_id = store.current("fields")
    assert key_id == "fields.1"
    assert EncryptedFileKeyStore(tmp_path).get(key_id) == store.get(key_id)
    assert len(store.get(key_id)) == 32


def test_keys_lie_encrypted_and_for_the_owner_only(tmp_path: Path) -> None:
    store = EncryptedFileKeyStore(tmp_path)
    secret = store.get(store.current("fields"))
    for path in tmp_path.rglob("*"):
        assert path.stat().st_mode & 0o077 == 0
        if path.is_file():
            content = path.read_bytes()
            assert secret not in content
            assert secret.hex().encode() not in content


PROGRAM = """
import sys, time
from pathlib import Path
from yiwang.mechanisms.crypto.drivers.encrypted_file import EncryptedFileKeyStore
store = EncryptedFileKeyStore(Path(sys.argv[1]))
time.sleep(max(0, float(sys.argv[2]) - time.time()))
print(store.get(store.current("fields")).hex(), store.get(store.current("sign-x")).hex())
"""


def test_processes_that_start_at_once_end_with_the_same_keys(tmp_path: Path) -> None:
    import time

    environment = {**os.environ, "PYTHONPATH": str(SOURCE)}
    command = [sys.executable, "-c", PROGRAM, str(tmp_path), str(time.time() + 1.5)]
    processes = [
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
        for _ in range(8)
    ]
    answers = {process.communicate()[0] for process in processes}
    assert all(process.returncode == 0 for process in processes)
    assert len(answers) == 1
    assert sorted(path.name for path in (tmp_path / "keys").iterdir()) == [
        "fields.1.key",
        "sign-x.1.key",
    ]


def test_two_rotations_at_once_never_overwrite_a_key(tmp_path: Path) -> None:
    one, two = EncryptedFileKeyStore(tmp_path), EncryptedFileKeyStore(tmp_path)
    first = one.get(one.current("fields"))
    assert one.rotate("fields") == "fields.2"
    assert two.rotate("fields") == "fields.3"
    assert one.get(KeyId("fields.2")) != one.get(KeyId("fields.3")) != first
    assert two.get(KeyId("fields.1")) == first
    assert one.list_keys() == ("fields.1", "fields.2", "fields.3")


def test_a_rotation_elsewhere_is_noticed_after_a_while(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = EncryptedFileKeyStore(tmp_path), EncryptedFileKeyStore(tmp_path)
    assert one.current("fields") == "fields.1"
    two.rotate("fields")
    assert one.current("fields") == "fields.1"
    import time

    later = time.monotonic() + 61
    monkeypatch.setattr(time, "monotonic", lambda: later)
    assert one.current("fields") == "fields.2"


class TestChangingTheMasterKey:
    def test_every_key_opens_under_the_new_one_alone(self, tmp_path: Path) -> None:
        store = EncryptedFileKeyStore(tmp_path)
        known = {key: store.get(store.current(key)) for key in ("fields", "sign-x")}
        before, old = (tmp_path / "master-key").read_text(), _sealed(tmp_path)
        assert store.change_master() == 2
        assert (tmp_path / "master-key").read_text() != before
        assert (tmp_path / "master-key.before").read_text() == before
        assert all(_sealed(tmp_path)[name] != text for name, text in old.items())
        fresh = EncryptedFileKeyStore(tmp_path)
        assert {key: fresh.get(fresh.current(key)) for key in known} == known
        assert not (tmp_path / "master-key.next").exists()

    def test_a_process_that_knew_the_old_one_reads_on(self, tmp_path: Path) -> None:
        other = EncryptedFileKeyStore(tmp_path)
        other.get(other.current("fields"))  # knows the master key, not the key below
        secret = EncryptedFileKeyStore(tmp_path).get(other.current("sign-x"))
        EncryptedFileKeyStore(tmp_path).change_master()
        assert other.get(KeyId("sign-x.1")) == secret

    @pytest.mark.parametrize("done", [0, 1, 2])
    def test_cut_off_anywhere_everything_opens_and_again_goes_on(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, done: int
    ) -> None:
        store = EncryptedFileKeyStore(tmp_path)
        known = {key: store.get(store.current(key)) for key in ("fields", "files", "sign-x")}
        real, calls = encrypted_file._replace, []

        def die(path: Path, content: bytes) -> None:
            if len(calls) == done:
                raise KeyboardInterrupt
            calls.append(path)
            real(path, content)

        monkeypatch.setattr(encrypted_file, "_replace", die)
        with pytest.raises(KeyboardInterrupt):
            store.change_master()
        monkeypatch.setattr(encrypted_file, "_replace", real)
        cut = EncryptedFileKeyStore(tmp_path)
        assert {key: cut.get(cut.current(key)) for key in known} == known
        made = cut.get(cut.current("sign-later"))
        assert cut.change_master() == 4
        fresh = EncryptedFileKeyStore(tmp_path)
        assert {key: fresh.get(fresh.current(key)) for key in known} == known
        assert fresh.get(KeyId("sign-later.1")) == made

    def test_one_that_is_kept_elsewhere_is_not_changed_here(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("YIWANG_MASTER_KEY", "ab" * 32)
        with pytest.raises(CannotChangeMaster):
            EncryptedFileKeyStore(tmp_path).change_master()


def _sealed(folder: Path) -> dict[str, str]:
    return {p.name: json.loads(p.read_text())["sealed"] for p in (folder / "keys").iterdir()}


def test_the_master_key_may_come_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YIWANG_MASTER_KEY", "ab" * 32)
    secret = EncryptedFileKeyStore(tmp_path).get(EncryptedFileKeyStore(tmp_path).current("fields"))
    assert not (tmp_path / "master-key").exists()
    assert len(secret) == 32
    monkeypatch.setenv("YIWANG_MASTER_KEY", "cd" * 32)
    with pytest.raises(KeyMissing, match="主密钥不对"):
        EncryptedFileKeyStore(tmp_path).get(KeyId("fields.1"))


@pytest.mark.parametrize("given", ["short", "ab" * 8, "zz" * 32])
def test_a_poor_master_key_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: str
) -> None:
    monkeypatch.setenv("YIWANG_MASTER_KEY", given)
    with pytest.raises(KeyMissing):
        EncryptedFileKeyStore(tmp_path).current("fields")


def test_a_lost_master_key_is_not_replaced_by_a_new_one(tmp_path: Path) -> None:
    EncryptedFileKeyStore(tmp_path).current("fields")
    (tmp_path / "master-key").unlink()
    with pytest.raises(KeyMissing, match="主密钥不在"):
        EncryptedFileKeyStore(tmp_path).get(KeyId("fields.1"))
    assert not (tmp_path / "master-key").exists()


def test_a_master_key_others_can_read_is_refused(tmp_path: Path) -> None:
    EncryptedFileKeyStore(tmp_path).current("fields")
    (tmp_path / "master-key").chmod(0o644)
    with pytest.raises(KeyMissing, match="拒绝使用"):
        EncryptedFileKeyStore(tmp_path).get(KeyId("fields.1"))


def test_a_changed_key_file_is_noticed_its_public_half_too(tmp_path: Path) -> None:
    EncryptedFileKeyStore(tmp_path).current("sign-x")
    path = tmp_path / "keys" / "sign-x.1.key"
    record = json.loads(path.read_text())
    path.write_text(json.dumps({**record, "public": "04" + "00" * 64}))
    with pytest.raises(KeyMissing):
        EncryptedFileKeyStore(tmp_path).get(KeyId("sign-x.1"))


@pytest.mark.parametrize("name", ["nothing.1", "../master-key", "fields", "fields.0", ""])
def test_a_key_that_is_not_there_is_missing(tmp_path: Path, name: str) -> None:
    store = EncryptedFileKeyStore(tmp_path)
    store.current("fields")
    with pytest.raises(KeyMissing):
        store.get(KeyId(name))
    with pytest.raises(KeyMissing):
        store.public_key(KeyId("fields.1"))
