"""The solver, always asked in the same way: one worker, so that every run goes the same way."""

from __future__ import annotations

from ortools.sat.python import cp_model


class Undecided(RuntimeError):
    """The solver could neither find nor exclude an answer within the effort allowed."""


def solved(model: cp_model.CpModel, effort: float) -> cp_model.CpSolver | None:
    """Return a solver that holds the best answer, or None when there is none.

    Parameters
    ----------
    model
        What is asked.
    effort
        Most work allowed, in the solver's deterministic seconds: every machine gives up at the same point.

    Raises
    ------
    Undecided
        When the effort does not suffice.
    """
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.linearization_level = 2  # what is asked is all but linear: less of it takes ten times as long
    solver.parameters.cp_model_probing_level = 0
    solver.parameters.max_deterministic_time = effort
    status = solver.status_name(solver.solve(model))
    if status not in ("OPTIMAL", "INFEASIBLE"):
        msg = f"neither found nor excluded within the effort allowed ({status.lower()})"
        raise Undecided(msg)
    return solver if status == "OPTIMAL" else None
