"""Check digits of national identifiers.

Facts: GB 32100-2015, GB 11714, GB 11643-1999, GB/T 36904-2018.
"""

from __future__ import annotations

import re
from datetime import date

_USCC = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10X98765432"
_MOD36 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_EMAIL_WORD = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]"
_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
LICENCE_ROOT = "1.2.156.3005.2"


def uscc_check_character(first17: str) -> str:
    """The 18th character of a unified social credit code (GB 32100-2015)."""
    total = sum(_USCC.index(c) * w for c, w in zip(first17, _USCC_WEIGHTS, strict=True))
    return _USCC[(31 - total % 31) % 31]


def organisation_check_character(first8: str) -> str:
    """The 9th character of an organisation code (GB 11714), letters A=10 … Z=35."""
    total = sum(_MOD36.index(c) * w for c, w in zip(first8, _ORGANISATION_WEIGHTS, strict=True))
    check = 11 - total % 11
    return {10: "X", 11: "0"}.get(check, str(check))


def is_uscc(value: str) -> bool:
    """True for a well-formed code (the division in digits) whose two check characters agree."""
    return (
        re.fullmatch(rf"[{_USCC}]{{2}}[0-9]{{6}}[{_USCC}]{{10}}", value) is not None
        and value[17] == uscc_check_character(value[:17])
        and value[16] == organisation_check_character(value[8:16])
    )


def make_uscc(registrar: str, kind: str, division6: str, serial: int) -> str:
    """A valid synthetic code: registrar and kind one character each, serial 0..99,999,999."""
    organisation = f"{serial:08d}"
    first17 = (
        registrar + kind + division6 + organisation + organisation_check_character(organisation)
    )
    return first17 + uscc_check_character(first17)


def citizen_id_check_character(first17: str) -> str:
    """The 18th character of a citizen ID number (GB 11643-1999, ISO 7064 MOD 11-2)."""
    return _ID_CHECKS[sum(int(c) * w for c, w in zip(first17, _ID_WEIGHTS, strict=True)) % 11]


def citizen_id_birth(value: str) -> date | None:
    """The birth date inside a number of 18 characters, None when it is no real date."""
    try:
        return date(int(value[6:10]), int(value[10:12]), int(value[12:14]))
    except ValueError:
        return None


def is_citizen_id(value: str, *, today: date) -> bool:
    """True when form, birth date (real, not in the future) and check character agree."""
    if re.fullmatch(r"[1-9][0-9]{16}[0-9X]", value) is None:
        return False
    born = citizen_id_birth(value)
    return (
        born is not None and born <= today and value[17] == citizen_id_check_character(value[:17])
    )


def make_citizen_id(division6: str, born: date, sequence: int) -> str:
    """A valid synthetic number; sequence 0..999, odd for men."""
    first17 = f"{division6}{born:%Y%m%d}{sequence:03d}"
    return first17 + citizen_id_check_character(first17)


def upgrade_citizen_id(old: str) -> str:
    """The 18-character form of a historic 15-digit number; ValueError when it has not that form."""
    if re.fullmatch(r"[1-9][0-9]{14}", old) is None:
        raise ValueError("not a 15-digit citizen ID")
    first17 = old[:6] + "19" + old[6:]
    return first17 + citizen_id_check_character(first17)


def tidy_citizen_id(text: str) -> str:
    """Without blanks, with a capital X; a historic 15-digit number in its 18-character form."""
    tidy = re.sub(r"\s", "", text).upper()
    return upgrade_citizen_id(tidy) if re.fullmatch(r"[1-9][0-9]{14}", tidy) else tidy


def tidy_phone(text: str) -> str:
    """A mobile number without blanks, hyphens and the country code."""
    tidy = re.sub(r"[\s-]", "", text)
    return re.sub(r"^(\+86|0086|86(?=1[0-9]{10}$))", "", tidy)


def is_mobile(text: str) -> bool:
    """A mainland mobile number of eleven digits."""
    return re.fullmatch(r"1[3-9][0-9]{9}", text) is not None


def tidy_email(text: str) -> str:
    """An e-mail address as typed, without blanks around it, the full-width @ made plain, the domain in
    small letters."""
    local, at, domain = text.strip().replace("＠", "@").rpartition("@")
    return f"{local}{at}{domain.lower()}"


def is_email(text: str) -> bool:
    """An address mail can be sent to: letters, digits and the signs RFC 5321 lets stand without quotes,
    at a domain name of at least two parts. Nothing in it can end a line or a header."""
    local, _, domain = text.rpartition("@")
    return (
        len(text) <= 254
        and len(local) <= 64
        and re.fullmatch(rf"{_EMAIL_WORD}+(\.{_EMAIL_WORD}+)*", local) is not None
        and re.fullmatch(rf"({_LABEL}\.)+(?![0-9]+$){_LABEL}", domain) is not None
    )


def mod37_36_check_character(value: str) -> str:
    """ISO 7064 MOD 37,36 over digits and capitals: the check character of GB/T 36904."""
    p = 36
    for c in value:
        p = (p + _MOD36.index(c)) % 36 or 36
        p = p * 2 % 37
    return _MOD36[(37 - p) % 36]


def make_licence_identifier(licence_type: str, issuer: str, serial: str, version: int) -> str:
    """GB/T 36904: type (21), issuer USCC (18), serial (digits, capitals), version from 1."""
    version3 = f"{version:03d}"
    check = mod37_36_check_character(licence_type + issuer + serial + version3)
    return ".".join((LICENCE_ROOT, licence_type, issuer, serial, version3, check))


def is_licence_identifier(value: str) -> bool:
    """True for a well-formed identifier with a right check character (six-digit issuers too)."""
    parts = value.removeprefix(LICENCE_ROOT + ".").split(".")
    if not value.startswith(LICENCE_ROOT + ".") or len(parts) != 5:
        return False
    licence_type, issuer, serial, version, check = parts
    body = licence_type + issuer + serial + version
    return (
        len(licence_type) == 21
        and len(issuer) in (6, 18)
        and re.fullmatch(r"[0-9]{3}", version) is not None
        and re.fullmatch(r"[0-9A-Z]+", body) is not None
        and check == mod37_36_check_character(body)
    )
