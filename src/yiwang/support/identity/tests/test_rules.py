from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yiwang.support.identity import rules
from yiwang.support.identity.definitions import LoginForm, Method
from yiwang.support.identity.definitions.places import PlaceKind

AT = datetime(2026, 12, 14, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "form"),
    [
        ("11010519491231002x", LoginForm.CITIZEN_ID),
        ("110105 19491231 002X", LoginForm.CITIZEN_ID),
        ("110105491231002", LoginForm.CITIZEN_ID),
        ("19910000001", LoginForm.PHONE),
        ("+86 199-1000-0001", LoginForm.PHONE),
        ("maxiaoyan", LoginForm.USER_NAME),
        ("12345", LoginForm.USER_NAME),
        ("", LoginForm.USER_NAME),
    ],
)
def test_what_was_typed_is_told_apart_by_its_form(typed, form):
    assert rules.form_of(typed) is form


@pytest.mark.parametrize(
    ("password", "says"),
    [
        ("Ab1!", "10 位"),
        ("abcdefghij", "三种"),
        ("Aa1Aa1Aa1A", "重复"),
        ("Maxiaoyan-1", "用户名"),
        ("Pw-19910000001", "手机号"),
    ],
)
def test_an_easy_password_is_refused_with_its_reason(password, says):
    assert says in rules.password_problem(password, known=("maxiaoyan", "19910000001"))


def test_a_good_password_passes():
    assert rules.password_problem("Lanzhou#Rain7", known=("maxiaoyan",)) == ""


@pytest.mark.parametrize(
    ("remote", "forwarded", "proxies", "address"),
    [
        ("203.0.113.7", "", 0, "203.0.113.7"),
        ("203.0.113.7", "1.2.3.4", 0, "203.0.113.7"),
        ("10.0.0.1", "198.51.100.9", 1, "198.51.100.9"),
        ("10.0.0.1", "1.2.3.4, 198.51.100.9", 1, "198.51.100.9"),
        ("10.0.0.1", "1.2.3.4, 198.51.100.9, 10.0.0.2", 2, "198.51.100.9"),
        ("10.0.0.1", "", 1, "10.0.0.1"),
        ("2001:db8:1:2:3:4:5:6", "", 0, "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.7", "", 0, "203.0.113.7"),
        ("10.0.0.1", "nonsense", 1, "unknown"),
        ("", "", 0, "unknown"),
    ],
)
def test_the_address_is_what_our_own_outermost_proxy_saw(remote, forwarded, proxies, address):
    assert rules.client_address(remote, forwarded, proxies) == address


@given(st.ip_addresses(v=4), st.lists(st.ip_addresses(v=4), max_size=5), st.integers(0, 3))
def test_what_a_client_claims_never_moves_the_address(real, claimed, proxies):
    """Each of our proxies appends the hop it saw; a client can only add to the front."""
    ours = [f"10.0.0.{n}" for n in range(proxies)]
    hops = [str(real), *ours[: max(0, proxies - 1)]] if proxies else []
    forwarded = ", ".join([str(c) for c in claimed] + hops)
    remote = ours[-1] if proxies else str(real)
    assert rules.client_address(remote, forwarded, proxies) == str(real)


@pytest.mark.parametrize(
    ("proofed", "method", "level"),
    [
        (2, Method.PASSWORD, 2),
        (3, Method.CODE, 3),
        (4, Method.PASSWORD, 3),
        (4, Method.PASSKEY, 4),
        (5, Method.PASSKEY, 5),
        (5, Method.RECOVERY, 3),
        (4, Method.PASSWORD_AND_TOTP, 4),
        (5, Method.PASSWORD_AND_SPARE, 4),
    ],
)
def test_a_session_is_worth_what_was_proved_once_as_far_as_the_sign_in_carries(
    proofed, method, level
):
    assert rules.session_level(proofed=proofed, method=method, at=AT) == level


@given(
    st.integers(2, 5),
    st.sampled_from(Method),
    st.none() | st.integers(2, 5),
    st.integers(-3600, 3600),
)
def test_a_raised_session_is_never_worth_less_and_falls_back(proofed, method, to, seconds):
    plain = rules.session_level(proofed=proofed, method=method, at=AT)
    until = AT + timedelta(seconds=seconds) if to else None
    level = rules.session_level(
        proofed=proofed, method=method, raised_to=to, raised_until=until, at=AT
    )
    assert level == (max(plain, to) if to and seconds > 0 else plain)


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/140 Safari/537.36", "Chrome / Windows"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/140 Safari/537.36 Edg/140", "Edge / Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18 like Mac OS X) Safari/604.1", "Safari / iPhone"),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/140 MicroMessenger/8.0", "微信 / Android"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0", "Firefox / Linux"),
        ("curl/8", ""),
        ("", ""),
    ],
)
def test_a_device_is_named_in_two_words(agent, words):
    assert rules.device_of(agent) == words


HALLS = [("h1", "大厅", "203.0.113.0/28"), ("h2", "新大厅", "2001:db8:1::/48")]


@pytest.mark.parametrize(
    ("address", "kind", "key"),
    [
        ("203.0.113.7", PlaceKind.HALL, "h1"),
        ("203.0.113.77", PlaceKind.ELSEWHERE, ""),
        ("2001:db8:1:5::/64", PlaceKind.HALL, "h2"),
        ("2001:db8:2::/64", PlaceKind.ELSEWHERE, ""),
        ("10.3.4.5", PlaceKind.OFFICE, ""),
        ("127.0.0.1", PlaceKind.OFFICE, ""),
        ("unknown", PlaceKind.ELSEWHERE, ""),
        ("", PlaceKind.ELSEWHERE, ""),
    ],
)
def test_an_address_belongs_to_one_kind_of_place(address, kind, key):
    place = rules.place_of(address, HALLS)
    assert (place.kind, place.key) == (kind, key)


def test_a_device_keeps_the_newest_eight_accounts():
    number, cookie = "a" * 32, "a" * 32
    for n in range(10):
        cookie = rules.with_mark(number, rules.marks_of(cookie)[1], f"{n:032x}")
    assert rules.marks_of(cookie) == (number, tuple(f"{n:032x}" for n in range(9, 1, -1)))


@given(st.text(max_size=600))
def test_whatever_a_cookie_says_is_read_or_dropped(cookie):
    number, marks = rules.marks_of(cookie)
    assert number or not marks
