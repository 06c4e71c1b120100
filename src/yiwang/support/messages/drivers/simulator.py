"""The sample installation's gateway: nothing leaves, the message can be read on a page."""

from __future__ import annotations


class Simulator:
    """Keeps the promise of the port without a network."""

    def send(self, *, key: str, phone: str, text: str) -> str:
        """The row itself is what was sent; the receipt says so."""
        return f"simulated:{key}"
