from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from yiwang.capability.entitlements import actions, queries, sample
from yiwang.capability.entitlements.models import Entitlement, MonthlyEntry
from yiwang.capability.entitlements.tests.test_months import AT, DEC, ME, OCT, close, give, official
from yiwang.kernel.actor import Actor, ActorKind
from yiwang.kernel.refusals import InvalidInput, NotAllowed, NotFound, VersionConflict
from yiwang.support.letters import queries as letters

PERSON = Actor(kind=ActorKind.PERSON, reference="person:1")
OTHER = Actor(kind=ActorKind.PERSON, reference="person:2")
LATER = AT + timedelta(days=40)
pytestmark = pytest.mark.django_db


def announce(granted, *, stops_on=date(2026, 12, 1), reason="DEATH", actor=None, version=None):
    return actions.announce_stop(
        key=granted.key, version=version or granted.version, reason=reason, stops_on=stops_on,
        object_by=date(2026, 12, 20), addressee="马晓燕", body="城关区民政局",
        basis="本地规定（示例）", at=AT, actor=actor or official(),
    )  # fmt: skip


def stop(granted, at=LATER):
    return actions.stop(key=granted.key, version=granted.version, at=at, actor=official())


def pay_everything():
    for list_view in queries.list_months(ME):
        rows = MonthlyEntry.objects.filter(monthly_list__key=list_view.key)
        text = "\n".join(f"{row.pk},成功," for row in rows)
        actions.import_return(key=list_view.key, data=text.encode(), at=AT, actor=official())


def test_the_same_case_is_granted_once():
    assert give().key == give().key
    assert Entitlement.objects.count() == 1


def test_nobody_receives_the_same_benefit_twice():
    give()
    with pytest.raises(actions.CannotGrant):
        sample.grant(case="case:other", person="person:1", starts_on=DEC, at=AT, actor=ME)


def test_a_grant_begins_with_the_month_whatever_day_is_given():
    assert give(starts_on=date(2026, 12, 29)).starts_on == DEC


def test_the_account_is_masked_in_views_and_encrypted_in_the_table():
    granted = give()
    assert granted.account_masked == "****0417"
    with connection.cursor() as cursor:
        cursor.execute("SELECT account, account_index FROM entitlements_entitlement")
        account, index = cursor.fetchone()
    assert account.startswith("sm4-gcm$")
    assert "6217" not in index


def test_payments_do_not_stop_without_notice():
    granted = give()
    with pytest.raises(actions.CannotStop):
        stop(granted)


def test_payments_do_not_stop_before_the_days_to_object_have_run():
    told = announce(give())
    with pytest.raises(actions.CannotStop):
        stop(told, at=datetime(2026, 12, 20, 10, tzinfo=UTC))
    assert stop(told, at=datetime(2026, 12, 21, 10, tzinfo=UTC)).state == "STOPPED"


def test_the_notice_is_a_letter_with_reason_and_days_to_object():
    granted = give()
    announce(granted)
    (letter,) = letters.list_letters("case:1")
    face = letters.open_face(letter.key, subject="case:1")
    assert face.title == "停发告知书"
    assert "理由：死亡" in face.paragraphs
    assert any("2026年12月20日" in line for line in face.paragraphs)


def test_payments_go_on_while_the_notice_runs():
    announce(give())
    close()
    assert MonthlyEntry.objects.count() == 1


def test_what_was_paid_after_a_late_told_death_is_owed_back():
    granted = give(starts_on=OCT)
    close()
    pay_everything()
    stopped = stop(announce(granted, stops_on=date(2026, 11, 1)))
    assert stopped.paid_fen == 18000
    assert stopped.owed_back_fen == 12000
    assert actions.close_month(2027, 1, at=LATER, actor=ME)[0].count == 0


def test_an_objection_that_is_right_changes_nothing_for_the_person():
    told = announce(give())
    kept = actions.keep(
        key=told.key, version=told.version, reason="户籍仍在本区", at=AT, actor=official()
    )
    assert kept.state == "ACTIVE"
    assert close()[0].count == 1


def test_resumed_payments_pay_back_the_months_between():
    stopped = stop(announce(give(starts_on=OCT), stops_on=date(2026, 11, 1)))
    back = actions.resume(
        key=stopped.key, version=stopped.version, from_month=date(2026, 11, 1),
        reason="核实仍健在", at=LATER, actor=official(),
    )  # fmt: skip
    assert back.state == "ACTIVE"
    actions.close_month(2027, 1, at=LATER, actor=ME)
    assert MonthlyEntry.objects.count() == 4


def test_a_gap_stays_unpaid_when_resumed_later():
    stopped = stop(announce(give(starts_on=OCT), stops_on=date(2026, 11, 1)))
    actions.resume(
        key=stopped.key, version=stopped.version, from_month=date(2027, 1, 1),
        reason="重新符合", at=LATER, actor=official(),
    )  # fmt: skip
    actions.close_month(2027, 1, at=LATER, actor=ME)
    months = sorted(MonthlyEntry.objects.values_list("month", flat=True))
    assert months == [OCT, date(2027, 1, 1)]


def test_a_higher_sum_holds_from_its_month():
    granted = give(starts_on=OCT)
    actions.change_sum(
        key=granted.key, version=1, monthly_fen=10000, from_month=DEC, at=AT, actor=official()
    )
    close()
    rows = MonthlyEntry.objects.order_by("month").values_list("amount_fen", flat=True)
    assert list(rows) == [6000, 6000, 10000]


def test_an_old_version_is_refused_politely():
    told = announce(give())
    with pytest.raises(VersionConflict):
        actions.keep(key=told.key, version=1, reason="x", at=AT, actor=official())


def test_a_wrong_reason_is_refused():
    with pytest.raises(InvalidInput):
        announce(give(), reason="BECAUSE")


def test_only_officials_of_the_body_may_stop():
    granted = give()
    with pytest.raises(NotAllowed):
        announce(granted, actor=PERSON)
    with pytest.raises(NotFound):
        announce(granted, actor=official("620103000000"))


@pytest.mark.parametrize(
    "account", ["123", "abc", "6217 0000 0000 000x", "１２３４５６７８９０１２", ""]
)
def test_an_account_that_cannot_be_one_is_refused(account):
    granted = give()
    with pytest.raises(actions.CannotChangeAccount):
        actions.change_account(
            key=granted.key, version=1, account=account, account_name="x", at=AT, actor=PERSON
        )


def test_another_person_cannot_see_or_change_it():
    granted = give()
    with pytest.raises(NotFound):
        queries.get_entitlement(granted.key, OTHER)
    with pytest.raises(NotFound):
        actions.change_account(
            key=granted.key, version=1, account="6217000000000000", account_name="x",
            at=AT, actor=OTHER,
        )  # fmt: skip


def test_the_database_refuses_a_stop_without_a_notice():
    granted = give()
    with pytest.raises(IntegrityError), transaction.atomic():
        Entitlement.objects.filter(key=granted.key).update(state="STOPPED")


def granted_to_many(number):
    made = []
    for n in range(number):
        made.append(sample.grant(case=f"case:{n}", person=f"person:{n}", starts_on=OCT, at=AT,
                                 actor=ME))  # fmt: skip
    close(2026, 12)
    return made


def test_grants_are_paged_newest_first_with_their_months():
    made = granted_to_many(3)
    first = queries.list_entitlements(official(), limit=2)
    assert [row.key for row in first.rows] == [made[2].key, made[1].key]
    assert [payment.month.month for payment in first.rows[0].payments] == [12, 11, 10]
    last = queries.list_entitlements(official(), limit=2, after=first.next)
    assert ([row.key for row in last.rows], last.next) == ([made[0].key], "")


def test_a_longer_list_of_grants_asks_no_more_questions():
    granted_to_many(1)
    with CaptureQueriesContext(connection) as one:
        queries.list_entitlements(official())
    granted_to_many(4)
    with CaptureQueriesContext(connection) as four:
        assert len(queries.list_entitlements(official()).rows) == 4
    assert len(one) == len(four) == 4


def test_a_strangers_grant_marks_no_page():
    granted = give()
    with pytest.raises(NotFound):
        queries.list_entitlements(OTHER, after=granted.key)
