"""At the host: whom it vouches for, at which member, once, and with the person's word."""

import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from yiwang.foundation.exchange.definitions import HouseCall
from yiwang.foundation.libraries import queries as libraries
from yiwang.foundation.libraries import sample as people
from yiwang.kernel.refusals import InvalidInput, NotFound, NotSignedIn
from yiwang.mechanisms.crypto import actions as crypto
from yiwang.mechanisms.journal import queries as journal
from yiwang.network.nodes import actions as nodes
from yiwang.network.nodes import sample as far
from yiwang.network.nodes.models import ExchangeNode
from yiwang.support.identity import actions, queries, sample
from yiwang.support.identity.definitions.factors import NeedsStepUp
from yiwang.support.identity.definitions.sso import CODE_LIFE, CannotVouch, NeedsConsent
from yiwang.support.identity.models import HandOverCode, SignIn

VERIFIER = "v" * 43
ASKED = {
    "node": "620100",
    "state": "s" * 43,
    "challenge": crypto.digest(VERIFIER.encode()),
    "level": "2",
}


@pytest.fixture
def members(db, settings, at):
    settings.NODE_GIVEN = True
    found = far.three_nodes(at=at)
    ExchangeNode.objects.exclude(code="62").update(web="https://node.example:8443")
    return found


@pytest.fixture
def session(person, at):
    return queries.find_session(sample.session_token(person.reference, at=at), at=at)


def hand_over(session, at, *, agreed=True, **changes):
    return actions.hand_over(
        asking=queries.get_asking(**ASKED | changes),
        agreed=agreed,
        session_key=session.key,
        actor=session.actor,
        at=at,
    )


def code_of(address):
    return parse_qs(urlsplit(address).query)["code"][0]


def redeem(code, at, *, node="620100", verifier=VERIFIER):
    given = {"code": code, "verifier": verifier}
    return actions.redeem(call=HouseCall("m" * 32, node, f"{node}/platform", given), at=at)


def test_the_code_brings_name_number_and_level_once(members, person, session, at):
    address = hand_over(session, at)
    assert address.startswith("https://node.example:8443/sign-in/host/back/?state=" + "s" * 43)
    assert person.name not in address
    answer = redeem(code_of(address), at)
    number = libraries.find_citizen_id(person.reference)
    assert answer.subject == number
    assert answer.value == {
        "name": "马晓燕", "citizen_id": number, "level": 3, "raised_level": 0, "raised_until": "",
    }  # fmt: skip
    assert redeem(code_of(address), at) is None
    acts = [one.act for one in journal.list_entries(subject=f"account:{_account(person)}")]
    assert acts[-3:] == ["identity.consent_given", "identity.vouched", "identity.handed_over"]


def _account(person):
    return queries.find_account(person.reference).key


def test_a_raised_session_says_how_high_and_how_long(members, person, session, at):
    until = at + timedelta(minutes=20)
    SignIn.objects.filter(key=session.key).update(raised_to=4, raised_until=until)
    value = redeem(code_of(hand_over(session, at)), at).value
    assert (value["raised_level"], value["raised_until"]) == (4, until.isoformat())


@pytest.mark.parametrize(
    "change",
    [
        {"node": "11620000000000078C"},
        {"node": "620200"},
        {"verifier": "w" * 43},
        {"verifier": None},
    ],
    ids=["member", "stranger", "verifier", "nothing"],
)
def test_whoever_else_brings_it_gets_nothing_and_spends_it(members, session, at, change):
    code = code_of(hand_over(session, at))
    assert redeem(code, at, **change) is None
    if change != {"verifier": None}:
        assert redeem(code, at) is None


def test_an_old_code_an_unknown_one_and_one_of_an_ended_sign_in_bring_nothing(
    members, person, session, at
):
    assert redeem(code_of(hand_over(session, at)), at + CODE_LIFE) is None
    assert redeem("x" * 43, at) is None
    code = code_of(hand_over(session, at))
    actions.sign_out(session_key=session.key, actor=session.actor, at=at)
    assert redeem(code, at) is None


def test_a_suspended_member_is_neither_led_to_nor_given_anything(members, session, at):
    code = code_of(hand_over(session, at))
    nodes.suspend(code="620100", reason="核查", at=at, actor=sample.GRANTER)
    assert redeem(code, at) is None
    with pytest.raises(CannotVouch):
        hand_over(session, at)


@pytest.mark.parametrize(
    "change",
    [
        {"node": "62"},
        {"node": "620200"},
        {"node": "https://evil.example"},
        {"state": "short"},
        {"challenge": "0" * 63},
        {"level": "9"},
    ],
)
def test_nobody_else_is_led_to(members, change):
    with pytest.raises(CannotVouch):
        queries.get_asking(**ASKED | change)


def test_a_member_that_never_said_where_its_pages_are_is_not_led_to(members):
    ExchangeNode.objects.filter(code="620100").update(web="")
    with pytest.raises(CannotVouch):
        queries.get_asking(**ASKED)


def test_only_a_host_vouches(members, settings):
    settings.REGISTRY = "http://127.0.0.1:9"
    with pytest.raises(CannotVouch):
        queries.get_asking(**ASKED)


def test_the_person_agrees_once_per_member_and_may_take_it_back(members, session, at):
    with pytest.raises(NeedsConsent):
        hand_over(session, at, agreed=False)
    assert not HandOverCode.objects.exists()
    code = code_of(hand_over(session, at))
    hand_over(session, at, agreed=False)
    with pytest.raises(NeedsConsent):
        hand_over(session, at, agreed=False, node=members[1].code)
    (view,) = queries.list_consents(session.actor)
    assert (view.node, view.node_name) == ("620100", "兰州市（示例）")
    actions.withdraw_consent(consent=view.key, actor=session.actor, at=at)
    assert queries.list_consents(session.actor) == ()
    assert redeem(code, at) is None
    with pytest.raises(NeedsConsent):
        hand_over(session, at, agreed=False)
    with pytest.raises(NotFound):
        actions.withdraw_consent(consent=view.key, actor=session.actor, at=at)


def test_nobody_withdraws_anothers(members, session, at):
    hand_over(session, at)
    (view,) = queries.list_consents(session.actor)
    other = people.register_person(2, at=at)
    sample.open_person_account(other.reference, at=at)
    thief = queries.find_session(sample.session_token(other.reference, at=at), at=at).actor
    with pytest.raises(NotFound):
        actions.withdraw_consent(consent=view.key, actor=thief, at=at)


def test_who_asks_for_more_gets_it_after_the_person_proved_more_here(members, session, at):
    with pytest.raises(NeedsStepUp):
        hand_over(session, at, level="4")
    assert not HandOverCode.objects.exists()


def test_an_ended_sign_in_and_an_official_are_vouched_for_nowhere(members, session, official, at):
    actions.sign_out(session_key=session.key, actor=session.actor, at=at)
    with pytest.raises(NotSignedIn):
        hand_over(session, at)
    clerk = queries.find_session(sample.session_token(official.subject, at=at), at=at)
    with pytest.raises(NotSignedIn):
        hand_over(clerk, at)


def test_codes_are_kept_as_digests_and_cleared_away(members, session, at):
    code = code_of(hand_over(session, at))
    assert re.fullmatch(r"[0-9a-f]{64}", HandOverCode.objects.get().code_digest)
    assert code not in HandOverCode.objects.get().code_digest
    actions.clear_away(at=at + timedelta(days=3))
    assert not HandOverCode.objects.exists()


def test_every_member_may_redeem_and_a_newcomer_too(members, at):
    assert actions.offer_identity(at=at) == 4  # to redeem and to ask, for two members
    assert actions.offer_identity(at=at) == 0
    far.member(far.far_node("620200", "嘉峪关市（示例）"), at=at)
    assert actions.offer_identity(at=at) == 2


def standing(codes, at, *, node="620100"):
    call = HouseCall("m" * 32, node, f"{node}/platform", {"codes": codes})
    return actions.answer_standing(call=call, at=at).value["standing"]


def test_a_member_is_told_which_of_its_codes_still_stand(members, person, session, at):
    code = code_of(hand_over(session, at))
    kept = queries.token_digest(code)
    assert standing([kept], at) == []  # not redeemed yet: nobody is in by it
    redeem(code, at)
    assert standing([kept, "0" * 64], at) == [kept]
    assert standing([kept], at, node="11620000000000078C") == []
    (consent,) = queries.list_consents(session.actor)
    actions.withdraw_consent(consent=consent.key, actor=session.actor, at=at)
    assert standing([kept], at) == []
    redeem(code_of(hand_over(session, at)), at)
    assert standing([kept], at) == []  # a consent given anew is another one


def test_a_closed_account_no_longer_stands(members, person, session, at):
    code = code_of(hand_over(session, at))
    redeem(code, at)
    actions.disable_account(account=_account(person), actor=sample.GRANTER, at=at)
    assert standing([queries.token_digest(code)], at) == []


@pytest.mark.parametrize("codes", [None, "x", [1], ["x"] * 101, {}])
def test_a_question_out_of_form_is_refused(members, at, codes):
    with pytest.raises(InvalidInput):
        standing(codes, at)
