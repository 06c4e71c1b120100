"""A member's licences in the host's register, and a licence asked for by its number."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.conf import settings as live

from yiwang.foundation.exchange import calls
from yiwang.foundation.exchange.definitions import CallStatus, HouseCall, Reply
from yiwang.kernel.actor import machine
from yiwang.kernel.identifiers import make_uscc
from yiwang.kernel.refusals import InvalidInput, NotAllowed, TryLater
from yiwang.mechanisms.jobs import actions as jobs
from yiwang.mechanisms.journal import actions as journal
from yiwang.network.nodes import actions as nodes
from yiwang.network.nodes import sample as node_samples
from yiwang.network.nodes.models import ExchangeNode
from yiwang.project import background
from yiwang.support.licences import actions, sample, told
from yiwang.support.licences.models import ELicence, ToldLicence

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
LATER = AT + timedelta(minutes=5)
CITY, POLICE, ME = node_samples.LANZHOU, node_samples.POLICE, machine("tests")


def words(**changes):
    """What a member says of one of its licences, without having it here."""
    sample.publish(AT)
    row = ELicence.objects.get(key=sample.issue(case="case:one", at=AT, actor=ME).key)
    said = told._said_of(row)
    ELicence.objects.filter(pk=row.pk).update(identifier="gone")
    return said | changes


def say(said, *, node=CITY, at=AT):
    return actions.register_told(call=HouseCall("m", node, f"{node}/platform", said), at=at)


def ask(number):
    call = HouseCall("m", POLICE, f"{POLICE}/platform", {"number": number})
    answer = actions.answer_number(call=call, at=LATER)
    return answer.value if answer else None


@pytest.fixture
def host(settings):
    settings.NODE_GIVEN = True
    node_samples.three_nodes(at=AT)
    ExchangeNode.objects.filter(code=CITY).update(division_code="620100000000")


def test_another_member_asks_the_host_by_number_and_hears_nothing_of_the_holder(host):
    said = words()
    say(said)
    found = ask(said["number"])
    assert (found["name"], found["state"], found["node"]) == ("示例证照", "VALID", CITY)
    assert "马" not in str(found)


def test_the_newest_word_is_the_last_whichever_comes_first(host):
    said = words()
    newer = said | {"state": "REVOKED", "changed_at": LATER.isoformat()}
    for one in (said, newer, said, newer):
        say(one)
    assert ask(said["number"])["state"] == "REVOKED"
    assert ToldLicence.objects.count() == 1


def test_a_number_that_is_nobodys_is_not_found(host):
    assert ask("1.2.3") is None


def test_a_member_speaks_of_bodies_of_its_own_place_alone(host):
    said = words()
    for node in (POLICE, "999"):
        with pytest.raises(NotAllowed):
            say(said, node=node)
    with pytest.raises(NotAllowed):
        say(said | {"issuer": make_uscc("1", "1", "620102", 9)})
    say(said)
    ExchangeNode.objects.filter(code=POLICE).update(division_code="620000000000")
    with pytest.raises(NotAllowed):
        say(said | {"changed_at": LATER.isoformat()}, node=POLICE)


@pytest.mark.parametrize(
    ("name", "value"),
    [("number", "1.2.3"), ("issuer", "x"), ("state", "EXPIRED"), ("name", " "),
     ("valid_from", "now"), ("changed_at", "2026-11-02T01:00")],
)  # fmt: skip
def test_what_cannot_be_is_not_registered(host, name, value):
    with pytest.raises(InvalidInput):
        say(words(**{name: value}))


def test_the_hosts_own_licence_is_answered_and_nobody_overwrites_it(host):
    sample.publish(AT)
    own = sample.issue(case="case:one", at=AT, actor=ME)
    said = told._said_of(ELicence.objects.get(key=own.key))
    assert ask(own.identifier)["node"] == "62"
    with pytest.raises(NotAllowed):
        say(said | {"state": "REVOKED"})
    assert not ToldLicence.objects.exists()


class Far:
    """The host on the other side of a call."""

    def __init__(self):
        self.heard, self.status, self.value = [], CallStatus.FOUND, {"taken": True}

    def __call__(self, *, service, parameters, purpose, **why):
        self.heard.append((service, dict(parameters), purpose, why["item"], why["case"]))
        return Reply(self.status, self.value, (), service, AT)


@pytest.fixture
def far(settings, monkeypatch):
    settings.REGISTRY = "http://127.0.0.1:1"
    settings.NODE, settings.NODE_NAME = CITY, "兰州市（示例）"
    registry = node_samples.far_registry(at=AT)
    nodes.take(documents=[registry.members(version=1, at=AT)], at=AT)
    found = Far()
    monkeypatch.setattr(calls, "call", found)
    yield found
    (live.YIWANG_HOME / "exchange" / "registry.json").unlink(missing_ok=True)


def test_a_member_tells_its_host_of_a_licence_and_of_what_became_of_it(far):
    background.know_all()
    sample.publish(AT)
    issued = sample.issue(case="case:one", at=AT, actor=ME)
    actions.change_state(key=issued.key, act="suspend", reason="整改", at=LATER, actor=ME)
    for _ in range(3):
        journal.seal(at=LATER)
        journal.run_listeners(at=LATER)
        jobs.run_waiting(at=LATER)
    told_of = [one for one in far.heard if one[0] == "63/licence-register"]
    assert {one[1]["state"] for one in told_of} == {"SUSPENDED"}  # as it stands when it is told
    assert {(one[2], one[4]) for one in told_of} == {("登记证照", "case:one")}
    assert "马晓燕" not in str(told_of)


def test_while_the_host_is_away_the_word_waits(far):
    sample.publish(AT)
    issued = sample.issue(case="case:one", at=AT, actor=ME)
    far.status = CallStatus.AWAY
    with pytest.raises(TryLater):
        actions.tell_host(licence=issued.key, at=AT)


def test_a_number_that_is_not_ours_is_asked_of_the_host_with_purpose_and_case(far):
    sample.publish(AT)
    own = sample.issue(case="case:one", at=AT, actor=ME)
    assert actions.find_number(own.identifier, at=AT).node == ""
    assert actions.find_number("no number", at=AT) is None
    assert far.heard == []
    ELicence.objects.update(identifier="gone")
    far.value = {
        "number": own.identifier, "name": "示例证照", "state": "VALID", "issuer_name": "某局",
        "valid_from": "2026-01-01", "valid_until": "", "changed_at": AT.isoformat(), "node": "63",
    }  # fmt: skip
    found = actions.find_number(own.identifier, at=AT, item="food", case="620102-1")
    assert (found.node, found.state, found.valid_from) == ("63", "VALID", date(2026, 1, 1))
    assert far.heard[0][2:] == ("核验证照", "food", "620102-1")
    far.status = CallStatus.NOT_FOUND
    assert actions.find_number(own.identifier, at=AT) is None
    far.status = CallStatus.AWAY
    with pytest.raises(TryLater):
        actions.find_number(own.identifier, at=AT)
