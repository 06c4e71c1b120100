"""示例印章: puts no seal on anything and says so."""

from __future__ import annotations

from datetime import datetime

from yiwang.support.seals.definitions import SAMPLE_MARK, SealField, SealValue
from yiwang.support.seals.refusals import MarkDiffers


class SampleSeal:
    """There is no value; the printed mark tells every reader that no seal is on the document."""

    name = "sample"

    def mark_before(self, body: str) -> str:
        return SAMPLE_MARK

    def mark_on(self, body: str) -> str:
        return SAMPLE_MARK

    def seal(self, digest: str, *, mark: str, field: SealField, at: datetime) -> SealValue:
        """``sealed=False``. MarkDiffers for a document that does not say so."""
        if mark != SAMPLE_MARK:
            raise MarkDiffers(SAMPLE_MARK)
        return SealValue(driver=self.name, sealed=False, mark=SAMPLE_MARK)
