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
#: What somebody is in the middle of (Django's SECRET_KEY).
SESSION: Final = "session"
SIGN_PREFIX: Final = "sign-"


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


class CannotChangeMaster(Refusal):
    sentence = "主密钥由环境变量 YIWANG_MASTER_KEY 给出，这里换不了它。"
    remedy = "由保管它的系统更换；要由本机保管，请先去掉这个变量并把它写进 secrets/master-key。"


class CannotRotate(Refusal):
    status = 422
    sentence = "没有这一类密钥。"
    remedy = "先用 yiwang keys list 看有哪些。"
