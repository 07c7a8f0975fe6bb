"""Installs a browser for the tests of the built pages where the system has none."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from itpbook.book.chromium import NAMES, VARIABLE, NoChromium, installed, is_root


def chromium_path() -> str:
    """Return the path of a browser, installed first where there is none.

    Raises
    ------
    NoChromium
        When the variable names no program, or neither apt-get nor Playwright brings a browser.
    """
    found = installed() or _by_apt() or _by_playwright()
    if found is None:
        msg = (
            "the tests of the built pages need Chromium or Chrome: none of "
            f"{', '.join(NAMES)} is on the path, and neither apt-get (as root) nor Playwright brought one;"
            f" install it, or set {VARIABLE} to its path"
        )
        raise NoChromium(msg)
    return found


def _by_apt() -> str | None:
    apt = shutil.which("apt-get")
    if apt is None or not is_root():
        return None
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    update, install = [apt, "update"], [apt, "install", "--yes", "--no-install-recommends", "chromium"]
    if _succeeds(update, environment) and _succeeds(install, environment):
        return installed()
    return None


def _by_playwright() -> str | None:
    # Importing it starts nothing, but only the browser tests have it.
    from playwright.sync_api import sync_playwright

    command = [
        sys.executable,
        "-m",
        "playwright",
        "install",
        *(["--with-deps"] if is_root() else []),
        "chromium",
    ]
    if not _succeeds(command, dict(os.environ)):
        return None
    with sync_playwright() as playwright:
        found = playwright.chromium.executable_path
    return found if Path(found).exists() else None


def _succeeds(command: list[str], environment: dict[str, str]) -> bool:
    try:
        return subprocess.run(command, env=environment, capture_output=True, timeout=900, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


if __name__ == "__main__":
    # `make test` runs this before the tests, so that their workers do not install a browser all at once.
    try:
        print(chromium_path())
    except NoChromium as error:
        sys.exit(str(error))
