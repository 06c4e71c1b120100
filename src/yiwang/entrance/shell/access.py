"""Who may come in through which door: declared on every view, enforced before it runs.

``@access(ANYONE | CITIZEN | SIGNED_IN | OFFICIAL, roles=…, scope=…)``. A view without a
declaration is refused. The declaration (``view.policy``) is what ``yiwang rights sweep`` reads.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, TypeVar

from yiwang.kernel.actor import Actor, ActorKind, Role
from yiwang.kernel.refusals import NotAllowed, NotSignedIn, Refusal
from yiwang.support.mandates.definitions import BeyondMandate, MandateOver


class Door(StrEnum):
    """How far somebody must have come in."""

    ANYONE = "ANYONE"
    CITIZEN = "CITIZEN"
    SIGNED_IN = "SIGNED_IN"
    OFFICIAL = "OFFICIAL"


ANYONE: Final = Door.ANYONE
CITIZEN: Final = Door.CITIZEN
SIGNED_IN: Final = Door.SIGNED_IN
OFFICIAL: Final = Door.OFFICIAL

_CITIZENS = (ActorKind.PERSON, ActorKind.ORGANIZATION)


@dataclass(frozen=True, slots=True)
class Policy:
    """What one view declared."""

    door: Door
    roles: frozenset[Role]
    scope: str
    own: bool = False

    def refusal(self, actor: Actor) -> Refusal | None:
        """Why this actor may not come in; None when he may.

        A token comes in only where its scope is named: a view without a scope is for sessions.
        """
        if self.door is ANYONE:
            return self._scope_refusal(actor) if actor.scopes is not None and self.scope else None
        if actor.kind is ActorKind.ANONYMOUS:
            return NotSignedIn()
        if self.door is CITIZEN and actor.kind not in _CITIZENS:
            return NotAllowed(
                "这里是个人和法人办事的页面，工作账号不能使用。", "请换用个人账号登录。"
            )
        if self.door is CITIZEN and actor.mandate is not None:
            if actor.mandate.over:
                return MandateOver()
            if self.own:
                return BeyondMandate("这是本人的页面，代办时不能查看。", "请回到自己的空间。")
        if self.door is OFFICIAL and actor.kind is not ActorKind.OFFICIAL:
            return NotAllowed()
        if self.roles and not any(actor.has_role(role) for role in self.roles):
            return NotAllowed()
        return self._scope_refusal(actor)

    def _scope_refusal(self, actor: Actor) -> Refusal | None:
        if actor.scopes is None or (self.scope and self.scope in actor.scopes):
            return None
        return NotAllowed("这个令牌没有做这件事的权限。", "请用带有相应权限范围的令牌。")


View = TypeVar("View", bound=Callable[..., Any])


def access(
    door: Door, *, roles: Collection[Role] = (), scope: str = "", own: bool = False
) -> Callable[[View], View]:
    """Declare who may use a view: page function, class view, or API operation (put it right above ``def``).

    ``own``: nobody comes in for another, whatever his mandate says.
    """
    policy = Policy(door=door, roles=frozenset(roles), scope=scope, own=own)

    def declare(view: View) -> View:
        view.policy = policy  # type: ignore[attr-defined]
        return view

    return declare


def operations_of(view: Callable[..., Any]) -> tuple[Any, ...]:
    """The API operations behind a route (one per method), empty for an ordinary page."""
    if inspect.isfunction(view) and "self" in view.__code__.co_freevars:
        holder = inspect.getclosurevars(view).nonlocals.get("self")
        return tuple(getattr(holder, "operations", ()))
    return ()


def policy_of(view: Callable[..., Any], method: str) -> Policy | None:
    """The declared policy of a view for an HTTP method; None when nothing was declared."""
    wanted = "GET" if method == "HEAD" else method
    for operation in operations_of(view):
        if wanted in operation.methods:
            return getattr(operation.view_func, "policy", None)
    declared = getattr(view, "policy", None) or getattr(
        getattr(view, "view_class", None), "policy", None
    )
    return declared if isinstance(declared, Policy) else None
