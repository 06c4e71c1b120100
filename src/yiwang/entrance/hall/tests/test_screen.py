"""The applicant's screen: paired it follows the typing and takes the signature, unpaired it shows nothing."""

from __future__ import annotations

import re

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from yiwang.capability.journey import sample
from yiwang.entrance.hall.tests.test_turn import begun, fill, page, press

pytestmark = pytest.mark.django_db
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)


@pytest.fixture(autouse=True)
def _pace():
    cache.clear()


@pytest.fixture
def screen(clerk) -> Client:
    code = re.search(r'class="code">(\d{8})<', clerk.post("/hall/pair/").content.decode())[1]
    second = Client()
    assert second.post("/screen/pair/", {"code": code}).status_code == 302
    return second


def mark(screen: Client) -> str:
    return re.search(r"seen=([^\"]*)\"", page(screen, "/screen/"))[1]


def test_it_follows_the_typing(screen, clerk, known):
    before = mark(screen)
    assert screen.get(f"/screen/now/?seen={before}").status_code == 204
    begun(clerk, known)
    now = screen.get(f"/screen/now/?seen={before}")
    assert "城关小店" in now.content.decode()
    fill(clerk, known, subject="改过的店")
    assert "改过的店" in page(screen, "/screen/")


def test_the_signature_on_the_pad_lets_it_be_received(screen, clerk, known):
    begun(clerk, known)
    digest = re.search(r'name="digest" value="([0-9a-f]+)"', page(screen, "/screen/"))[1]
    sent = {"digest": digest, "picture": SimpleUploadedFile("a.png", PNG, "image/png")}
    assert screen.post("/screen/sign/", sent).status_code == 302
    assert "您已经确认了这份申请表" in page(screen, "/screen/")
    assert press(clerk, known, "receive", subject="城关小店", delivery="window").status_code == 302
    assert "已收件" in page(screen, "/screen/")


def test_a_signature_for_what_was_changed_meanwhile_is_refused(screen, clerk, known):
    begun(clerk, known)
    digest = re.search(r'name="digest" value="([0-9a-f]+)"', page(screen, "/screen/"))[1]
    fill(clerk, known, subject="改过的店")
    sent = {"digest": digest, "picture": SimpleUploadedFile("a.png", PNG, "image/png")}
    assert screen.post("/screen/sign/", sent).status_code == 409


def test_something_else_than_a_picture_is_no_signature(screen, clerk, known):
    begun(clerk, known)
    digest = re.search(r'name="digest" value="([0-9a-f]+)"', page(screen, "/screen/"))[1]
    sent = {"digest": digest, "picture": SimpleUploadedFile("a.png", b"<svg/>", "image/png")}
    assert screen.post("/screen/sign/", sent).status_code == 422


def test_an_unpaired_screen_shows_nobody(clerk, known):
    clerk.post(f"{known}item/", {"item": sample.PLAIN})
    stranger = Client()
    assert "还没有和窗口配对" in page(stranger, "/screen/")
    assert stranger.get("/screen/now/").status_code == 404
    picture = SimpleUploadedFile("a.png", PNG, "image/png")
    assert stranger.post("/screen/sign/", {"picture": picture}).status_code == 404
    stranger.cookies["yiwang_screen"] = "x" * 43
    assert stranger.get("/screen/now/").status_code == 404


def test_it_is_empty_when_the_turn_is_over_and_when_it_is_unpaired(screen, clerk, known):
    begun(clerk, known)
    clerk.post(f"{known}finish/")
    assert "城关小店" not in page(screen, "/screen/")
    clerk.post("/hall/unpair/")
    cleared = screen.get("/screen/now/", headers={"HX-Request": "true"})
    assert (cleared.status_code, cleared.headers["HX-Redirect"]) == (404, "/screen/")


def test_guessing_codes_is_slowed_down(window):
    guesser = Client()
    answers = [guesser.post("/screen/pair/", {"code": f"{n:08d}"}).status_code for n in range(8)]
    assert answers == [422] * 6 + [429] * 2
