"""At the host: who may use whose seal, and sealing for a member."""

from datetime import UTC, datetime, timedelta

import pytest

from yiwang.kernel.actor import Actor, ActorKind, Grant, Role
from yiwang.kernel.refusals import InvalidInput, NotAllowed, NotFound
from yiwang.mechanisms.journal import queries as journal
from yiwang.network.directory import sample as places
from yiwang.network.nodes import actions as nodes
from yiwang.network.nodes import sample as node_samples
from yiwang.network.nodes.models import ExchangeNode
from yiwang.support.seals import actions, queries, rules, sample
from yiwang.support.seals.definitions import SAMPLE_MARK
from yiwang.support.seals.models import SealUse
from yiwang.support.seals.refusals import CannotPermit

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
LATER = AT + timedelta(minutes=5)
CITY, POLICE = node_samples.LANZHOU, node_samples.POLICE


def keeper(place=places.CHENGGUAN, department=None, role=Role.SECURITY_ADMIN):
    grants = (Grant(role, place, department),)
    return Actor(ActorKind.OFFICIAL, "official:keeper", "钱", grants=grants)


@pytest.fixture
def body(settings):
    """A body of the city's place; its node and another are members here."""
    settings.NODE_GIVEN = True
    places.load_chengguan()
    found = places.register_departments()[1]
    node_samples.three_nodes(at=AT)
    ExchangeNode.objects.filter(code=CITY).update(division_code="620100000000")
    return found


def test_a_permitted_member_gets_a_seal_value_the_host_signed(body):
    sample.permit(node=CITY, body=body, at=AT)
    answer = actions.seal_for_member(call=sample.asked(node=CITY, body=body), at=AT).value
    facts = rules.read_statement(answer["statement"])
    assert answer["outcome"] == "SEALED"
    assert (facts["node"], facts["body"], facts["digest"]) == (CITY, body, sample.DIGEST)
    assert (facts["sealed"], facts["mark"]) == (False, SAMPLE_MARK)  # the sample machine's truth
    assert queries.is_stated_by("62", answer["statement"], answer["signature"])
    assert not queries.is_stated_by("62", answer["statement"] + " ", answer["signature"])


def test_who_what_and_when_are_in_the_journal_with_the_exchanges_message(body):
    sample.permit(node=CITY, body=body, at=AT)
    call = sample.asked(node=CITY, body=body)
    no = rules.read_statement(actions.seal_for_member(call=call, at=AT).value["statement"])["no"]
    (entry,) = journal.list_acts_on(subject=f"seal:{no}")
    assert (entry.act, entry.at) == ("seals.sealed", AT)
    use = queries.find_use(no)
    assert (use.made_here, use.genuine, use.node, use.made_at) == (True, True, CITY, AT)
    assert SealUse.objects.get(no=no).message == call.message


def test_without_a_permit_nothing_is_sealed_and_that_is_written_down(body):
    sample.permit(node=CITY, body=body, at=AT)
    answer = actions.seal_for_member(call=sample.asked(node=POLICE, body=body), at=AT).value
    assert (answer["outcome"], answer["statement"]) == ("DENIED", "")
    assert not SealUse.objects.exists()
    assert "seals.denied" in [e.act for e in journal.list_acts_on(subject=f"node:{POLICE}")]


def test_a_revoked_permit_ends_at_the_next_request_even_for_what_was_sealed(body):
    permit = sample.permit(node=CITY, body=body, at=AT)
    call = sample.asked(node=CITY, body=body)
    assert actions.seal_for_member(call=call, at=AT).value["outcome"] == "SEALED"
    actions.revoke(key=permit.key, reason="机构改革", actor=keeper(), at=LATER)
    assert actions.seal_for_member(call=call, at=LATER).value["outcome"] == "DENIED"
    assert queries.list_uses(keeper()).rows[0].genuine  # what is sealed stays sealed
    again = sample.permit(node=CITY, body=body, at=LATER)
    assert again.key != permit.key
    assert actions.seal_for_member(call=call, at=LATER).value["outcome"] == "SEALED"


def test_the_same_request_again_is_the_same_use(body):
    sample.permit(node=CITY, body=body, at=AT)
    first = actions.seal_for_member(call=sample.asked(node=CITY, body=body), at=AT).value
    second = actions.seal_for_member(call=sample.asked(node=CITY, body=body), at=LATER).value
    assert first == second
    assert SealUse.objects.count() == 1


def test_the_same_digest_under_another_number_is_refused(body):
    sample.permit(node=CITY, body=body, at=AT)
    actions.seal_for_member(call=sample.asked(node=CITY, body=body), at=AT)
    other = sample.asked(node=CITY, body=body, changes={"number": "另一个文号"})
    assert actions.seal_for_member(call=other, at=AT).value["outcome"] == "DENIED"


def test_a_document_without_the_mark_its_seal_wants_is_told_which(body):
    sample.permit(node=CITY, body=body, at=AT)
    call = sample.asked(node=CITY, body=body, changes={"mark": ""})
    answer = actions.seal_for_member(call=call, at=AT).value
    assert (answer["outcome"], answer["mark"]) == ("MARK", SAMPLE_MARK)
    assert not SealUse.objects.exists()


@pytest.mark.parametrize(
    ("name", "value"),
    [("body", "兰州"), ("digest", "abc"), ("digest", 7), ("title", " "), ("number", "x" * 97),
     ("mark", "a\nb"), ("case", ["case:1"])],
)  # fmt: skip
def test_what_cannot_be_is_not_sealed(body, name, value):
    sample.permit(node=CITY, body=body, at=AT)
    call = sample.asked(node=CITY, body=body, changes={name: value})
    answer = actions.seal_for_member(call=call, at=AT).value
    assert answer["outcome"] == "DENIED"
    assert name in answer["reason"]


def test_a_seal_is_permitted_to_the_node_of_its_place_or_of_its_body_alone(body):
    with pytest.raises(CannotPermit):
        actions.permit(node=POLICE, body=body, actor=keeper(), at=AT)
    with pytest.raises(NotFound):
        actions.permit(node=CITY, body=POLICE, actor=keeper(), at=AT)
    ExchangeNode.objects.filter(code=POLICE).update(uscc=body)
    assert actions.permit(node=POLICE, body=body, actor=keeper(), at=AT).holds


def test_only_the_keeper_of_the_bodys_place_permits_and_revokes(body):
    for other in (keeper("630000000000"), keeper(role=Role.OPERATOR), keeper(department=POLICE)):
        with pytest.raises(NotAllowed):
            actions.permit(node=CITY, body=body, actor=other, at=AT)
    permit = actions.permit(node=CITY, body=body, actor=keeper(), at=AT)
    assert queries.list_permits(keeper("630000000000")) == ()
    with pytest.raises(NotFound):
        actions.revoke(key=permit.key, reason="x", actor=keeper("630000000000"), at=AT)
    with pytest.raises(InvalidInput):
        actions.revoke(key=permit.key, reason=" ", actor=keeper(), at=AT)
    assert queries.list_permits(keeper()) == (permit,)


def test_a_permit_that_holds_stays_one_and_is_revoked_once(body):
    first = sample.permit(node=CITY, body=body, at=AT)
    assert sample.permit(node=CITY, body=body, at=LATER).key == first.key
    actions.revoke(key=first.key, reason="不再使用", actor=keeper(), at=LATER)
    with pytest.raises(CannotPermit):
        actions.revoke(key=first.key, reason="不再使用", actor=keeper(), at=LATER)


def test_who_is_no_host_permits_nothing_and_seals_for_nobody(body, settings):
    sample.permit(node=CITY, body=body, at=AT)
    settings.REGISTRY = "http://127.0.0.1:1"
    with pytest.raises(CannotPermit):
        sample.permit(node=CITY, body=body, at=AT)
    answer = actions.seal_for_member(call=sample.asked(node=CITY, body=body), at=AT).value
    assert answer["outcome"] == "DENIED"


def test_a_seal_made_before_the_hosts_key_changed_is_still_known_as_its_own(body):
    sample.permit(node=CITY, body=body, at=AT)
    answer = actions.seal_for_member(call=sample.asked(node=CITY, body=body), at=AT).value
    operator = keeper("620000000000", role=Role.OPERATOR)
    nodes.change_own_key(at=LATER, actor=operator)
    assert queries.is_stated_by("62", answer["statement"], answer["signature"])
