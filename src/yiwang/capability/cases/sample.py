"""Cases made by real actions, for tests."""

from __future__ import annotations

from datetime import UTC, datetime

from yiwang.capability.cases import actions
from yiwang.capability.cases.definitions import AnswerRow, Application, CitationRow, Outcome
from yiwang.capability.cases.definitions.profiles import Profile
from yiwang.capability.cases.models import Case
from yiwang.kernel.actor import Actor, ActorKind, Grant, Role
from yiwang.kernel.references import new_key
from yiwang.mechanisms.rulings.definitions import APPROVE, Ruling

AT = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
PLACE = "620102000000"
BODY = "11620102000000019B"
BASIS = (CitationRow("老年人权益保障法", "第三十三条"),)


def citizen(name: str = "ma") -> Actor:
    """Somebody who applies."""
    return Actor(ActorKind.PERSON, f"person:{name}", display_name="马*", assurance_level=3)


def official(
    role: Role = Role.APPROVER, place: str = PLACE, body: str | None = BODY, name: str = "zhao"
) -> Actor:
    """Somebody who decides in one place and department."""
    return Actor(ActorKind.OFFICIAL, f"official:{name}", "赵*", grants=(Grant(role, place, body),))


def application(profile: Profile = Profile.BENEFIT, **changes: object) -> Application:
    """A complete application of a fresh draft."""
    given: dict[str, object] = {
        "draft_key": new_key(),
        "item_code": "sample-item",
        "item_version": 1,
        "item_name": "示例事项",
        "profile": profile,
        "instant": True,
        "division_code": PLACE,
        "department": BODY,
        "department_name": "城关区民政局",
        "applicant_name": "马晓燕",
        "applicant_masked": "马**",
        "answers": {"account": "6217000000000000000", "note": "无"},
        "answer_rows": (
            AnswerRow(
                "收款账户", "6217000000000000000", "本人填写", "account", "", True, "****0000"
            ),
            AnswerRow("备注", "无", "", "note"),
        ),
        "result_kind": "ENTITLEMENT",
        "result_label": "高龄津贴待遇资格",
        "review_body": "城关区人民政府",
    }
    return Application(**{**given, **changes})  # type: ignore[arg-type]


def opened(
    actor: Actor | None = None, *, at: datetime = AT, key: str = "", **changes: object
) -> Case:
    """A case just handed in; runs in the caller's transaction."""
    receipt = actions.open_case(
        key=key or new_key(),
        application=application(**changes),  # type: ignore[arg-type]
        idempotency_key=new_key(),
        body_digest="0" * 64,
        at=at,
        actor=actor or citizen(),
    )
    return Case.objects.get(key=receipt.case_key)


def ruling(outcome: str = APPROVE) -> Ruling:
    """What a table said."""
    return Ruling(new_key(), outcome, {"outcome": outcome, "monthly_fen": 5000}, ("符合。",), ())


def decided(case: Case, *, outcome: Outcome = Outcome.APPROVE, at: datetime = AT) -> Case:
    """The case decided by an official."""
    return actions.decide(
        case_key=case.key,
        version=case.version,
        outcome=outcome,
        reason="材料齐全",
        basis=BASIS,
        actor=official(),
        at=at,
    )
