"""Forms of log-in names, strength of passwords, where a request came from; no database."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence

from yiwang.kernel.identifiers import tidy_citizen_id, tidy_phone
from yiwang.support.identity.definitions import LoginForm

_CLASSES = (r"[a-z]", r"[A-Z]", r"[0-9]", r"[^A-Za-z0-9]")
_SHORTEST = 10


def tidy_login(login: str) -> str:
    """One spelling for counting, the one the look-up sees: else every hyphen brings new tries."""
    match form_of(login):
        case LoginForm.CITIZEN_ID:
            return tidy_citizen_id(login)
        case LoginForm.PHONE:
            return tidy_phone(login)
        case LoginForm.USER_NAME:
            return re.sub(r"\s", "", login).lower()[:100]


def form_of(login: str) -> LoginForm:
    """What was typed as the account: an ID number, a phone number or a user name."""
    tidy = re.sub(r"[\s-]", "", login)
    if re.fullmatch(r"[0-9]{15}|[0-9]{17}[0-9Xx]", tidy):
        return LoginForm.CITIZEN_ID
    if re.fullmatch(r"(\+?86)?1[3-9][0-9]{9}", tidy):
        return LoginForm.PHONE
    return LoginForm.USER_NAME


def password_problem(password: str, *, known: Sequence[str] = ()) -> str:
    """Why a password is too easy, "" when it is fine (GB/T 22239: length and complexity).

    ``known``: numbers and names a guesser would try first.
    """
    if len(password) < _SHORTEST:
        return f"密码至少要 {_SHORTEST} 位。"
    if sum(bool(re.search(pattern, password)) for pattern in _CLASSES) < 3:
        return "密码要包含大写字母、小写字母、数字、符号中的至少三种。"
    if len(set(password)) < 5:
        return "密码里重复的字符太多。"
    if any(len(word) >= 6 and word.lower() in password.lower() for word in known):
        return "密码里不能有证件号、手机号或用户名。"
    return ""


def client_address(remote: str, forwarded: str, proxies: int) -> str:
    """Where a request came from: the hop our outermost own proxy saw, never what a client claims.

    ``proxies``: how many proxies of ours stand in front. An IPv6 address counts as its /64, because
    one household owns all of it. What is no address at all becomes ``unknown``.
    """
    hops = [hop.strip() for hop in forwarded.split(",") if hop.strip()]
    chosen = hops[-proxies] if 0 < proxies <= len(hops) else remote
    try:
        address = ipaddress.ip_address(chosen)
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network(f"{address}/64", strict=False))
    return str(address)
