"""Child processes of a build: none outlives it, and none sees more of the machine than it needs."""

from __future__ import annotations

import ctypes
import errno
import importlib.util
import os
import signal
import sys
from pathlib import Path

from itpbook import project

_SET_PARENT_DEATH_SIGNAL = 1
"""Number of ``PR_SET_PDEATHSIG`` among the options of Linux's ``prctl``."""

_PASSED_ON = (
    "PATH",
    "HOME",
    "LD_LIBRARY_PATH",
    "DYLD_LIBRARY_PATH",
    "PYTHONPYCACHEPREFIX",
    "PYTHONDONTWRITEBYTECODE",
)
"""Variables that say where programs lie; no other variable of a person reaches chapters or pages."""

_FIXED = {
    "LC_ALL": "C.UTF-8",
    "TZ": "UTC",
    "PYTHONHASHSEED": "0",
    # One thread per chapter: chapters run side by side, and a process without further threads can be forked safely.
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    # The kernel offers a debugger, which warns about itself.
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
}


_IN_SCRATCH = {
    "TMPDIR": "",
    "IPYTHONDIR": "ipython",
    "JUPYTER_CONFIG_DIR": "jupyter",
    "JUPYTER_DATA_DIR": "jupyter",
    "JUPYTER_RUNTIME_DIR": "jupyter",
    "XDG_CACHE_HOME": "cache",
    "XDG_DATA_HOME": "data",
    "XDG_STATE_HOME": "state",
}
"""Variables that say where libraries write by themselves, each with a folder in the scratch folder."""


def environment(scratch: Path, fonts: Path | None = None) -> dict[str, str]:
    """Return the environment of a process that makes chapters or pages: the same wherever and whenever it is started.

    Without it libraries would write to the home folder and to ``/tmp``, which others may read and nobody tidies: they
    write to ``scratch`` instead, and look for a person's settings there. The list of fonts that Matplotlib makes at its
    first use goes to ``fonts``, where such a folder is given.
    """
    python_path = [str(project.ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    matplotlib = importlib.util.find_spec("matplotlib")
    return {
        **{name: os.environ[name] for name in _PASSED_ON if name in os.environ},
        **_FIXED,
        # The package that this process has imported, wherever it was started.
        "PYTHONPATH": os.pathsep.join(python_path),
        **{name: str(scratch / folder) for name, folder in _IN_SCRATCH.items()},
        "MPLCONFIGDIR": str(fonts or scratch / "matplotlib"),
        "MATPLOTLIBRC": str(Path(str(matplotlib and matplotlib.origin)).parent / "mpl-data" / "matplotlibrc"),
    }


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


_CANNOT_WRITE = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)


def disk_error_in(message: str, folder: Path) -> OSError | None:
    """Return the system's error when a process stopped since a disk was full or read-only; None for other reasons.

    ``message`` is what the process printed, ``folder`` where it was writing.
    """
    for number in _CANNOT_WRITE:
        if f"[Errno {number}]" in message or os.strerror(number) in message:
            return OSError(number, os.strerror(number), str(folder))
    return None
