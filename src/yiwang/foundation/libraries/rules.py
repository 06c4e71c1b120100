"""Forms of numbers as people type them; no database."""

from __future__ import annotations

import re

from yiwang.kernel.identifiers import upgrade_citizen_id


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
