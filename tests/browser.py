"""A real Chromium and a font with Chinese characters: found, installed when we may, else asked for."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from typing import Final

#: The same engine without windows of its own takes two thirds of the CPU.
LEAN: Final = "chromium-headless-shell"
PROGRAMS: Final = ("chromium", "chromium-browser", "google-chrome", LEAN)
PACKAGES: Final = ("chromium", LEAN, "fonts-noto-cjk")
ADVICE: Final = f"请安装 please install: apt-get install {' '.join(PACKAGES)}"
#: Names the browser to be taken; set for the checks of one run, so that all take the same one.
CHOSEN: Final = "YIWANG_CHROMIUM"
#: Where packages cannot be had: so long for a leaner browser, so long for any browser at all.
LEAN_SECONDS, ANY_SECONDS = 60, 300
_asking: Final = threading.Lock()
_tried: list[bool] = []


def find_or_install(*, lean: bool = False) -> tuple[str | None, str]:
    """The browser's path, the leaner one's when asked for and there, or None and what to do.

    Installation is tried once a process."""
    if chosen := os.environ.get(CHOSEN):
        return chosen, ""
    with _asking:
        wanted = _missing() or shutil.which(LEAN) is None
        if wanted and not _tried and os.geteuid() == 0 and shutil.which("apt-get"):
            _tried.append(True)
            _install(LEAN_SECONDS if _program() else ANY_SECONDS)
        missing = _missing()
        found = (shutil.which(LEAN) if lean else None) or _program()
    return (None, f"{ADVICE} ({missing})") if missing else (found, "")


def _program() -> str | None:
    return next((found for name in PROGRAMS if (found := shutil.which(name))), None)


def _missing() -> str:
    if _program() is None:
        return "no Chromium"
    if shutil.which("fc-list") is None:
        return "no fontconfig"
    fonts = subprocess.run(["fc-list", ":lang=zh"], capture_output=True, text=True, check=False)
    return "" if fonts.stdout.strip() else "no font with Chinese characters"


def _install(seconds: int) -> None:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (
        ["update", "-q"],
        ["install", "-q", "-y", "--no-install-recommends", *PACKAGES],
    ):
        try:
            subprocess.run(
                ["apt-get", *arguments],
                env=environment,
                check=False,
                stdout=subprocess.DEVNULL,
                timeout=seconds,
            )
        except subprocess.TimeoutExpired:
            print(f"apt-get {arguments[0]}: no end after {seconds} s", flush=True)
            return
