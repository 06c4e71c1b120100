"""Calls of a day and of an hour that is not as usual, one of them with receipts; who watches them."""

from __future__ import annotations

from datetime import datetime

WATCHING = "jiaohuan"


def addresses(at: datetime) -> tuple[str, ...]:
    """The console's pages of the exchange, for the operator named above."""
    from yiwang.foundation.exchange import sample

    sample.service(upstream="https://data.example.org/household", private_ok=False, at=at)
    sample.system(at=at)
    message = sample.traffic(at=at)
    here = "/console/exchange/"
    return (
        here,
        f"{here}receipts/",
        f"{here}receipt/?message={message}",
        f"{here}services/",
    )
