"""Which addresses may be asked: resolved once, looked at, and used as they are."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from typing import Any, Final

from yarl import URL

from yiwang.foundation.exchange.fastpath.refusals import AddressForbidden, PartnerAway

_RESOLVE_SECONDS: Final = 3.0
#: Addresses of the sixth version that carry one of the fourth inside.
_WRAPPING: Final = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48"))

Ip = ipaddress.IPv4Address | ipaddress.IPv6Address


def is_allowed(address: Ip, *, private_ok: bool) -> bool:
    """Public addresses; a private one or this machine only where an operator vouched for the host.
    Link-local ones, with the metadata services of clouds among them, never."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return is_allowed(address.ipv4_mapped, private_ok=private_ok)
        wraps = address.sixtofour or address.teredo or any(address in net for net in _WRAPPING)
        if wraps:
            return False
    if address.is_multicast or address.is_unspecified or address.is_link_local:
        return False
    if address.is_loopback:
        return private_ok
    return address.is_global or (private_ok and address.is_private and not address.is_reserved)


def check_literal(url: URL, *, private_ok: bool) -> None:
    """AddressForbidden for a forbidden scheme or an address written as a number."""
    if url.scheme not in (("http", "https") if private_ok else ("https",)) or not url.host:
        raise AddressForbidden
    address = _as_number(url.host)
    if address is not None and not is_allowed(address, private_ok=private_ok):
        raise AddressForbidden


def _as_number(host: str) -> Ip | None:
    """The address a host is written as, in the old ways too (``2130706433``, ``0x7f.1``)."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        try:
            return ipaddress.IPv4Address(socket.inet_aton(host))
        except OSError:
            return None


async def resolve(host: str, port: int) -> list[tuple[Any, str]]:
    """What the name server says; PartnerAway when it says nothing. A number is asked of nobody."""
    number = _as_number(host)
    if number is not None:
        kind = socket.AF_INET if number.version == 4 else socket.AF_INET6
        return [(kind, str(number))]
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(_RESOLVE_SECONDS):
            rows = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (TimeoutError, OSError) as error:
        raise PartnerAway from error
    if not rows:
        raise PartnerAway
    return [(row[0], str(row[4][0])) for row in rows]


async def look_up(host: str, port: int, *, private_ok: bool) -> list[tuple[Any, str]]:
    """Family and number of the host's addresses, all of them allowed: what was looked at is what is
    connected to, so a name that answers differently the next time gains nothing.

    PartnerAway: nobody knows the name; AddressForbidden: one forbidden address is enough.
    """
    found = await resolve(host, port)
    for _family, address in found:
        if not is_allowed(ipaddress.ip_address(address.split("%")[0]), private_ok=private_ok):
            raise AddressForbidden
    return found
