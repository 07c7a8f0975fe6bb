"""Records that satisfy every figure: plausible draws, moved onto the constraints by the least change.

It takes two steps. The first finds who is what: sex, response, drugs, events. The second draws the numbers anew for
these patients and moves them onto the printed medians and ranges, which is a far smaller task and so solved to the end.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import cpmpy as cp
import numpy as np
import pandas as pd

from itpbook.conditions import EVERYONE, Attribute, attributes_of, holds
from itpbook.published import Ledger, Rule
from itpbook.reconstruct.constraints import Patients, demands, tightened
from itpbook.reconstruct.draws import draw, redraw, still_responding
from itpbook.reconstruct.pairing import paired
from itpbook.reconstruct.plausibility import habits

_EFFORT = 2.0
"""Most effort of the solver per step, counted in work and not in time: every machine stops at the same solution."""
_CLOSE_ENOUGH = 0.02
"""Share of the cost by which a solution may miss the best one."""
_ANOTHER_VALUE = 3_000
"""Cost of a value other than the drawn one; numbers cost a hundredth of this for each per cent of their change."""
_A_HABIT = 2_000
"""Cost of a patient who breaks a habit."""


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
    generator = np.random.default_rng(seed)
    attributes = tightened(ledger)
    usual = habits(attributes)
    drawn = draw(ledger, attributes, generator)
    wanted = paired(drawn, ledger.rules, usual, fixed=_deciding(attributes))
    people = _moved(ledger, readings, attributes, wanted, usual, settled=())

    settled = [name for name in attributes if not _is_measured(attributes[name])]
    renewed = redraw(ledger, attributes, people, generator).assign(**{name: people[name] for name in settled})
    numbers = paired(renewed, ledger.rules, usual, fixed=settled)
    wanted = still_responding(attributes, numbers, generator)
    return _applying(_moved(ledger, readings, attributes, wanted, usual, settled=settled), attributes)


def _deciding(attributes: Mapping[str, Attribute]) -> set[str]:
    """Attributes that decide whether others apply: exchanging their values would leave those without a patient."""
    return {
        name
        for attribute in attributes.values()
        if attribute.applies_when != EVERYONE
        for name in (attribute.name, *attributes_of(attribute.applies_when))
        if not attributes[name].is_number
    }


def _is_measured(attribute: Attribute) -> bool:
    """Whether an attribute is a measured number, and not a value or a number of events."""
    return attribute.is_number and attribute.unit != "events"


def _moved(
    ledger: Ledger,
    readings: Mapping[str, str],
    attributes: Mapping[str, Attribute],
    wanted: pd.DataFrame,
    usual: Sequence[Rule],
    settled: Sequence[str],
) -> pd.DataFrame:
    """Move patients onto the constraints; what is settled stays."""
    patients = Patients(attributes, ledger.size)
    cost = cp.sum([*_changes(patients, wanted, settled), *_oddities(patients, usual)])
    model = cp.Model([*demands(patients, ledger, readings), *_staying(patients, wanted, settled)], minimize=cost)
    solver = cp.SolverLookup.get("ortools", model)
    solver.solution_hint(*_hint(patients, wanted))
    found = solver.solve(
        num_workers=1,
        random_seed=0,
        linearization_level=2,  # the full linear relaxation: about a second to the end; less of it never got there
        max_deterministic_time=_EFFORT,
        relative_gap_limit=_CLOSE_ENOUGH,
    )
    if not found:
        msg = "no records satisfy the published figures together; see which in the list of conflicts"
        raise NoRecords(msg)
    return _table(patients)


def _changes(patients: Patients, wanted: pd.DataFrame, settled: Sequence[str]) -> list[Any]:
    """Cost of moving away from the draws."""
    costs: list[Any] = []
    for name, attribute in patients.attributes.items():
        if name in settled:
            continue
        for patient, drawn in enumerate(wanted[name]):
            if attribute.is_number:
                weight = max(1, round(10_000 / max(int(drawn), 1)))
                costs.append(weight * abs(patients.numbers[name][patient] - int(drawn)))
            elif drawn in attribute.values:
                costs.append(_ANOTHER_VALUE * ~patients.choices[name, drawn][patient])
    return costs


def _oddities(patients: Patients, usual: Sequence[Rule]) -> list[Any]:
    return [_A_HABIT * ~kept for rule in usual for kept in patients.obeying(rule)]


def _staying(patients: Patients, wanted: pd.DataFrame, settled: Sequence[str]) -> list[Any]:
    demanded: list[Any] = []
    for name in settled:
        attribute = patients.attributes[name]
        for patient, value in enumerate(wanted[name]):
            if attribute.is_number:
                demanded.append(patients.numbers[name][patient] == int(value))
            else:
                demanded += [patients.choices[name, each][patient] == (each == value) for each in attribute.values]
    return demanded


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
    return pd.DataFrame(columns)


def _applying(table: pd.DataFrame, attributes: Mapping[str, Attribute]) -> pd.DataFrame:
    """Blank the numbers of those to whom they do not apply."""
    return table.assign(
        **{
            name: table[name].where(holds(attribute.applies_when, table)).astype("Int64")
            for name, attribute in attributes.items()
            if attribute.is_number and attribute.applies_when != EVERYONE
        }
    )
