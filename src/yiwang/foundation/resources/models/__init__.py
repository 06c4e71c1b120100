"""Tables of the catalogue of resources by subject."""

from yiwang.foundation.resources.models.catalogue import (
    Resource,
    ResourceImport,
    ResourceItem,
    ResourceSet,
    ResourceVersion,
    ResourceVersionSet,
)
from yiwang.foundation.resources.models.changes import CatalogueChange, CatalogueChangeSet
from yiwang.foundation.resources.models.corrections import (
    CorrectionCopy,
    CorrectionCopySet,
    DataCorrection,
    DataCorrectionSet,
)
from yiwang.foundation.resources.models.lists import DataNeed, ElementTally, ResourceTally
from yiwang.foundation.resources.models.standards import StandardVersion, StandardVersionSet

__all__ = [
    "CatalogueChange",
    "CatalogueChangeSet",
    "CorrectionCopy",
    "CorrectionCopySet",
    "DataCorrection",
    "DataCorrectionSet",
    "DataNeed",
    "ElementTally",
    "Resource",
    "ResourceImport",
    "ResourceItem",
    "ResourceSet",
    "ResourceTally",
    "ResourceVersion",
    "ResourceVersionSet",
    "StandardVersion",
    "StandardVersionSet",
]
