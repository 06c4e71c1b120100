"""Every page people judge us by, in a real browser: no accessibility problem, no sideways scroll.

Axe is not a person: what a screen reader really says is for people to try.
"""

from __future__ import annotations

import os
import re

import pytest
from axe_playwright_python.base import AXE_SCRIPT as AXE
from django.test import Client
from playwright.sync_api import sync_playwright

from tests import (
    browser,
    stage,
    stage_data,
    stage_duties,
    stage_exchange,
    stage_nodes,
    stage_promises,
    stage_sharing,
    stage_sources,
)
from yiwang.kernel import moments

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
#: What can change with size of print and colours alone: the document stays the same.
DRAWN = ["color-contrast", "link-in-text-block", "scrollable-region-focusable", "target-size"]
EVERY = {"type": "tag", "values": RULES}
LOOKING = {"type": "rule", "values": DRAWN}
#: width, cookie of the look, its classes, what axe looks at; None: only measured for sideways scroll.
#: The document is one and the same at both widths: every rule is asked where all of it is to be seen, and on a
#: phone, where other bars stand around it, of the first page of each visitor.
VIEWS = [
    (390, "", "", LOOKING),
    (390, "large.", "large", LOOKING),
    (390, "larger.", "large larger", None),
    (1440, "large.", "large", None),
    (1440, ".contrast", "contrast", LOOKING),
    (1440, "", "", EVERY),
]
HEIGHT = 844
PUT_ON = """classes => new Promise(done => {
    document.documentElement.className = classes;
    requestAnimationFrame(() => done(document.documentElement.scrollWidth - innerWidth));
})"""
RUN = """options => axe.run(options).then(
    found => found.violations.map(one => `${one.id} ${one.nodes[0].html.slice(0, 160)}`))"""
ANYBODY = [
    "/",
    "/search/?q=津贴",
    "/division/",
    "/house/",
    "/laws/",
    "/figures/",
    "/patterns/",
    "/look/",
]
ANYBODY += [
    "/sign-in/",
    "/staff/sign-in/",
    "/verify/",
    "/ledger/",
    "/ledger/?number=1",
    "/ledger/?number=x",
    "/accessibility/",
    "/privacy/",
    "/site-map/",
    "/recover/",
    "/sample/sms/",
]
MINE = ["/", "/my/", "/my/drafts/", "/my/licences/", "/my/messages/", "/my/reads/"]
MINE += ["/my/security/", "/step-up/?level=3", stage_nodes.ASKED]


def look_at(page, address: str, problems: list[str], *, is_first: bool) -> None:
    """Loaded once; each look is put on as the server puts it on: by the classes of the root."""
    page.set_viewport_size({"width": VIEWS[0][0], "height": HEIGHT})
    page.goto(address)
    page.evaluate(AXE)
    path = "/" + address.partition("//")[2].partition("/")[2]
    for width, _cookie, classes, rules in VIEWS:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        wide = page.evaluate(PUT_ON, classes)
        where = f"{path} at {width} {classes}"
        if wide > 0:
            problems.append(f"{where}: {wide} px wider than the screen")
        if rules is not None:
            rules = EVERY if is_first and not classes else rules
            found = page.evaluate(RUN, {"runOnly": rules, "resultTypes": ["violations"]})
            problems += [f"{where}: {one}" for one in found]


def test_no_page_has_an_accessibility_problem_or_scrolls_sideways(live_server):
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # the browser's driver runs its own loop
    scene = stage.set_up(moments.now())
    program, advice = browser.find_or_install(lean=True)
    assert program, advice
    problems: list[str] = []
    assert [classes_drawn_for(cookie) for _, cookie, _, _ in VIEWS] == [view[2] for view in VIEWS]
    visits = [
        (
            "",
            [
                *ANYBODY,
                *scene.data.open,
                scene.guide,
                *scene.promised.guides,
                f"{scene.guide}short/",
                scene.verify,
            ],
        ),
        (
            stage.WAITING,
            [
                *MINE,
                scene.form,
                scene.progress,
                f"{scene.progress}withdraw/",
                *scene.mine_together,
                *scene.mandates,
                *scene.data.mine,
                *scene.looked,
            ],
        ),
        (
            stage.HOLDER,
            [
                scene.result,
                scene.result.removesuffix("result/"),
                *scene.promised.mine,
                *scene.licences,
            ],
        ),
        (
            stage.APPROVER,
            [
                "/desk/",
                "/desk/security/",
                "/desk/security/totp/",
                scene.desk,
                f"{scene.desk}letters/",
                *scene.desk_earlier,
                *scene.after,
                *scene.reviews,
            ],
        ),
        (stage.PAYER, scene.benefits),
        (stage.SECURITY, scene.rights),
        (stage.LEADING, scene.together),
        (stage.ASKED, scene.asked),
        (stage.SERVING, (*scene.turn, *scene.papers)),
        (stage.AT_WINDOW, scene.window),
        (stage.KEEPER, scene.keeper),
        (stage_duties.AWAY, ("/desk/stand-ins/",)),
        (stage_promises.FIRE_HEAD, scene.promised.brigade),
        ("", scene.hall),
        (stage.LEADER, scene.overseen),
        (stage.CARDED, scene.carded),
        (stage.ARCHIVING, scene.archives),
        (stage_sources.OFFICER, (*scene.sources, *scene.asked_about)),
        (stage_data.OFFICER, scene.data.officer),
        (stage_data.AUTHORITY, scene.data.authority),
        (stage_nodes.OPERATOR, scene.nodes),
        (stage_sharing.ASKER, scene.shared.asker),
        (stage_sharing.GIVER, scene.shared.giver),
        (stage_sharing.GIVING_HEAD, scene.shared.head),
        (stage_sharing.AUTHORITY, scene.shared.authority),
        (stage_exchange.WATCHING, scene.watched),
    ]
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        for who, addresses in visits:
            context = opened.new_context(
                locale="zh-CN",
                reduced_motion="reduce",  # colours are measured at once, not on their way
                storage_state=signed_in(opened, live_server.url, who) if who else None,
            )
            page = context.new_page()
            for number, address in enumerate(addresses):
                look_at(page, live_server.url + address, problems, is_first=number == 0)
            context.close()
        opened.close()
    assert not problems, "\n".join(problems)


def classes_drawn_for(cookie: str) -> str:
    """What the server writes for a look, so that putting it on in the browser shows the same page."""
    drawn = Client(SERVER_NAME="localhost", headers={"Cookie": f"look={cookie}"}).get("/")
    return re.search(r'<html [^>]*class="([^"]*)"', drawn.content.decode())[1]


def signed_in(opened, url: str, who: str):
    context = opened.new_context(locale="zh-CN")
    page = context.new_page()
    page.goto(url + ("/staff/sign-in/" if who in stage.STAFF else "/sign-in/"))
    page.fill("[name=login]", who)
    page.fill("[name=password]", stage.PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_load_state("networkidle")
    state = context.storage_state()
    context.close()
    return state
