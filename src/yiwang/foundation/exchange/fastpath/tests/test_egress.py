"""Which addresses the exchange asks, and that a name which changes its answer gains nothing."""

from __future__ import annotations

import asyncio
import ipaddress
import socket

import pytest
from yarl import URL

from yiwang.foundation.exchange.fastpath import egress
from yiwang.foundation.exchange.fastpath.refusals import AddressForbidden, PartnerAway

PUBLIC = "93.184.216.34"


@pytest.mark.parametrize(
    ("address", "public", "vouched"),
    [
        (PUBLIC, True, True),
        ("2606:2800:220:1:248:1893:25c8:1946", True, True),
        ("10.0.0.1", False, True),
        ("192.168.1.1", False, True),
        ("fd00::1", False, True),
        ("127.0.0.1", False, True),
        ("::1", False, True),
        ("::ffff:10.0.0.1", False, True),
        ("::ffff:93.184.216.34", True, True),
        ("169.254.169.254", False, False),
        ("fe80::1", False, False),
        ("::ffff:169.254.169.254", False, False),
        ("64:ff9b::a9fe:a9fe", False, False),
        ("2002:a9fe:a9fe::1", False, False),
        ("224.0.0.1", False, False),
        ("0.0.0.0", False, False),  # noqa: S104
        ("::", False, False),
        ("240.0.0.1", False, False),
        ("100.64.0.1", False, False),
    ],
)
def test_private_addresses_need_somebody_to_vouch_and_metadata_is_never_asked(
    address, public, vouched
):
    ip = ipaddress.ip_address(address)
    assert egress.is_allowed(ip, private_ok=False) is public
    assert egress.is_allowed(ip, private_ok=True) is vouched


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/",
        "ftp://example.org/",
        "https://127.0.0.1/",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://0177.0.0.1/",
        "https://[::1]/",
    ],
)
def test_an_address_written_as_a_number_is_looked_at_too(url):
    with pytest.raises(AddressForbidden):
        egress.check_literal(URL(url), private_ok=False)


def names(monkeypatch, *answers):
    """The name server's answers, one after another."""
    left = list(answers)

    async def getaddrinfo(self, host, port, **more):
        return [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in left.pop(0)
        ]

    monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", getaddrinfo)


def look_up():
    return asyncio.run(egress.look_up("data.example.org", 443, private_ok=False))


def test_what_was_looked_at_is_what_is_connected_to(monkeypatch):
    names(monkeypatch, [PUBLIC])
    assert look_up() == [(socket.AF_INET, PUBLIC)]


def test_a_name_that_answers_differently_the_next_time_is_refused(monkeypatch):
    names(monkeypatch, [PUBLIC], ["127.0.0.1"])
    assert look_up()
    with pytest.raises(AddressForbidden):
        look_up()


def test_one_forbidden_address_among_good_ones_is_enough(monkeypatch):
    names(monkeypatch, [PUBLIC, "10.0.0.1"])
    with pytest.raises(AddressForbidden):
        look_up()


def test_a_name_nobody_knows_is_away(monkeypatch):
    names(monkeypatch, [])
    with pytest.raises(PartnerAway):
        look_up()
