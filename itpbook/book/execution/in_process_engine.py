"""A papermill engine that runs a chapter in the process it is called from.

Starting a kernel and importing what a chapter needs takes far longer than its work. This engine uses ipykernel's
in-process kernel, so that a process which has imported everything once can be forked for every chapter
(:mod:`itpbook.book.execution.chapter_process`). nbval runs the chapters in ordinary kernels and finds the same outputs.
"""

from __future__ import annotations

from collections.abc import Callable
from queue import Empty
from typing import Any

import nbformat
from ipykernel.inprocess.blocking import BlockingInProcessKernelClient
from ipykernel.inprocess.manager import InProcessKernelManager
from papermill.engines import Engine, NotebookExecutionManager, papermill_engines
from traitlets.config import Config

NAME = "itpbook-in-process"


class InProcessEngine(Engine):  # type: ignore[misc]
    """Executes cells one after the other and stops at the first that fails."""

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: NotebookExecutionManager,
        kernel_name: str,
        *,
        before_cells: Callable[[], None] = lambda: None,
        each_cell: Callable[[], None] = lambda: None,
        **_: Any,
    ) -> None:
        """Execute the notebook that papermill hands over; its kernel is this process, whatever it is named.

        ``before_cells`` is called once when the kernel has started, ``each_cell`` after every cell.
        """
        del kernel_name
        # Cells hold patients' results and the folder's name: without this they are stored in the home folder.
        manager = InProcessKernelManager(config=Config(HistoryManager={"hist_file": ":memory:"}))
        manager.start_kernel()
        client = manager.client()
        client.start_channels()
        before_cells()
        try:
            count = 0
            for index, cell in enumerate(nb_man.nb.cells):
                if cell.cell_type != "code" or not cell.source.strip():
                    continue
                count += 1
                cell.execution_count = count
                cell.outputs = _outputs(client, cell.source)
                if any(output.output_type == "error" for output in cell.outputs):
                    nb_man.cell_exception(cell, index)
                    return
                each_cell()
                # This writes the whole notebook, so it is done once a cell: what is left when the process is killed.
                nb_man.cell_complete(cell, index)
        finally:
            client.stop_channels()
            manager.shutdown_kernel()


def _outputs(client: BlockingInProcessKernelClient, source: str) -> list[nbformat.NotebookNode]:
    """Execute a cell and return its outputs, neighbouring pieces of one stream joined."""
    client.execute(source)
    outputs: list[nbformat.NotebookNode] = []
    while True:
        try:
            message = client.get_iopub_msg(block=False)
        except Empty:
            return outputs
        if message["msg_type"] not in ("display_data", "execute_result", "stream", "error"):
            continue
        output = nbformat.v4.output_from_msg(message)
        joined = outputs and output.output_type == "stream" == outputs[-1].output_type
        if joined and outputs[-1].name == output.name:
            outputs[-1].text += output.text
        else:
            outputs.append(output)


def register() -> None:
    """Make the engine known to papermill under :data:`NAME`."""
    papermill_engines.register(NAME, InProcessEngine)
