"""Finding the Chromium or Chrome of the system, which prints the manuscript and shows the book to its tests."""

from __future__ import annotations

import os
import shutil

VARIABLE = "CHROMIUM"
"""Environment variable that names the browser to use, before any that is found."""

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")

FLAGS = (
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


class NoChromium(RuntimeError):
    """There is no browser; the message says what was looked for and how to name one."""


def launch_flags() -> list[str]:
    """Return the flags to start with: a browser of root has no sandbox."""
    return [*FLAGS, "--no-sandbox"] if is_root() else [*FLAGS]


def installed() -> str | None:
    """Return the path of the browser that the variable names or the system has; nothing where there is none.

    Raises
    ------
    NoChromium
        When the variable names no program.
    """
    named = os.environ.get(VARIABLE)
    path = next(filter(None, map(shutil.which, [named] if named else NAMES)), None)
    if named and path is None:
        msg = f"{VARIABLE}={named} names no program that can be started"
        raise NoChromium(msg)
    return path


def chromium_path() -> str:
    """Return the path of the browser.

    Raises
    ------
    NoChromium
        When the variable names no program, or none of the usual names is on the path.
    """
    path = installed()
    if path is None:
        msg = (
            f"the PDF is printed by Chromium or Chrome: none of {', '.join(NAMES)} is on the path;"
            f" install it, or set {VARIABLE} to its path"
        )
        raise NoChromium(msg)
    return path


def is_root() -> bool:
    """Return whether this process runs as root."""
    return hasattr(os, "geteuid") and os.geteuid() == 0
