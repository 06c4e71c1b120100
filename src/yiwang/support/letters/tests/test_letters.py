from datetime import UTC, datetime
from threading import Barrier, Thread

import pytest
from django.db import connection, transaction

from yiwang.kernel.actor import machine
from yiwang.kernel.refusals import NotFound, TryLater
from yiwang.mechanisms.jobs import actions as jobs
from yiwang.support.letters import actions, queries
from yiwang.support.letters.models import Letter

AT = datetime(2026, 12, 8, 4, tzinfo=UTC)
ME = machine("tests")
VALUES = {
    "case_no": "620102-2026-000001",
    "item_name": "80周岁以上老年人高龄津贴",
    "addressee": "马晓燕",
    "body": "兰州市城关区民政局",
    "reason": "出生日期显示您未满 80 周岁。",
    "basis": "本地规定（示例）",
    "review_body": "兰州市城关区人民政府",
}
pytestmark = pytest.mark.django_db


def write(subject="case:one", **more):
    return actions.request_letter(
        kind="REJECTION", subject=subject, template="", values=VALUES | more, at=AT, actor=ME
    )


def test_a_letter_can_be_read_at_once_and_says_that_it_is_not_sealed():
    letter = write()
    face = queries.open_face(letter.key, subject="case:one")
    assert face.title == "不予决定书"
    assert face.mark == "示例—未加盖印章"
    assert "理由：出生日期显示您未满 80 周岁。" in face.paragraphs
    assert letter.verify_code in face.verify_address


def test_the_pdf_is_promised_until_it_is_made_and_made_only_once():
    letter = write()
    with pytest.raises(TryLater):
        queries.open_pdf(letter.key, subject="case:one")
    actions.print_letter(key=letter.key, actor=ME, at=AT)
    first = Letter.objects.get(key=letter.key).pdf_file
    actions.print_letter(key=letter.key, actor=ME, at=AT)
    assert Letter.objects.get(key=letter.key).pdf_file == first
    opened = queries.open_pdf(letter.key, subject="case:one")
    assert b"".join(opened.chunks).startswith(b"%PDF-")
    assert opened.filename == "不予决定书.pdf"


def test_the_job_that_prints_is_handed_over_with_the_letter(settings):
    from yiwang.support.letters import reactions  # noqa: F401  registers the task

    letter = write()
    jobs.run_waiting(at=AT)
    assert queries.get_letter(letter.key, subject="case:one").printable


def test_a_name_without_glyph_is_named_and_the_page_still_reads():
    letter = write(addressee="张𠀀")
    actions.print_letter(key=letter.key, actor=ME, at=AT)
    shown = queries.get_letter(letter.key, subject="case:one")
    assert shown.state == "UNPRINTABLE"
    with pytest.raises(queries.CannotPrint, match="𠀀"):
        queries.open_pdf(letter.key, subject="case:one")
    assert queries.open_face(letter.key, subject="case:one").addressee == "张𠀀"


def test_another_cases_letter_is_as_absent_as_one_that_never_was():
    letter = write()
    for ask in (queries.get_letter, queries.open_face, queries.open_pdf):
        with pytest.raises(NotFound):
            ask(letter.key, subject="case:two")
        with pytest.raises(NotFound):
            ask("0" * 16, subject="case:one")


def test_a_missing_value_is_refused_by_name_and_nothing_is_written():
    with pytest.raises(actions.CannotWrite) as refusal:
        write(reason="")
    assert [problem.field for problem in refusal.value.fields] == ["reason"]
    assert not Letter.objects.exists()


def test_a_strange_value_is_refused_by_name():
    with pytest.raises(actions.CannotWrite) as refusal:
        write(secret_key="x")
    assert [problem.field for problem in refusal.value.fields] == ["secret_key"]


def test_the_kind_and_its_wording_must_agree():
    with pytest.raises(actions.CannotWrite):
        actions.request_letter(
            kind="APPROVAL",
            subject="case:one",
            template="rejection",
            values=VALUES,
            at=AT,
            actor=ME,
        )


def test_values_lie_encrypted_in_the_table():
    letter = write()
    with connection.cursor() as cursor:
        cursor.execute("SELECT values FROM letters_letter WHERE key = %s", [letter.key])
        stored = cursor.fetchone()[0]
    assert stored.startswith("sm4-gcm$")
    assert "马晓燕" not in stored


def test_the_public_learns_that_a_letter_is_ours_with_a_masked_name():
    letter = write()
    proof = queries.find_proof(letter.verify_code)
    assert (proof.title, proof.body, proof.addressee_masked) == (
        "不予决定书", "兰州市城关区民政局", "马**",
    )  # fmt: skip
    assert queries.find_proof("0" * 16) is None


@pytest.mark.django_db(transaction=True)
def test_two_printers_at_once_leave_one_pdf():
    with transaction.atomic():
        letter = write()
    together = Barrier(2)

    def run():
        together.wait()
        actions.print_letter(key=letter.key, actor=ME, at=AT)
        connection.close()

    threads = [Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert queries.get_letter(letter.key, subject="case:one").printable


def test_the_cited_articles_say_what_the_letters_say(article):
    assert "六十日内提出行政复议申请" in article("行政复议法", "第二十条")
    assert "六个月内提出" in article("行政诉讼法", "第四十六条")
    assert "一次性告知申请人需要补正的材料" in article("市场主体登记管理条例", "第十九条")
    assert "不予登记并说明理由" in article("市场主体登记管理条例", "第二十条")
    assert "营业执照签发日期为市场主体的成立日期" in article("市场主体登记管理条例", "第二十一条")
