"""The figures of the manuscript: functions that take frames and return a figure, in one visual language.

Each has ``display``, which shows it in a chapter as SVG, the same bytes each time.
"""

from itpbook.presentation.figures.adverse_events import adverse_events
from itpbook.presentation.figures.baseline import baseline_counts, best_against_baseline
from itpbook.presentation.figures.counts_over_time import counts_over_time
from itpbook.presentation.figures.envelope_figure import envelope
from itpbook.presentation.figures.flow import flow
from itpbook.presentation.figures.forest import response_by_subgroup, sensitivity
from itpbook.presentation.figures.implied_figures import conflicts, possible_shares, published_shares
from itpbook.presentation.figures.prior_treatments import prior_combinations, prior_treatments
from itpbook.presentation.figures.response_times import duration_of_response, time_to_response
from itpbook.presentation.figures.swimmer import swimmer
from itpbook.presentation.figures.waterfall import waterfall

__all__ = [
    "adverse_events",
    "baseline_counts",
    "best_against_baseline",
    "conflicts",
    "counts_over_time",
    "duration_of_response",
    "envelope",
    "flow",
    "possible_shares",
    "prior_combinations",
    "prior_treatments",
    "published_shares",
    "response_by_subgroup",
    "sensitivity",
    "swimmer",
    "time_to_response",
    "waterfall",
]
