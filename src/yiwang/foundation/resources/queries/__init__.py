"""Questions others may ask about resources, their sources and the lists made from them."""

from yiwang.foundation.resources.queries.catalogue import (
    find_open_version,
    find_source_of,
    find_sources,
    get_resource,
    get_version,
    list_grades,
    list_holders,
    list_resources,
    list_versions,
    list_waiting,
    read_resource,
)
from yiwang.foundation.resources.queries.changes import get_change, list_changes
from yiwang.foundation.resources.queries.corrections import (
    get_correction,
    list_copies_waiting,
    list_correctable,
    list_corrections,
    words_for,
)
from yiwang.foundation.resources.queries.lists import (
    census,
    demand_list,
    duty_list,
    list_needs_of,
    negative_list,
)
from yiwang.foundation.resources.queries.standards import (
    departments_using,
    find_open_standard,
    find_standard,
    get_standard_version,
    list_standard_versions,
    list_versions_of_standard,
    uses_of,
)
from yiwang.foundation.resources.rules import read_content
from yiwang.foundation.resources.rules.standards import read_element, read_table

__all__ = [
    "census",
    "demand_list",
    "departments_using",
    "duty_list",
    "find_open_standard",
    "find_open_version",
    "find_source_of",
    "find_sources",
    "find_standard",
    "get_change",
    "get_correction",
    "get_resource",
    "get_standard_version",
    "get_version",
    "list_changes",
    "list_copies_waiting",
    "list_correctable",
    "list_corrections",
    "list_grades",
    "list_holders",
    "list_needs_of",
    "list_resources",
    "list_standard_versions",
    "list_versions",
    "list_versions_of_standard",
    "list_waiting",
    "negative_list",
    "read_content",
    "read_element",
    "read_resource",
    "read_table",
    "uses_of",
    "words_for",
]
