"""The verbs of entitlements: granting, stopping, resuming, closing months, reading bank returns."""

from yiwang.capability.entitlements.actions.granting import change_account, change_sum, grant
from yiwang.capability.entitlements.actions.months import (
    CannotImportReturn,
    close_month,
    export_month,
    import_return,
)
from yiwang.capability.entitlements.actions.rows import (
    CannotChangeAccount,
    CannotGrant,
    CannotResume,
    CannotStop,
)
from yiwang.capability.entitlements.actions.stopping import announce_stop, keep, resume, stop

__all__ = [
    "CannotChangeAccount",
    "CannotGrant",
    "CannotImportReturn",
    "CannotResume",
    "CannotStop",
    "announce_stop",
    "change_account",
    "change_sum",
    "close_month",
    "export_month",
    "grant",
    "import_return",
    "keep",
    "resume",
    "stop",
]
