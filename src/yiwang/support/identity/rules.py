"""Forms of log-in names, strength of passwords and sessions, where a request came from; no database."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Final

from yiwang.kernel.actor import Grant, Role
from yiwang.kernel.identifiers import tidy_citizen_id, tidy_phone
from yiwang.kernel.places import in_subtree
from yiwang.support.identity.definitions import ROLE_LABELS, AccountKind, LoginForm, Method
from yiwang.support.identity.definitions.duties import LOCAL_ROLES
from yiwang.support.identity.definitions.factors import Proof
from yiwang.support.identity.definitions.places import BROWSERS, SYSTEMS, Place, PlaceKind

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


_OFFICE: Final = tuple(
    ipaddress.ip_network(one)
    for one in (
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "127.0.0.0/8",
        "fc00::/7",
        "::1/128",
    )
)
#: How sure a sign-in makes us that it is the owner; more than the account was proved to be it never is.
_STRENGTH: Final = {
    Method.PASSWORD: 3,
    Method.CODE: 3,
    Method.RECOVERY: 3,
    Method.PASSWORD_AND_TOTP: 5,
    Method.PASSWORD_AND_SPARE: 4,
    Method.PASSKEY: 5,
    Method.PASSWORD_AND_PASSKEY: 5,
}


#: Codes people copy by hand have no characters that look alike.
CODE_LETTERS: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def tidy_code(typed: str) -> str:
    """A code as it was given out: without blanks and hyphens, in capitals."""
    return "".join(typed.split()).replace("-", "").upper()[:40]


def session_level(
    *,
    proofed: int,
    method: Method,
    at: datetime,
    raised_to: int | None = None,
    raised_until: datetime | None = None,
    vouched: int | None = None,
) -> int:
    """实名等级 of a session: what the account was once proved to be, as far as the sign-in carries, or
    what the host vouched for; more only while the session is raised."""
    level = vouched or 2 if method is Method.HOST else min(proofed, _STRENGTH[method])
    if raised_to is not None and raised_until is not None and at < raised_until:
        return max(level, raised_to)
    return level


def reach(proof: Proof, *, proofed: int) -> int:
    """How high a proof raises a session (decision 0110): a face check proves the living person (四级),
    number and phone together prove the registered one (三级), a passkey proves who enrolled it."""
    match proof:
        case Proof.FACE:
            return 4
        case Proof.CODE_AND_ID:
            return 3
        case Proof.PASSWORD:
            return min(proofed, 3)
        case Proof.PASSKEY | Proof.TOTP | Proof.HOST:  # the host says itself how high
            return proofed


def usable_proofs(
    kind: AccountKind, *, password: bool, totp: bool, passkey: bool, phone: bool, face: bool
) -> tuple[Proof, ...]:
    """The proofs an account can give, strongest first; an official's password alone only without
    a second factor."""
    person = kind is AccountKind.PERSON
    rows = (
        (Proof.PASSKEY, passkey),
        (Proof.FACE, person and face),
        (Proof.TOTP, totp),
        (Proof.CODE_AND_ID, person and phone),
        (Proof.PASSWORD, password and (person or not (totp or passkey))),
    )
    return tuple(proof for proof, usable in rows if usable)


def device_of(agent: str) -> str:
    """What a browser says it is, in two words a person knows: ``Chrome / Windows``."""
    found = (
        next((word for mark, word in table if mark in agent), "") for table in (BROWSERS, SYSTEMS)
    )
    return " / ".join(word for word in found if word)


def place_of(address: str, halls: Iterable[tuple[str, str, str]]) -> Place:
    """The kind of place an address belongs to; ``halls``: (key, name, network)."""
    try:
        here = ipaddress.ip_network(address, strict=False)
    except ValueError:
        return Place(PlaceKind.ELSEWHERE)
    for key, name, network in halls:
        hall = ipaddress.ip_network(network)
        if hall.version == here.version and here.subnet_of(hall):  # type: ignore[arg-type]
            return Place(PlaceKind.HALL, key, name)
    office = any(here.version == own.version and here.subnet_of(own) for own in _OFFICE)  # type: ignore[arg-type]
    return Place(PlaceKind.OFFICE if office else PlaceKind.ELSEWHERE)


def hall_network(text: str) -> str:
    """The network in one spelling; "" when it is none, or so wide that half a city would be a hall."""
    try:
        network = ipaddress.ip_network(text.strip(), strict=False)
    except ValueError:
        return ""
    widest = 20 if network.version == 4 else 48
    return str(network) if network.prefixlen >= widest else ""


def marks_of(cookie: str) -> tuple[str, tuple[str, ...]]:
    """A device's own number and the marks of the accounts that once signed in well on it."""
    number, *marks = cookie.split(".")
    if not re.fullmatch(r"[0-9a-f]{32}", number) or len(cookie) > 500:
        return "", ()
    return number, tuple(mark for mark in marks if re.fullmatch(r"[0-9a-f]{32}", mark))


def with_mark(number: str, marks: Collection[str], mark: str, most: int = 8) -> str:
    """The device's cookie after one more account signed in well; the newest accounts are kept."""
    kept = [mark, *(one for one in marks if one != mark)][:most]
    return ".".join([number, *kept])


def label_of(roles: Collection[Role], post_name: str = "") -> str:
    """Roles in words, in the order of the list; a post's name first."""
    words = "、".join(label for role, label in ROLE_LABELS.items() if role in roles)
    return f"{post_name}（{words}）" if post_name else words


def may_grant(
    held: Iterable[Grant], *, role: Role, division_code: str, department: str | None
) -> bool:
    """A security administrator anywhere; a local one working roles inside his own place and body."""
    return any(
        grant.role is Role.SECURITY_ADMIN
        or (
            grant.role is Role.LOCAL_ADMIN
            and role in LOCAL_ROLES
            and in_subtree(division_code, grant.division_code)
            and grant.department in (None, department)
        )
        for grant in held
    )
