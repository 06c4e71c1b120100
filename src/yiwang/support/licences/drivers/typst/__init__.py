"""The licence's page for typst; the press itself belongs to the letters."""

from __future__ import annotations

from pathlib import Path
from typing import Final

LAYOUT: Final = (Path(__file__).parent / "licence.typ").read_bytes()
