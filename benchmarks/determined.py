"""What the figures determine: patients counted in cells against patients one by one, and against explanation tools.

Run with `python benchmarks/determined.py`, on two cores with `taskset -c 0,1 python benchmarks/determined.py`. Every
task runs in a process of its own and is given up after `--limit` seconds; ratios are against the first line of a group.
"""

from __future__ import annotations

import argparse
import multiprocessing
import time
from collections.abc import Callable
from pathlib import Path

from implied.ledger import Ledger, load_ledger
from implied.ledger.conditions import OneOf
from implied.processors import cores
from itpbook import project
from itpbook.shipped import shipped_ledger

LARGE = project.ROOT / "tests" / "determined" / "ledgers" / "sarcoidosis.yaml"
SMALLEST = ("cohort.n", "treatment.corticosteroids", "efficacy.no_steroid.cr")


def conflicts_in_cells() -> str:
    """All smallest conflicts and twenty others, each proved and explained."""
    from implied.determine.conflicts import conflicts

    found = conflicts(shipped_ledger(), jobs=cores())
    return f"{len(found)} sets with proofs, {cores()} processes"


def one_conflict_in_cells() -> str:
    """The smallest conflicts of the part that has any."""
    from implied.determine.contradicted import contradicted

    return f"{len(contradicted(shipped_ledger()))} figures contradicted"


def _by_patient(ledger: Ledger) -> tuple[list[object], list[list[object]]]:
    """The model with a variable per patient and attribute: what holds of patients, and what each entry demands."""
    import cpmpy as cp

    from implied.reconstruct.constraints import Patients, settled_sizes

    patients = Patients(ledger.attributes, ledger.size)
    hard = patients.being_patients()
    for rule in ledger.rules:
        hard += [] if rule.plausible else patients.obeying(rule)
    sizes = settled_sizes(ledger, {})
    soft = [demands for entry in ledger if (demands := patients.printing(entry, entry.readings[0], sizes))]
    return hard, [[cp.all(demands)] for demands in soft]


def one_conflict_by_deletion() -> str:
    """One minimal conflict, patient by patient: leave out entry after entry and solve again."""
    import cpmpy as cp

    hard, soft = _by_patient(shipped_ledger())
    kept = list(soft)
    for each in soft:
        rest = [other for other in kept if other is not each]
        if not cp.Model([*hard, *(demand for demands in rest for demand in demands)]).solve(
            solver="ortools", num_workers=1
        ):
            kept = rest
    return f"1 set of {len(kept)} figures, without an explanation"


def one_conflict_by_mus() -> str:
    """One minimal conflict, patient by patient, by CPMpy's `mus`."""
    from cpmpy.tools.explain import mus

    hard, soft = _by_patient(shipped_ledger())
    found = mus([demand for demands in soft for demand in demands], hard)
    return f"1 set of {len(found)} figures"


def conflicts_by_marco() -> str:
    """Minimal conflicts, patient by patient, by CPMpy's `marco`: until there are as many as ours."""
    from cpmpy.tools.explain import marco

    hard, soft = _by_patient(shipped_ledger())
    found = 0
    for kind, _ in marco([demand for demands in soft for demand in demands], hard):
        found += kind == "MUS"
        if found == 49:
            break
    return f"{found} sets, in no order"


def bounds_in_cells() -> str:
    """Every interval of the book: least and greatest, each with patients who reach it."""
    from implied.determine.everything import asked, intervals
    from implied.determine.readings import chosen_readings
    from itpbook.shipped import shipped_questions

    ledger = shipped_ledger()
    readings = chosen_readings(ledger)
    wanted = list(asked(ledger, shipped_questions(ledger), readings))
    found = intervals(ledger, wanted, readings, jobs=cores())
    return f"{len(found)} figures, {sum(each.proven for each in found)} proven sharp, {cores()} processes"


_ONE = OneOf("response", ("CR",)), OneOf("tpo_ra", ("eltrombopag",))


def one_bound_in_cells() -> str:
    """Complete responses under eltrombopag, least and greatest."""
    from implied.determine.asked import Figure
    from implied.determine.bounds import bounds

    (bound,) = bounds(shipped_ledger(), [Figure("asked", "count", *_ONE)])
    return f"{bound.low} to {bound.high}"


def one_bound_by_patient() -> str:
    """The same, patient by patient."""
    import cpmpy as cp

    from implied.determine.readings import chosen_readings
    from implied.reconstruct.constraints import Patients, demands

    ledger = shipped_ledger()
    patients = Patients(ledger.attributes, ledger.size)
    asked = [patients.meets(_ONE[0], at) & patients.meets(_ONE[1], at) for at in range(ledger.size)]
    ends = []
    for sense in ("minimize", "maximize"):
        model = cp.Model(demands(patients, ledger, chosen_readings(ledger)), **{sense: cp.sum(asked)})
        model.solve(solver="ortools", num_workers=1)
        ends.append(model.objective_value())
    return f"{ends[0]:.0f} to {ends[1]:.0f}"


def large_ledger() -> str:
    """A series of 200 patients: conflicts, and the counts behind every percentage that prints none."""
    from implied.determine.asked import Figure
    from implied.determine.bounds import bounds
    from implied.determine.conflicts import conflicts

    ledger = load_ledger(LARGE)
    silent = [entry for entry in ledger if entry.condition is not None and "count" not in entry.printed]
    wanted = [
        Figure(entry.id, statistic, entry.condition, entry.readings[0].population)
        for entry in silent
        for statistic in ("count", "percent")
    ]
    found = bounds(ledger, wanted)
    return f"{len(conflicts(ledger))} conflicts, {len(found)} bounds, {sum(each.proven for each in found)} proven sharp"


GROUPS: dict[str, list[Callable[[], str]]] = {
    "all conflicts": [conflicts_in_cells, conflicts_by_marco],
    "one conflict": [one_conflict_in_cells, one_conflict_by_deletion, one_conflict_by_mus],
    "all bounds": [bounds_in_cells],
    "one bound": [one_bound_in_cells, one_bound_by_patient],
    "200 patients": [large_ledger],
}


def _run(task: Callable[[], str], answer: multiprocessing.Queue[tuple[float, str]]) -> None:
    start = time.perf_counter()
    said = task()
    answer.put((time.perf_counter() - start, said))


def timed(task: Callable[[], str], limit: float) -> tuple[float | None, str]:
    """Run a task in a process of its own, imports included; give up after a limit."""
    context = multiprocessing.get_context("spawn")
    answer: multiprocessing.Queue[tuple[float, str]] = context.Queue()
    process = context.Process(target=_run, args=(task, answer))
    process.start()
    process.join(limit)
    if process.is_alive():
        process.kill()
        process.join()
        return None, f"given up after {limit:.0f} s"
    return answer.get() if process.exitcode == 0 else (None, "failed")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--limit", type=float, default=120, help="seconds after which a task is given up")
    parser.add_argument("--only", nargs="*", choices=list(GROUPS), default=list(GROUPS))
    options = parser.parse_args()
    print(f"{cores()} cores; ledger {Path(project.LEDGER).name}")
    for name in options.only:
        first = None
        for task in GROUPS[name]:
            taken, said = timed(task, options.limit)
            first = first or taken
            ratio = "" if taken is None or first is None else f" ({taken / first:.2f})"
            shown = "-" if taken is None else f"{taken:.1f} s"
            print(f"{name}: {task.__name__}: {shown}{ratio}: {said}", flush=True)


if __name__ == "__main__":
    main()
