"""Whom nobody knows is sent to the door of the place he asked for."""

from __future__ import annotations

import pytest


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("place", "door"),
    [
        ("/data/sources/", "/staff/sign-in/"),
        ("/console/", "/staff/sign-in/"),
        ("/my/", "/sign-in/"),
    ],
)
def test_the_nameless_are_sent_to_the_right_door_and_back(client, place, door):
    sent = client.get(place)
    assert (sent.status_code, sent.url) == (302, f"{door}?next={place.replace('/', '%2F')}")
