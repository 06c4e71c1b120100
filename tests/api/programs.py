"""The programs of data officers, operators and heads: each a token of one official."""

from __future__ import annotations

from datetime import timedelta

from django.test import Client

from yiwang.kernel import moments
from yiwang.kernel.actor import Role
from yiwang.network.directory import sample as places
from yiwang.support.identity import actions as identity
from yiwang.support.identity import queries
from yiwang.support.identity import sample as accounts

HERE = places.CHENGGUAN
API = "/api/v1/data"


class Program:
    """A token of one official."""

    def __init__(
        self,
        name: str,
        role: Role,
        department: str | None,
        scopes: tuple[str, ...] = ("data:read", "data:write"),
    ) -> None:
        at = moments.now()
        account = accounts.open_official_account(name, at=at, grants=((role, HERE, department),))
        self.actor = queries.get_actor(account.key, at=at)
        issued = identity.issue_token(
            name="data", scopes=list(scopes), actor=self.actor, at=at,
            expires_at=at + timedelta(days=1),
        )  # fmt: skip
        self.client = Client(headers={"Authorization": f"Bearer {issued.token}"})

    def get(self, path: str):
        return self.client.get(f"{API}{path}")

    def post(self, path: str, **body: object):
        return self.client.post(f"{API}{path}", body, content_type="application/json")
