import pytest
from hypothesis import given
from hypothesis import strategies as st

from yiwang.support.identity import rules
from yiwang.support.identity.definitions import LoginForm


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
