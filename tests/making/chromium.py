"""Installs what the tests of the built pages need of the system, where it can: a browser, and a library of Node.js.

Fonts are not among it: the book ships its own, and where these are not loaded, its layout fits any.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from itpbook.book.manuscript.chromium import VARIABLE, NoChromium, installed, is_root

PACKAGES = ("chromium", "libatomic1")
"""Packages of Debian: the browser, and what the Node.js of Playwright is linked with and does not bring."""

INSTALL = f"apt-get install --no-install-recommends {' '.join(PACKAGES)}"
"""What the message and the README tell a person without root to have done."""


def chromium_path() -> str:
    """Return the path of a browser that Playwright can drive; what it lacks is installed first, where that is possible.

    Raises
    ------
    NoChromium
        When the variable names no program, or neither apt-get nor Playwright brings what is missing.
    """
    if installed() is None or not _driver_starts():
        _install_by_apt()
    browser = (installed() or _by_playwright()) if _driver_starts() else None
    if browser is None:
        msg = (
            f"the tests of the built pages need a browser ({VARIABLE} may name it) and a library of Playwright:"
            f" sudo {INSTALL}"
        )
        raise NoChromium(msg)
    return browser


def _driver_starts() -> bool:
    """Return whether the Node.js that Playwright brings can be started: it is linked with a library of the system."""
    from playwright._impl._driver import compute_driver_executable

    return _succeeds([compute_driver_executable()[0], "--version"], dict(os.environ))


def _install_by_apt() -> None:
    apt = shutil.which("apt-get")
    if apt is None or not is_root():
        return
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    if _succeeds([apt, "update"], environment):
        _succeeds([apt, "--yes", *INSTALL.split()[1:]], environment)


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
