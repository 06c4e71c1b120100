from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from yiwang.kernel.actor import ANONYMOUS, Actor, ActorKind, Grant, Role, machine
from yiwang.kernel.identifiers import is_licence_identifier, is_uscc
from yiwang.kernel.refusals import NotFound
from yiwang.support.licences import actions, queries, sample
from yiwang.support.licences.models import ELicence, LicenceChange

AT = datetime(2026, 12, 8, 4, tzinfo=UTC)
ME = machine("tests")
HOLDER = Actor(kind=ActorKind.PERSON, reference="person:sample")
STRANGER = Actor(kind=ActorKind.PERSON, reference="person:other")
pytestmark = pytest.mark.django_db


def official(division="620102000000", department=sample.ISSUER):
    grant = Grant(Role.APPROVER, division, department)
    return Actor(kind=ActorKind.OFFICIAL, reference="official:x", grants=(grant,))


@pytest.fixture
def licence(db):
    sample.publish(AT)
    return sample.issue(case="case:one", at=AT, actor=ME)


def verify(code, **more):
    return queries.verify_licence(code=code, at=AT, **more)


def test_an_issued_licence_carries_a_valid_identifier_and_an_unguessable_code(licence):
    assert is_licence_identifier(licence.identifier)
    assert licence.identifier.split(".")[-2] == "001"
    assert len(licence.verify_code) == 16  # 80 bits
    assert licence.state == "VALID"


def test_asking_again_for_the_same_case_issues_nothing_new(licence):
    assert sample.issue(case="case:one", at=AT, actor=ME).identifier == licence.identifier
    assert ELicence.objects.count() == 1


def test_a_valid_licence_verifies_with_masked_values(licence):
    shown = verify(licence.verify_code)
    assert shown.good
    assert shown.holder_masked == "马**"
    assert ("经营者", "马**") in shown.rows
    assert "马晓燕" not in str([row for row in shown.rows if row[0] == "经营者"])


def test_a_code_reads_with_spaces_and_capitals_as_people_type_it(licence):
    typed = " ".join(licence.verify_code[i : i + 4].upper() for i in range(0, 16, 4))
    assert verify(typed).good


def test_unknown_and_mistyped_codes_and_wrong_identifiers_answer_alike(licence):
    answers = [
        verify("0" * 16),
        verify("nonsense"),
        verify("\x00"),
        verify(licence.verify_code, identifier="1.2.156.3005.2.X"),
    ]
    assert {answer.state for answer in answers} == {"UNKNOWN"}
    assert len(set(answers)) == 1


@pytest.mark.parametrize(
    ("act", "state"),
    [("revoke", "REVOKED"), ("cancel", "CANCELLED"), ("suspend", "SUSPENDED")],
)
def test_a_change_of_state_is_verified_at_once_and_kept_in_the_history(licence, act, state):
    actions.change_state(key=licence.key, act=act, reason="示例理由", at=AT, actor=official())
    assert verify(licence.verify_code).state == state
    last = LicenceChange.objects.latest("id")
    assert (last.before, last.after, last.reason) == ("VALID", state, "示例理由")


def test_a_revoked_licence_cannot_be_resumed(licence):
    actions.change_state(key=licence.key, act="revoke", reason="理由", at=AT, actor=official())
    with pytest.raises(actions.CannotChangeLicence):
        actions.change_state(key=licence.key, act="resume", reason="理由", at=AT, actor=official())


def test_a_state_cannot_change_without_a_reason(licence):
    with pytest.raises(actions.CannotChangeLicence):
        actions.change_state(key=licence.key, act="revoke", reason=" ", at=AT, actor=official())


def test_another_department_or_place_cannot_touch_or_see_it(licence):
    for other in (official("620103000000"), official(department="x" * 18), STRANGER, ANONYMOUS):
        with pytest.raises(NotFound):
            queries.get_licence(licence.key, other, at=AT)
        with pytest.raises(NotFound):
            actions.change_state(key=licence.key, act="revoke", reason="理由", at=AT, actor=other)
    assert verify(licence.verify_code).good


def test_holders_find_theirs_in_the_wallet_and_nobody_elses(licence):
    assert [row.key for row in queries.list_licences(HOLDER, at=AT).rows] == [licence.key]
    assert queries.list_licences(STRANGER, at=AT).rows == ()


def test_the_wallet_is_paged_newest_first_and_takes_no_strangers_mark(licence):
    keys = [sample.issue(case=f"case:{n}", at=AT, actor=ME).key for n in "abc"]
    first = queries.list_licences(HOLDER, at=AT, limit=3)
    assert [row.key for row in first.rows] == keys[::-1]
    last = queries.list_licences(HOLDER, at=AT, limit=3, after=first.next)
    assert ([row.key for row in last.rows], last.next) == ([licence.key], "")
    with pytest.raises(NotFound):
        queries.list_licences(STRANGER, at=AT, after=first.next)


def test_an_expired_licence_says_so_by_its_date_alone(licence):
    old = sample.issue(case="case:two", at=AT, actor=ME, valid_until=date(2026, 12, 8))
    assert verify(old.verify_code).state == "EXPIRED"


def test_a_renewal_keeps_the_serial_raises_the_version_and_supersedes(licence):
    newer = actions.renew(
        key=licence.key, case="case:three", values={"name": "新名", "operator": "马晓燕"},
        valid_from=date(2026, 12, 8), valid_until=None, at=AT, actor=ME,
    )  # fmt: skip
    assert newer.version == 2
    assert newer.predecessor == licence.identifier
    assert newer.identifier.split(".")[:-2] == licence.identifier.split(".")[:-2]
    assert verify(licence.verify_code).state == "SUPERSEDED"
    assert is_licence_identifier(newer.identifier)


@pytest.fixture
def waiting(licence):
    """A second version that begins tomorrow."""
    return actions.renew(
        key=licence.key, case="case:three", values={"name": "新名", "operator": "马晓燕"},
        valid_from=date(2026, 12, 9), valid_until=None, at=AT, actor=ME,
    )  # fmt: skip


def states(licence, at):
    return [one.state for one in queries.list_versions(licence.key, at=at)]


def test_a_renewal_does_not_hold_before_its_first_day_and_the_old_version_does(licence, waiting):
    assert states(licence, AT) == ["VALID", "NOT_YET"]
    assert (verify(licence.verify_code).good, verify(waiting.verify_code).good) == (True, False)
    newest = queries.find_newest_held(holder="person:sample", template="sample-licence", at=AT)
    assert newest.key == licence.key
    tomorrow = AT + timedelta(days=1)
    assert states(licence, tomorrow) == ["SUPERSEDED", "VALID"]
    newest = queries.find_newest_held(
        holder="person:sample", template="sample-licence", at=tomorrow
    )
    assert newest.key == waiting.key


@pytest.mark.parametrize("act", ["suspend", "revoke", "cancel"])
def test_what_happens_to_a_licence_happens_to_the_version_that_waits(licence, waiting, act):
    actions.change_state(key=licence.key, act=act, reason="理由", at=AT, actor=official())
    first, second = states(licence, AT)
    assert first == second != "VALID"


def test_a_version_is_not_renewed_twice_while_one_waits(licence, waiting):
    with pytest.raises(actions.CannotChangeLicence):
        actions.renew(
            key=licence.key, case="case:four", values={"name": "新名", "operator": "马晓燕"},
            valid_from=date(2026, 12, 10), valid_until=None, at=AT, actor=ME,
        )  # fmt: skip


def test_values_that_do_not_fit_the_template_are_refused(licence):
    with pytest.raises(actions.CannotIssue) as refusal:
        actions.issue(
            case="case:x", template="sample-licence", holder="person:sample", holder_name="x",
            values={"name": "x", "colour": "red"}, valid_from=date(2026, 1, 1), valid_until=None,
            at=AT, actor=ME, issuer=sample.ISSUER, issuer_name="x", division_code="620102000000",
        )  # fmt: skip
    assert {problem.field for problem in refusal.value.fields} == {"colour", "operator"}


def test_names_lie_encrypted_in_the_table(licence):
    with connection.cursor() as cursor:
        cursor.execute("SELECT holder_name, values FROM licences_elicence")
        row = cursor.fetchone()
    assert all(cell.startswith("sm4-gcm$") for cell in row)


def test_the_pdf_is_made_once_and_belongs_to_the_holder(licence):
    actions.print_licence(key=licence.key, actor=ME, at=AT)
    assert b"".join(queries.open_pdf(licence.key, HOLDER).chunks).startswith(b"%PDF-")
    with pytest.raises(NotFound):
        queries.open_pdf(licence.key, STRANGER)


def test_the_database_itself_refuses_a_stored_expired_state(licence):
    with pytest.raises(IntegrityError), transaction.atomic():
        ELicence.objects.filter(key=licence.key).update(state="EXPIRED")


def test_pool_codes_are_valid_class_92_one_per_case_and_never_reused(db):
    first = actions.take_uscc(case="case:one", division_code="620102000000", at=AT)
    again = actions.take_uscc(case="case:one", division_code="620102000000", at=AT)
    other = actions.take_uscc(case="case:two", division_code="620103000000", at=AT)
    assert first == again != other
    assert first.startswith("92620102")
    assert is_uscc(first)
    assert is_uscc(other)
    assert first[8:17] != other[8:17]


@pytest.mark.django_db(transaction=True)
def test_twenty_issues_at_once_have_twenty_serials():
    sample.publish(AT)

    def run(number):
        try:
            with transaction.atomic():
                return sample.issue(case=f"case:{number}", at=AT, actor=ME).identifier
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        identifiers = list(pool.map(run, range(20)))
    assert len(set(identifiers)) == 20
    assert sorted(ELicence.objects.values_list("serial", flat=True)) == [
        f"{n:010d}" for n in range(1, 21)
    ]
