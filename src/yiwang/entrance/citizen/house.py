"""The plan's house as a page: every room's state is found out, not typed."""

from __future__ import annotations

import pkgutil
from functools import lru_cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from yiwang.capability.catalogue import queries as catalogue
from yiwang.entrance.citizen import storeys
from yiwang.entrance.citizen.storeys import Application, Evidence
from yiwang.entrance.shell.access import ANYONE, access
from yiwang.kernel import moments

#: Files that hold behaviour; a folder with only tables or words does nothing yet.
_BEHAVIOUR: Final = ("actions", "queries", "sources", "jobs", "views", "urls")
#: What stands in for somebody else's machine is called one of these.
_IMITATIONS: Final = frozenset({"sample", "simulator"})
#: What is handed on to the host is no machine of this house.
_HANDED_ON: Final = frozenset({"host"})


@access(ANYONE)
@require_safe
def house(request: HttpRequest) -> HttpResponse:
    """1网·1云·1基座·1支撑·1中心·1平台·N应用·1入口, as this installation has it."""
    found = storeys.survey(evidence())
    return render(request, "citizen/house.html", {"house": found, "at": moments.now()})


def evidence() -> Evidence:
    """What is installed, imitated, published and reachable in this process."""
    working = frozenset(m for m in storeys.every_module() if _works(m))
    return Evidence(
        working=working,
        simulated=frozenset(m for m in working if _imitates(m)),
        applications=_published(),
        paths=frozenset(p for p in _planned_paths() if _leads_somewhere(p)),
    )


def _planned_paths() -> frozenset[str]:
    plans = (storeys.ENTRANCE, *storeys.BELOW)
    return frozenset(room.href for plan in plans for room in plan.rooms if room.href)


@lru_cache(maxsize=256)
def _works(module: str) -> bool:
    """The package is here, has behaviour, and (when it owns tables) is installed."""
    name = f"yiwang.{module}"
    parent, _dot, _last = name.rpartition(".")
    if find_spec(parent) is None or find_spec(name) is None:
        return False
    if find_spec(f"{name}.models") is not None and name not in settings.INSTALLED_APPS:
        return False
    return any(find_spec(f"{name}.{part}") is not None for part in _BEHAVIOUR)


@lru_cache(maxsize=256)
def _imitates(module: str) -> bool:
    """Its outside machine is a stand-in: every driver is one, or it has a simulator of its own."""
    package = import_module(f"yiwang.{module}")
    parts = {found.name for found in pkgutil.iter_modules(package.__path__)}
    if "drivers" in parts:
        drivers = import_module(f"yiwang.{module}.drivers")
        names = {found.name for found in pkgutil.iter_modules(drivers.__path__)}
        return bool(names) and names <= _IMITATIONS | _HANDED_ON
    return bool(parts & _IMITATIONS & {"simulator"})


def _published() -> tuple[Application, ...]:
    """The packs of this installation that are published and in force today."""
    language = get_language() or "zh-hans"
    found = []
    for chain in ("services", "governance"):
        folder = Path(settings.PACKS) / chain
        for path in sorted(folder.iterdir()) if folder.is_dir() else ():
            version = catalogue.find_item(path.name, language=language)
            if version is not None:
                found.append(Application(path.name, version.item.short_name, chain))
    return tuple(found)


@lru_cache(maxsize=256)
def _leads_somewhere(path: str) -> bool:
    try:
        resolve(path)
    except Resolver404:
        return False
    return True
