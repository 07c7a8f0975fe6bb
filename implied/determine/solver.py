"""The solver, always asked in the same way: one worker, so that every run goes the same way."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from ortools.sat.python import cp_model

Linear = Any
"""A linear expression of the solver, or a whole number."""


class Undecided(RuntimeError):
    """The solver could neither find nor exclude an answer within the effort allowed."""


def new_solver() -> cp_model.CpSolver:
    """Return a solver with the settings of all questions."""
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.linearization_level = 2  # what is asked is all but linear: less of it takes ten times as long
    solver.parameters.cp_model_probing_level = 0
    return solver


def solved(model: cp_model.CpModel, effort: float) -> cp_model.CpSolver | None:
    """Return a solver that holds the best answer, or None when there is none.

    The ``effort`` is the most work allowed, in the solver's deterministic seconds: every machine gives up at the same
    point, and raises :class:`Undecided`.
    """
    solver = new_solver()
    solver.parameters.max_deterministic_time = effort
    status = solver.status_name(solver.solve(model))
    if status not in ("OPTIMAL", "INFEASIBLE"):
        msg = f"neither found nor excluded within the effort allowed ({status.lower()})"
        raise Undecided(msg)
    return solver if status == "OPTIMAL" else None


def demand(model: cp_model.CpModel, demanded: Any) -> None:
    """Demand something of all answers; where no variable takes part, it is a truth value already."""
    if not isinstance(demanded, bool | np.bool_):
        model.add(demanded)
    elif not demanded:
        model.add_bool_or([])


def total_of(terms: Sequence[Linear]) -> Linear:
    """Return a sum, 0 for none."""
    return cp_model.LinearExpr.sum(list(terms)) if terms else 0


def weighted(terms: Sequence[Any], weights: Iterable[Any]) -> Linear:
    """Return a weighted sum, 0 for none."""
    return cp_model.LinearExpr.weighted_sum(list(terms), [int(weight) for weight in weights]) if len(terms) else 0
