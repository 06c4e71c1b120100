"""A passkey device in software: real keys and signatures, so that the house is told the truth."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from django.conf import settings
from fido2.cose import ES256
from fido2.utils import sha256, websafe_decode, websafe_encode
from fido2.webauthn import (
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

_FLAG = AuthenticatorData.FLAG


class Authenticator:
    """One device with one passkey. ``verified``: did it see finger, face or PIN?"""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.credential_id = os.urandom(16)
        self.handle = b""
        self.counter = 0
        self.verified = True
        self.counts = True
        self.origin = settings.PUBLIC_ADDRESS

    def _flags(self, more: int = 0) -> int:
        return _FLAG.UP | (_FLAG.UV if self.verified else 0) | more

    def _client(self, kind: str, challenge: str) -> CollectedClientData:
        return CollectedClientData.create(kind, websafe_decode(challenge), self.origin)

    def make(self, options: Mapping[str, Any]) -> str:
        """Answer a registration question."""
        asked = options["publicKey"]
        self.handle = websafe_decode(asked["user"]["id"])
        credential = AttestedCredentialData.create(
            b"\0" * 16, self.credential_id, ES256.from_cryptography_key(self.key.public_key())
        )
        data = AuthenticatorData.create(
            sha256(asked["rp"]["id"].encode()), self._flags(_FLAG.AT), self.counter, credential
        )
        client = self._client("webauthn.create", asked["challenge"])
        return self._answer(
            {
                "clientDataJSON": websafe_encode(client),
                "attestationObject": websafe_encode(AttestationObject.create("none", data, {})),
            }
        )

    def sign(self, options: Mapping[str, Any]) -> str:
        """Answer a sign-in question."""
        asked = options["publicKey"]
        self.counter += int(self.counts)
        data = AuthenticatorData.create(sha256(asked["rpId"].encode()), self._flags(), self.counter)
        client = self._client("webauthn.get", asked["challenge"])
        signature = self.key.sign(data + client.hash, ec.ECDSA(SHA256()))
        return self._answer(
            {
                "clientDataJSON": websafe_encode(client),
                "authenticatorData": websafe_encode(data),
                "signature": websafe_encode(signature),
                "userHandle": websafe_encode(self.handle),
            }
        )

    def _answer(self, response: dict[str, str]) -> str:
        name = websafe_encode(self.credential_id)
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": response})
