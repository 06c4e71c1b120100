"""Django's SECRET_KEY out of the key store, while the house runs: the present key and the earlier ones.

Who signed in is a row (docs/decisions/0030); signed by this key is only what somebody is in the middle
of: the second step of a sign-in, a passkey's challenge, an authenticator being set up.
"""

from __future__ import annotations

import os
from typing import Any

from django.conf import settings
from django.core.signals import request_started

from yiwang.mechanisms.crypto.definitions import SESSION
from yiwang.mechanisms.crypto.keystore import get_store


def are_ours() -> bool:
    """No: the environment gives the secret, and whoever keeps it changes it."""
    return not os.environ.get("YIWANG_SECRET_KEY")


def start() -> None:
    """From now on every request begins with the keys as they are; the store looks once a minute."""
    if are_ours():
        request_started.connect(follow, dispatch_uid="session-keys")


def follow(**_told: Any) -> None:
    """Sign with the present key; take what earlier ones signed until they are retired."""
    store = get_store()
    usable = [store.get(key_id).hex() for key_id in store.usable(SESSION)]
    if usable != settings.SECRET_KEY_FALLBACKS:
        settings.SECRET_KEY_FALLBACKS = usable  # first: no moment knows one of them less
        settings.SECRET_KEY = usable[0]
