"""What is done with materials: fetch, upload, reuse, promise, gather when handed in, verify, forget."""

from yiwang.capability.materials.actions.erasing import erase
from yiwang.capability.materials.actions.fetching import (
    keep_fetched,
    keep_owed,
    stop_owing,
    store_fetched,
)
from yiwang.capability.materials.actions.gathering import MissingMaterials, gather, move_to_case
from yiwang.capability.materials.actions.keeping import forget, verify
from yiwang.capability.materials.actions.supplying import (
    MOST_FILES,
    CannotSupply,
    TooManyFiles,
    add_to_case,
    promise,
    remove_upload,
    reuse,
    upload,
)

__all__ = [
    "MOST_FILES",
    "CannotSupply",
    "MissingMaterials",
    "TooManyFiles",
    "add_to_case",
    "erase",
    "forget",
    "gather",
    "keep_fetched",
    "keep_owed",
    "move_to_case",
    "promise",
    "remove_upload",
    "reuse",
    "stop_owing",
    "store_fetched",
    "upload",
    "verify",
]
