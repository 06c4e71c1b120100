"""From a backup to an installation that was not there before."""

from __future__ import annotations

import json
import os
import shutil
from datetime import datetime
from pathlib import Path

from yiwang.cloud.backup import definitions as names
from yiwang.cloud.backup import rules, vault
from yiwang.cloud.backup.definitions import Base, Kind, Plan
from yiwang.cloud.backup.refusals import LivingInstallation, NothingToRestore, WrongKey
from yiwang.cloud.storage import actions as storage
from yiwang.cloud.storage import queries as storage_queries
from yiwang.cloud.storage.definitions import Address
from yiwang.mechanisms.crypto import actions as crypto
from yiwang.mechanisms.crypto.definitions import KeyMissing
from yiwang.mechanisms.crypto.keystore import get_store


def refuse_living(home: Path) -> None:
    """LivingInstallation unless nothing lives in this home yet: no database, no key, no file."""
    traces = (
        storage_queries.embedded_data(home),
        home / "secrets" / names.KEYS,
        home / "secrets" / "master-key",
        home / names.FILES,
        *(home / name for name in names.OUTSIDE),
    )
    for path in traces:
        if path.exists():
            raise LivingInstallation(f"{home} 里已经有一个安装（{path.name}），不能恢复在它上面。")


def bring_back_keys(*, home: Path, folder: Path, master: Path | None) -> None:
    """The sealed keys, and the master key that must open every one of them. WrongKey takes all back."""
    if not any((folder / names.KEYS).glob("*.key")):
        raise NothingToRestore(f"{folder} 里没有备份。")
    secrets = home / "secrets"
    for path in (folder / names.KEYS).glob("*.key"):
        vault.copy(path, secrets / names.KEYS / path.name)
    if master is not None:
        vault.copy(master, secrets / "master-key")
        (secrets / "master-key").chmod(0o600)
    try:
        for key_id in get_store().list_keys():
            get_store().get(key_id)
    except KeyMissing as error:
        shutil.rmtree(secrets / names.KEYS)
        (secrets / "master-key").unlink(missing_ok=True)
        raise WrongKey from error


def bring_back_secrets(*, home: Path, folder: Path) -> None:
    """The database's passwords, as they were."""
    found: dict[str, str] = json.loads(b"".join(vault.read(folder, names.SECRETS)))
    for name, value in found.items():
        path = home / "secrets" / name
        path.unlink(missing_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(value)


def bring_back_database(
    *, home: Path, folder: Path, to: datetime | None, address: Address | None
) -> Plan:
    """The database as it was at a moment (None: as late as possible); ``address``: a real server's.

    NothingToRestore, DamagedBackup (the file is named), CannotStartDatabase.
    """
    plan = rules.choose(vault.list_bases(folder), vault.read_reach(folder), to)
    if plan is None or (plan.base.kind is Kind.DUMP) is not (address is not None):
        raise NothingToRestore
    _insist_on_whole(folder, plan.base)
    with vault.opening(folder, vault.database_of(plan.base.key)) as chunks:
        if address is not None:
            storage.load_dump(address, chunks)
            return plan
        first = storage.lay_down(home, chunks)
    segments = home / "restore-wal"
    segments.mkdir(mode=0o700)
    try:
        _open_segments(folder, first, segments)
        storage.recover(home, segments, until=plan.until)
    finally:
        shutil.rmtree(segments)
    return plan


def clear(home: Path) -> None:
    """A restore that was refused half-way leaves nothing: only for a home that was empty before."""
    for path in (
        home / "secrets",
        home / names.FILES,
        *(home / name for name in names.OUTSIDE),
        storage_queries.embedded_data(home),
    ):
        shutil.rmtree(path, ignore_errors=True)


def _insist_on_whole(folder: Path, base: Base) -> None:
    path = folder / vault.database_of(base.key)
    if not path.exists() or crypto.digest_stream(vault.digest_of(path)) != base.digest:
        raise vault.damaged(path)


def _open_segments(folder: Path, first: str, target: Path) -> None:
    """Every segment since the base began; one that is missing in between is damage."""
    reach = vault.read_reach(folder)
    for name in rules.needed(first, reach.segment) if reach else ():
        with (target / name).open("wb") as file:
            for chunk in vault.read(folder, vault.segment_of(name)):
                file.write(chunk)


def bring_back_files(*, home: Path, folder: Path) -> int:
    """Files and signed heads as they lie in the backup; how many files."""
    count = 0
    for path in (folder / names.FILES).glob("??/*"):
        vault.copy(path, home / names.FILES / path.parent.name / path.name)
        count += 1
    for name in names.OUTSIDE:
        for path in (folder / name).rglob("*"):
            if path.is_file():
                vault.copy(path, home / path.relative_to(folder))
    return count
