"""What may be asked for: resources of the catalogue, as a request needs them."""

from __future__ import annotations

from yiwang.foundation.agreements.definitions import Offer
from yiwang.kernel.refusals import NotFound


def get_offer(resource: str) -> Offer:
    """One published resource; ``NotFound``."""
    raise NotFound(f"目录里没有资源 {resource}。", "请在资源目录里另选。")
