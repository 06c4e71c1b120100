"""Pure rules of licences: which state may follow which, what strangers see."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Final

from yiwang.kernel.masks import mask_account, mask_citizen_id, mask_name, mask_phone
from yiwang.support.licences.definitions import LicenceState, LicenceTemplate, Mask

_MASKS: Final = {
    Mask.NONE: lambda value: value,
    Mask.NAME: mask_name,
    Mask.CITIZEN_ID: mask_citizen_id,
    Mask.PHONE: mask_phone,
    Mask.ACCOUNT: mask_account,
}
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
#: act → (states it may start from, state it leads to). REVOKED and CANCELLED are ends.
CHANGES: Final[Mapping[str, tuple[frozenset[str], str]]] = {
    "suspend": (frozenset({LicenceState.VALID}), LicenceState.SUSPENDED),
    "resume": (frozenset({LicenceState.SUSPENDED}), LicenceState.VALID),
    "revoke": (frozenset({LicenceState.VALID, LicenceState.SUSPENDED}), LicenceState.REVOKED),
    "cancel": (frozenset({LicenceState.VALID, LicenceState.SUSPENDED}), LicenceState.CANCELLED),
    "supersede": (frozenset({LicenceState.VALID}), LicenceState.SUPERSEDED),
    # what had replaced or cancelled it was itself taken back
    "restore": (
        frozenset({LicenceState.SUPERSEDED, LicenceState.CANCELLED}),
        LicenceState.VALID,
    ),
}
_SENTENCES: Final = {
    LicenceState.VALID: "是真的，现在有效。",
    LicenceState.NOT_YET: "是真的，但还没有到生效的日子，现在还不能使用。",
    LicenceState.SUSPENDED: "是真的，但目前被暂扣，暂时不能使用。",
    LicenceState.REVOKED: "曾经颁发过，现已撤销，不能再使用。",
    LicenceState.CANCELLED: "曾经颁发过，现已注销，不能再使用。",
    LicenceState.SUPERSEDED: "这是旧版本，已有新版本取代它。",
    LicenceState.EXPIRED: "是真的，但已经过了有效期。",
    LicenceState.UNKNOWN: "没有查到这张证照，请核对验证码；如果有人向您出示它，请不要采信。",
}


def value_problems(template: LicenceTemplate, values: Mapping[str, str]) -> tuple[str, ...]:
    """Keys that are not the template's, then required ones without a value."""
    known = {f.key for f in template.fields}
    strange = [f"+{key}" for key in sorted(set(values) - known)]
    blank = [
        f"-{f.key}" for f in template.fields if f.required and not values.get(f.key, "").strip()
    ]
    return tuple(strange + blank)


def state_on(
    stored: str,
    on: date,
    *,
    valid_from: date,
    valid_until: date | None,
    succeeded_on: date | None = None,
) -> str:
    """The state a reader sees on a day: a valid licence is NOT_YET before its first day, EXPIRED past
    its last, and SUPERSEDED from the first day of a version that waited for its own.

    ``valid_until`` is exclusive.
    """
    if stored != LicenceState.VALID:
        return stored
    if succeeded_on is not None and on >= succeeded_on:
        return LicenceState.SUPERSEDED
    if valid_until is not None and on >= valid_until:
        return LicenceState.EXPIRED
    return LicenceState.NOT_YET if on < valid_from else stored


def sentence(state: str) -> str:
    """One plain sentence for whoever asked."""
    return _SENTENCES[LicenceState(state)]


def may_change(act: str, stored: str) -> bool:
    """True when the act may start from this stored state."""
    return stored in CHANGES[act][0]


def public_rows(
    template: LicenceTemplate, values: Mapping[str, str]
) -> tuple[tuple[str, str], ...]:
    """Label and masked value of what a stranger may see: public fields below grade 3 only."""
    return tuple(
        (field.label, _MASKS[field.mask](_say(values[field.key])))
        for field in template.fields
        if field.public
        and field.grade < 3
        and field.mask is not Mask.HIDDEN
        and values.get(field.key)
    )


def face_rows(template: LicenceTemplate, values: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Label and value in the order of the face, empty ones left out."""
    rows = template.face.rows
    return tuple((template.field(k).label, _say(values[k])) for k in rows if values.get(k))


def _say(value: str) -> str:
    """A day as people write it, ``2026年11月23日``; anything else as it is."""
    if _DAY.fullmatch(value) is None:
        return value
    year, month, day = map(int, value.split("-"))
    return f"{year}年{month}月{day}日"
