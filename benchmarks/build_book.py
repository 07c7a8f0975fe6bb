"""Executing and compiling the book: `itpbook build` against `jupyter-book build` executing the same chapters itself.

Run with `python benchmarks/build_book.py`; both alternate, and the medians and their ratio are printed.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
PAGES = ("_config.yml", "_toc.yml", "index.md", "references.bib", "_static", "pages", "chapters")


def seconds(command: list[str], folder: Path) -> float:
    start = time.perf_counter()
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if run.returncode != 0:
        sys.exit(f"{' '.join(command)} failed:\n{run.stdout}{run.stderr}")
    return time.perf_counter() - start


def plain_book(folder: Path) -> Path:
    """Copy the book so that Jupyter Book executes the chapters itself."""
    for name in PAGES:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name)
        else:
            shutil.copyfile(source, folder / name)
    config = yaml.safe_load((folder / "_config.yml").read_text())
    config["execute"] = {"execute_notebooks": "force", "timeout": 300}
    (folder / "_config.yml").write_text(yaml.safe_dump(config))
    return folder


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    ours: list[float] = []
    theirs: list[float] = []
    programs = Path(sys.executable).parent
    with tempfile.TemporaryDirectory() as temporary:
        work = Path(temporary)
        for turn in range(rounds):
            ours.append(seconds([str(programs / "itpbook"), "build", "--out", str(work / f"ours-{turn}")], ROOT))
            folder = work / f"theirs-{turn}"
            folder.mkdir()
            book = plain_book(folder)
            theirs.append(
                seconds([str(programs / "jupyter-book"), "build", str(book), "--all", "-W", "--keep-going"], book)
            )
    for name, times in (("itpbook build", ours), ("jupyter-book build, executing", theirs)):
        shown = ", ".join(f"{each:.1f}" for each in times)
        print(f"{name}: median {statistics.median(times):.1f} s ({shown})")
    print(f"ratio: {statistics.median(ours) / statistics.median(theirs):.2f}")


if __name__ == "__main__":
    main()
