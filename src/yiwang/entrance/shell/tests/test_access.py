import json
from datetime import UTC, datetime, timedelta

import pytest
from django.http import HttpResponse, JsonResponse
from django.test import Client
from django.urls import path
from django.views import View
from ninja import NinjaAPI

from yiwang.entrance.shell.access import (
    ANYONE,
    CITIZEN,
    OFFICIAL,
    SIGNED_IN,
    Policy,
    access,
    policy_of,
)
from yiwang.foundation.libraries import sample as people
from yiwang.kernel import moments
from yiwang.kernel.actor import ANONYMOUS, Actor, ActorKind, Grant, Role
from yiwang.support.identity import actions, queries, sample
from yiwang.support.identity.definitions import COOKIE

api = NinjaAPI(urls_namespace="access-test", docs_url=None, openapi_url=None)


@api.get("/things")
@access(SIGNED_IN, scope="cases:read")
def list_things(request):
    return {"who": request.actor.reference}


@api.post("/things")
@access(SIGNED_IN, scope="cases:write")
def make_thing(request):
    return {"who": request.actor.reference}


@api.delete("/things")
def undeclared_operation(request):
    return {}


@access(ANYONE)
def for_anyone(request):
    return JsonResponse({"who": request.actor.reference})


@access(SIGNED_IN, scope="cases:read")
def for_signed_in(request):
    return JsonResponse({"who": request.actor.reference})


@access(OFFICIAL, roles=(Role.APPROVER,))
def for_approvers(request):
    return HttpResponse("ok")


def undeclared(request):
    return HttpResponse("should never be seen")


@access(CITIZEN)
class ForCitizens(View):
    def get(self, request):
        return HttpResponse("ok")


urlpatterns = [
    path("anyone/", for_anyone),
    path("signed-in/", for_signed_in),
    path("approvers/", for_approvers),
    path("undeclared/", undeclared),
    path("citizens/", ForCitizens.as_view()),
    path("api/", api.urls),
]
handler500 = "yiwang.project.failures.failed"

person = Actor(kind=ActorKind.PERSON, reference="person:a")
approver = Actor(
    kind=ActorKind.OFFICIAL,
    reference="official:a",
    grants=(Grant(Role.APPROVER, "620000000000", None),),
)
clerk = Actor(kind=ActorKind.OFFICIAL, reference="official:b")


def _token(actor, *scopes):
    from dataclasses import replace

    return replace(actor, scopes=frozenset(scopes))


@pytest.mark.parametrize(
    ("policy", "allowed", "refused"),
    [
        (Policy(ANYONE, frozenset(), ""), [ANONYMOUS, person, clerk, _token(person)], []),
        (
            Policy(ANYONE, frozenset(), "items:read"),
            [ANONYMOUS, person, _token(person, "items:read")],
            [_token(person, "cases:read")],
        ),
        (Policy(SIGNED_IN, frozenset(), ""), [person, clerk], [ANONYMOUS, _token(person, "x")]),
        (
            Policy(SIGNED_IN, frozenset(), "cases:read"),
            [person, _token(person, "cases:read")],
            [ANONYMOUS, _token(person), _token(person, "cases:write")],
        ),
        (Policy(CITIZEN, frozenset(), ""), [person], [ANONYMOUS, approver]),
        (Policy(OFFICIAL, frozenset(), ""), [approver, clerk], [ANONYMOUS, person]),
        (Policy(OFFICIAL, frozenset({Role.APPROVER}), ""), [approver], [ANONYMOUS, person, clerk]),
    ],
)
def test_a_policy_lets_in_exactly_whom_it_names(policy, allowed, refused):
    assert [policy.refusal(actor) for actor in allowed] == [None] * len(allowed)
    assert all(policy.refusal(actor) is not None for actor in refused)


def test_an_operations_policy_is_found_behind_its_route():
    from django.urls import get_resolver

    view = get_resolver(__name__).resolve("/api/things").func
    assert policy_of(view, "GET").scope == "cases:read"
    assert policy_of(view, "POST").scope == "cases:write"
    assert policy_of(view, "DELETE") is None
    assert policy_of(undeclared, "GET") is None


@pytest.mark.django_db
@pytest.mark.urls(__name__)
class TestDoors:
    @pytest.fixture
    def who(self):
        made = people.register_person(1, at=moments.now())
        sample.open_person_account(made.reference, at=moments.now())
        return made.reference

    @pytest.fixture
    def signed_in(self, client, who):
        sample.sign_in_client(client, who)
        return client

    def _bearer(self, who, *scopes):
        account = queries.find_account(who)
        at = moments.now()
        issued = actions.issue_token(
            name="t",
            scopes=scopes,
            expires_at=at + timedelta(days=1),
            actor=queries.get_actor(account.key, at=at),
            at=at,
        )
        return {"Authorization": f"Bearer {issued.token}"}

    def test_a_view_that_declares_nothing_is_closed_to_everybody(self, client, signed_in):
        assert client.get("/undeclared/").status_code == 403
        assert signed_in.get("/undeclared/").status_code == 403
        assert signed_in.delete("/api/things").status_code == 403

    def test_a_nameless_browser_is_led_to_the_sign_in_page_and_back(self, client):
        answer = client.get("/signed-in/?a=1", headers={"Accept": "text/html"})
        assert answer.status_code == 302
        assert answer.headers["Location"] == "/sign-in/?next=%2Fsigned-in%2F%3Fa%3D1"

    def test_a_nameless_program_gets_a_refusal_it_can_read(self, client):
        answer = client.get("/api/things")
        assert answer.status_code == 401
        assert json.loads(answer.content)["refusal"]["code"] == "NotSignedIn"

    def test_a_session_enters_and_its_pages_are_not_stored(self, signed_in, who):
        answer = signed_in.get("/signed-in/")
        assert answer.json() == {"who": who}
        assert answer.headers["Cache-Control"] == "no-store"
        assert signed_in.get("/citizens/").status_code == 200
        assert signed_in.get("/approvers/").status_code == 403

    def test_an_ended_forged_or_foreign_cookie_is_nobody(self, signed_in, who):
        token = signed_in.cookies[COOKIE].value
        session = queries.find_session(token, at=moments.now())
        actions.sign_out(session_key=session.key, actor=session.actor, at=moments.now())
        for value in (token, token + "x", "", "x" * 5000, "' or 1=1 --"):
            signed_in.cookies[COOKIE] = value
            assert signed_in.get("/api/things").status_code == 401

    def test_a_session_changes_something_only_with_its_csrf_token(self, who):
        client = Client(enforce_csrf_checks=True)
        sample.sign_in_client(client, who)
        assert client.post("/api/things").status_code == 403
        client.cookies["csrftoken"] = "a" * 32
        assert client.post("/api/things", headers={"X-CSRFToken": "a" * 32}).json() == {"who": who}

    def test_a_bearer_needs_no_csrf_token_but_the_right_scope(self, who):
        client = Client(enforce_csrf_checks=True)
        assert client.post("/api/things", headers=self._bearer(who, "cases:write")).json() == {
            "who": who
        }
        wrong = client.post("/api/things", headers=self._bearer(who, "cases:read"))
        assert wrong.status_code == 403
        assert client.get("/citizens/", headers=self._bearer(who, "cases:read")).status_code == 403

    @pytest.mark.parametrize("header", ["Bearer nonsense", "Basic YTpi", "Bearer ", "bearer x"])
    def test_a_bad_authorization_is_nobody_even_beside_a_good_cookie(self, signed_in, header):
        assert signed_in.get("/api/things", headers={"Authorization": header}).status_code == 401
        assert signed_in.post("/api/things", headers={"Authorization": header}).status_code == 401

    def test_who_asks_costs_no_question_without_a_cookie_and_one_with(
        self, client, who, django_assert_num_queries
    ):
        with django_assert_num_queries(0):
            client.get("/anyone/")
        sample.sign_in_client(client, who)
        with django_assert_num_queries(1):
            client.get("/anyone/")

    def test_without_the_database_public_pages_stay_and_doors_say_try_later(
        self, signed_in, monkeypatch
    ):
        from django.db import OperationalError

        def away(*_args, **_kwargs):
            raise OperationalError("connection refused")

        monkeypatch.setattr("yiwang.support.identity.queries.find_session", away)
        assert signed_in.get("/anyone/").status_code == 200
        assert signed_in.get("/api/things").status_code == 503

    def test_a_firms_token_stops_with_the_representation(self, client, who):
        firm = people.register_organization(1, at=moments.now(), legal_representative=who)
        session = queries.find_session(sample.session_token(who), at=moments.now())
        acting = actions.choose_organization(
            session_key=session.key,
            organization=firm.reference,
            actor=session.actor,
            at=moments.now(),
        )
        issued = actions.issue_token(
            name="t",
            scopes=["cases:read"],
            expires_at=moments.now() + timedelta(days=1),
            actor=acting.actor,
            at=moments.now(),
        )
        header = {"Authorization": f"Bearer {issued.token}"}
        assert client.get("/api/things", headers=header).status_code == 200
        from yiwang.foundation.libraries import actions as libraries
        from yiwang.foundation.libraries.definitions import OrganizationState

        libraries.end_organization(
            organization=firm.reference,
            state=OrganizationState.CANCELLED,
            actor=people.SAMPLER,
            at=datetime.now(UTC),
        )
        assert client.get("/api/things", headers=header).status_code == 401
