"""The contract “front doors”: what one module may import from another.

A module is ``yiwang.<storey>.<module>``. From outside only ``actions queries events reactions
definitions`` are open, for mechanisms also ``rules`` and what ``docs/contracts.md`` names; a storey's
``journey`` is open to the storeys above. Tests, factories (``sample``) and the project's wiring have
doors of their own, listed here with the reason.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, output

OPEN = frozenset({"actions", "queries", "events", "reactions", "definitions", "refusals"})

#: Further doors, each with its reason.
NAMED = {
    "yiwang.mechanisms.*.rules": "mechanisms are used by every storey's own rules",
    "yiwang.mechanisms.*.registry": "tasks, listeners and providers are registered under a name",
    "yiwang.mechanisms.statements.prepared": "named statements of whoever owns the tables",
    "yiwang.mechanisms.crypto.fields": "an encrypted column is declared in the table that has it",
    "yiwang.mechanisms.crypto.renewing": "older columns are closed again; it knows every table",
    "yiwang.mechanisms.crypto.keystore": "the key store port",
    "yiwang.mechanisms.crypto.primitives": "bytes in, bytes out: the exchange process has no Django",
    "yiwang.mechanisms.crypto.drivers.encrypted_file": "the same process opens the key store itself",
    "yiwang.foundation.privacy.rules": "masks and grades: plain functions, for the same process too",
    "yiwang.network.nodes.rules": "what two nodes share, for the same process",
    "yiwang.network.nodes.serving": "what that process answers to nodes",
    "yiwang.mechanisms.files.checking": "the gate of uploads, for bytes that came another way",
    "yiwang.mechanisms.crypto.signed_lines": "signed files outside the database",
    "yiwang.mechanisms.crypto.streams": "files are encrypted while they are written",
    "yiwang.mechanisms.crypto.pieces": "processes without Django open what is closed",
    "yiwang.foundation.datasources.asking": "how the exchange's own process asks a published query",
    "yiwang.foundation.upper.gateway": "a process of its own: services above, as the exchange asks",
    "yiwang.foundation.exchange.sources": "the material and data source port",
    "yiwang.foundation.exchange.simulator": "a source misbehaves on purpose: sample and tests",
    "yiwang.foundation.exchange.routes": "which service answers a source; laid by operators and samples",
    "yiwang.foundation.exchange.calls": "how Django asks a service",
    "yiwang.foundation.exchange.parts": "the same for parts of a table, and their sheets",
    "yiwang.foundation.exchange.topics.actions": "what is told, not asked: publish, subscribe",
    "yiwang.foundation.exchange.topics.queries": "the same, read",
    "yiwang.foundation.exchange.topics.definitions": "the same, as it looks from outside",
    "yiwang.support.identity.middleware": "request.actor",
}

#: What the wiring may also reach: it starts processes and the command line.
FOR_PROJECT = frozenset(
    {"jobs", "sample", "worker", "registry", "providers", "commands", "apps", "processes"}
)


@dataclass(frozen=True)
class Breach:
    importer: str
    imported: str

    def __str__(self) -> str:
        return f"{self.importer} -> {self.imported}"


def module_of(name: str) -> str | None:
    """``yiwang.support.letters.actions.sending`` → ``yiwang.support.letters``; kernel has none."""
    parts = name.split(".")
    if len(parts) < 3 or parts[1] in ("kernel", "project") or parts[2] == "journey":
        return None
    return ".".join(parts[:3])


def is_open(importer: str, imported: str) -> bool:
    """True when ``importer`` may import ``imported``."""
    home = module_of(imported)
    if home is None or home == module_of(importer) or ".tests" in importer or imported == home:
        return True
    door = imported.removeprefix(f"{home}.")
    storey = imported.split(".")[1]
    if (
        door.split(".")[0] == "definitions"
        or door in OPEN
        or (storey == "entrance" and importer.split(".")[1] in ("entrance", "project"))
    ):
        return True
    if importer.startswith("yiwang.project.") and door.split(".")[0] in FOR_PROJECT:
        return True
    if door == "sample" and importer.rsplit(".", 1)[-1] == "sample":
        return True
    wildcard = f"yiwang.{storey}.*.{door}"
    return imported in NAMED or wildcard in NAMED


def find_breaches(graph: ImportGraph) -> Iterator[Breach]:
    """Every import through a wall."""
    for importer in sorted(graph.modules):
        if not importer.startswith("yiwang.") or ".tests" in importer:
            continue
        for imported in sorted(graph.find_modules_directly_imported_by(importer)):
            if imported.startswith("yiwang.") and not is_open(importer, imported):
                yield Breach(importer, imported)


class FrontDoors(Contract):
    """The same as an import-linter contract."""

    type_name = "front_doors"

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        del verbose
        breaches = [str(breach) for breach in find_breaches(graph)]
        return ContractCheck(kept=not breaches, metadata={"breaches": breaches})

    def render_broken_contract(self, check: ContractCheck) -> None:
        for breach in check.metadata["breaches"]:
            output.print_error(breach)
