"""Every request opens its own transaction: here none stands around it, as in a running installation."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client

from yiwang.capability.journey import sample
from yiwang.kernel import moments
from yiwang.mechanisms.files import sample as files
from yiwang.mechanisms.files.definitions import Kind
from yiwang.support.identity import actions as identity
from yiwang.support.identity import sample as accounts

pytestmark = pytest.mark.django_db(transaction=True)
SCOPES = ("drafts:read", "drafts:write")


@pytest.fixture
def bearer(transactional_db):
    at = moments.now()
    sample.publish(sample.BUSINESS, at=at)
    person = sample.elder(at=at, born_on=date(1990, 5, 6))
    with transaction.atomic():
        accounts.open_person_account(person.reference, at=at)
        token = identity.issue_token(
            name="own", scopes=SCOPES, expires_at=at.replace(year=at.year + 1),
            actor=sample.citizen(person), at=at,
        )  # fmt: skip
    return {"Authorization": f"Bearer {token.token}"}


@pytest.fixture
def draft(bearer):
    answer = Client().post(
        "/api/v1/drafts",
        {"item_code": sample.BUSINESS, "questions": {}},
        content_type="application/json",
        headers=bearer,
    )
    assert answer.status_code == 201
    return answer.json()["key"]


def test_sources_are_asked_and_kept(bearer, draft) -> None:
    answer = Client().post(f"/api/v1/drafts/{draft}/prefill", headers=bearer)
    assert answer.status_code == 200


def test_a_file_is_uploaded(bearer, draft) -> None:
    file = SimpleUploadedFile("场所.png", files.content(Kind.PNG))
    answer = Client().post(
        f"/api/v1/drafts/{draft}/files", {"field": "place_file", "file": file}, headers=bearer
    )
    assert answer.status_code == 201


def test_a_form_without_its_boundary_is_refused_in_words(bearer, draft) -> None:
    answer = Client().generic(
        "POST", f"/api/v1/drafts/{draft}/files", b"x", "multipart/form-data", headers=bearer
    )
    assert answer.status_code == 400
    assert answer.json()["refusal"]["code"] == "BadRequest"
