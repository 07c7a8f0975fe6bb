"""Every figure of patients, drawn once for each made-up cohort."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from figure_records import COHORTS, Records

from itpbook.presentation import figures
from itpbook.presentation.figures import style

DRAWN: dict[str, Callable[[Records], style.DrawnFigure]] = {
    "baseline_counts": lambda r: figures.baseline_counts(r.patients),
    "best_against_baseline": lambda r: figures.best_against_baseline(r.patients),
    "prior_treatments": lambda r: figures.prior_treatments(r.treatments, r.patients),
    "time_to_response": lambda r: figures.time_to_response(r.patients),
    "duration_of_response": lambda r: figures.duration_of_response(r.patients),
    "response_by_subgroup": lambda r: figures.response_by_subgroup(r.patients),
    "adverse_events": lambda r: figures.adverse_events(r.events, r.patients),
    "counts_over_time": lambda r: figures.counts_over_time(r.platelets, r.patients),
    "flow": lambda r: figures.flow(r.patients),
    "prior_combinations": lambda r: figures.prior_combinations(r.treatments, r.patients),
    "swimmer": lambda r: figures.swimmer(r.patients, r.treatments, r.events),
    "waterfall": lambda r: figures.waterfall(r.patients),
}


@cache
def drawn(name: str, cohort: str) -> style.DrawnFigure:
    """A figure that no test changes."""
    return DRAWN[name](COHORTS[cohort]).finish(synthetic=True)


@cache
def svg_of(name: str, cohort: str) -> str:
    """The file of such a figure."""
    return style.to_svg(drawn(name, cohort))
