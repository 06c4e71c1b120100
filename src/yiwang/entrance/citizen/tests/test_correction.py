"""补正 from end to end: returned once, supplied with a new file, approved."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from yiwang.capability import journey
from yiwang.capability.cases import queries as cases
from yiwang.capability.cases.events import CaseReturned
from yiwang.capability.journey import reactions, sample
from yiwang.kernel import moments
from yiwang.kernel.actor import machine
from yiwang.mechanisms.files.definitions import Kind
from yiwang.mechanisms.files.sample import content
from yiwang.mechanisms.journal import queries as journal
from yiwang.support.identity.sample import open_person_account, sign_in_client

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene(client):
    """An allowance that an official returned: client, address, official."""
    at = moments.now()
    item = sample.publish(sample.ALLOWANCE, at=at)
    person = sample.elder(at=at)
    open_person_account(person.reference, at=at)
    me, officer = sign_in_client(client, person.reference), sample.official(item)
    answers = sample.allowance_answers(person)
    receipt = sample.submitted(sample.ALLOWANCE, me, answers, at=at, by_person=True)
    journey.after_submission(case_key=receipt.case_key, actor=machine("worker"), at=moments.now())
    case = cases.get_case(receipt.case_key, me)
    journey.return_for_correction(
        case_key=case.key,
        version=case.version,
        problems=["电话打不通", "请补一份户口簿照片"],
        actor=officer,
        at=moments.now(),
    )
    return client, f"/my/cases/{case.key}/", officer, me


def boxes(text: str) -> dict[str, str]:
    """What the page's form would send unchanged."""
    form = text[text.index('<form class="apply') :]
    sent = {}
    for box in re.findall(r"<input[^>]+>", form):
        name = re.search(r'name="([^"]+)"', box)
        value = re.search(r'value="([^"]*)"', box)
        choice = 'type="radio"' in box or 'type="checkbox"' in box
        if name and 'type="file"' not in box and (not choice or " checked" in box):
            sent[name[1]] = value[1] if value else ""
    for name, body in re.findall(r'<select[^>]*name="([^"]+)"(.*?)</select>', form, re.S):
        chosen = re.search(r'value="([^"]*)" selected', body)
        sent[name] = chosen[1] if chosen else ""
    sent.pop("csrfmiddlewaretoken", None)
    return sent


def photo(kind=Kind.JPEG, name="hukou.jpg"):
    return SimpleUploadedFile(name, content(kind))


def test_a_returned_case_is_supplied_with_a_file_and_then_approved(scene):
    client, address, officer, _me = scene
    progress = client.get(address).content.decode()
    assert f'href="{address}correct/"' in progress
    page = client.get(f"{address}correct/").content.decode()
    assert "请补一份户口簿照片" in page
    sent = {**boxes(page), "phone": "13900000009", "m-correction-file": photo()}
    answer = client.post(f"{address}correct/", sent)
    assert (answer.status_code, answer.get("Location")) == (302, address), answer.content.decode()
    case = cases.get_case(address.split("/")[3], officer)
    assert case.state == "WITH_OFFICIAL"
    assert "hukou.jpg" in [m.filename for m in case.materials]
    key = next(m.file_key for m in case.materials if m.filename == "hukou.jpg")
    assert key
    case = journey.accept(case_key=case.key, version=case.version, actor=officer, at=moments.now())
    journey.decide(
        case_key=case.key,
        version=case.version,
        outcome="APPROVE",
        reason="年满八十周岁，户籍在本区",
        actor=officer,
        at=moments.now(),
    )
    done = client.get(address).content.decode()
    assert "已办好" in done
    assert "hukou.jpg" in done
    assert client.get(f"{address}correct/").status_code == 404


def test_a_file_alone_is_a_correction(scene):
    client, address, officer, _me = scene
    sent = boxes(client.get(f"{address}correct/").content.decode())
    answer = client.post(f"{address}correct/", {**sent, "m-correction-file": photo()})
    assert answer.status_code == 302, answer.content.decode()
    assert cases.get_case(address.split("/")[3], officer).state == "WITH_OFFICIAL"


def test_nothing_changed_is_no_correction(scene):
    client, address, officer, _me = scene
    sent = boxes(client.get(f"{address}correct/").content.decode())
    answer = client.post(f"{address}correct/", sent)
    assert answer.status_code == 422
    assert "您还没有改动" in answer.content.decode()
    assert cases.get_case(address.split("/")[3], officer).state == "RETURNED"


def test_a_file_that_is_not_what_it_says_is_refused_and_nothing_is_sent(scene):
    client, address, officer, _me = scene
    sent = boxes(client.get(f"{address}correct/").content.decode())
    false = SimpleUploadedFile("hukou.jpg", b"no picture")
    answer = client.post(f"{address}correct/", {**sent, "m-correction-file": false})
    assert answer.status_code == 422
    assert 'href="#m-correction"' in answer.content.decode()
    assert cases.get_case(address.split("/")[3], officer).state == "RETURNED"


def test_the_notice_and_the_letter_lead_to_the_correction(scene):
    client, address, _officer, _me = scene
    [returned] = [
        e
        for e in journal.list_entries(subject=f"case:{address.split('/')[3]}")
        if e.act == CaseReturned.name
    ]
    event = CaseReturned(subject=returned.subject, at=returned.at, **dict(returned.facts))
    reactions.tell_returned(event=event, position=returned.entry_id)
    inbox = client.get("/my/messages/").content.decode()
    assert "请补正材料" in inbox
    assert "户口簿照片" in inbox
    assert f'href="{address}"' in inbox
    progress = client.get(address).content.decode()
    letter = re.search(r'href="(/cases/[^"]+/letters/[^"]+/)">(?:(?!</a>).)*补正', progress)
    assert letter is not None
    assert f'href="{address}correct/"' in client.get(letter[1]).content.decode()
