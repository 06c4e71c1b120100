import inspect
import json
from typing import get_origin

import pytest

from yiwang.entrance.api.description import REFUSALS
from yiwang.entrance.api.urls import api

pytestmark = pytest.mark.django_db


def document(client):
    return client.get("/api/v1/openapi.json").json()


def test_the_description_lists_every_refusal_for_every_operation(client):
    for path in document(client)["paths"].values():
        for operation in path.values():
            assert {str(status) for status in REFUSALS} <= set(operation["responses"])


def test_every_operation_declares_who_may_use_it():
    for bound in api._get_bound_routers():
        for view in bound.path_operations.values():
            for operation in view.operations:
                assert hasattr(operation.view_func, "policy"), operation.view_func.__name__


def test_operations_that_need_signing_in_say_which_scope(client):
    for path in document(client)["paths"].values():
        for operation in path.values():
            assert operation["security"] == [] or operation["x-scope"]


def test_a_nameless_program_gets_a_refusal_in_json(client):
    response = client.get("/api/v1/messages")
    assert response.status_code == 401
    assert response.json()["refusal"]["code"] == "NotSignedIn"


def test_a_missing_value_is_named(client):
    refusal = client.get("/api/v1/search").json()["refusal"]
    assert refusal["status"] == 422
    assert [problem["field"] for problem in refusal["fields"]] == ["q"]


@pytest.mark.parametrize("text", ["\x00", "a\x07b"])
def test_control_characters_are_refused_not_passed_on(client, text):
    assert client.get("/api/v1/search", {"q": text}).status_code == 400


def test_an_unknown_address_answers_like_everything_else(client):
    response = client.get("/api/v1/nothing")
    assert response.status_code == 404
    assert "refusal" in response.json()


def test_an_unknown_item_is_not_found(client):
    assert client.get("/api/v1/items/no-such-item").json()["refusal"]["status"] == 404


def test_an_unknown_code_verifies_as_unknown(client):
    answer = client.get("/api/v1/verify", {"code": "0" * 16}).json()
    assert answer["state"] == "UNKNOWN"
    assert answer["rows"] == []


def test_a_method_that_is_not_there_is_405(client):
    answer = client.delete("/api/v1/search")
    assert answer.status_code == 405
    assert answer["Allow"] == "GET"
    assert answer.json()["refusal"]["code"] == "WrongMethod"


def test_a_letter_verifies_by_its_code_with_the_name_masked_and_another_code_is_unknown(client):
    from django.db import transaction

    from yiwang.capability.cases import sample as cases
    from yiwang.kernel import moments
    from yiwang.kernel.actor import machine
    from yiwang.support.letters import actions as letters

    at = moments.now()
    with transaction.atomic():
        case = cases.opened(at=at)
        letter = letters.request_letter(
            kind="WITHDRAWAL", subject=case.reference, template="", at=at, actor=machine("tests"),
            values={"item_name": "示例", "case_no": "1", "addressee": "马晓燕", "body": "民政局",
                    "withdrawn_on": "2026年12月8日"},
        )  # fmt: skip
    code = letters_code(letter.key, case.reference)
    shown = client.get("/api/v1/verify/letter", {"code": code.upper()}).json()
    assert shown["known"] is True
    assert shown["body"] == "民政局"
    assert "马晓燕" not in str(shown)
    assert shown["addressee_masked"].startswith("马")
    unknown = client.get("/api/v1/verify/letter", {"code": "0" * 16}).json()
    assert (unknown["known"], unknown["title"], unknown["created_at"]) == (False, "", None)


def letters_code(key, subject):
    from yiwang.support.letters import queries as letters

    return letters.get_letter(key, subject=subject).verify_code


def test_letters_are_checked_at_the_same_pace_as_licences(client, monkeypatch):
    from django.core.cache import cache

    from yiwang.entrance.api import verify

    cache.clear()
    monkeypatch.setattr(verify, "PER_MINUTE", 1)
    address = "/api/v1/verify/letter?code=" + "0" * 16
    assert client.get(address).status_code == 200
    slow = client.get(address)
    assert slow.status_code == 429
    assert slow["Retry-After"] == "60"
    cache.clear()


def test_the_document_is_valid_json_with_a_title(client):
    assert json.loads(client.get("/api/v1/openapi.json").content)["info"]["version"] == "1"


def test_no_two_shapes_share_a_name_because_one_would_replace_the_other():
    from ninja import Schema

    todo, found = [Schema], {}
    while todo:
        for child in todo.pop().__subclasses__():
            todo.append(child)
            if child.__module__.startswith("yiwang.entrance.api."):
                assert found.setdefault(child.__name__, child) is child


def test_operations_that_answer_with_a_list_return_a_list():
    """The framework reads a tuple of two as (status, body)."""
    lists = 0
    for bound in api._get_bound_routers():
        for view in bound.path_operations.values():
            for operation in view.operations:
                model = operation.response_models.get(200)
                if (
                    isinstance(model, type)
                    and get_origin(model.model_fields["response"].annotation) is list
                ):
                    lists += 1
                    source = inspect.getsource(operation.view_func)
                    assert "return list(" in source or "return [" in source, operation.view_func
    assert lists >= 5


def test_exactly_two_rows_come_back_as_two_rows(client):
    from yiwang.foundation.libraries import sample as people
    from yiwang.kernel import moments
    from yiwang.support.identity import sample as accounts
    from yiwang.support.messages import actions as messages

    at = moments.now()
    person = people.register_person(1, at=at)
    accounts.open_person_account(person.reference, at=at)
    accounts.sign_in_client(client, person.reference, at=at)
    for number in range(2):
        messages.tell(recipient=person.reference, template="announcement", subject="case:x", at=at,
                      values={"title": f"第{number}条", "text": "示例"})  # fmt: skip
    assert len(client.get("/api/v1/messages").json()) == 2
