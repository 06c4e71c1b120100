from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection

from yiwang.foundation.libraries import actions as libraries
from yiwang.foundation.libraries import sample as people
from yiwang.kernel.actor import ANONYMOUS, PowerAct
from yiwang.kernel.refusals import InvalidInput, NotAllowed, NotFound
from yiwang.mechanisms.journal import queries as journal
from yiwang.support.identity.definitions.factors import NeedsStepUp
from yiwang.support.mandates import actions, queries, sample
from yiwang.support.mandates.definitions import (
    BeyondMandate,
    CannotMandate,
    MandateKind,
    MandateOver,
    Standing,
)
from yiwang.support.mandates.models import Mandate
from yiwang.support.messages import queries as messages

ITEMS = {"elderly-allowance": "高龄津贴"}


def ask(actor, giver, taker, at, **more):
    wish = {
        "kind": MandateKind.FAMILY,
        "items": ITEMS,
        "acts": (PowerAct.APPLY, PowerAct.SEE),
        "valid_until": at + timedelta(days=30),
    } | more
    return actions.propose(giver=giver.reference, taker=taker.reference, actor=actor, at=at, **wish)


class TestAgreeing:
    def test_what_the_giver_offers_counts_when_the_taker_accepts(self, giver, me, at):
        offered = ask(giver, giver, me, at)
        assert offered.standing is Standing.WAITS_FOR_TAKER
        assert queries.list_usable(me, at=at) == ()
        accepted = actions.accept(key=offered.key, actor=me, at=at)
        assert accepted.in_force
        assert accepted.text == offered.text
        assert [one.key for one in queries.list_usable(me, at=at)] == [offered.key]
        with pytest.raises(CannotMandate):
            actions.accept(key=offered.key, actor=me, at=at)

    def test_what_the_taker_asks_for_counts_when_the_giver_consents(self, giver, me, at):
        asked = ask(me, giver, me, at)
        assert asked.standing is Standing.WAITS_FOR_GIVER
        with pytest.raises(NotAllowed):
            actions.grant(key=asked.key, actor=me, at=at)
        assert actions.grant(key=asked.key, actor=giver, at=at).in_force
        assert "代办" in messages.list_messages(me)[0].text

    def test_consent_asks_for_the_third_level_and_no_program_gives_it(self, giver, me, at):
        asked = ask(me, giver, me, at)
        for weak in (replace(giver, assurance_level=2), replace(giver, scopes=frozenset())):
            with pytest.raises(NeedsStepUp):
                actions.grant(key=asked.key, actor=weak, at=at)
            with pytest.raises(NeedsStepUp):
                ask(weak, giver, me, at)

    def test_a_stranger_neither_sees_nor_settles_it(self, giver, me, at):
        asked = ask(me, giver, me, at)
        stranger = sample.self_of(people.register_person(9, at=at).reference)
        for verb in (actions.grant, actions.accept, actions.revoke):
            for actor in (stranger, ANONYMOUS):
                with pytest.raises(NotFound):
                    verb(key=asked.key, actor=actor, at=at)
        with pytest.raises(NotAllowed):
            ask(stranger, giver, me, at)

    def test_a_wish_that_cannot_be_is_refused_field_by_field(self, giver, me, at):
        with pytest.raises(InvalidInput) as caught:
            ask(giver, giver, me, at, items={}, acts=(), valid_until=at)
        assert {one.field for one in caught.value.fields} == {"items", "acts", "valid_until"}
        with pytest.raises(NotAllowed):
            ask(giver, giver, me, at, kind=MandateKind.COUNTER)

    def test_more_than_fifty_are_refused(self, giver, me, at, monkeypatch):
        monkeypatch.setattr("yiwang.support.mandates.actions.rows.MOST_STANDING", 2)
        for _ in range(2):
            ask(giver, giver, me, at)
        with pytest.raises(CannotMandate):
            ask(giver, giver, me, at)

    def test_a_firm_gives_through_its_legal_representative_only(self, giver, me, at):
        firm = people.register_organization(1, at=at, legal_representative=giver.reference)
        wish = {"kind": MandateKind.FIRM_AGENT}
        with pytest.raises(NotAllowed):
            ask(giver, firm, me, at, **wish)
        given = ask(replace(giver, on_behalf_of=firm.reference), firm, me, at, **wish)
        actions.accept(key=given.key, actor=me, at=at)
        acting = queries.acting_for(actor=me, mandate_key=given.key, at=at)
        assert acting.applicant == firm.reference
        with pytest.raises(NotAllowed):  # the agent gives nothing on
            ask(acting, firm, me, at, **wish)


class TestActing:
    def test_the_taker_acts_for_the_giver_within_the_mandate(self, giver, me, at):
        given = sample.give(giver.reference, me.reference, at=at, items=ITEMS)
        acting = queries.acting_for(actor=me, mandate_key=given.key, at=at)
        assert (acting.reference, acting.applicant) == (me.reference, giver.reference)
        queries.insist(acting, PowerAct.APPLY, "elderly-allowance")
        with pytest.raises(BeyondMandate):
            queries.insist(acting, PowerAct.APPLY, "individual-business")
        with pytest.raises(BeyondMandate):
            queries.insist_on_oneself(acting)
        with pytest.raises(NotFound):
            queries.acting_for(actor=giver, mandate_key=given.key, at=at)

    def test_find_mandate_asks_for_item_act_and_moment(self, giver, me, at):
        given = sample.give(
            giver.reference, me.reference, at=at, items=ITEMS, acts=(PowerAct.APPLY,), days=30
        )
        between = {"taker": me.reference, "giver": giver.reference}

        def found(item="elderly-allowance", act=PowerAct.APPLY, when=at, **who):
            return queries.find_mandate(item_code=item, act=act, at=when, **(between | who))

        view = found()
        assert view is not None
        assert view.key == given.key
        assert found(act=PowerAct.SEE) is not None
        assert found(act=PowerAct.RECEIVE) is None
        assert found(item="individual-business") is None
        assert found(when=at + timedelta(days=30)) is None
        assert found(taker=giver.reference, giver=me.reference) is None

    def test_revoking_ends_it_with_the_same_transaction(self, giver, me, at):
        given = sample.give(giver.reference, me.reference, at=at)
        later = at + timedelta(seconds=1)
        assert actions.revoke(key=given.key, actor=giver, at=later).standing is Standing.REVOKED
        with pytest.raises(MandateOver):
            queries.acting_for(actor=me, mandate_key=given.key, at=later)
        carried = queries.carry(me, given.key, at=later)
        assert carried.mandate is not None
        assert carried.mandate.over
        with pytest.raises(MandateOver):
            queries.insist(carried, PowerAct.APPLY, "elderly-allowance")
        with pytest.raises(CannotMandate):
            actions.revoke(key=given.key, actor=giver, at=later)

    def test_the_taker_may_give_it_up(self, giver, me, at):
        given = sample.give(giver.reference, me.reference, at=at)
        assert actions.revoke(key=given.key, actor=me, at=at).standing is Standing.REVOKED

    def test_it_ends_with_the_giver_s_life(self, giver, me, at):
        given = sample.give(giver.reference, me.reference, at=at)
        libraries.note_death(person=giver.reference, died_on=at.date(), actor=people.SAMPLER, at=at)
        with pytest.raises(MandateOver):
            queries.acting_for(actor=me, mandate_key=given.key, at=at)

    def test_who_acts_for_another_sees_no_mandate(self, giver, me, at):
        given = sample.give(giver.reference, me.reference, at=at)
        acting = queries.acting_for(actor=me, mandate_key=given.key, at=at)
        with pytest.raises(NotFound):
            queries.get_mandate(given.key, acting, at=at)
        with pytest.raises(NotFound):
            actions.revoke(key=given.key, actor=acting, at=at)

    def test_the_journal_says_for_whom_and_the_words_lie_encrypted(self, giver, me, at):
        given = sample.give(giver.reference, me.reference, at=at)
        entries = journal.list_entries(subject=given.reference)
        assert {entry.act for entry in entries} == {
            "mandates.consented",
            "mandates.proposed",
            "mandates.took_effect",
        }
        with connection.cursor() as cursor:
            cursor.execute("select words, consent_proof from mandates_mandate")
            assert all("马建国" not in str(column) for column in cursor.fetchone())
        assert Mandate.objects.get(key=given.key).words["giver"] == "马建国"
