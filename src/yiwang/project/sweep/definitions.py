"""What the sweep walks over, and what it says."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from yiwang.entrance.shell.access import Policy
from yiwang.kernel.actor import ANONYMOUS, Actor, ActorKind, Power, PowerAct, Role
from yiwang.kernel.places import in_subtree


@dataclass(frozen=True, slots=True)
class Route:
    """One way in: an address with parameters, a method, and what it declared."""

    template: str  # "/desk/cases/{case_key}/"
    parameters: tuple[str, ...]
    method: str
    policy: Policy | None
    operation: Any = None  # of the API, to know what body it takes

    @property
    def name(self) -> str:
        return f"{self.method} {self.template}"


@dataclass(frozen=True, slots=True)
class Visitor:
    """One kind of visitor: who the house should take him for, and how his requests look."""

    name: str
    actor: Actor
    cookie: str = ""
    bearer: str = ""
    #: Public pages look the same to most; these few are enough to find a page that shows too much.
    also_on_public_pages: bool = False

    @property
    def is_nobody(self) -> bool:
        return self.actor.kind is ActorKind.ANONYMOUS


@dataclass(frozen=True, slots=True)
class Thing:
    """One object: what opens it, whose it is, where it lies, which officials may see it.

    Written by hand for each kind; it never asks ``visible_to``, so it can prove it wrong.
    """

    key: str
    owner: str = ""
    division_code: str = ""
    department: str = ""
    readers: frozenset[Role] = frozenset()
    public: bool = False
    of_person: bool = False  # belongs to the human being, whomever he acts for
    item: str = ""  # of which item it is; unknown: for nobody whose mandate names items
    needs: PowerAct = PowerAct.SEE  # what a mandate must allow
    own: bool = False  # nobody's business who acts for the owner

    def may_be_seen_by(self, actor: Actor) -> bool:
        """Ownership and grants, in the plainest words."""
        if self.public:
            return True
        if actor.mandate is not None and not self.of_person:
            return actor.on_behalf_of == self.owner and not self.own and self._given(actor.mandate)
        if actor.kind is ActorKind.PERSON:
            mine = actor.reference if self.of_person else actor.applicant
            return mine == self.owner
        if actor.kind is ActorKind.OFFICIAL:
            return actor.reference == self.owner or any(
                grant.role in self.readers
                and in_subtree(self.division_code, grant.division_code)
                and grant.department in (None, self.department)
                for grant in actor.grants
            )
        return False

    def _given(self, power: Power) -> bool:
        acts = set(power.acts)
        if PowerAct.APPLY in acts:
            acts.add(PowerAct.SEE)
        return self.needs in acts and (power.items is None or self.item in power.items)


@dataclass(frozen=True, slots=True, eq=False)
class Estate:
    """All the things of one owner, by kind: ``case``, ``draft``, ``message`` …"""

    owner: str
    things: Mapping[str, Thing]
    secrets: Collection[str] = ()  # words that may be shown to nobody else


@dataclass(frozen=True, slots=True)
class Scene:
    """Who comes, and what there is to see."""

    visitors: tuple[Visitor, ...]
    estates: tuple[Estate, ...]


#: Makes the things of one kind for one owner; the module's own actions do the work.
Maker = Callable[..., Mapping[str, Thing]]


@dataclass(frozen=True, slots=True)
class Finding:
    """One pair that did not go as declared."""

    route: str
    visitor: str
    owner: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.route}  {self.visitor}  {self.owner}：{self.sentence}"


@dataclass(slots=True)
class Report:
    """What was tried and what leaked."""

    passed: int = 0
    findings: list[Finding] = field(default_factory=list)

    @property
    def pairs(self) -> int:
        return self.passed + len(self.findings)


NOBODY = ANONYMOUS
