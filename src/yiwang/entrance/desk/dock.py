"""The dock under a case: the opinion, the acts an official takes with it, and the keys that press them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.http import HttpRequest

from yiwang.capability import journey
from yiwang.capability.cases.definitions import CaseView, Outcome
from yiwang.entrance.shell import typed
from yiwang.kernel.actor import Actor
from yiwang.kernel.refusals import FieldProblem, InvalidInput, NotFound

#: Phrases that save typing; the official may change every word.
PHRASES: Final = (
    "材料齐全，符合法定形式，同意。",
    "经核对登记信息，符合条件，同意。",
    "材料不齐全，请按一次性告知的内容补齐。",
)
_MAXIMUM_OPINION: Final = typed.LONGEST
#: How each act looks on the desk: its key and its weight. An act that is not here has no button.
_LOOKS: Final[Mapping[str, tuple[str, str]]] = {
    "ask_extension": ("e", ""),
    "decline_extension": ("d", ""),
    "send_back": ("b", ""),
    "forward_no": ("n", "danger"),
    "forward": ("y", "main"),
    "accept": ("a", ""),
    "return_for_correction": ("b", ""),
    "hand_back": ("b", ""),
    "refuse_acceptance": ("x", "danger"),
    "reject": ("n", "danger"),
    "confirm_by_person": ("y", "main"),
    "approve": ("y", "main"),
    "grant_extension": ("g", ""),
    "revoke_by_person": ("v", "danger"),
}


@dataclass(frozen=True, slots=True)
class Button:
    """One act as a button: the address part, the words, the key that presses it, its weight."""

    slug: str
    label: str
    key: str
    kind: str


#: Signed in the dock; the opinion stays inside the body.
SIGNED: Final = frozenset({"forward", "send_back"})


def stays_inside(case: CaseView) -> bool:
    """Is what is written here for the officials of the case only?"""
    return any(act.name in SIGNED for act in case.acts)


def buttons(case: CaseView) -> tuple[Button, ...]:
    """The acts this official may take, the weightiest last, where the eye and the thumb end."""
    names = {act.name: act.label for act in case.acts}
    if "forward" in names:
        names |= {"forward": "拟同意，送下一步", "forward_no": "拟不同意，送下一步"}
    return tuple(
        Button(name.replace("_", "-"), names[name], key, kind)
        for name, (key, kind) in _LOOKS.items()
        if name in names
    )


def _opinion(request: HttpRequest, *, needed: bool) -> str:
    text = request.POST.get("reason", "").strip()
    if needed and not text:
        raise InvalidInput(
            "请写明理由。",
            "申请人会看到这段话，请写清楚为什么、接下来怎么办。",
            fields=[FieldProblem("reason", "还没有写理由", "，请在意见栏写明")],
        )
    if len(text) > _MAXIMUM_OPINION:
        raise InvalidInput(
            "意见太长了。",
            f"请改到 {_MAXIMUM_OPINION} 字以内。",
            fields=[FieldProblem("reason", f"意见超过 {_MAXIMUM_OPINION} 字", "，请精简")],
        )
    return text


def _conditions(request: HttpRequest) -> str | None:
    """What the yes carries; None when the page did not ask."""
    given = request.POST.get("conditions")
    return None if given is None else given.strip()[:_MAXIMUM_OPINION]


def _lines(text: str) -> tuple[str, ...]:
    """One thing to mend per line: an applicant is told everything at once."""
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def _signing(
    request: HttpRequest, case_key: str, version: int, actor: Actor, at: datetime
) -> Mapping[str, Callable[[], CaseView]]:
    """Along the chain: with a proposal to the next place, or back to the one before."""

    def forward(proposal: Outcome) -> CaseView:
        return journey.forward(
            case_key=case_key,
            version=version,
            proposal=proposal,
            opinion=_opinion(request, needed=True),
            actor=actor,
            at=at,
        )

    return {
        "forward": lambda: forward(Outcome.APPROVE),
        "forward_no": lambda: forward(Outcome.REJECT),
        "send_back": lambda: journey.send_back(
            case_key=case_key,
            version=version,
            opinion=_opinion(request, needed=True),
            actor=actor,
            at=at,
        ),
    }


def _second_thoughts(
    request: HttpRequest, case_key: str, version: int, actor: Actor, at: datetime
) -> Mapping[str, Callable[[], CaseView]]:
    """More time, and taking back what a rule decided."""
    return {
        "ask_extension": lambda: journey.ask_extension(
            case_key=case_key,
            version=version,
            reason=_opinion(request, needed=True),
            actor=actor,
            at=at,
        ),
        "grant_extension": lambda: journey.grant_extension(
            case_key=case_key, version=version, actor=actor, at=at
        ),
        "decline_extension": lambda: journey.decline_extension(
            case_key=case_key, version=version, actor=actor, at=at
        ),
        "revoke_by_person": lambda: journey.revoke_by_person(
            case_key=case_key,
            version=version,
            reason=_opinion(request, needed=True),
            actor=actor,
            at=at,
        ),
    }


def take(name: str, request: HttpRequest, case_key: str, actor: Actor, at: datetime) -> CaseView:
    """One act by its name, with what was typed; ``NotFound`` for a name without a button."""
    version = typed.version_in(request)
    acts: Mapping[str, Callable[[], CaseView]] = {
        "accept": lambda: journey.accept(case_key=case_key, version=version, actor=actor, at=at),
        "return_for_correction": lambda: journey.return_for_correction(
            case_key=case_key,
            version=version,
            problems=_lines(_opinion(request, needed=True)),
            actor=actor,
            at=at,
        ),
        "hand_back": lambda: journey.hand_back(
            case_key=case_key,
            version=version,
            problems=_lines(_opinion(request, needed=True)),
            actor=actor,
            at=at,
        ),
        "refuse_acceptance": lambda: journey.refuse_acceptance(
            case_key=case_key,
            version=version,
            reason=_opinion(request, needed=True),
            actor=actor,
            at=at,
        ),
        "approve": lambda: journey.decide(
            case_key=case_key,
            version=version,
            outcome=Outcome.APPROVE,
            reason=_opinion(request, needed=True),
            conditions=_conditions(request),
            actor=actor,
            at=at,
        ),
        "reject": lambda: journey.decide(
            case_key=case_key,
            version=version,
            outcome=Outcome.REJECT,
            reason=_opinion(request, needed=True),
            actor=actor,
            at=at,
        ),
        "confirm_by_person": lambda: journey.confirm_by_person(
            case_key=case_key,
            version=version,
            reason=_opinion(request, needed=True),
            actor=actor,
            at=at,
        ),
        **_signing(request, case_key, version, actor, at),
        **_second_thoughts(request, case_key, version, actor, at),
    }
    if name not in acts:
        raise NotFound
    return acts[name]()
