"""The sample's Lanzhou has its papers sealed by its province, both nodes running."""

from __future__ import annotations

import http.client
import json
import os
import signal
from pathlib import Path

import pytest

from tests.installation import Installation
from tests.platform.three import CODES, command, connect, ports, until
from yiwang.network.directory import sample as places

pytestmark = pytest.mark.slow
CITY = CODES[1]
BODY = places.department_uscc(places.CHENGGUAN, 2)
OTHER = places.department_uscc(places.CHENGGUAN, 3)

#: A paper of a body, written and printed at once as the worker would.
WRITE = """
import json
from yiwang.support.letters import actions, queries
from yiwang.support.letters.models import Letter
from yiwang.kernel.actor import machine
from yiwang.kernel.moments import now
from django.db import transaction
values = dict(item_name='小餐饮', case_no='0', addressee='马晓燕', body='城关区市场监督管理局（示例）', received_at='今天', answer_by='明天')
with transaction.atomic():
    letter = actions.request_letter(kind='RECEIPT', subject='case:{subject}', template='', values=values, at=now(), actor=machine('test'), sealer='{body}')
actions.print_letter(key=letter.key, actor=machine('test'), at=now())
row = Letter.objects.get(key=letter.key)
print(json.dumps(dict(key=row.key, code=row.verify_code, wait=row.seal_wait, file=bool(row.pdf_file), mark=row.mark)))
"""
PERMIT = """
from yiwang.support.seals import actions
from yiwang.support.seals.models import SealPermit
from yiwang.kernel.actor import machine
from yiwang.kernel.moments import now
who = dict(actor=machine('test'), at=now())
{act}
"""
GIVE = f"actions.permit(node='{CITY}', body='{BODY}', **who)"
TAKE = "actions.revoke(key=SealPermit.objects.get(revoked_at=None).key, reason='测试收回', **who)"


@pytest.fixture(scope="module", autouse=True)
def permit(province):
    run(province, "62", PERMIT.format(act=GIVE))


def run(installation: Installation, code: str, text: str) -> str:
    return command(installation, code, "manage", "shell", "-c", text)


def write(installation: Installation, subject: str, body: str = BODY) -> dict:
    said = run(installation, CITY, WRITE.format(subject=subject, body=body))
    return json.loads(said.strip().splitlines()[-1])


def page(installation: Installation, code: str, path: str) -> str:
    link = http.client.HTTPConnection("127.0.0.1", ports(installation, code)[0], timeout=30)
    link.request("GET", path, headers={"Host": "localhost"})
    said = link.getresponse().read().decode()
    link.close()
    return said


def uses(installation: Installation, code: str) -> list[tuple]:
    with connect(installation, code) as link:
        text = "SELECT no, statement, signature FROM seals_use ORDER BY id"
        return link.execute(text).fetchall()


def receipts(installation: Installation, code: str, case: str) -> list[tuple]:
    with connect(installation, code) as link:
        text = (
            "SELECT message, purpose, item, case_no, status FROM exchange_receipt "
            "WHERE service = '62/seal' AND case_no = %s ORDER BY id"
        )
        return link.execute(text, [case]).fetchall()


def test_a_papers_digest_is_sealed_at_the_host_and_both_nodes_can_show_it(province):
    paper = write(province, "one")
    assert paper["file"], paper
    assert paper["mark"] == "示例—未加盖印章"  # the province's own machine is the sample's
    here, there = uses(province, CITY), uses(province, "62")
    assert here == there
    (no, statement, _signature) = here[0]
    assert json.loads(statement)["body"] == BODY
    for code in (CITY, "62"):
        assert "用印单位" in page(province, code, f"/v/{no}")
    assert no in page(province, CITY, f"/v/{paper['code']}")
    told = [receipts(province, code, "case:one") for code in (CITY, "62")]
    assert told[0] == told[1] != []
    assert {row[1:4] for row in told[0]} == {("加盖电子印章", "receipt", "case:one")}


def test_another_bodys_seal_is_denied_and_the_paper_waits(province):
    before = uses(province, "62")
    paper = write(province, "two", OTHER)
    assert (paper["file"], paper["mark"]) == (False, "正在等主节点加盖印章")
    assert "没有许可" in paper["wait"]
    assert uses(province, "62") == before


def test_while_the_host_is_away_papers_wait_and_are_sealed_by_themselves_when_it_is_back(province):
    held = {pid for pid in province.pids_of("exchange") if is_of(pid, province.port + 10)}
    assert held
    for pid in held:
        os.kill(pid, signal.SIGSTOP)
    try:
        paper = write(province, "three")
    finally:
        for pid in held:
            os.kill(pid, signal.SIGCONT)
    assert (paper["file"], paper["mark"]) == (False, "正在等主节点加盖印章")
    assert "等盖章" in paper["wait"]

    def is_sealed() -> bool:
        with connect(province, CITY) as link:
            text = "SELECT seal_wait, pdf_file FROM letters_letter WHERE key = %s"
            wait, file = link.execute(text, [paper["key"]]).fetchone()
        return not wait and bool(file)

    until(is_sealed, seconds=300)


def is_of(pid: int, port: int) -> bool:
    told = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    return f"EXCHANGE_PORT={port}".encode() in told


def test_a_revoked_permit_ends_with_the_next_paper_and_what_is_sealed_stays(province):
    run(province, "62", PERMIT.format(act=TAKE))
    before = uses(province, CITY)
    paper = write(province, "four")
    assert not paper["file"]
    assert "没有许可" in paper["wait"]
    assert uses(province, CITY) == before
    assert "用印单位" in page(province, "62", f"/v/{before[0][0]}")


#: A licence as the journey issues one; the register hears by reaction and job.
ISSUE = """
from yiwang.support.licences import sample
from yiwang.kernel.actor import machine
from yiwang.kernel.moments import now
from django.db import transaction
sample.publish(now())
with transaction.atomic():
    print(sample.issue(case='case:licence', at=now(), actor=machine('test')).identifier)
"""


def test_a_licence_issued_at_the_member_is_in_the_hosts_register_and_asked_for_by_another(province):
    number = run(province, CITY, ISSUE).strip().splitlines()[-1]

    def is_told() -> bool:
        with connect(province, "62") as link:
            text = "SELECT node FROM licences_toldlicence WHERE number = %s"
            return link.execute(text, [number]).fetchall() == [(CITY,)]

    until(is_told, seconds=300)
    for code in CODES:  # the police's node asks the province, as any member may
        said = page(province, code, f"/verify/?code={number}")
        assert "示例证照" in said, (code, said[-3000:])
        assert "马晓燕" not in said
