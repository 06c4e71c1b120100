"""Names and refusals of the crypto module."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NewType

from yiwang.kernel.refusals import Refusal

#: ``<key purpose>.<number>``: ``fields.1``; stored beside everything a key made.
KeyId = NewType("KeyId", str)

CIPHER_SCHEME: Final = "sm4-gcm"
SIGNATURE_SCHEME: Final = "sm2-sm3"

#: What the installation's keys are for. Signing keys are ``sign-<what>``: one pair each.
FIELDS: Final = "fields"
FILES: Final = "files"
INDEX: Final = "index"
DIGEST: Final = "digest"
SIGN_PREFIX: Final = "sign-"

#: A new key would make what is stored under the old one impossible to find again.
NEVER_ROTATED: Final = frozenset({INDEX, DIGEST})


@dataclass(frozen=True, slots=True)
class PublicKey:
    """The half of a signing key that may be shown: an uncompressed SM2 point, in hex."""

    key_id: KeyId
    algorithm: str
    point: str
    fingerprint: str


class CannotDecrypt(Refusal):
    """The text was changed, belongs to another purpose, or its key is not here."""

    status = 503
    sentence = "这项加密内容现在打不开。"
    remedy = "内容没有丢失，请联系运维人员检查密钥。"


class KeyMissing(Refusal):
    """A key or the master key is not in the key store, or may be read by others."""

    status = 503
    sentence = "密钥库里缺少需要的密钥。"
    remedy = "请运维人员检查 YIWANG_MASTER_KEY 或 secrets 目录，并从备份恢复。"


class CannotRotate(Refusal):
    sentence = "这类密钥不能直接更换，否则已有内容无法再按号码查到。"
    remedy = "需要先重建索引。"
