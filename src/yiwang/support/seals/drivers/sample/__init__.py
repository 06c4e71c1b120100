"""示例印章: puts no seal on anything and says so."""

from __future__ import annotations

from yiwang.support.seals.definitions import SAMPLE_MARK, SealedDocument


class SampleSeal:
    """The document stays as it is; its printed mark tells every reader that no seal is on it."""

    name = "sample"
    mark = SAMPLE_MARK

    def seal(self, document: bytes, *, body: str) -> SealedDocument:
        """Return the bytes untouched, ``sealed=False``."""
        return SealedDocument(content=document, driver=self.name, sealed=False, mark=self.mark)
