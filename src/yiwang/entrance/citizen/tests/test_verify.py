import json
from datetime import UTC, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from yiwang.entrance.citizen import verify
from yiwang.kernel.actor import machine
from yiwang.kernel.identifiers import make_licence_identifier
from yiwang.mechanisms.crypto import actions as crypto
from yiwang.network.directory import sample as places
from yiwang.network.nodes import sample as nodes
from yiwang.network.nodes.models import ExchangeNode
from yiwang.support.letters import actions as letters
from yiwang.support.licences import actions, sample
from yiwang.support.seals import actions as seal_actions
from yiwang.support.seals import rules as seal_rules
from yiwang.support.seals import sample as seal_samples

AT = datetime(2026, 12, 8, 4, tzinfo=UTC)
ME = machine("tests")
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh_minute():
    from django.core.cache import cache

    cache.clear()


@pytest.fixture
def licence(db):
    sample.publish(AT)
    return sample.issue(case="case:one", at=AT, actor=ME)


def page(client, address):
    return client.get(address).content.decode()


def test_anybody_may_verify_a_licence_without_signing_in(client, licence):
    said = page(client, f"/v/{licence.verify_code}")
    assert "是真的，现在有效" in said
    assert "马**" in said
    assert "示例—未加盖印章" in said
    assert "样本，不作为法律凭证" in said


def test_the_form_leads_to_the_code_and_works_without_script(client, licence):
    spaced = licence.verify_code[:4] + " " + licence.verify_code[4:]
    response = client.get("/verify/", {"code": spaced})
    assert response.status_code == 302
    assert response["Location"] == f"/v/{licence.verify_code}"


def test_the_whole_address_from_a_qr_code_may_be_pasted(client, licence):
    response = client.get("/verify/", {"code": licence.verify_address})
    assert response["Location"] == f"/v/{licence.verify_code}"


def test_a_short_code_is_explained_at_the_field(client):
    assert "验证码应为 16 位" in page(client, "/verify/?code=abc")


def test_an_unknown_code_says_so_with_status_200_like_any_answer(client):
    response = client.get("/v/" + "0" * 16)
    assert response.status_code == 200
    assert "没有查到这张证照" in response.content.decode()


def test_a_revoked_licence_is_shown_as_revoked_at_once(client, licence):
    from yiwang.support.licences.tests.test_register import official

    actions.change_state(key=licence.key, act="revoke", reason="理由", at=AT, actor=official())
    assert "曾经颁发过，现已撤销" in page(client, f"/v/{licence.verify_code}")


def test_a_letters_code_is_answered_on_the_same_page(client):
    letter = letters.request_letter(
        kind="WITHDRAWAL", subject="case:one", template="", at=AT, actor=ME,
        values={"case_no": "1", "item_name": "事项", "addressee": "马晓燕", "body": "民政局",
                "withdrawn_on": "2026年12月8日"},
    )  # fmt: skip
    said = page(client, f"/v/{letter.verify_code}")
    assert "这份文书是本平台出具的" in said
    assert "马**" in said
    assert "马晓燕" not in said


def test_too_many_questions_are_slowed_down(client, monkeypatch):
    monkeypatch.setattr(verify, "PER_MINUTE", 3)
    statuses = [client.get("/v/" + "0" * 16).status_code for _ in range(5)]
    assert statuses == [200, 200, 200, 429, 429]


def test_the_picture_is_an_image_and_tells_nothing_about_the_register(client, licence):
    real = client.get(f"/v/{licence.verify_code}/qr.svg")
    assert real["Content-Type"] == "image/svg+xml"
    assert b"<script" not in real.content
    assert client.get("/v/" + "0" * 16 + "/qr.svg").status_code == 200
    assert client.get("/v/x/qr.svg").status_code == 404


def test_nothing_is_changed_by_a_post(client):
    assert client.post("/v/" + "0" * 16).status_code == 405


@pytest.fixture
def sealed(settings):
    """A seal the host put on a member's document."""
    settings.NODE_GIVEN = True
    places.load_chengguan()
    body = places.register_departments()[1]
    nodes.three_nodes(at=AT)
    ExchangeNode.objects.filter(code="620100").update(division_code="620100000000")
    seal_samples.permit(node="620100", body=body, at=AT)

    def seal(pdf=b"%PDF-1.7\nstartxref\n9\n%%EOF\n"):
        told = {"digest": crypto.digest(pdf)}
        call = seal_samples.asked(node="620100", body=body, changes=told)
        answer = seal_actions.seal_for_member(call=call, at=AT).value
        value = {name: answer[name] for name in ("statement", "signature")}
        return json.loads(answer["statement"])["no"], seal_rules.embed(pdf, **value)

    return seal


def upload(client, content):
    file = SimpleUploadedFile("x.pdf", content, "application/pdf")
    return client.post("/verify/file/", {"file": file}).content.decode()


def test_the_number_of_a_seal_says_who_had_what_sealed_and_nothing_of_the_document(client, sealed):
    no, _content = sealed()
    said = page(client, f"/v/{no}")
    main = said.partition("<main")[2].partition("</main>")[0]
    assert "用印单位" in main
    assert "准予行政许可决定书" in said
    assert "620100" in said


def test_a_sealed_file_is_checked_and_a_changed_one_is_found_out(client, sealed):
    _no, content = sealed()
    assert "和盖章时完全一样" in upload(client, content)
    assert "没有查到有效的印章" in upload(client, content.replace(b"1.7", b"1.6"))
    assert "没有查到有效的印章" in upload(client, b"%PDF-1.7")
    assert client.post("/verify/file/", {}).status_code == 422


def test_a_statement_whose_signature_does_not_hold_is_called_that(client, sealed):
    no, _content = sealed()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE seals_use SET signature = 'sm2-sm3$sign-node.1$AAAA'")
    assert "签名没有通过核对" in page(client, f"/v/{no}")


def test_a_licence_is_found_by_its_number_alone_without_its_holder(client, licence):
    said = page(client, f"/verify/?code={licence.identifier}")
    assert "兰州市城关区市场监督管理局" in said
    assert "马" not in said.partition("<main")[2].partition("</main>")[0].replace("马上", "")


def test_a_number_nobody_issued_says_so(client, licence):
    other = make_licence_identifier("1" * 21, sample.ISSUER, "0000000009", 1)
    assert "没有查到这个编号的证照" in page(client, f"/verify/?code={other}")
