"""The small shapes every part of ``item.yaml`` is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]
Words = Annotated[str, Field(min_length=1)]
When = Mapping[str, tuple[str, ...]]  # question key → the answers for which something holds


@dataclass(frozen=True, slots=True)
class Citation:
    """A pointer into the law library; ``quote_for`` says what the article is quoted for."""

    law: Words
    article: Annotated[
        str, Field(pattern=r"^第[一二三四五六七八九十百零]+条(之[一二三四五六七八九十])?$")
    ]
    quote_for: str = ""
