"""How the rates of response move under other thresholds, other rules of confirmation and other definitions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from itpbook.definitions import IWG2009, SOURCE, Definitions
from itpbook.records.cohort import Cohort
from itpbook.study.outcomes import derive
from itpbook.study.statistics import proportion


@dataclass(frozen=True)
class Scenario:
    """Definitions under which responses are derived again, and how the row is called."""

    heading: str
    label: str
    definitions: Definitions

    @property
    def source(self) -> bool:
        """Whether these are the definitions of the published series."""
        return self.definitions == SOURCE


COMPLETE = (50.0, 100.0, 150.0)
LOWEST = (20.0, 30.0, 50.0)
FOLDS = (1.0, 2.0, 3.0)
CONFIRMATIONS = (0, 7, 14)
"""What each rule is changed to, one at a time; the source's own value is among them. Counts in 10^9/L, and days."""


def scenarios() -> list[Scenario]:
    """Return the scenarios in the order in which they are shown; all but the last change the source's in one point."""
    number = "{:g}".format
    complete, lowest = "Complete response above (10⁹/L)", "Response from (10⁹/L)"
    return [
        *(Scenario(complete, number(count), SOURCE.replace(cr_threshold=count)) for count in COMPLETE),
        *(Scenario(lowest, number(count), SOURCE.replace(response_lower=count)) for count in LOWEST),
        *(
            Scenario("Multiple of the count at the start", number(fold), SOURCE.replace(response_fold=fold))
            for fold in FOLDS
        ),
        *(
            Scenario("Second count to confirm", f"{days} days on" if days else "not needed", _confirmed(days))
            for days in CONFIRMATIONS
        ),
        Scenario("All rules together", "Source", SOURCE),
        Scenario("All rules together", "IWG 2009", IWG2009),
    ]


def _confirmed(days: int) -> Definitions:
    return SOURCE.replace(confirmation_days=days)


def response_rates(cohort: Cohort, chosen: Sequence[Scenario] | None = None) -> pd.DataFrame:
    """Derive the responses under each scenario and return their rates.

    Returns
    -------
    DataFrame
        Two rows per scenario, ``outcome`` being ``response`` (CR or R) and ``complete``: ``heading``,
        ``scenario``, ``source`` (whether these are the source's definitions), ``n``, ``N`` (all patients), ``share``
        and its Clopper-Pearson limits ``exact_low`` and ``exact_high`` (missing without patients).
    """
    rows = []
    for scenario in scenarios() if chosen is None else chosen:
        response = derive(cohort, scenario.definitions)["response"].astype(str)
        for outcome, members in (("response", ["R", "CR"]), ("complete", ["CR"])):
            rate = proportion(int(response.isin(members).sum()), len(response))
            limits = (rate.value, rate.low, rate.high)
            rows.append((scenario.heading, scenario.label, scenario.source, outcome, rate.n, rate.N, *limits))
    columns = ["heading", "scenario", "source", "outcome", "n", "N", "share", "exact_low", "exact_high"]
    return pd.DataFrame(rows, columns=columns)


def count_on_bound(platelets: pd.DataFrame, definitions: Definitions = SOURCE) -> int:
    """Count the platelet counts after the start that stand exactly on the bound of a complete response."""
    return int((platelets["count"].eq(definitions.cr_threshold) & platelets["day"].gt(0)).sum())
