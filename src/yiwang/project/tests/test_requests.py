import json
import logging

import pytest
from django.db import OperationalError
from django.http import HttpResponse
from django.test import Client, RequestFactory, override_settings
from django.urls import path

from yiwang.entrance.shell.access import ANYONE, access
from yiwang.kernel.refusals import FieldProblem, InvalidInput, NotFound
from yiwang.project import logs, middleware
from yiwang.project.urls import *  # noqa: F403 the handlers belong to the routes


@access(ANYONE)
def refuses(request):
    raise InvalidInput(fields=[FieldProblem("phone", "手机号少了一位。")])


@access(ANYONE)
def hides(request):
    raise NotFound


@access(ANYONE)
def breaks(request):
    raise ValueError("secret-detail 620102199001011234")


@access(ANYONE)
def database_gone(request):
    raise OperationalError("host=secret-host")


@access(ANYONE)
def fine(request):
    logging.getLogger("t").info("身份证 620102199001011234 手机 13912345678\nline two")
    return HttpResponse("ok")


urlpatterns = [
    path("t/refuses", refuses),
    path("t/hides", hides),
    path("t/breaks", breaks),
    path("t/gone", database_gone),
    path("t/fine", fine),
]
pytestmark = [pytest.mark.urls(__name__), pytest.mark.django_db]


@pytest.fixture
def client():
    return Client(raise_request_exception=False)


def test_a_program_gets_the_refusal_as_json_with_its_fields_and_number(client):
    answer = client.get("/t/refuses", headers={"Accept": "application/json"})
    refusal = answer.json()["refusal"]
    assert answer.status_code == 422
    assert (refusal["code"], refusal["fields"][0]["field"]) == ("InvalidInput", "phone")
    assert refusal["request_id"] == answer.headers["X-Request-Id"]


def test_a_person_gets_a_page_with_sentence_remedy_and_the_number(client):
    answer = client.get("/t/refuses", headers={"Accept": "text/html"})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert InvalidInput.sentence in text
    assert "手机号少了一位。" in text
    assert answer.headers["X-Request-Id"] in text


def test_what_is_hidden_and_what_does_not_exist_look_the_same(client):
    hidden = client.get("/t/hides", headers={"Accept": "application/json"})
    absent = client.get("/t/nothing-here", headers={"Accept": "application/json"})
    for answer in (hidden, absent):
        assert answer.status_code == 404
    without_number = [
        {key: value for key, value in a.json()["refusal"].items() if key != "request_id"}
        for a in (hidden, absent)
    ]
    assert without_number[0] == without_number[1]


@pytest.mark.parametrize("accept", ["application/json", "text/html"])
def test_an_unexpected_error_shows_a_number_and_nothing_of_itself(client, accept):
    answer = client.get("/t/breaks", headers={"Accept": accept})
    text = answer.content.decode()
    assert answer.status_code == 500
    assert answer.headers["X-Request-Id"] in text
    for leak in ("secret-detail", "ValueError", "Traceback", "620102199001011234"):
        assert leak not in text


def test_an_absent_database_is_503_with_a_time_to_come_back(client):
    answer = client.get("/t/gone")
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert "secret-host" not in answer.content.decode()


def test_every_answer_carries_the_security_headers(client):
    for url in ("/t/fine", "/t/refuses", "/t/breaks", "/nothing"):
        headers = client.get(url).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["Referrer-Policy"] == "same-origin"


def test_a_well_formed_request_number_is_kept_and_any_other_replaced(client):
    kept = client.get("/t/fine", headers={"X-Request-Id": "abcd-1234-efgh"})
    assert kept.headers["X-Request-Id"] == "abcd-1234-efgh"
    forged = client.get("/t/fine", headers={"X-Request-Id": 'x" onload=1'})
    assert len(forged.headers["X-Request-Id"]) == 16


@pytest.mark.parametrize(
    ("header", "status"),
    [
        ({"Content-Length": "20000001"}, 413),
        ({"Content-Length": "-1"}, 413),
        ({"Transfer-Encoding": "chunked"}, 411),
    ],
)
def test_a_body_that_is_too_large_or_of_unknown_length_is_refused_before_it_is_read(header, status):
    request = RequestFactory().post("/t/fine")
    for name, value in header.items():
        request.META["CONTENT_LENGTH" if name == "Content-Length" else "HTTP_TRANSFER_ENCODING"] = (
            value
        )
    if "Transfer-Encoding" in header:
        request.META.pop("CONTENT_LENGTH")
    answer = middleware.RequestMiddleware(lambda r: HttpResponse("read"))(request)
    assert answer.status_code == status


def test_a_log_line_is_one_json_object_with_the_number_and_without_personal_figures(client, capsys):
    handler = logging.StreamHandler()
    lines = []
    handler.emit = lambda record: lines.append(logs.Formatter("%(message)s").format(record))
    logger = logging.getLogger("t")
    logger.addHandler(handler)
    logger.setLevel("INFO")
    try:
        answer = client.get("/t/fine")
    finally:
        logger.removeHandler(handler)
    (line,) = lines
    assert "\n" not in line
    parsed = json.loads(line)
    assert parsed["request_id"] == answer.headers["X-Request-Id"]
    assert "620102199001011234" not in line
    assert "13912345678" not in line


@override_settings(ALLOWED_HOSTS=["gov.example"])
def test_a_foreign_host_name_is_refused(client):
    assert client.get("/t/fine", headers={"Host": "evil.example"}).status_code == 400


@pytest.mark.parametrize(
    "send",
    [
        lambda client: client.get("/t/fine%00"),
        lambda client: client.get("/t/fine?after=a%00b"),
        lambda client: client.get("/t/fine?a%00=b"),
        lambda client: client.post("/t/fine", {"a\0": "b"}),
    ],
    ids=["path", "query", "name of a query", "name of a field"],
)
def test_what_no_database_can_keep_is_refused_at_the_door_wherever_it_stands(client, send):
    answer = send(client)
    assert answer.status_code == 400
    assert middleware.NotText.sentence in answer.content.decode()


def test_a_field_no_database_can_keep_is_named(client):
    answer = client.post("/t/fine", {"name": "a\0b"}, headers={"Accept": "application/json"})
    assert answer.status_code == 422
    assert answer.json()["refusal"]["fields"][0]["field"] == "name"


def test_a_length_in_superscript_digits_is_refused_and_breaks_nothing(client):
    assert client.get("/t/fine", headers={"Content-Length": "²"}).status_code == 413
