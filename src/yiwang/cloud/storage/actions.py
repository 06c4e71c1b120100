"""Make the database ready for an installation: embedded, or the real one behind DATABASE_URL."""

from __future__ import annotations

import subprocess  # nosec B404 types only
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import psycopg

from yiwang.cloud.storage import placement as places
from yiwang.cloud.storage import roles, server
from yiwang.cloud.storage.copies import (
    Mark,
    drop_slot,
    lay_down,
    load_dump,
    mark,
    recover,
    start_receiving,
    stream_base,
    stream_dump,
)
from yiwang.cloud.storage.definitions import DATABASE, Address, DatabaseRole, Placement
from yiwang.cloud.storage.refusals import CannotStartDatabase

__all__ = [
    "Mark",
    "Running",
    "drop_slot",
    "grant",
    "lay_down",
    "load_dump",
    "make_database",
    "mark",
    "recover",
    "start_embedded",
    "start_receiving",
    "stop",
    "stream_base",
    "stream_dump",
    "use_external",
]


@dataclass(frozen=True, slots=True)
class Running:
    """A database that answers: how the owner and the application reach it."""

    owner: Address
    app: Address
    version: int
    process: subprocess.Popen[bytes] | None = None  # None: a real server, not ours to stop
    placement: Placement | None = None


def start_embedded(home: Path, *, settings: Mapping[str, str] | None = None) -> Running:
    """Start the server under ``home``, check that it is durable, make roles and database.

    CannotStartDatabase says why not; ``settings`` are for tests.
    """
    placement = places.choose(home)
    process = server.start(placement, settings=settings)
    admin = server.address(placement, DatabaseRole.ADMIN, name="postgres")
    owner, app = (
        server.address(placement, role, name=DATABASE)
        for role in (DatabaseRole.OWNER, DatabaseRole.APP)
    )
    try:
        roles.prepare_embedded(admin, owner=owner.password, app=app.password)
        version = roles.version(owner) if settings else roles.check(owner)
    except psycopg.Error as error:  # it answers and cannot write: a full disk
        server.stop(process, placement)
        raise CannotStartDatabase(remedy=str(error).strip()) from error
    return Running(owner=owner, app=app, version=version, process=process, placement=placement)


def make_database(running: Running, *, name: str, template: str = "") -> None:
    """One more database on the embedded server, a copy of ``template`` when given; again changes
    nothing. Nobody may be connected to the template meanwhile."""
    if running.placement is None:
        raise CannotStartDatabase("只有内置的数据库能再建一个库。")
    admin = server.address(running.placement, DatabaseRole.ADMIN, name="postgres")
    roles.make_database(admin, name=name, template=template)


def use_external(home: Path, *, owner: Address, app: Address | None) -> Running:
    """Check the real server; take the given application role, or make one when we may."""
    version = roles.check(owner)
    if app is None:
        placement = places.choose(home)
        places.make_private(placement.secrets, None)
        password = places.secret(placement, DatabaseRole.APP)
        roles.make_application_role(owner, password=password)
        app = replace(owner, user=DatabaseRole.APP, password=password)
    return Running(owner=owner, app=app, version=version)


def grant(*, owner: Address, app_user: str, append_only: Sequence[str]) -> None:
    """After migrations: rows for the application, tables for the owner, history for nobody."""
    roles.grant(owner, app_user=app_user, append_only=append_only)


def stop(running: Running) -> None:
    """Fast shutdown of the embedded server; a real one is left alone."""
    if running.process is not None and running.placement is not None:
        server.stop(running.process, running.placement)
