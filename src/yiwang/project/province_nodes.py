"""``yiwang sample load`` at a further node, ``yiwang sample nodes`` at the province: three that know each other.

The real actions, without the telephone: a node leaves its signed request in its home, the province
confirms it there and leaves its own key to trust.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from yiwang.kernel.actor import Role
from yiwang.network.directory import actions as directory
from yiwang.network.directory.definitions import DepartmentView
from yiwang.network.nodes import actions as node_actions
from yiwang.network.nodes import sample as nodes
from yiwang.project import population, settings, subnodes
from yiwang.support.identity import queries as identity_queries
from yiwang.support.identity import sample as accounts
from yiwang.support.identity.definitions import AccountKind


def load(*, at: datetime) -> None:
    """At a further node: its key, the register its departments answer from, those who work there, its
    request to join. Safe to run again."""
    row = next(one for one in subnodes.rows() if str(one["code"]) == settings.NODE)
    directory.load_shipped_divisions()
    with transaction.atomic():
        if not population.is_entered(1):
            population.enter(at=at)
        body = _body(row)
        for official in row["officials"]:
            _enter(official, str(row["division_code"]), body, at=at)
    nodes.ask_by_file(at=at)


def _body(row: Mapping[str, Any]) -> str:
    """The department that runs the node, when one does."""
    if settings.NODE_USCC:
        department = DepartmentView(
            uscc=settings.NODE_USCC,
            name=str(row["name"]),
            short_name=str(row["name"]),
            division_code=str(row["division_code"]),
            phone="",
            address="",
        )
        directory.register_department(department=department)
    return settings.NODE_USCC


def _enter(row: Mapping[str, Any], division: str, body: str, *, at: datetime) -> None:
    name = str(row["user_name"])
    if not identity_queries.find_account_by_user_name(name, AccountKind.OFFICIAL):
        grants = tuple((Role(role), division, body or None) for role in row["roles"])
        accounts.open_official_account(
            name, at=at, name=str(row["name"]), department=body, grants=grants
        )


def confirm_all(*, at: datetime) -> None:
    """At the province: every further node that asked is a member and trusts our key."""
    node_actions.begin(at=at)
    for row in subnodes.rows():
        nodes.confirm_by_file(home=Path(settings.YIWANG_HOME) / "nodes" / str(row["code"]), at=at)
