"""One chapter, executed by papermill in this process: ``python -m itpbook.book.run_chapter SOURCE TARGET``.

Parameters come as JSON on standard input. Exit code 1 when a cell fails; standard output then says which and why.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

import papermill
from papermill.exceptions import PapermillExecutionError
from traitlets.config import Config


def main(source: str, target: str) -> int:
    """Execute ``source`` into ``target``; a failing chapter leaves what was executed there."""
    with tempfile.TemporaryDirectory(prefix="itpbook-") as sockets:
        # Sockets as files, in a folder of their own: kernels that start at once may be given the same port, or (by
        # default) the same file.
        config = Config({"KernelManager": {"transport": "ipc", "ip": str(Path(sockets) / "kernel")}})
        try:
            papermill.execute_notebook(
                source,
                target,
                parameters=json.load(sys.stdin),
                kernel_name="python3",
                progress_bar=False,
                config=config,
                record_timing=False,
            )
        except PapermillExecutionError as error:
            print(f"in cell {error.cell_index}: {error.ename}: {error.evalue}")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
