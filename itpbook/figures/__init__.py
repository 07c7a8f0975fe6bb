"""The figures of the manuscript: functions that take frames and return a figure, in one visual language.

:func:`~itpbook.figures.style.show` displays a figure in a chapter as SVG, the same bytes each time.
"""

from itpbook.figures.adverse_events import adverse_events
from itpbook.figures.baseline import baseline_counts, best_against_baseline
from itpbook.figures.combinations import prior_combinations
from itpbook.figures.counts_over_time import counts_over_time
from itpbook.figures.courses import prior_treatments
from itpbook.figures.determined import conflicts, possible_shares, published_shares
from itpbook.figures.envelope import envelope
from itpbook.figures.flow import flow
from itpbook.figures.response_times import duration_of_response, time_to_response
from itpbook.figures.sensitivity import sensitivity
from itpbook.figures.style import save, show
from itpbook.figures.subgroups import response_by_subgroup
from itpbook.figures.swimmer import swimmer
from itpbook.figures.waterfall import waterfall

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
    "save",
    "sensitivity",
    "show",
    "swimmer",
    "time_to_response",
    "waterfall",
]
