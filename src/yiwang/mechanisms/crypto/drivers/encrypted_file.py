"""Keys as one encrypted, immutable file each, under a master key from the environment or a file.

A file is written aside, flushed, then linked to its name: several processes may start at once and
all end with the same key. Rotation adds the next number; no key is ever overwritten by another.
"""

from __future__ import annotations

import base64
import contextlib
import fcntl
import json
import os
import re
import secrets
import stat
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from yiwang.mechanisms.crypto import primitives
from yiwang.mechanisms.crypto.definitions import (
    INDEX,
    SESSION,
    SIGN_PREFIX,
    SIGNATURE_SCHEME,
    CannotChangeMaster,
    KeyId,
    KeyMissing,
    PublicKey,
)

_PURPOSE: Final = re.compile(r"[a-z][a-z0-9-]{0,40}")
_KEY_ID: Final = re.compile(r"([a-z][a-z0-9-]{0,40})\.([1-9]\d{0,5})")
#: How soon a process notices a key that another process rotated in.
_LOOK_AGAIN_SECONDS: Final = 60.0
#: A look-up value under a key the others do not know yet would be found by nobody.
_KNOWN_TO_ALL_SECONDS: Final = 2 * _LOOK_AGAIN_SECONDS
#: Of these a value is looked for or proved by another process than wrote it, within the minute.
_SHARED: Final = frozenset({INDEX, SESSION})
#: How long what an earlier key of a kind signed may still come back; other kinds keep theirs for good.
_RETIRED_AFTER_SECONDS: Final = {SESSION: 24 * 3600.0}


class EncryptedFileKeyStore:
    """Driver of the ``KeyStore`` port; keys are cached in the process."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._keys = folder / "keys"
        self._secrets: dict[KeyId, bytes] = {}
        self._ready: dict[str, tuple[float, tuple[KeyId, ...]]] = {}
        self._masters: tuple[bytes, ...] = ()

    def get(self, key_id: KeyId) -> bytes:
        found = self._secrets.get(key_id)
        if found is None:
            found = self._secrets[key_id] = self._read(key_id)
        return found

    def current(self, purpose: str) -> KeyId:
        return self.usable(purpose)[0]

    def usable(self, purpose: str) -> tuple[KeyId, ...]:
        looked_at, found = self._ready.get(purpose, (0.0, ()))
        if not found or time.monotonic() - looked_at > _LOOK_AGAIN_SECONDS:
            newest = self._newest(purpose)
            if newest == 0:
                self._make(purpose, 1)
                newest = 1
            found = tuple(KeyId(f"{purpose}.{number}") for number in range(newest, 0, -1))
            found = self._unretired(purpose, found)
            if (
                purpose in _SHARED
                and newest > 1
                and not self._is_older(found[0], _KNOWN_TO_ALL_SECONDS)
            ):
                found = (found[1], found[0], *found[2:])
            self._ready[purpose] = (time.monotonic(), found)
        return found

    def rotate(self, purpose: str) -> KeyId:
        key_id = self._make(purpose, self._newest(purpose) + 1)
        self._ready.pop(purpose, None)
        return key_id

    def change_master(self) -> int:
        """Every key is closed again under a fresh master key; how many. Again after a kill goes on.

        Readers try both master keys while it lasts. ``CannotChangeMaster`` when the master key is
        not a file of ours.
        """
        if os.environ.get("YIWANG_MASTER_KEY"):
            raise CannotChangeMaster
        with self._locked(fcntl.LOCK_EX):
            self._masters_from_files()  # refuses where the present one is lost
            _write_once(self._coming_path, secrets.token_hex(32).encode() + b"\n")
            fresh = self._master_keys(again=True)[0]
            known = self.list_keys()
            for key_id in known:
                secret, record = self._read(key_id), self._record(key_id)
                record["sealed"] = _closed(fresh, secret, key_id, record)
                _replace(self._path(key_id), _written(record))
            before = self._master_path.with_name("master-key.before")
            before.unlink(missing_ok=True)
            os.link(self._master_path, before)  # copies taken until now open with it alone
            os.replace(self._coming_path, self._master_path)
            _settle(self._folder)
            self._masters = (fresh,)
        return len(known)

    def public_key(self, key_id: KeyId) -> PublicKey:
        record = self._record(key_id)
        point = str(record.get("public", ""))
        if not point:
            raise KeyMissing(f"密钥 {key_id} 不是签名密钥。")
        fingerprint = primitives.sm3(bytes.fromhex(point)).hex()
        return PublicKey(key_id, SIGNATURE_SCHEME, point, fingerprint)

    def list_keys(self) -> tuple[KeyId, ...]:
        found = (_KEY_ID.fullmatch(path.stem) for path in self._keys.glob("*.key"))
        pairs = sorted((m.group(1), int(m.group(2))) for m in found if m)
        return tuple(KeyId(f"{purpose}.{number}") for purpose, number in pairs)

    def _newest(self, purpose: str) -> int:
        if not _PURPOSE.fullmatch(purpose):
            raise ValueError(f"not a key purpose: {purpose!r}")
        numbers = (key_id.rsplit(".", 1) for key_id in self.list_keys())
        return max((int(number) for name, number in numbers if name == purpose), default=0)

    def _make(self, purpose: str, number: int) -> KeyId:
        key_id = KeyId(f"{purpose}.{number}")
        record: dict[str, str] = {"key_id": key_id}
        if purpose.startswith(SIGN_PREFIX):
            secret = primitives.new_sm2_key()
            record["public"] = primitives.sm2_public(secret).hex()
        else:
            secret = secrets.token_bytes(32)
        with self._locked(fcntl.LOCK_SH):  # not while every key gets another master key
            record["sealed"] = _closed(self._master_keys(again=True)[0], secret, key_id, record)
            _write_once(self._path(key_id), _written(record))
        return key_id

    @contextlib.contextmanager
    def _locked(self, how: int) -> Iterator[None]:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(self._folder / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, how)
            yield
        finally:
            os.close(descriptor)

    def _record(self, key_id: KeyId) -> dict[str, str]:
        if not _KEY_ID.fullmatch(key_id):
            raise KeyMissing(f"“{key_id[:60]}”不是密钥编号。")
        try:
            record: dict[str, str] = json.loads(self._path(key_id).read_text())
        except FileNotFoundError as error:
            raise KeyMissing(f"密钥库里没有密钥 {key_id}。") from error
        return record

    def _read(self, key_id: KeyId) -> bytes:
        """With the master keys known here, then with those that lie there now: it may just have changed."""
        for again in (False, True):
            record = self._record(key_id)
            sealed = base64.b64decode(record["sealed"])
            for master in self._master_keys(again=again):
                with contextlib.suppress(primitives.Broken):
                    return primitives.unseal(master, sealed, _context(key_id, record))
        raise KeyMissing(f"主密钥打不开密钥 {key_id}：主密钥不对，或文件被改动。")

    def _unretired(self, purpose: str, found: tuple[KeyId, ...]) -> tuple[KeyId, ...]:
        """Without the keys whose successor has been written under for longer than their work lasts."""
        lasts = _RETIRED_AFTER_SECONDS.get(purpose)
        if lasts is None:
            return found
        long = _KNOWN_TO_ALL_SECONDS + _LOOK_AGAIN_SECONDS + lasts
        ends = (i + 1 for i, key_id in enumerate(found) if self._is_older(key_id, long))
        return found[: next(ends, len(found))]

    def _is_older(self, key_id: KeyId, seconds: float) -> bool:
        return time.time() - self._path(key_id).stat().st_mtime > seconds

    def _path(self, key_id: KeyId) -> Path:
        return self._keys / f"{key_id}.key"

    @property
    def _master_path(self) -> Path:
        return self._folder / "master-key"

    @property
    def _coming_path(self) -> Path:
        """The next master key, while keys are being closed again under it."""
        return self._folder / "master-key.next"

    def _master_keys(self, *, again: bool = False) -> tuple[bytes, ...]:
        """What opens keys, and first what closes new ones."""
        if again or not self._masters:
            given = os.environ.get("YIWANG_MASTER_KEY", "")
            raw = [_from_hex(given)] if given else self._masters_from_files()
            self._masters = tuple(_stretched(one) for one in raw)
        return self._masters

    def _masters_from_files(self) -> list[bytes]:
        if not self._master_path.exists():
            if self.list_keys():
                raise KeyMissing("主密钥不在，但已有密钥需要它。")
            _write_once(self._master_path, secrets.token_hex(32).encode() + b"\n")
        found = []
        for path in (self._coming_path, self._master_path):
            with contextlib.suppress(FileNotFoundError):
                if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
                    raise KeyMissing(
                        "主密钥文件能被别的账号读取，拒绝使用。",
                        f"请把 {path.name} 的权限改为 0600。",
                    )
                found.append(_from_hex(path.read_text().strip()))
        return found


def _stretched(raw: bytes) -> bytes:
    return primitives.hmac_sm3(raw, b"yiwang key store")[:16]


def _closed(master: bytes, secret: bytes, key_id: KeyId, record: dict[str, str]) -> str:
    return base64.b64encode(primitives.seal(master, secret, _context(key_id, record))).decode()


def _written(record: dict[str, str]) -> bytes:
    return json.dumps(record, sort_keys=True).encode() + b"\n"


def _context(key_id: KeyId, record: dict[str, str]) -> bytes:
    return f"{key_id}|{record.get('public', '')}".encode()


def _from_hex(text: str) -> bytes:
    try:
        raw = bytes.fromhex(text)
    except ValueError as error:
        raise KeyMissing("主密钥应为 64 位十六进制数字。") from error
    if len(raw) < 32:
        raise KeyMissing("主密钥太短，应为 64 位十六进制数字。")
    return raw


def _write_once(path: Path, content: bytes) -> None:
    """Give ``path`` this content unless it has one already; whole or not at all, and on disk."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    aside = _aside(path, content)
    try:
        os.link(aside, path)
    except FileExistsError:
        return
    finally:
        aside.unlink()
    _settle(path.parent)


def _replace(path: Path, content: bytes) -> None:
    """The same key under another master key, whole or not at all; its age stays, for readers go by it."""
    made = path.stat().st_mtime
    aside = _aside(path, content)
    os.utime(aside, (made, made))
    os.replace(aside, path)


def _aside(path: Path, content: bytes) -> Path:
    aside = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return aside


def _settle(place: Path) -> None:
    """What was named in a folder stays named when the machine loses power."""
    folder = os.open(place, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
