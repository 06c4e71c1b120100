"""承办 → 审核 → 批准: opinions kept, back one step, nobody signs twice; phrases."""

from __future__ import annotations

import pytest

from yiwang.capability.cases import actions, queries, sample
from yiwang.capability.cases.definitions import Outcome
from yiwang.capability.cases.definitions.profiles import Profile
from yiwang.capability.cases.models import Case
from yiwang.kernel.actor import Actor, Grant, Role, machine
from yiwang.kernel.refusals import InvalidInput, NotAllowed, NotFound
from yiwang.mechanisms.states.rules import CannotDo

pytestmark = pytest.mark.django_db
AT = sample.AT
HANDLER = sample.official(Role.HANDLER, name="handler")
REVIEWER = sample.official(Role.REVIEWER, name="reviewer")
APPROVER = sample.official(name="approver")
EVERYTHING = Actor(
    HANDLER.kind, "official:all", "全*",
    grants=tuple(
        Grant(role, sample.PLACE, sample.BODY)
        for role in (Role.HANDLER, Role.REVIEWER, Role.APPROVER, Role.HEAD)
    ),
)  # fmt: skip


def accepted(*chain: str) -> Case:
    actions.publish_flow(
        item_code="chained", item_version=1, at=AT, actor=machine("publisher"),
        flow={"profile": "LICENCE", "decide": {"within": {"amount": 20}, "local": True},
              "chain": list(chain)},
    )  # fmt: skip
    case = sample.opened(profile=Profile.LICENCE, item_code="chained")
    case = actions.to_official(case_key=case.key, actor=machine("worker"), at=AT)
    return actions.accept(case_key=case.key, version=case.version, actor=HANDLER, at=AT)


def forward(case: Case, actor: Actor, proposal: Outcome = Outcome.APPROVE) -> Case:
    return actions.forward(
        case_key=case.key, version=case.version, proposal=proposal, opinion="拟同意", actor=actor,
        at=AT,
    )  # fmt: skip


def send_back(case: Case, actor: Actor) -> Case:
    return actions.send_back(
        case_key=case.key, version=case.version, opinion="图纸再核一遍", actor=actor, at=AT
    )


def decide(case: Case, actor: Actor) -> Case:
    return actions.decide(
        case_key=case.key, version=case.version, outcome=Outcome.APPROVE, reason="同意", basis=(),
        actor=actor, at=AT,
    )  # fmt: skip


def test_three_sign_in_order_and_their_opinions_stay_with_the_officials() -> None:
    case = accepted("HANDLE", "REVIEW", "APPROVE")
    case = forward(case, HANDLER)
    assert case.state == "IN_REVIEW"
    case = forward(case, REVIEWER)
    assert case.state == "FOR_APPROVAL"
    case = decide(case, APPROVER)
    assert case.state == "APPROVED"
    seen = queries.get_case(case.key, APPROVER, at=AT)
    assert [(one.place_label, one.proposal, one.who) for one in seen.opinions] == [
        ("承办", "APPROVE", "赵*"), ("审核", "APPROVE", "赵*"), ("批准", "APPROVE", "赵*"),
    ]  # fmt: skip
    assert queries.get_case(case.key, sample.citizen(), at=AT).opinions == ()


def test_two_steps_go_from_the_handler_to_the_approver() -> None:
    case = forward(accepted("HANDLE", "APPROVE"), HANDLER, Outcome.REJECT)
    assert case.state == "FOR_APPROVAL"
    assert send_back(case, APPROVER).state == "ACCEPTED"


def test_it_goes_back_one_step_with_an_opinion_and_comes_again() -> None:
    case = forward(forward(accepted("HANDLE", "REVIEW", "APPROVE"), HANDLER), REVIEWER)
    case = send_back(case, APPROVER)
    assert case.state == "IN_REVIEW"
    case = send_back(case, REVIEWER)
    assert case.state == "ACCEPTED"
    with pytest.raises(InvalidInput):
        actions.forward(
            case_key=case.key, version=case.version, proposal=Outcome.APPROVE, opinion=" ",
            actor=HANDLER, at=AT,
        )  # fmt: skip
    case = decide(forward(forward(case, HANDLER), REVIEWER), APPROVER)
    acts = [one.act for one in queries.get_case(case.key, APPROVER, at=AT).opinions]
    assert acts == [
        "forward", "forward", "send_back", "send_back", "forward", "forward", "approve",
    ]  # fmt: skip


def test_nobody_decides_before_it_was_signed() -> None:
    case = accepted("HANDLE", "REVIEW", "APPROVE")
    with pytest.raises(CannotDo):
        decide(case, APPROVER)
    with pytest.raises(NotAllowed):
        forward(case, APPROVER)
    with pytest.raises(NotAllowed):
        forward(forward(case, HANDLER), HANDLER)


def test_one_person_does_not_sign_at_two_places() -> None:
    case = forward(accepted("HANDLE", "REVIEW", "APPROVE"), EVERYTHING)
    offered = {act.name for act in queries.get_case(case.key, EVERYTHING, at=AT).acts}
    assert not offered & {"forward", "send_back", "approve", "reject"}
    with pytest.raises(actions.SecondPersonNeeded):
        forward(case, EVERYTHING)
    with pytest.raises(actions.SecondPersonNeeded):
        send_back(case, EVERYTHING)
    case = forward(case, REVIEWER)
    with pytest.raises(actions.SecondPersonNeeded):
        decide(case, EVERYTHING)
    assert decide(case, APPROVER).outcome == "APPROVE"


def test_phrases_are_ones_own_kept_once_and_not_without_end() -> None:
    first = actions.keep_phrase(text=" 材料齐全，  同意。", actor=HANDLER, at=AT)
    assert actions.keep_phrase(text="材料齐全， 同意。", actor=HANDLER, at=AT) == first
    actions.keep_phrase(text="拟同意。", actor=HANDLER, at=AT)
    assert [p.text for p in queries.list_phrases(HANDLER)] == ["材料齐全， 同意。", "拟同意。"]
    assert queries.list_phrases(REVIEWER) == ()
    with pytest.raises(NotFound):
        actions.forget_phrase(key=first, actor=REVIEWER, at=AT)
    actions.forget_phrase(key=first, actor=HANDLER, at=AT)
    assert [p.text for p in queries.list_phrases(HANDLER)] == ["拟同意。"]
    with pytest.raises(InvalidInput):
        actions.keep_phrase(text="字" * 201, actor=HANDLER, at=AT)
    with pytest.raises(NotAllowed):
        actions.keep_phrase(text="好", actor=sample.citizen(), at=AT)
    for number in range(29):
        actions.keep_phrase(text=f"短语{number}", actor=HANDLER, at=AT)
    with pytest.raises(InvalidInput):
        actions.keep_phrase(text="多一条", actor=HANDLER, at=AT)


def test_opinions_lie_encrypted() -> None:
    from django.db import connection

    forward(accepted("HANDLE", "APPROVE"), HANDLER)
    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM cases_opinion")
        assert "拟同意" not in cursor.fetchone()[0]


def by_post(role: Role, post: str, *more: tuple[Role, str], name: str) -> Actor:
    """An official with this role by one post, and further ones."""
    grants = tuple(
        Grant(one, sample.PLACE, sample.BODY, post=f"key-{title}", post_name=title)
        for one, title in ((role, post), *more)
    )
    return Actor(HANDLER.kind, f"official:{name}", "岗*", grants=grants)


def test_the_record_says_by_which_post_a_step_was_taken() -> None:
    handling = by_post(Role.HANDLER, "窗口后台岗", (Role.REVIEWER, "复核岗"), name="two-posts")
    case = forward(accepted("HANDLE", "REVIEW", "APPROVE"), handling)
    case = forward(case, by_post(Role.REVIEWER, "复核岗", name="third"))
    case = decide(case, APPROVER)
    seen = queries.get_case(case.key, APPROVER, at=AT)
    assert [one.post for one in seen.opinions] == ["窗口后台岗", "复核岗", ""]
    who = [row.who for row in seen.timeline]
    assert any(one.endswith(" 窗口后台岗") for one in who)
    assert any(one.endswith(" 复核岗") for one in who)
    assert not who[-1].endswith("岗")


def test_a_post_elsewhere_is_not_the_one_acted_by() -> None:
    case = accepted("HANDLE", "REVIEW", "APPROVE")
    elsewhere = Grant(Role.HANDLER, "630000000000", None, post="key", post_name="外地岗")
    actor = Actor(HANDLER.kind, "official:x", "岗*", grants=(elsewhere, *HANDLER.grants))
    forward(case, actor)
    (opinion,) = queries.get_case(case.key, APPROVER, at=AT).opinions
    assert opinion.post == ""
