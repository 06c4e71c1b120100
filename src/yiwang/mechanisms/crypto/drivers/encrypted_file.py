"""Keys as one encrypted, immutable file each, under a master key from the environment or a file.

A file is written aside, flushed, then linked to its name: several processes may start at once and
all end with the same key. Rotation adds the next number; nothing is ever overwritten.
"""

from __future__ import annotations

import base64
import json
import os
import re
import secrets
import stat
import time
from pathlib import Path
from typing import Final

from yiwang.mechanisms.crypto import primitives
from yiwang.mechanisms.crypto.definitions import (
    NEVER_ROTATED,
    SIGN_PREFIX,
    SIGNATURE_SCHEME,
    CannotRotate,
    KeyId,
    KeyMissing,
    PublicKey,
)

_PURPOSE: Final = re.compile(r"[a-z][a-z0-9-]{0,40}")
_KEY_ID: Final = re.compile(r"([a-z][a-z0-9-]{0,40})\.([1-9]\d{0,5})")
#: How soon a process notices a key that another process rotated in.
_LOOK_AGAIN_SECONDS: Final = 60.0


class EncryptedFileKeyStore:
    """Driver of the ``KeyStore`` port; keys are cached in the process."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._keys = folder / "keys"
        self._secrets: dict[KeyId, bytes] = {}
        self._current: dict[str, tuple[float, KeyId]] = {}
        self._master: bytes | None = None

    def get(self, key_id: KeyId) -> bytes:
        found = self._secrets.get(key_id)
        if found is None:
            found = self._secrets[key_id] = self._read(key_id)
        return found

    def current(self, purpose: str) -> KeyId:
        looked_at, key_id = self._current.get(purpose, (0.0, KeyId("")))
        if not key_id or time.monotonic() - looked_at > _LOOK_AGAIN_SECONDS:
            newest = self._newest(purpose)
            key_id = self._make(purpose, 1) if newest == 0 else KeyId(f"{purpose}.{newest}")
            self._current[purpose] = (time.monotonic(), key_id)
        return key_id

    def rotate(self, purpose: str) -> KeyId:
        if purpose in NEVER_ROTATED:
            raise CannotRotate
        key_id = self._make(purpose, self._newest(purpose) + 1)
        self._current[purpose] = (time.monotonic(), key_id)
        return key_id

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
        sealed = primitives.seal(self._master_key(), secret, _context(key_id, record))
        record["sealed"] = base64.b64encode(sealed).decode()
        _write_once(self._path(key_id), json.dumps(record, sort_keys=True).encode() + b"\n")
        return key_id

    def _record(self, key_id: KeyId) -> dict[str, str]:
        if not _KEY_ID.fullmatch(key_id):
            raise KeyMissing(f"“{key_id[:60]}”不是密钥编号。")
        try:
            record: dict[str, str] = json.loads(self._path(key_id).read_text())
        except FileNotFoundError as error:
            raise KeyMissing(f"密钥库里没有密钥 {key_id}。") from error
        return record

    def _read(self, key_id: KeyId) -> bytes:
        record = self._record(key_id)
        sealed = base64.b64decode(record["sealed"])
        try:
            return primitives.unseal(self._master_key(), sealed, _context(key_id, record))
        except primitives.Broken as error:
            raise KeyMissing(f"主密钥打不开密钥 {key_id}：主密钥不对，或文件被改动。") from error

    def _path(self, key_id: KeyId) -> Path:
        return self._keys / f"{key_id}.key"

    def _master_key(self) -> bytes:
        if self._master is None:
            given = os.environ.get("YIWANG_MASTER_KEY", "")
            raw = _from_hex(given) if given else self._master_from_file()
            self._master = primitives.hmac_sm3(raw, b"yiwang key store")[:16]
        return self._master

    def _master_from_file(self) -> bytes:
        path = self._folder / "master-key"
        if not path.exists():
            if self.list_keys():
                raise KeyMissing("主密钥不在，但已有密钥需要它。")
            _write_once(path, secrets.token_hex(32).encode() + b"\n")
        if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise KeyMissing(
                "主密钥文件能被别的账号读取，拒绝使用。", "请把 master-key 的权限改为 0600。"
            )
        return _from_hex(path.read_text().strip())


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
    aside = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(aside, path)
        except FileExistsError:
            return
    finally:
        aside.unlink()
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
