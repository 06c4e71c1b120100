from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from yiwang.foundation.exchange.definitions import Status
from yiwang.foundation.exchange.sources import ask
from yiwang.foundation.libraries import actions, providers, queries, sample
from yiwang.foundation.libraries.definitions import OrganizationState, Sex
from yiwang.kernel.identifiers import is_citizen_id, is_mobile, is_uscc, tidy_citizen_id, tidy_phone
from yiwang.kernel.refusals import InvalidInput, NotFound

AT = datetime(2026, 12, 14, 1, tzinfo=UTC)
assert providers


@given(st.integers(0, 400), st.dates(date(1930, 1, 1), date(2010, 1, 1)), st.sampled_from(Sex))
def test_a_sample_person_is_valid_and_the_same_for_the_same_seed(seed, born, sex):
    if sex not in (Sex.MALE, Sex.FEMALE):
        return
    person = sample.new_person(seed, born_on=born, sex=sex)
    assert person == sample.new_person(seed, born_on=born, sex=sex)
    assert is_citizen_id(person.citizen_id, today=date(2026, 12, 14))
    assert int(person.citizen_id[16]) % 2 == (1 if sex is Sex.MALE else 0)
    assert is_mobile(person.phone)


@pytest.mark.parametrize(
    "typed", ["11010519491231002x", " 110105 19491231 002X", "110105491231002"]
)
def test_an_id_number_is_the_same_however_it_was_typed(typed):
    assert tidy_citizen_id(typed) == "11010519491231002X"


@pytest.mark.parametrize("typed", ["+86 199 1000 0001", "199-1000-0001", "8619910000001"])
def test_a_phone_is_the_same_however_it_was_typed(typed):
    assert tidy_phone(typed) == "19910000001"


@pytest.mark.django_db
class TestPersons:
    def test_a_person_is_found_by_number_and_shown_masked(self):
        entered = sample.register_person(7, at=AT, name="马晓燕", born_on=date(1940, 2, 29))
        number = sample.new_person(7, born_on=date(1940, 2, 29)).citizen_id
        person = queries.find_person(number.lower())
        assert person == entered == queries.get_person(entered.key)
        assert (person.name, person.name_masked) == ("马晓燕", "马**")
        assert number not in repr(person)
        assert queries.find_citizen_id(person.reference) == number

    def test_nothing_that_names_or_reaches_a_person_lies_in_clear(self):
        person = sample.new_person(8, name="欧阳建国")
        sample.register_person(8, at=AT, name="欧阳建国")
        with connection.cursor() as cursor:
            cursor.execute(
                "select row_to_json(p)::text from libraries_person p union all"
                " select row_to_json(b)::text from libraries_bankaccount b union all"
                " select e.body::text from journal_entry e"
            )
            stored = "".join(row[0] for row in cursor.fetchall())
        for value in (person.name, person.citizen_id, person.phone, person.address, "62170000"):
            assert value not in stored

    def test_a_name_by_itself_is_the_name_and_not_its_cipher(self):
        person = sample.register_person(3, at=AT, name="马晓燕")
        firm = sample.register_organization(
            4, at=AT, name="兰州示例公司", legal_representative=person.reference
        )
        assert queries.get_name(person.reference) == "马晓燕"
        assert queries.get_name(firm.reference) == "兰州示例公司"
        with pytest.raises(NotFound):
            queries.get_name("person:nobody")

    def test_a_wrong_check_character_is_refused_by_field(self):
        person = sample.new_person(9)
        last = "1" if person.citizen_id[-1] != "1" else "2"
        from dataclasses import replace

        with pytest.raises(InvalidInput) as caught:
            actions.register_person(
                person=replace(person, citizen_id=person.citizen_id[:-1] + last),
                actor=sample.SAMPLER,
                at=AT,
            )
        assert caught.value.fields[0].field == "citizen_id"

    def test_registering_again_updates_the_same_person(self):
        first = sample.register_person(10, at=AT, born_on=date(1950, 1, 1))
        again = sample.register_person(10, at=AT, born_on=date(1950, 1, 1), name="李桂兰")
        assert (again.reference, again.name) == (first.reference, "李桂兰")

    def test_a_death_is_noted_once(self):
        person = sample.register_person(11, at=AT)
        for day in (date(2026, 12, 1), date(2026, 12, 5)):
            actions.note_death(person=person.reference, died_on=day, actor=sample.SAMPLER, at=AT)
        seen = queries.get_person(person.reference)
        assert (seen.alive, seen.died_on) == (False, date(2026, 12, 1))
        with pytest.raises(NotFound):
            actions.note_death(
                person="person:none", died_on=date(2026, 12, 1), actor=sample.SAMPLER, at=AT
            )

    def test_several_persons_are_one_question(self, django_assert_num_queries):
        people = [sample.register_person(n, at=AT).reference for n in range(20, 25)]
        with django_assert_num_queries(1):
            assert set(queries.list_persons([*people, "person:none"])) == set(people)


@pytest.mark.django_db
class TestOrganizations:
    def test_a_person_represents_only_own_firms_in_operation(self):
        boss = sample.register_person(30, at=AT)
        other = sample.register_person(31, at=AT)
        firm = sample.register_organization(1, at=AT, legal_representative=boss.reference)
        assert is_uscc(firm.uscc)
        assert queries.find_organization(firm.uscc.lower()) == firm
        assert queries.list_represented_by(boss.reference) == (firm,)
        assert queries.represents(boss.reference, firm.reference)
        assert not queries.represents(other.reference, firm.reference)

        actions.end_organization(
            organization=firm.reference,
            state=OrganizationState.CANCELLED,
            actor=sample.SAMPLER,
            at=AT,
        )
        assert queries.list_represented_by(boss.reference) == ()
        assert not queries.represents(boss.reference, firm.reference)


@pytest.mark.django_db
class TestProviders:
    def _ask(self, name, subject, **parameters):
        return ask(provider=name, subject=subject, purpose="test", parameters=parameters)

    def test_prefill_says_value_source_and_time(self):
        person = sample.register_person(40, at=AT, name="王秀英", born_on=date(1945, 5, 1))
        answer = self._ask("person.name", person.reference)
        assert (answer.status, answer.value, answer.as_of) == (Status.FOUND, "王秀英", AT)
        assert "人口库" in answer.source_label
        assert self._ask("person.born_on", person.reference).value == "1945-05-01"
        assert self._ask("person.alive", person.reference).value is True
        assert self._ask("person.household_division", person.reference).value == "620102000000"
        assert self._ask("person.bank_account", person.reference).value.startswith("62170")
        identity = self._ask("person.identity", person.reference).value
        assert identity["姓名"] == "王秀英"
        assert "*" in identity["公民身份号码"]
        assert self._ask("person.died_on", person.reference).status is Status.NOT_FOUND

    def test_what_nobody_has_said_of_a_person_is_not_found(self):
        new = replace(sample.new_person(42), division_code="", people="")
        person = actions.register_person(person=new, actor=sample.SAMPLER, at=AT)
        for name in ("person.people", "person.household_division"):
            assert self._ask(name, person.reference).status is Status.NOT_FOUND

    def test_an_allowance_that_ended_is_not_drawn_elsewhere(self):
        person = sample.register_person(41, at=AT).reference
        since = date(2024, 1, 1)
        where = {"kind": "elderly-allowance"}
        assert self._ask("person.allowance_elsewhere", person, **where).value is False
        actions.report_allowance(
            person=person, kind=where["kind"], division_code="620103000000", since=since
        )
        assert self._ask("person.allowance_elsewhere", person, **where).value is True
        actions.report_allowance(
            person=person,
            kind=where["kind"],
            division_code="620103000000",
            since=since,
            until=since,
        )
        assert self._ask("person.allowance_elsewhere", person, **where).value is False

    def test_a_firm_answers_as_a_firm_and_a_person_does_not(self):
        boss = sample.register_person(42, at=AT)
        firm = sample.register_organization(2, at=AT, legal_representative=boss.reference)
        assert self._ask("organization.uscc", firm.reference).value == firm.uscc
        assert self._ask("organization.uscc", boss.reference).status is Status.NOT_FOUND
        assert self._ask("person.name", firm.reference).status is Status.NOT_FOUND
        assert self._ask("person.name", "person:0000000000000000").status is Status.NOT_FOUND

    def test_every_source_a_shipped_pack_mentions_is_registered(self, settings):
        import re

        from yiwang.foundation.exchange.sources import list_sources

        text = "".join(path.read_text(encoding="utf-8") for path in settings.PACKS.rglob("*.yaml"))
        mentioned = set(re.findall(r"(?:provider|x-prefill): *([a-z_.]+)", text))
        ours = {name for name in mentioned if name.startswith(("person.", "organization."))}
        assert ours
        assert ours <= {source.name for source in list_sources()}
