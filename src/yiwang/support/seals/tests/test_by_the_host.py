"""At a member: its documents are sealed by its host, or they wait and say so."""

from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings as live

from yiwang.foundation.exchange import calls
from yiwang.foundation.exchange.definitions import CallStatus, Reply
from yiwang.kernel.actor import machine
from yiwang.mechanisms.files import queries as files
from yiwang.network.nodes import actions as nodes
from yiwang.network.nodes import sample as node_samples
from yiwang.support.letters import actions as letters
from yiwang.support.letters import queries as letter_queries
from yiwang.support.letters.models import Letter
from yiwang.support.licences import actions as licences
from yiwang.support.licences import queries as licence_queries
from yiwang.support.licences import sample as licence_samples
from yiwang.support.licences.models import ELicence
from yiwang.support.seals import actions, queries, refusals, rules, sample
from yiwang.support.seals.definitions import WAITING_MARK, SealField

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
SOON = AT + timedelta(minutes=1)
CITY = "620100"
ME = machine("tests")
BODY = licence_samples.ISSUER
PDF = b"%PDF-1.7\n1 0 obj\nendobj\nstartxref\n9\n%%EOF\n"
FIELD = SealField(
    BODY, "城关区市场监督管理局（示例）", "受理通知书", "letter:one", "1号", "case:one", "x"
)


class Host:
    """The other side of the call; ``says`` makes its answer from what it was told."""

    def __init__(self, node):
        self.node, self.asked = node, []
        self.says = self.sealed

    def sealed(self, told, changes=None):
        return sample.stated(self.node, told, node=CITY, at=AT, changes=changes)

    def away(self, told):
        return None

    def denied(self, told):
        return {"outcome": "DENIED", "reason": "没有许可"}

    def __call__(self, *, service, parameters, purpose, item, case, limit_seconds):
        self.asked.append((service, parameters, purpose, item, case))
        value = self.says(parameters)
        status = CallStatus.AWAY if value is None else CallStatus.FOUND
        return Reply(status, value, (), service, AT)


@pytest.fixture
def host(settings, monkeypatch):
    settings.REGISTRY = "http://127.0.0.1:1"
    settings.NODE, settings.NODE_NAME, settings.SEAL_DRIVER = CITY, "兰州市（示例）", "host"
    registry = node_samples.far_registry(at=AT)
    nodes.take(documents=[registry.members(version=1, at=AT)], at=AT)
    found = Host(registry.node)
    monkeypatch.setattr(calls, "call", found)
    yield found
    (live.YIWANG_HOME / "exchange" / "registry.json").unlink(missing_ok=True)


def seal(document=PDF, field=FIELD):
    return actions.seal(printing=lambda mark: document, field=field, at=AT)


def write(sealer=BODY, subject="case:one"):
    values = {
        "item_name": "小餐饮", "case_no": "0", "addressee": "马晓燕", "body": "城关区市场监督管理局",
        "received_at": "今天", "answer_by": "明天",
    }  # fmt: skip
    return letters.request_letter(
        kind="RECEIPT", subject=subject, template="", values=values, at=AT, actor=ME, sealer=sealer
    )


def state(letter):
    return letter_queries.get_letter(letter.key, subject=letter.subject)


def test_the_host_is_told_a_digest_and_the_facts_and_never_the_document(host):
    seal()
    ((service, told, purpose, item, case),) = host.asked
    assert (service, purpose, item, case) == ("63/seal", "加盖电子印章", "x", "case:one")
    assert set(told) == {"body", "digest", "title", "number", "case", "item", "mark"}


def test_the_value_is_on_the_document_and_taken_off_the_document_is_as_it_was_sealed(host):
    sealed = seal()
    assert (sealed.sealed, sealed.mark, sealed.driver) == (True, "", "host:national")
    taken = rules.take_apart(sealed.content)
    assert taken.document == PDF
    assert sealed.content.endswith(b"startxref\n9\n%%EOF\n")
    use = queries.check_document(sealed.content)
    assert (use.no, use.genuine, use.document) == (sealed.no, True, "letter:one")


def test_a_document_changed_after_it_was_sealed_is_found_out(host):
    sealed = seal().content
    assert queries.check_document(sealed.replace(b"1 0 obj", b"2 0 obj")) is None
    assert queries.check_document(PDF) is None
    other = seal(PDF.replace(b"1 0", b"3 0")).content
    tail = sealed[len(PDF) :]
    assert queries.check_document(other[: len(PDF)] + tail) is None  # another document's seal


@pytest.mark.parametrize(
    "changed",
    [{"digest": "cd" * 32}, {"node": "630100"}, {"body": "11620102MB0000000A"}, {"host": "62"},
     {"number": "2号"}, {"mark": "别的"}],
)  # fmt: skip
def test_a_value_about_anything_else_is_not_taken(host, changed):
    host.says = lambda told: host.sealed(told, changed)
    with pytest.raises(refusals.SealNotGenuine):
        seal()


def test_a_value_somebody_else_signed_is_not_taken(host):
    other = node_samples.far_node("63", "冒名")
    host.says = lambda told: sample.stated(other, told, node=CITY, at=AT)
    with pytest.raises(refusals.SealNotGenuine):
        seal()
    host.says = lambda told: {"outcome": "SEALED", "statement": "[", "signature": ""}
    with pytest.raises(refusals.SealNotGenuine):
        seal()


def test_the_document_is_printed_again_with_the_mark_the_host_wants(host):
    printed = []

    def printing(mark):
        printed.append(mark)
        return PDF

    def says(told):
        if told["mark"] != "示例—未加盖印章":
            return {"outcome": "MARK", "mark": "示例—未加盖印章"}
        return host.sealed(told, {"sealed": False})

    host.says = says
    for expected in (["", "示例—未加盖印章"], ["示例—未加盖印章"]):  # the second time it is known
        printed.clear()
        sealed = actions.seal(printing=printing, field=FIELD, at=AT)
        assert printed == expected
        assert (sealed.sealed, sealed.mark) == (False, "示例—未加盖印章")


def test_a_letter_waits_visibly_while_the_host_is_away_and_is_sealed_when_it_is_back(host):
    host.says = host.away
    letter = write()
    assert letter_queries.open_face(letter.key, subject="case:one").mark == WAITING_MARK
    letters.print_letter(key=letter.key, actor=ME, at=AT)
    assert "等盖章" in state(letter).seal_wait
    with pytest.raises(refusals.NotSealed):
        letter_queries.open_pdf(letter.key, subject="case:one")
    assert not Letter.objects.get(key=letter.key).pdf_file
    host.says = host.sealed
    letters.print_waiting(actor=ME, at=AT)  # not its time yet
    assert state(letter).seal_wait
    letters.print_waiting(actor=ME, at=SOON)
    assert (state(letter).printable, state(letter).seal_wait) == (True, "")
    assert letter_queries.open_face(letter.key, subject="case:one").mark == ""
    content = b"".join(letter_queries.open_pdf(letter.key, subject="case:one").chunks)
    assert queries.check_document(content).document == f"letter:{letter.key}"


def test_while_it_is_away_the_host_is_asked_once_a_round_not_once_a_letter(host):
    host.says = host.away
    for number in range(3):
        letters.print_letter(key=write(subject=f"case:{number}").key, actor=ME, at=AT)
    host.asked.clear()
    letters.print_waiting(actor=ME, at=SOON)
    assert len(host.asked) == 1


def test_a_letter_that_is_denied_says_why_and_is_asked_for_less_often(host):
    host.says = host.denied
    letter = write()
    letters.print_letter(key=letter.key, actor=ME, at=AT)
    assert state(letter).seal_wait == "没有许可"
    letters.print_waiting(actor=ME, at=SOON)
    assert len(host.asked) == 1
    host.says = host.sealed
    letters.print_waiting(actor=ME, at=AT + timedelta(minutes=10))
    assert state(letter).printable


def test_a_licence_waits_and_heals_the_same_way(host):
    licence_samples.publish(AT)
    issued = licence_samples.issue(case="case:one", at=AT, actor=ME)
    host.says = host.away
    licences.print_licence(key=issued.key, actor=ME, at=AT)
    waiting = licence_queries.get_by_key(issued.key, at=AT)
    assert (waiting.pdf_ready, waiting.mark) == (False, WAITING_MARK)
    assert "等盖章" in waiting.seal_wait
    host.says = host.sealed
    licences.print_waiting(actor=ME, at=SOON)
    sealed = licence_queries.get_by_key(issued.key, at=AT)
    assert (sealed.pdf_ready, sealed.seal_wait, sealed.mark) == (True, "", "")
    content = b"".join(files.open_file(ELicence.objects.get(key=issued.key).pdf_file).chunks)
    assert queries.check_document(content).number == issued.identifier


def test_an_applicants_own_paper_asks_for_nobodys_seal(host):
    letter = write(sealer="")
    letters.print_letter(key=letter.key, actor=ME, at=AT)
    assert state(letter).printable
    assert host.asked == []


def test_a_node_that_has_joined_nobody_waits(settings):
    settings.SEAL_DRIVER = "host"
    with pytest.raises(refusals.SealAway):
        seal()
