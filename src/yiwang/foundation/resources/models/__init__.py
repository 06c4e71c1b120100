"""Tables of the catalogue of resources by subject."""

from yiwang.foundation.resources.models.catalogue import (
    CatalogueChange,
    CatalogueChangeSet,
    CorrectionCopy,
    CorrectionCopySet,
    DataCorrection,
    DataCorrectionSet,
    DataNeed,
    ElementTally,
    Resource,
    ResourceImport,
    ResourceItem,
    ResourceSet,
    ResourceTally,
    ResourceVersion,
    ResourceVersionSet,
)
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
