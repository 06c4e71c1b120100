import io
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from yiwang.foundation.libraries import sample as people
from yiwang.kernel.actor import PowerAct
from yiwang.kernel.refusals import InvalidInput, NotAllowed, NotFound
from yiwang.mechanisms.files import actions as files
from yiwang.support.mandates import actions, queries, sample
from yiwang.support.mandates.definitions import (
    CannotMandate,
    ConsentKind,
    Ending,
    MandateKind,
    MandateOver,
    Presence,
    Standing,
)
from yiwang.support.mandates.models import Mandate
from yiwang.support.mandates.tests.conftest import clerk
from yiwang.support.messages.models import Message


def opened(father, at, actor=None, **more):
    return actions.open_counter(
        person=father.reference, consent=Presence.CARD_READ, actor=actor or clerk(), at=at, **more
    )


class TestCounter:
    def test_the_clerk_acts_as_the_person_present_without_his_own_grants(self, father, at):
        key = opened(father, at)
        acting = queries.acting_for(actor=clerk(), mandate_key=key, at=at)
        assert acting.applicant == father.reference
        assert acting.reference == "official:wang"
        assert acting.grants == ()
        queries.insist(acting, PowerAct.RECEIVE, "anything")
        with pytest.raises(NotFound):
            queries.acting_for(actor=clerk("li"), mandate_key=key, at=at)

    def test_it_ends_with_the_task_or_by_itself(self, father, at, settings):
        key = opened(father, at)
        settings.COUNTER_MINUTES = 1  # the term was said when it was opened
        queries.acting_for(actor=clerk(), mandate_key=key, at=at + timedelta(minutes=29))
        with pytest.raises(MandateOver):
            queries.acting_for(actor=clerk(), mandate_key=key, at=at + timedelta(minutes=30))
        actions.close_counter(key=key, actor=clerk(), at=at + timedelta(minutes=2))
        actions.close_counter(key=key, actor=clerk(), at=at + timedelta(minutes=3))
        with pytest.raises(MandateOver):
            queries.acting_for(actor=clerk(), mandate_key=key, at=at + timedelta(minutes=2))
        with pytest.raises(NotFound):
            actions.close_counter(key=key, actor=clerk("li"), at=at)

    def test_the_next_person_closes_the_one_before(self, father, daughter, at):
        first = opened(father, at)
        second = opened(daughter, at)
        with pytest.raises(MandateOver):
            queries.acting_for(actor=clerk(), mandate_key=first, at=at)
        view = queries.find_counter("official:wang", at=at)
        assert view is not None
        assert view.key == second
        row = Mandate.objects.get(key=second)
        row.pk, row.key, row._state.adding = None, "another", True
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save()

    def test_only_a_clerk_opens_it_and_never_for_himself(self, father, giver, at):
        with pytest.raises(NotAllowed):
            opened(father, at, actor=giver)
        with pytest.raises(NotAllowed):
            opened(father, at, actor=clerk(person=father.reference))
        with pytest.raises(InvalidInput):
            actions.open_counter(
                person=father.reference, consent="he said so", actor=clerk(), at=at
            )
        with pytest.raises(NotFound):
            opened(type("P", (), {"reference": "person:nobody"}), at)

    def test_for_a_firm_its_legal_representative_must_stand_there(self, father, daughter, at):
        firm = people.register_organization(1, at=at, legal_representative=father.reference)
        with pytest.raises(NotFound):
            opened(daughter, at, organization=firm.reference)
        key = opened(father, at, organization=firm.reference)
        acting = queries.acting_for(actor=clerk(), mandate_key=key, at=at)
        assert acting.applicant == firm.reference

    def test_the_person_present_gives_and_takes_back_mandates_at_the_window(
        self, father, daughter, me, at
    ):
        key = opened(father, at)
        present = queries.acting_for(actor=clerk(), mandate_key=key, at=at)
        given = actions.propose(
            kind=MandateKind.FAMILY,
            giver=father.reference,
            taker=daughter.reference,
            items=None,
            acts=sample.ALL_ACTS,
            valid_until=at + timedelta(days=30),
            actor=present,
            at=at,
        )
        assert given.consent_kind is ConsentKind.COUNTER
        assert actions.accept(key=given.key, actor=me, at=at).in_force
        assert actions.revoke(key=given.key, actor=present, at=at).standing is Standing.REVOKED


class TestPapers:
    @pytest.fixture
    def paper(self, db, at):
        stored = files.store(
            data=io.BytesIO("委托书".encode()), filename="委托书.txt", actor=clerk(), at=at
        )
        return stored.key

    def record(self, father, daughter, paper, at, actor=None, **more):
        given = {
            "kind": MandateKind.FAMILY,
            "giver": father.reference,
            "taker": daughter.reference,
            "items": {"elderly-allowance": "高龄津贴"},
            "acts": (PowerAct.APPLY,),
            "valid_until": at + timedelta(days=30),
            "proof": "上门核对，本人签字",
            "proof_file": paper,
        } | more
        return actions.record_paper(actor=actor or clerk(), at=at, **given)

    def test_two_officials_and_then_the_taker(self, father, daughter, me, paper, at):
        view = self.record(father, daughter, paper, at)
        assert view.standing is Standing.WAITS_FOR_SECOND
        with pytest.raises(NotAllowed):
            actions.confirm_paper(key=view.key, actor=clerk(), at=at)
        with pytest.raises(NotFound):  # another body's clerk
            actions.confirm_paper(key=view.key, actor=clerk("li", body="other"), at=at)
        assert [one.key for one in queries.list_papers(clerk("li"), at=at).rows] == [view.key]
        _view, proof = actions.read_paper(key=view.key, actor=clerk("li"), at=at)
        assert proof == "上门核对，本人签字"
        confirmed = actions.confirm_paper(key=view.key, actor=clerk("li"), at=at)
        assert confirmed.standing is Standing.WAITS_FOR_TAKER
        with pytest.raises(CannotMandate):
            actions.confirm_paper(key=view.key, actor=clerk("zhou"), at=at)
        assert actions.accept(key=view.key, actor=me, at=at).in_force

    def test_a_party_to_it_never_confirms(self, father, daughter, me, paper, at):
        with pytest.raises(NotAllowed):
            self.record(father, daughter, paper, at, actor=clerk(person=daughter.reference))
        view = self.record(father, daughter, paper, at)
        with pytest.raises(NotAllowed):
            actions.confirm_paper(key=view.key, actor=clerk("li", person=daughter.reference), at=at)

    def test_without_a_scan_of_one_s_own_or_words_it_is_refused(self, father, daughter, paper, at):
        with pytest.raises(NotFound):
            self.record(father, daughter, paper, at, actor=clerk("li"))
        with pytest.raises(InvalidInput):
            self.record(father, daughter, paper, at, proof=" ")

    def test_the_database_refuses_one_person_confirming_twice(self, father, daughter, paper, at):
        view = self.record(father, daughter, paper, at)
        rows = Mandate.objects.filter(key=view.key)
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(consented_at=at, confirmed_by="official:wang")

    def test_a_paper_the_taker_signed_too_is_in_force_once_confirmed(
        self, father, daughter, paper, at
    ):
        view = self.record(father, daughter, paper, at, taker_signed=True)
        assert view.standing is Standing.WAITS_FOR_SECOND
        confirmed = actions.confirm_paper(key=view.key, actor=clerk("li"), at=at)
        assert confirmed.in_force
        told = {one.recipient: one.text for one in Message.objects.all()}
        assert "核对登记" in told[father.reference]
        assert "核对登记" in told[daughter.reference]

    def test_the_body_ends_it_for_who_came_and_both_are_told(self, father, daughter, me, paper, at):
        view = self.record(father, daughter, paper, at, taker_signed=True)
        actions.confirm_paper(key=view.key, actor=clerk("li"), at=at)
        acting = queries.acting_for(actor=me, mandate_key=view.key, at=at)
        assert acting.applicant == father.reference
        with pytest.raises(NotFound):  # another body's clerk
            actions.end_paper(
                key=view.key, because=Ending.GIVER_CAME, actor=clerk("li", body="other"), at=at
            )
        with pytest.raises(NotAllowed):
            actions.end_paper(
                key=view.key,
                because=Ending.GIVER_CAME,
                actor=clerk("li", person=father.reference),
                at=at,
            )
        ended = actions.end_paper(key=view.key, because=Ending.GIVER_CAME, actor=clerk("li"), at=at)
        assert ended.standing is Standing.REVOKED
        with pytest.raises(MandateOver):
            queries.acting_for(actor=me, mandate_key=view.key, at=at)
        with pytest.raises(CannotMandate):
            actions.end_paper(key=view.key, because=Ending.GIVER_CAME, actor=clerk("li"), at=at)
        told = [one.text for one in Message.objects.filter(recipient=father.reference)]
        assert any("委托人本人来撤回" in text for text in told)
        assert queries.list_papers(clerk("li"), at=at).rows == ()
        assert len(queries.list_papers(clerk("li"), at=at, waiting=False).rows) == 1
        assert queries.list_papers(clerk("li", body="other"), at=at, waiting=False).rows == ()
