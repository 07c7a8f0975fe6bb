"""Records: loading and validating many, against pandas with pandera; the derivation from few patients to a million.

Run with `python benchmarks/records.py`, on two cores with `taskset -c 0,1 python benchmarks/records.py`. Every task
runs in a process of its own, several times; the best time counts. Memory is the most that the process held during the
task, less what it held before. The data are the loaded tables: each row's cells, and each distinct text once (as pandas
counts them, with every text as often as it occurs, they are larger: that is said, too). The project does without
pandera: `pip install "pandera[pandas]"` first.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from itpbook.records.cohort import Cohort, load_cohort, write_cohort
from itpbook.records.schema import ONE_LINE, TABLES, columns_of
from itpbook.study.outcomes import derive

COUNTS = 30
"""Counts of each patient."""


def made_up(patients: int, seed: int = 1) -> Cohort:
    """Make sound records of so many patients, each with a combination, two earlier lines and 30 counts."""
    draw = np.random.default_rng(seed)
    ids = np.array([f"B{number:07d}" for number in range(patients)], dtype=object)
    followup = draw.integers(400, 3000, patients)
    died = draw.random(patients) < 0.1
    diagnosis = -draw.integers(1000, 8000, patients)
    table = pd.DataFrame(
        {
            "patient_id": ids,
            "centre": draw.choice(["North", "South", "East"], patients).astype(object),
            "sex": draw.choice(["female", "male"], patients).astype(object),
            "age_years": draw.integers(30, 90, patients),
            "diagnosis_day": diagnosis,
            "itp_type": "primary",
            "mgus": draw.random(patients) < 0.1,
            "ana_positive": draw.random(patients) < 0.2,
            "bleeding_at_baseline": draw.random(patients) < 0.6,
            "corticosteroid_refractory": draw.random(patients) < 0.5,
            "splenectomy": "contraindicated",
            "splenectomy_reason": "age_comorbidity",
            "last_followup_day": followup,
            "died": died,
            "death_cause": np.where(died, "infection", None),
        }
    )
    courses = [
        ("rituximab", "anti_cd20", "prior", -500, -470, None, "none"),
        ("romiplostim", "tpo_ra", "prior", -400, -300, True, "lost"),
        ("eltrombopag", "tpo_ra", "combination", 0, None, None, None),
        ("mycophenolate", "immunosuppressant", "combination", 0, None, None, None),
    ]
    treatments = pd.concat(
        [
            pd.DataFrame(
                {
                    "patient_id": ids,
                    "agent": agent,
                    "drug_class": drug_class,
                    "role": role,
                    "start_day": start,
                    "end_day": pd.Series([end] * patients, dtype="Int64"),
                    "regimen": "50 mg" if drug_class == "tpo_ra" else None,
                    "at_maximal_dose": pd.Series([dose] * patients, dtype="boolean"),
                    "response": response,
                }
            )
            for agent, drug_class, role, start, end, dose, response in courses
        ],
        ignore_index=True,
    )
    days = np.concatenate([[-20, -1], np.linspace(5, 390, COUNTS - 2).astype(int)])
    platelets = pd.DataFrame(
        {
            "patient_id": np.repeat(ids, COUNTS),
            "day": np.tile(days, patients),
            "count": draw.integers(1, 4000, patients * COUNTS) / 10,
        }
    )
    events = pd.DataFrame(
        {
            "patient_id": ids[::10],
            "day": 30,
            "term": "herpes zoster",
            "category": "infection",
            "severe": False,
            "related": True,
        }
    )
    return Cohort(table, treatments, platelets, events)


def bytes_held(cohort: Cohort) -> tuple[int, int]:
    """Return how large the tables are: with each distinct text once, and with every text as often as it occurs."""
    once = each = 0
    for table in cohort.tables.values():
        each += int(table.memory_usage(deep=True).sum())
        once += int(table.memory_usage(deep=False).sum())
        for column in table.select_dtypes(object):
            once += sum(len(text) + 49 for text in table[column].dropna().unique())
    return once, each


def load_all(folder: Path) -> str:
    """Load the records as the project does: every cell and every rule checked."""
    start = time.perf_counter()
    with Peak() as peak:
        cohort = load_cohort(folder)
    seconds = time.perf_counter() - start
    once, each = bytes_held(cohort)
    return f"{seconds} {peak.bytes} {once} {each}"


def pandera_model(table: str) -> Any:
    """Return the rules of a table as a model of pandera."""
    import pandera.pandas as pa

    types = {"text": str, "whole number": "int64", "number": "float64", "true or false": "bool"}
    nullable = {"whole number": "Int64", "true or false": "boolean"}
    columns = {}
    for name, rules in columns_of(table).items():
        text = pa.Check.isin(rules.choices) if rules.choices else pa.Check.str_matches(ONE_LINE)
        within = pa.Check.in_range(*rules.limits) if rules.limits else None
        columns[name] = pa.Column(
            nullable.get(rules.kind, str) if rules.nullable else types[rules.kind],
            checks=text if rules.kind == "text" else within,
            nullable=rules.nullable,
            required=rules.required,
            unique=rules.unique,
        )
    return pa.DataFrameSchema(columns, strict=True, unique=["patient_id", "day"] if table == "platelets" else None)


def load_with_pandera(folder: Path) -> str:
    """Read the same files with pandas, and validate each table with a model of pandera: no rule across tables."""
    models = {table: pandera_model(table) for table in TABLES}
    start = time.perf_counter()
    with Peak() as peak:
        for name, schema in models.items():
            kinds = {column: str(rules.dtype) for column, rules in schema.columns.items()}
            typed = {column: kind for column, kind in kinds.items() if kind != "str"}
            table = pd.read_csv(folder / f"{name}.csv", dtype=typed, low_memory=False)
            schema.validate(table, lazy=True)
    return f"{time.perf_counter() - start} {peak.bytes}"


def derive_all(patients: int) -> str:
    """Derive the outcomes of records in memory."""
    cohort = made_up(patients)
    start = time.perf_counter()
    with Peak() as peak:
        derive(cohort)
    seconds = time.perf_counter() - start
    once, each = bytes_held(cohort)
    return f"{seconds} {peak.bytes} {once} {each}"


def resident() -> int:
    """Return how many bytes the process holds."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGESIZE")


class Peak:
    """The most that the process holds while in the context, above what it held at the beginning."""

    def __enter__(self) -> Peak:
        self.first = self.most = resident()
        self.over = threading.Event()
        self.watch = threading.Thread(target=self._watch)
        self.watch.start()
        return self

    def _watch(self) -> None:
        while not self.over.wait(0.005):
            self.most = max(self.most, resident())

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self.watch.join()

    @property
    def bytes(self) -> int:
        """The difference."""
        return self.most - self.first


def _run(task: Callable[..., str], argument: object, answer: multiprocessing.Queue[str]) -> None:
    answer.put(task(argument))


def measured(task: Callable[..., str], argument: object, times: int) -> tuple[float, list[int]]:
    """Run a task in processes of its own; return the best time, and the bytes that this run told of."""
    context = multiprocessing.get_context("spawn")
    found = []
    for _ in range(times):
        answer: multiprocessing.Queue[str] = context.Queue()
        process = context.Process(target=_run, args=(task, argument, answer))
        process.start()
        while process.is_alive() and answer.empty():
            process.join(0.1)
        if process.exitcode:
            raise SystemExit(f"{task.__name__} failed")
        seconds, *sizes = answer.get().split()
        process.join()
        found.append((float(seconds), [int(size) for size in sizes]))
    return min(found)


def loading(patients: int, times: int) -> None:
    """Compare both ways of loading on the same files."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        write_cohort(made_up(patients), folder)
        size = sum(path.stat().st_size for path in folder.iterdir())
        print(f"{patients:,} patients, {patients * COUNTS:,} counts, {size / 1e6:.0f} MB of CSV")
        seconds, (peak, once, each) = measured(load_all, folder, times)
        print(
            f"load_cohort: {seconds:.1f} s, {peak / 1e6:.0f} MB at most; the tables are {once / 1e6:.0f} MB "
            f"({each / 1e6:.0f} MB as pandas counts them): {peak / once:.1f} ({peak / each:.1f}) times the data"
        )
        other, (other_peak,) = measured(load_with_pandera, folder, times)
        print(
            f"pandas.read_csv and pandera: {other:.1f} s ({other / seconds:.2f}), {other_peak / 1e6:.0f} MB at most "
            f"({other_peak / peak:.2f})"
        )


def deriving(sizes: list[int], times: int) -> None:
    """Time the derivation for more and more patients."""
    first = None
    for patients in sizes:
        seconds, (peak, once, _) = measured(derive_all, patients, times)
        each = seconds / patients
        first = first or each
        print(
            f"derive {patients:,} patients: {seconds:.2f} s, {each * 1e6:.1f} µs each ({each / first:.2f}), "
            f"{peak / 1e6:.0f} MB at most above the tables of {once / 1e6:.0f} MB",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--patients", type=int, default=100_000, help="patients whose records are loaded")
    parser.add_argument("--sizes", type=int, nargs="*", default=[1_000, 10_000, 100_000, 1_000_000])
    parser.add_argument("--times", type=int, default=3, help="runs of which the best counts")
    options = parser.parse_args()
    print(f"{len(os.sched_getaffinity(0))} cores")
    if options.patients:
        loading(options.patients, options.times)
    deriving(options.sizes, options.times)


if __name__ == "__main__":
    main()
