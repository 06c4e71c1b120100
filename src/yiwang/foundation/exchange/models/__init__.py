"""Tables of the exchange by subject."""

from yiwang.foundation.exchange.models.calling import (
    ConformanceReport,
    Route,
    Service,
    System,
    SystemKey,
    SystemSet,
)
from yiwang.foundation.exchange.models.figures import (
    Alert,
    AlertSet,
    Figure,
    FigureHour,
    ServiceDay,
    Use,
)
from yiwang.foundation.exchange.models.receipts import (
    Block,
    Countersignature,
    Receipt,
    ReceiptArchive,
    ReceiptSet,
    Sheet,
)
from yiwang.foundation.exchange.topics import models as topics

__all__ = [
    "Alert",
    "AlertSet",
    "Block",
    "ConformanceReport",
    "Countersignature",
    "Figure",
    "FigureHour",
    "Receipt",
    "ReceiptArchive",
    "ReceiptSet",
    "Route",
    "Service",
    "ServiceDay",
    "Sheet",
    "System",
    "SystemKey",
    "SystemSet",
    "Use",
    "topics",
]
