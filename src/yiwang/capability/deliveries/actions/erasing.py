"""销毁以后: where a result or an original went stays; to whom does not."""

from __future__ import annotations

from yiwang.capability.deliveries.models import PaperOriginal, Parcel, ShelfItem
from yiwang.kernel.references import ERASED


def erase(*, case: str) -> None:
    """Names, addresses and what a courier told go."""
    gone = {"applicant": ERASED, "applicant_masked": "（已销毁）"}
    ShelfItem.objects.filter(case=case).update(**gone, proof=None)
    PaperOriginal.objects.filter(case=case).update(**gone, receiver="")
    Parcel.objects.filter(case=case).update(**gone, address={}, events=[])
