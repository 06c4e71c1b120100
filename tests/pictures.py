"""``make pictures``: the pages people judge us by, at 390 and 1440 px, normal and large print.

``YIWANG_URL`` names a running server of the sample installation; without it one is started on a
database of its own with a small scene (``tests/stage.py``). Pictures go to ``docs/pictures``.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, StorageState, sync_playwright

from tests import browser, database, stage, stage_exchange, stage_sharing
from tests.installation import free_port

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "pictures"
WIDTHS = {390: 844, 1440: 900}  # px wide → px of the first screen
LONGEST = {390: 1900, 1440: 1500}
LOOKS = {"": "", "-large": "large."}
COLOURS = 96


@dataclass(frozen=True)
class Picture:
    """``address``: fixed, or one of the scene's; ``follow``: links to click where no scene says the address."""

    name: str
    address: str = ""
    who: str = ""
    scene: str = ""
    follow: tuple[str, ...] = ()


PICTURES = (
    Picture("home", "/", stage.WAITING),
    Picture("guide", "/items/elderly-allowance/"),
    Picture("form", "/my/", stage.WAITING, "form", ('a[href^="/my/drafts/"]',)),
    Picture("progress", "/my/", stage.WAITING, "progress", ('a[href^="/my/cases/"]',)),
    Picture(
        "result",
        "/my/",
        stage.HOLDER,
        "result",
        ('a[href^="/my/cases/"]', 'a[href$="/result/"]'),
    ),
    Picture("verify", "/verify/", "", "verify"),
    Picture("desk", "/desk/", stage.APPROVER, "desk", ('a[href^="/desk/cases/"]',)),
    Picture("counter", "/hall/", stage.SERVING),
    Picture("house", "/house/"),
    Picture("exchange", "/console/exchange/", stage_exchange.WATCHING),
    Picture("catalogue", "/data/catalogue/"),
    Picture(
        "request",
        "/data/requests/",
        stage_sharing.GIVER,
        follow=('main table a[href^="/data/requests/"]',),
    ),
    Picture("looked", "/my/reads/", stage.WAITING),
    Picture("ledger", "/ledger/?number=1"),
)


def main() -> int:
    program, advice = browser.find_or_install()
    if program is None:
        print(advice, file=sys.stderr)
        return 1
    FOLDER.mkdir(parents=True, exist_ok=True)
    with _server() as (address, scene), sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        wanted = [p for p in PICTURES if not sys.argv[1:] or p.name in sys.argv[1:]]
        missing = [p.name for p in wanted if not _take(opened, address, scene, p)]
        opened.close()
    for name in missing:
        print(f"no picture of {name}: nothing to show on this server")
    print(f"{len(wanted) - len(missing)} passed, {len(missing)} failed")
    return 1 if missing else 0


def _take(opened: Browser, address: str, scene: dict[str, str], picture: Picture) -> bool:
    state = _signed_in(opened, address, picture.who) if picture.who else None
    for width, height in WIDTHS.items():
        for suffix, look in LOOKS.items():
            context = opened.new_context(
                viewport={"width": width, "height": height}, locale="zh-CN", storage_state=state
            )
            context.add_cookies([{"name": "look", "value": look, "url": address}])
            page = context.new_page()
            found = _open(page, address, scene, picture)
            if found:
                _keep(page, f"{picture.name}-{width}{suffix}.png", width)
            context.close()
            if not found:
                return False
    return True


def _signed_in(opened: Browser, address: str, who: str) -> StorageState:
    """The cookies of somebody who signed in once."""
    context = opened.new_context(locale="zh-CN")
    page = context.new_page()
    page.goto(address + ("/staff/sign-in/" if who in stage.STAFF else "/sign-in/"))
    page.fill("[name=login]", who)
    page.fill("[name=password]", stage.PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_load_state("networkidle")
    state = context.storage_state()
    context.close()
    return state


def _open(page: Page, address: str, scene: dict[str, str], picture: Picture) -> bool:
    page.goto(address + scene.get(picture.scene, picture.address))
    if picture.scene not in scene:
        for selector in picture.follow:
            link = page.locator(selector).first
            if link.count() == 0:
                return False
            page.goto(address + str(link.get_attribute("href")))
    page.wait_for_load_state("networkidle")
    return True


def _keep(page: Page, name: str, width: int) -> None:
    """The page up to a sensible length, with few colours: small files, sharp words.

    The window is made as long as the page, so that bars fixed to its edge lie at the edge.
    """
    length = int(page.evaluate("document.documentElement.scrollHeight"))
    page.set_viewport_size({"width": width, "height": min(length, LONGEST[width])})
    with tempfile.TemporaryDirectory() as folder:
        raw = Path(folder) / name
        page.screenshot(path=str(raw))
        with Image.open(raw) as image:
            few = image.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
            few.save(FOLDER / name, optimize=True)
    print(f"{name} {(FOLDER / name).stat().st_size // 1024} kB", flush=True)


@contextlib.contextmanager
def _server() -> Iterator[tuple[str, dict[str, str]]]:
    given = os.environ.get("YIWANG_URL", "").rstrip("/")
    if given:
        yield given, json.loads(os.environ.get("YIWANG_SCENE", "{}"))
        return
    with database.running() as environment:
        environment = {**environment, "DATABASE_URL": _own_database(environment["DATABASE_URL"])}
        _yiwang(environment, "manage", "migrate", "-v0")
        said = _run([sys.executable, "-m", "tests.stage"], environment)
        scene: dict[str, str] = json.loads(said.splitlines()[-1])
        port = free_port()
        process = subprocess.Popen(
            [
                *(str(Path(sys.executable).parent / "granian"), "--interface", "wsgi"),
                *("--host", "127.0.0.1", "--port", str(port), "yiwang.project.wsgi:application"),
            ],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            _wait_for(f"http://localhost:{port}/look/")
            yield f"http://localhost:{port}", scene
        finally:
            process.terminate()
            process.wait(timeout=20)


def _own_database(url: str) -> str:
    """A fresh database beside the given one; the last run's is dropped."""
    import psycopg

    whole, _slash, rest = url.rpartition("/")
    _name, mark, options = rest.partition("?")
    own = f"{whole}/yiwang_pictures{mark}{options}"
    with psycopg.connect(f"{whole}/postgres{mark}{options}", autocommit=True) as connection:
        connection.execute("drop database if exists yiwang_pictures with (force)")
        connection.execute("create database yiwang_pictures")
    return own


def _yiwang(environment: dict[str, str], *words: str) -> None:
    _run([sys.executable, "-m", "yiwang", *words], environment)


def _run(command: list[str], environment: dict[str, str]) -> str:
    done: Any = subprocess.run(
        command, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}\n{done.stdout}{done.stderr}")
    return str(done.stdout)


def _wait_for(url: str) -> None:
    for _ in range(120):
        try:
            urllib.request.urlopen(url, timeout=2).close()  # noqa: S310 -- our own server
        except (urllib.error.URLError, OSError):
            time.sleep(0.5)
        else:
            return
    raise SystemExit(f"{url} did not answer")


if __name__ == "__main__":
    sys.exit(main())
