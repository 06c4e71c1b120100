"""``yiwang sample load | nodes | accounts``: enter the sample province's cast, then play its scenes.

At one of the sample's further nodes ``load`` enters who works there; ``nodes`` lets them in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import yaml
from django.db import transaction

from yiwang.applications import actions as application_actions
from yiwang.capability.archives import sample as archives
from yiwang.capability.catalogue import actions as catalogue
from yiwang.capability.halls import sample as halls
from yiwang.foundation.laws import actions as laws
from yiwang.foundation.resources import sample as resources
from yiwang.kernel.actor import Role, machine
from yiwang.kernel.moments import now
from yiwang.network.directory import actions as directory
from yiwang.network.directory import sample as bodies
from yiwang.project import population, province_nodes, scenes, scenes_permits, settings
from yiwang.support.identity import queries as identity_queries
from yiwang.support.identity import sample as accounts
from yiwang.support.identity.definitions import AccountKind

CAST: Final = settings.ROOT / "samples" / "gansu.yaml"
CATALOGUE: Final = Path(catalogue.__file__).parents[1] / "data" / "guangan_district_items.csv"
PACKS: Final = (
    "elderly-allowance",
    "individual-business",
    "food-business",
    "fire-safety-check",
    "road-occupation",
)
LOADER: Final = machine("sample")
#: The scenes end yesterday and begin this many days before.
SCENE_DAYS: Final = 80


def main(arguments: list[str]) -> int:
    """``load`` is safe to run again; ``accounts`` prints who may sign in."""
    match arguments:
        case ["load"] if settings.REGISTRY:
            province_nodes.load(at=now())
        case ["load"]:
            load(at=now())
        case ["nodes"]:
            province_nodes.confirm_all(at=now())
        case ["accounts"]:
            _print_accounts()
        case _:
            print("用法：yiwang sample load | nodes | accounts")
            return 2
    return 0


def load(*, at: datetime) -> None:
    """Places, laws, items, cast and scenes, each step whole or not at all."""
    cast = _cast()
    began = at - timedelta(days=SCENE_DAYS)
    _places()
    _rules_and_items(at=began)
    with transaction.atomic():
        if not _has_cast(cast):
            _enter(cast, at=began)
    scenes.play(first_seed=int(cast["crowd"]["first_seed"]), began=began, until=at)
    scenes_permits.play(until=at)


def _cast() -> Mapping[str, Any]:
    loaded: Mapping[str, Any] = yaml.safe_load(CAST.read_text(encoding="utf-8"))
    return loaded


def _places() -> None:
    directory.load_shipped_divisions()
    with transaction.atomic():
        bodies.register_departments()


def _rules_and_items(*, at: datetime) -> None:
    laws.import_shipped(actor=LOADER, at=at)
    archives.publish_table(at=at)
    catalogue.import_items(file=CATALOGUE, actor=LOADER, at=at, apply=True)
    for name in PACKS:
        application_actions.publish(
            folder=Path(settings.PACKS) / "services" / name,
            approved_by=machine("sample-approver").reference,
            actor=LOADER,
            at=at,
        )
    resources.publish_all(at=at)


def _has_cast(cast: Mapping[str, Any]) -> bool:
    names = [row["user_name"] for row in cast["persons"]]
    return any(
        identity_queries.find_account_by_user_name(name, AccountKind.PERSON) for name in names
    )


def _enter(cast: Mapping[str, Any], *, at: datetime) -> None:
    known = population.enter(at=at)
    for row in cast["persons"]:
        person = known[row["seed"]].reference
        accounts.open_person_account(person, at=at, user_name=row["user_name"])
    for row in cast["officials"]:
        _enter_official(row, at=at)
    _enter_hall(cast["hall"], at=at)


def _enter_hall(row: Mapping[str, Any], *, at: datetime) -> None:
    hall = halls.hall(bodies.CHENGGUAN, at=at, name=row["name"])
    for one in row["counters"]:
        serial = one.get("department")
        body = bodies.department_uscc(bodies.CHENGGUAN, serial) if serial else ""
        halls.counter(hall, one["number"], at=at, line=one["line"], department=body)


def _enter_official(row: Mapping[str, Any], *, at: datetime) -> None:
    body = (
        bodies.department_uscc(bodies.CHENGGUAN, row["department"]) if "department" in row else ""
    )
    where = None if row.get("whole_place") else body or None
    account = accounts.open_official_account(
        row["user_name"],
        at=at,
        name=row["name"],
        department=body,
        grants=tuple((Role(role), bodies.CHENGGUAN, where) for role in row.get("roles", ())),
    )
    for post in row.get("posts", ()):
        roles = tuple(Role(role) for role in post["roles"])
        accounts.appoint(account.key, post["name"], roles, bodies.CHENGGUAN, body or None, at=at)


def _print_accounts() -> None:
    cast = _cast()
    print(f"示例账号，密码都是 {accounts.PASSWORD}（仅示例环境）")
    _print_rows(
        "个人和法人，在 /sign-in/ 登录",
        [(r["user_name"], r["name"], r["note"]) for r in cast["persons"]],
    )
    _print_rows(
        "工作人员，在 /staff/sign-in/ 登录",
        [(r["user_name"], r["name"], r["post"]) for r in cast["officials"]],
    )


def _print_rows(title: str, rows: Sequence[tuple[str, str, str]]) -> None:
    print(f"  {title}")
    for user_name, name, note in rows:
        print(f"    {user_name:<12} {name}　{note}")
