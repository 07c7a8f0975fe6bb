"""Building the book again: nothing changed, one chapter changed, killed on the way; each as a share of a full build.

Run with `python benchmarks/rebuild.py`. It works on a copy of the project. In each round every kind of build is timed
once, beside the full one of that round; the medians of wall-clock and of processor time are printed, and their ratios.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PARTS = ("itpbook", "chapters", "data", "pages", "_static", "_config.yml", "_toc.yml", "index.md")
PARTS += ("references.bib", "requirements.txt", "CITATION.cff")


def copied(folder: Path) -> Path:
    for name in PARTS:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copyfile(source, folder / name)
    return folder


def started(project: Path, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "itpbook.commands.command_line", "build", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(project)}
    return subprocess.Popen(
        command,
        cwd=project,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def seconds(project: Path, *arguments: str) -> tuple[float, float]:
    """Return wall-clock and processor time of a build that must succeed."""
    before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    process = started(project, *arguments)
    _, said = process.communicate()
    after, end = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    if process.returncode != 0:
        sys.exit(said)
    worked = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return end - begin, worked


def edited(project: Path, chapter: str, kind: str) -> None:
    """Add a line to the first cell of a chapter that has a kind and is none of its parameters."""
    path = project / "chapters" / f"{chapter}.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    cell = next(
        cell
        for cell in notebook["cells"]
        if cell["cell_type"] == kind and "parameters" not in cell["metadata"].get("tags", [])
    )
    line = "# One more line.\n" if kind == "code" else "\nOne more line."
    cell["source"] = [line, *cell["source"]] if kind == "code" else [*cell["source"], "\n", line]
    path.write_text(json.dumps(notebook), encoding="utf-8")


def killed(project: Path) -> None:
    """Start a build from nothing and kill it when half of the chapters are executed."""
    process = started(project, "--fresh")
    assert process.stderr is not None
    executed = 0
    for line in process.stderr:
        executed += line.startswith("executed: ")
        if executed == 3:
            break
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--chapters", nargs="*", help="whose code is changed; else that of each")
    given = parser.parse_args()
    rounds = given.rounds
    with tempfile.TemporaryDirectory() as temporary:
        project = copied(Path(temporary))
        chapters = given.chapters or sorted(path.stem for path in (project / "chapters").glob("*.ipynb"))
        kinds: dict[str, Callable[[], object]] = {"unchanged": lambda: None}
        kinds |= {
            f"{kind} of {name} changed": lambda name=name, kind=kind: edited(project, name, kind)  # type: ignore[misc]
            for kind in ("markdown", "code")
            for name in (chapters if kind == "code" else ["efficacy"])
        }
        kinds["killed after three chapters, resumed"] = lambda: killed(project)
        full: list[tuple[float, float]] = []
        times: dict[str, list[tuple[float, float]]] = {name: [] for name in kinds}
        for _ in range(rounds):
            full.append(seconds(project, "--fresh"))
            for name, prepare in kinds.items():
                prepare()
                times[name].append(seconds(project))
    wall, worked = (statistics.median(each) for each in zip(*full, strict=True))
    print(f"full build: {wall:.1f} s, processors {worked:.1f} s (medians of {rounds})")
    for name, found in times.items():
        ratios = [
            statistics.median(one[part] / whole[part] for one, whole in zip(found, full, strict=True))
            for part in (0, 1)
        ]
        print(f"{name}: {ratios[0]:.3f} of it, processors {ratios[1]:.3f}")


if __name__ == "__main__":
    main()
