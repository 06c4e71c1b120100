import pytest
from hypothesis import given
from hypothesis import strategies as st

from yiwang.entrance.shell.returning import safe_path


@pytest.mark.parametrize("path", ["/", "/items/elderly-allowance/", "/search/?q=%E9%AB%98", "/a#b"])
def test_a_page_of_this_site_is_kept(path):
    assert safe_path(path) == path


@pytest.mark.parametrize(
    "path",
    [
        "",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "/%2Fevil.example",
        "/%5cevil.example",
        "https://evil.example/",
        "javascript:alert(1)",
        "items/",
        "/items\n/",
        "/\t/evil.example",
        " /items/",
        "/items/\u202e",
        "/sign-in/?next=/",
        "/sign-out/",
        "/" + "a" * 1000,
    ],
)
def test_everything_else_leads_home(path):
    assert safe_path(path) == "/"


@given(st.text(max_size=40))
def test_whatever_comes_out_starts_with_exactly_one_slash(path):
    kept = safe_path(path)
    assert kept.startswith("/")
    assert not kept.startswith(("//", "/\\"))
