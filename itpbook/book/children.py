"""Processes that a build starts: none of them outlives it, however it ends."""

from __future__ import annotations

import ctypes
import os
import signal
import sys

_SET_PARENT_DEATH_SIGNAL = 1
"""Number of ``PR_SET_PDEATHSIG`` among the options of Linux's ``prctl``."""


def end_with_parent() -> None:
    """Let this process be killed when the one that started it ends, even when that one is killed itself.

    Linux does it; elsewhere a parent that is killed leaves its children to end by themselves. A fork does not inherit
    it. What a terminal sends on Ctrl-C is left to the parent, which says so once and ends the others.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform != "linux":
        return
    parent = os.getppid()
    ctypes.CDLL(None, use_errno=True).prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)
    if parent == 1 or os.getppid() != parent:
        # It ended while this process was starting.
        os._exit(1)
