"""Many reconstructions: what a draw costs as more are made, and a series of 200 patients.

Run with `python benchmarks/draws.py`, on two cores with `taskset -c 0,1 python benchmarks/draws.py`. A draw is
complete: solved, written out as raw records, and every figure derived back from them.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LARGE = ROOT / "tests" / "implied" / "determine" / "ledgers" / "sarcoidosis.yaml"


def seconds(*arguments: str) -> float:
    """Time `itpbook reconstruct` from start to end, or that of `implied` when it is given a ledger."""
    program = "implied" if arguments[0] == str(LARGE) else "itpbook"
    command = [str(Path(sys.executable).parent / program), "reconstruct", *arguments]
    start = time.perf_counter()
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if run.returncode != 0:
        sys.exit(f"{' '.join(command)} failed:\n{run.stdout}{run.stderr}")
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, nargs="+", default=[10, 50, 200])
    numbers = parser.parse_args().draws
    cores = len(os.sched_getaffinity(0))
    print(f"{cores} cores")
    each = {}
    with tempfile.TemporaryDirectory() as temporary:
        work = Path(temporary)
        single = seconds("--out", str(work / "one"))
        print(f"one set of records, start and preparation included: {single:.1f} s")
        for number in numbers:
            taken = seconds("--draws", str(number), "--out", str(work / f"draws-{number}"))
            each[number] = taken / number
            print(f"{number} draws: {taken:.1f} s, {each[number]:.2f} s each")
        large = seconds(str(LARGE), "--out", str(work / "large"))
        print(f"200 patients, another ledger: {large:.1f} s")
    print(f"a draw of {numbers[-1]} against one of {numbers[0]}: {each[numbers[-1]] / each[numbers[0]]:.2f}")
    print(f"a draw of {numbers[-1]} against one set alone: {each[numbers[-1]] / single:.2f}")


if __name__ == "__main__":
    main()
