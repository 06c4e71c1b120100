"""``scope_filter`` against a second, plainer reading of the same rule, on real rows."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yiwang.capability.cases import sample
from yiwang.capability.cases.models import Case
from yiwang.kernel.actor import ANONYMOUS, Actor, ActorKind, Grant, Role, machine
from yiwang.kernel.rights import scope_filter

PLACES = ("620000000000", "620100000000", "620102000000", "620102001000", "620103000000")
BODIES = ("D1", "D2")
OWNERS = ("person:a", "person:b", "organization:f")
READERS = (Role.APPROVER, Role.WINDOW_CLERK)

grants = st.lists(
    st.builds(
        Grant,
        role=st.sampled_from(Role),
        division_code=st.sampled_from(PLACES),
        department=st.sampled_from((None, *BODIES)),
    ),
    max_size=3,
)
actors = st.one_of(
    st.just(ANONYMOUS),
    st.just(machine("x")),
    st.builds(
        Actor,
        kind=st.just(ActorKind.PERSON),
        reference=st.sampled_from(OWNERS[:2]),
        on_behalf_of=st.sampled_from((None, OWNERS[2])),
        grants=grants.map(tuple),  # must not help a citizen
    ),
    st.builds(
        Actor,
        kind=st.just(ActorKind.OFFICIAL),
        reference=st.sampled_from(("official:x", "person:a")),
        grants=grants.map(tuple),
    ),
)


def _may_see(actor: Actor, owner: str, place: str, body: str) -> bool:
    if actor.kind is ActorKind.MACHINE:
        return True
    if actor.kind is ActorKind.PERSON:
        return owner == (actor.on_behalf_of or actor.reference)
    if actor.kind is not ActorKind.OFFICIAL:
        return False
    for grant in actor.grants:
        root = grant.division_code
        while len(root) > 2 and root.endswith("0" * (3 if len(root) > 6 else 2)):
            root = root[: -(3 if len(root) > 6 else 2)]
        if grant.role in READERS and place.startswith(root) and grant.department in (None, body):
            return True
    return False


@pytest.fixture
def rows(db):
    made = {}
    for owner in OWNERS:
        for place in PLACES:
            for body in BODIES:
                applicant = Actor(kind=ActorKind.PERSON, reference=owner)
                case = sample.opened(applicant, division_code=place, department=body)
                made[case.key] = (owner, place, body)
    return made


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(actor=actors)
def test_an_actor_sees_exactly_the_rows_the_rule_names(rows, actor):
    found = set(
        Case.objects.filter(scope_filter(actor, roles=READERS)).values_list("key", flat=True)
    )
    assert found == {key for key, row in rows.items() if _may_see(actor, *row)}
