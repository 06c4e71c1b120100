"""What the house answers through its own exchange: nobody else can ask it, and nothing comes out altered."""

from datetime import timedelta
from http.client import HTTPConnection

import pytest
from django.conf import settings as configured
from django.urls import include, path

from yiwang.entrance.api import housework
from yiwang.foundation.agreements import sample as agreements
from yiwang.foundation.exchange import actions as exchange
from yiwang.foundation.exchange import calls, queries
from yiwang.foundation.exchange.definitions import (
    CallStatus,
    HouseAnswer,
    NewService,
    ServiceField,
    ServiceParameter,
)
from yiwang.foundation.exchange.fastpath import own
from yiwang.foundation.exchange.models import Receipt
from yiwang.foundation.exchange.tests import running
from yiwang.foundation.exchange.tests.two import until
from yiwang.kernel import moments
from yiwang.kernel.actor import machine
from yiwang.kernel.refusals import InvalidInput, Refusal, TryLater
from yiwang.mechanisms.crypto import actions as crypto

pytestmark = pytest.mark.django_db(transaction=True)


def echo(*, call, at):
    """Says what it was told and by whom."""
    match call.parameters["word"]:
        case "none":
            return None
        case "no":
            raise Refusal("不行。", "不行。")
        case "away":
            raise TryLater
    said = {"said": call.parameters["word"], "node": call.node, "message": call.message}
    return HouseAnswer(said, subject="62010219400101001X")


urlpatterns = [path("exchange/house/", include([housework.route("echo", echo)]))]
BODY = b'{"word":"hello"}'


@pytest.fixture
def urls(settings):
    settings.ROOT_URLCONF = __name__


def marks(name="echo", body=BODY, at=None, caller="620100/platform"):
    pages = own.OwnPages(0, "", lambda text, purpose: crypto.keyed_index(text, purpose=purpose))
    marked = pages.marks(
        path=own.address_of(name),
        caller=caller,
        message="m" * 32,
        body=body,
        at=at or moments.now(),
    )
    return {"X-Exchange-Message": "m" * 32, "X-Exchange-From": caller} | marked


def post(client, headers, body=BODY):
    return client.post(
        "/exchange/house/echo/", body, content_type="application/json", headers=headers
    )


def test_a_call_of_this_nodes_own_exchange_is_answered(client, urls):
    answer = post(client, marks())
    assert answer.json()["value"] == {"said": "hello", "node": "620100", "message": "m" * 32}


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({}, BODY),
        (marks, b'{"word":"other"}'),
        (lambda: marks(name="identity"), BODY),
        (lambda: marks() | {"X-Exchange-From": "620200/platform"}, BODY),
        (lambda: marks() | {"X-Exchange-Message": "n" * 32}, BODY),
        (lambda: marks() | {"X-Exchange-Proof": "0" * 64}, BODY),
        (lambda: marks(at=moments.now() - timedelta(minutes=2)), BODY),
        (lambda: marks() | {"X-Exchange-Time": "yesterday"}, BODY),
    ],
    ids=["none", "body", "service", "caller", "message", "proof", "old", "time"],
)
def test_whoever_else_asks_is_refused(client, urls, headers, body):
    given = headers() if callable(headers) else headers
    assert post(client, given, body).status_code == 403


def test_a_form_is_refused_as_well(client, urls):
    assert client.post("/exchange/house/echo/", {"word": "hello"}).status_code == 403


def test_a_page_of_somebody_signed_in_cannot_ask_it_either(client, urls):
    assert client.get("/exchange/house/echo/", headers=marks()).status_code == 405


def test_a_house_service_is_published_under_its_own_name_alone():
    echoing = service()
    with pytest.raises(InvalidInput):
        exchange.publish_service(
            service=NewService(**{**as_given(echoing), "code": "62/other"}),
            actor=machine("test"),
            at=moments.now(),
        )


def as_given(new):
    return {name: getattr(new, name) for name in new.__slots__}


def service():
    return NewService(
        code="62/echo",
        title="回声",
        upstream="house:echo",
        parameters=(ServiceParameter("word", "话"),),
        fields=tuple(ServiceField(name, name) for name in ("said", "node", "message")),
    )


@pytest.fixture
def node(live_server, urls):
    port = live_server.url.rpartition(":")[2]
    with running.running(PORT=port, YIWANG_HOSTS="localhost") as found:
        yield found


def test_the_exchange_asks_the_house_and_both_receipts_say_so(node, settings, live_server):
    settings.EXCHANGE_PORT = node.port
    exchange.publish_service(service=service(), actor=machine("test"), at=moments.now())
    agreements.grant("62/echo", purposes=("试",), fields=("said", "node", "message"))

    def ask(word):
        return calls.call(
            service="62/echo", parameters={"word": word}, purpose="试", item="试", limit_seconds=20
        )

    until(lambda: ask("hello").status is CallStatus.FOUND)
    reply = ask("hello")
    assert (reply.value["said"], reply.value["node"]) == ("hello", configured.NODE)
    assert reply.value["message"] == reply.message
    assert Receipt.objects.filter(message=reply.message, status="FOUND").count() == 2
    (told,) = queries.list_calls_about("62010219400101001X")[:1]
    assert (told.service, "subject" in reply.value) == ("62/echo", False)
    assert ask("none").status is CallStatus.NOT_FOUND
    assert ask("no").status is CallStatus.REFUSED
    assert ask("away").status is CallStatus.AWAY
    link = HTTPConnection("127.0.0.1", int(live_server.url.rpartition(":")[2]), timeout=10)
    link.request("POST", "/exchange/house/echo/", BODY, {"X-Exchange-From": "62/platform"})
    assert link.getresponse().status == 403
    link.close()
