"""The progress of a build on standard error: a bar where a person watches, lines elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars


class Progress:
    """Says in a line what is done with each chapter and in each step; nothing without a console.

    The lines are the same whenever the same is done.
    """

    def __init__(self, console: Console | None = None) -> None:
        self._console = console
        self._cells: dict[str, int] = {}

    def _say(self, words: str) -> None:
        if self._console is not None:
            self._console.print(words, markup=False, highlight=False, soft_wrap=True)

    def planned(self, cells: Mapping[str, int], reused: Sequence[str]) -> None:
        """Say that so many cells of some chapters will be executed, and that others are reused."""
        self._cells.update(cells)
        if reused:
            self._say(f"kept from an earlier build: {', '.join(reused)}")
        if cells:
            self._say(f"to be executed: {', '.join(cells)}")

    def altered(self, chapter: str, words: str) -> None:
        """Say that what was kept of a chapter is not as it was written."""
        self._say(f"{words}; {chapter} is executed again")

    def not_kept(self, chapter: str) -> None:
        """Say that a chapter was executed and is not kept, since nobody knows from what."""
        self._say(
            f"not kept: {chapter} started a program that cannot be observed or read what changed meanwhile;"
            " the next build executes it again"
        )

    def started(self, chapter: str) -> None:
        """Note that a chapter is being executed."""

    def cell(self, chapter: str) -> None:
        """Note that a cell of a chapter was executed."""

    def finished(self, chapter: str) -> None:
        """Say that a chapter was executed, and how many cells it has."""
        self._say(f"executed: {chapter} ({self._cells[chapter]} cells)")

    def failed(self, chapter: str) -> None:
        """Say that a chapter stopped."""
        self._say(f"stopped: {chapter}")

    def step(self, words: str) -> None:
        """Say what is done after the chapters."""
        self._say(words)

    def unchanged(self) -> None:
        """Say that there is nothing to do."""
        self._say("nothing to do: nothing has changed since the last build")


class Bar(Progress):
    """A bar over all cells, and one for each chapter that is being executed."""

    def __init__(self, console: Console, bars: Bars) -> None:
        super().__init__(console)
        self._bars = bars
        self._all = bars.add_task("chapters", total=None)
        self._running: dict[str, TaskID] = {}

    def planned(self, cells: Mapping[str, int], reused: Sequence[str]) -> None:
        """Make the bar longer."""
        super().planned(cells, reused)
        self._bars.update(self._all, total=sum(self._cells.values()))

    def started(self, chapter: str) -> None:
        """Add the bar of a chapter."""
        self._running[chapter] = self._bars.add_task(f"  {chapter}", total=self._cells[chapter])

    def cell(self, chapter: str) -> None:
        """Move the bars on."""
        self._bars.advance(self._all)
        self._bars.advance(self._running[chapter])

    def finished(self, chapter: str) -> None:
        """Take the bar of a chapter away."""
        self._bars.remove_task(self._running.pop(chapter))

    def failed(self, chapter: str) -> None:
        """Take the bar of a chapter away, and say that it stopped."""
        self.finished(chapter)
        super().failed(chapter)

    def step(self, words: str) -> None:
        """Show what is done now in the place of the chapters."""
        self._bars.update(self._all, description=words, total=None, visible=True)


@contextmanager
def shown() -> Iterator[Progress]:
    """Show progress on standard error: as a bar on a terminal, else as lines."""
    console = Console(stderr=True)
    if not console.is_terminal:
        # What is no terminal has no width, either: a line is a line.
        yield Progress(Console(file=sys.stderr, width=10_000, color_system=None))
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Bars(*columns, console=console, transient=True) as bars:
        yield Bar(console, bars)
