import io
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, connection, transaction
from python_calamine import CalamineWorkbook

from yiwang.capability.entitlements import actions, queries, sample
from yiwang.capability.entitlements.models import MonthlyEntry, MonthlyList
from yiwang.kernel.actor import Actor, ActorKind, Grant, Role, machine
from yiwang.kernel.refusals import InvalidInput, NotAllowed, NotFound

AT = datetime(2026, 12, 10, 4, tzinfo=UTC)
ME = machine("tests")
OCT, NOV, DEC = date(2026, 10, 1), date(2026, 11, 1), date(2026, 12, 1)
pytestmark = pytest.mark.django_db


def official(division=sample.DIVISION):
    grant = Grant(Role.APPROVER, division, sample.DEPARTMENT)
    return Actor(kind=ActorKind.OFFICIAL, reference="official:x", grants=(grant,))


def give(number=1, starts_on=DEC, **more):
    return sample.grant(
        case=f"case:{number}", person=f"person:{number}", starts_on=starts_on,
        at=AT, actor=ME, **more,
    )  # fmt: skip


def close(year=2026, month=12, actor=ME):
    return actions.close_month(year, month, at=AT, actor=actor)


def entries():
    rows = MonthlyEntry.objects.order_by("id").values_list("month", "amount_fen")
    return list(rows)


def test_a_month_closed_twice_is_closed_once():
    give(1)
    give(2, monthly_fen=10000)
    first, again = close(), close()
    assert first == again
    assert (first[0].count, first[0].total_fen) == (2, 16000)
    assert len(entries()) == 2


def test_earlier_months_never_listed_are_paid_with_the_next_list():
    give(starts_on=date(2026, 10, 17))
    close()
    assert entries() == [(OCT, 6000), (NOV, 6000), (DEC, 6000)]


def test_a_grant_made_after_the_closing_is_caught_up_next_month():
    give(1, starts_on=OCT)
    close(2026, 11)
    give(2, starts_on=NOV)
    close(2026, 12)
    later = MonthlyEntry.objects.filter(entitlement__case="case:2").order_by("month")
    assert [(row.month, row.monthly_list.month) for row in later] == [(NOV, DEC), (DEC, DEC)]


def test_a_month_that_has_not_begun_cannot_be_closed():
    with pytest.raises(InvalidInput):
        close(2027, 1)


def test_lists_of_two_bodies_are_two_lists():
    give(1)
    actions.grant(
        case="case:9", person="person:9", benefit="elderly-allowance", monthly_fen=100,
        starts_on=DEC, at=AT, actor=ME, division_code="620103000000", department="y" * 18,
    )  # fmt: skip
    assert len(close()) == 2
    assert len(queries.list_months(official())) == 1


def test_citizens_and_clerks_of_other_places_see_no_list():
    give()
    key = close()[0].key
    person = Actor(kind=ActorKind.PERSON, reference="person:1")
    for stranger in (person, official("620103000000")):
        assert queries.list_months(stranger) == ()
        with pytest.raises(NotFound):
            queries.get_month(key, stranger)
        with pytest.raises(NotFound):
            actions.export_month(key=key, at=AT, actor=stranger)
    with pytest.raises(NotAllowed):
        close(actor=person)


def test_the_spreadsheet_carries_every_entry_and_a_trace():
    give(account="6217000000000000417")
    key = close()[0].key
    data = actions.export_month(key=key, at=AT, actor=official())
    rows = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
    assert "official:x" in rows[0][0]
    assert rows[2][1:] == ["2026-12", "60.00", "6217000000000000417", "马晓燕"]


def bank(rows, key):
    text = "\n".join(f"{number},{result},{note}" for number, result, note in rows)
    return actions.import_return(key=key, data=text.encode(), at=AT, actor=official())


def test_the_banks_answer_is_taken_once_and_a_late_success_wins():
    give(1)
    give(2)
    key = close()[0].key
    one, two = (str(pk) for pk in MonthlyEntry.objects.order_by("id").values_list("pk", flat=True))
    report = bank(
        [("名册行号", "结果", "说明"), (one, "成功", ""), (two, "失败", "账号已销户")], key
    )
    assert (report.paid, report.failed) == (1, 1)
    assert bank([(one, "成功", ""), (two, "失败", "")], key).already_known == 2
    assert queries.get_month(key, ME).failed_fen == 6000
    bank([(two, "成功", "")], key)
    shown = queries.get_month(key, ME)
    assert (shown.paid_fen, shown.failed_fen) == (12000, 0)
    assert bank([(two, "失败", "")], key).problems != ()


def test_a_return_with_one_wrong_line_takes_nothing():
    give()
    key = close()[0].key
    pk = str(MonthlyEntry.objects.get().pk)
    for wrong in ([(pk, "成功", ""), ("999999", "成功", "")], [(pk, "也许", "")]):
        with pytest.raises(actions.CannotImportReturn):
            bank(wrong, key)
    assert queries.get_month(key, ME).paid_fen == 0


def test_a_failed_payment_is_exported_again_with_the_new_account():
    granted = give()
    key = close()[0].key
    bank([(str(MonthlyEntry.objects.get().pk), "失败", "销户")], key)
    actions.change_account(
        key=granted.key, version=1, account="6228480000000000001", account_name="马晓燕",
        at=AT, actor=Actor(kind=ActorKind.PERSON, reference="person:1"),
    )  # fmt: skip
    data = actions.export_month(key=key, at=AT, actor=official(), only_failed=True)
    rows = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
    assert rows[2][3] == "6228480000000000001"


def test_the_database_refuses_a_second_entry_of_a_month():
    give()
    close()
    entry = MonthlyEntry.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        MonthlyEntry.objects.create(
            monthly_list=entry.monthly_list, entitlement=entry.entitlement,
            month=entry.month, amount_fen=1,
        )  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_eight_closings_at_once_make_one_list():
    with transaction.atomic():
        for number in range(3):
            give(number)

    def run(_):
        try:
            return close()[0].key
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        keys = list(pool.map(run, range(8)))
    assert len(set(keys)) == 1
    assert MonthlyList.objects.count() == 1
    assert MonthlyEntry.objects.count() == 3
