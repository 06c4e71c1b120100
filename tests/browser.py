"""A real Chromium and a font with Chinese characters: found, installed when we may, else asked for."""

from __future__ import annotations

import os
import shutil
import subprocess

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
PACKAGES = ("chromium", "fonts-noto-cjk")
ADVICE = f"请安装 please install: apt-get install {' '.join(PACKAGES)}"


def find_or_install() -> tuple[str | None, str]:
    """The browser's path, or None and what to do."""
    if _missing() and os.geteuid() == 0 and shutil.which("apt-get"):
        _install()
    missing = _missing()
    return (None, f"{ADVICE} ({missing})") if missing else (_program(), "")


def _program() -> str | None:
    return next((found for name in PROGRAMS if (found := shutil.which(name))), None)


def _missing() -> str:
    if _program() is None:
        return "no Chromium"
    if shutil.which("fc-list") is None:
        return "no fontconfig"
    fonts = subprocess.run(["fc-list", ":lang=zh"], capture_output=True, text=True, check=False)
    return "" if fonts.stdout.strip() else "no font with Chinese characters"


def _install() -> None:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (
        ["update", "-q"],
        ["install", "-q", "-y", "--no-install-recommends", *PACKAGES],
    ):
        subprocess.run(
            ["apt-get", *arguments], env=environment, check=False, stdout=subprocess.DEVNULL
        )
