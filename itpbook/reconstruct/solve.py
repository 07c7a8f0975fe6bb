"""Records that satisfy every figure: plausible draws, moved onto the constraints by the least change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import cpmpy as cp
import pandas as pd

from itpbook.conditions import EVERYONE, holds
from itpbook.published import Ledger
from itpbook.reconstruct.constraints import Patients, demands, tightened
from itpbook.reconstruct.draws import draw

_DETERMINISTIC_SECONDS = 2.0
"""Solver effort, counted in work and not in time, so that every machine stops at the same solution."""


class NoRecords(ValueError):
    """No records satisfy the ledger under the readings chosen."""


def solve(ledger: Ledger, readings: Mapping[str, str], seed: int) -> pd.DataFrame:
    """Find patients who satisfy every entry of the ledger and differ little from plausible draws.

    Parameters
    ----------
    ledger
        The published figures.
    readings
        For each entry that is not read literally, the name of its reading.
    seed
        Seed of the draws.

    Returns
    -------
    DataFrame
        One row per patient, one column per attribute of the ledger; missing where an attribute does not apply.

    Raises
    ------
    NoRecords
        When no records satisfy the figures.
    """
    attributes = tightened(ledger)
    patients = Patients(attributes, ledger.size)
    wanted = draw(ledger, attributes, seed)
    model = cp.Model(demands(patients, ledger, readings), minimize=_change(patients, wanted))
    solver = cp.SolverLookup.get("ortools", model)
    solver.solution_hint(*_hint(patients, wanted))
    found = solver.solve(
        num_workers=1, random_seed=seed, max_deterministic_time=_DETERMINISTIC_SECONDS, relative_gap_limit=0.02
    )
    if not found:
        msg = "no records satisfy the published figures together; see which in the list of conflicts"
        raise NoRecords(msg)
    return _table(patients)


def _change(patients: Patients, wanted: pd.DataFrame) -> Any:
    """Cost of moving away from the draws: for a number in hundredths of a per cent, for another value 30 per cent."""
    costs = []
    for name, attribute in patients.attributes.items():
        for patient, drawn in enumerate(wanted[name]):
            if attribute.is_number:
                weight = max(1, round(10_000 / max(int(drawn), 1)))
                costs.append(weight * abs(patients.numbers[name][patient] - int(drawn)))
            elif drawn in attribute.values:
                costs.append(3_000 * ~patients.choices[name, drawn][patient])
    return cp.sum(costs)


def _hint(patients: Patients, wanted: pd.DataFrame) -> tuple[list[Any], list[int]]:
    """The draws, as variables and values that the solver tries first."""
    variables: list[Any] = []
    for name, attribute in patients.attributes.items():
        for patient, drawn in enumerate(wanted[name]):
            if attribute.is_number:
                variables.append((patients.numbers[name][patient], int(drawn)))
            else:
                variables += [
                    (patients.choices[name, value][patient], int(value == drawn)) for value in attribute.values
                ]
    return [variable for variable, _ in variables], [value for _, value in variables]


def _table(patients: Patients) -> pd.DataFrame:
    columns: dict[str, list[Any]] = {}
    for name, attribute in patients.attributes.items():
        if attribute.is_number:
            columns[name] = [int(variable.value()) for variable in patients.numbers[name]]
        else:
            columns[name] = [
                next((value for value in attribute.values if patients.choices[name, value][patient].value()), None)
                for patient in range(patients.size)
            ]
    table = pd.DataFrame(columns)
    for name, attribute in patients.attributes.items():
        if attribute.is_number and attribute.applies_when != EVERYONE:
            table[name] = table[name].where(holds(attribute.applies_when, table)).astype("Int64")
    return table
