"""What a careful reviewer would compute from the published claims alone.

Nothing here looks at records: every number follows from the ledger by arithmetic, so what it shows is true of the
source and not only of reconstructed patients.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import floor

import pandas as pd

from implied.ledger import Entry, Ledger, LedgerError
from implied.ledger.conditions import EVERYONE
from implied.ledger.printed import WholeRange, whole_numbers
from implied.numbers.percentages import counts_printing, possible_denominators
from implied.numbers.rounding import ROUNDING_RULES, decimals, print_percent, round_by
from implied.numbers.units import in_days
from itpbook.results.formatting import print_p, print_points, print_share
from itpbook.results.recorded_result import NO_FIGURE
from itpbook.study.statistics import compare_proportions


@dataclass(frozen=True)
class Share:
    """A published proportion: ``n`` of ``N``, and how ``N`` is known (printed, implied or inferred)."""

    entry: Entry
    n: int
    N: int
    known: str


def count_of(ledger: Ledger, entry_id: str) -> int:
    """Return the printed count of an entry; where only a percentage is printed, the only count that prints it.

    Raises
    ------
    LedgerError
        When the ledger has no such entry, or it prints nothing that gives a count.
    """
    entry = _entry(ledger, entry_id)
    if "count" in entry.printed:
        return ledger.size if entry.printed["count"] == "all" else int(entry.printed["count"])
    if "percent" not in entry.printed:
        raise LedgerError([f"{entry_id}: prints neither a count nor a percentage"])
    return share(ledger, entry).n


def _entry(ledger: Ledger, entry_id: str) -> Entry:
    if entry_id not in ledger:
        raise LedgerError([f"{entry_id}: the remarks need this entry"])
    return ledger[entry_id]


def share(ledger: Ledger, entry: Entry) -> Share:
    """Work out numerator and denominator of a printed percentage.

    The denominator is the printed one; or the printed or implied count of the population; or, where nothing counts the
    population, the only size that prints every percentage given for it.

    Raises
    ------
    LedgerError
        When the printed numbers leave the denominator, or the numerator, open.
    """
    total, basis = _denominator(ledger, entry)
    if "count" in entry.printed:
        return Share(entry, total if entry.printed["count"] == "all" else int(entry.printed["count"]), total, basis)
    percent = entry.printed["percent"]
    return Share(entry, _only(counts_printing(percent, total), f"{entry.id}: count of {total}"), total, basis)


def _denominator(ledger: Ledger, entry: Entry) -> tuple[int, str]:
    if "denominator" in entry.printed:
        return int(entry.printed["denominator"]), "printed"
    population = entry.readings[0].population
    if len(entry.readings) > 1:
        alike = [other for other in ledger if other.readings == entry.readings and "percent" in other.printed]
        sizes = possible_denominators([other.printed["percent"] for other in alike], ledger.size)
        return _only(sizes, f"{entry.id}: denominator"), "inferred"
    if population == EVERYONE:
        return ledger.size, "implied"
    counted = [
        count_of(ledger, other.id)
        for other in ledger
        if other.condition == population
        and other.readings[0].population == EVERYONE
        and not {"count", "percent"}.isdisjoint(other.printed)
    ]
    return _only(tuple(dict.fromkeys(counted)), f"{entry.id}: denominator"), "implied"


def _only(possible: Sequence[int], subject: str) -> int:
    if len(possible) != 1:
        candidates = f"{', '.join(map(str, possible))} would do" if possible else "none would do"
        raise LedgerError([f"{subject} does not follow from the printed figures: {candidates}"])
    return possible[0]


def shares(ledger: Ledger) -> list[Share]:
    """Return every published percentage as a share."""
    return [share(ledger, entry) for entry in ledger if "percent" in entry.printed]


def rounded(published: Share) -> dict[str, str]:
    """Print a share in per cent under each rounding rule."""
    exact, places = Fraction(100 * published.n, published.N), decimals(published.entry.printed["percent"])
    return {rule: f"{round_by(rule, exact, places):f}" for rule in ROUNDING_RULES}


def rules_that_fit(ledger: Ledger) -> tuple[str, ...]:
    """Return the rounding rules under which every published percentage comes out."""
    printed = [(rounded(published), published.entry.printed["percent"]) for published in shares(ledger)]
    return tuple(rule for rule in ROUNDING_RULES if all(under[rule] == percent for under, percent in printed))


@dataclass(frozen=True)
class Overlap:
    """Concomitant treatments, counted so that they add up.

    ``others`` patients had a concomitant treatment; ``beyond`` of them no corticosteroids; ``both`` had corticosteroids
    and hydroxychloroquine.
    """

    others: int
    beyond: int
    both: int


def overlap(ledger: Ledger) -> Overlap:
    """Work out how many patients had both concomitant drugs."""
    alone = count_of(ledger, "treatment.combination_only")
    steroids = count_of(ledger, "treatment.corticosteroids")
    hydroxychloroquine = count_of(ledger, "treatment.hydroxychloroquine")
    others = ledger.size - alone
    return Overlap(others, others - steroids, steroids + hydroxychloroquine - others)


@dataclass(frozen=True)
class ResponseParts:
    """Complete and other responses as parts of all responses: ``partial`` patients, and rounded percentages."""

    partial: int
    partial_percent: int
    sum_percent: int


def parts_and_whole(ledger: Ledger) -> ResponseParts:
    """Add up the rounded percentages of complete and other responses."""
    complete = count_of(ledger, "efficacy.cr")
    partial = count_of(ledger, "efficacy.response") - complete
    percent = int(print_percent(partial, ledger.size))
    return ResponseParts(partial, percent, percent + int(print_percent(complete, ledger.size)))


@dataclass(frozen=True)
class Events:
    """Thromboembolic events, those beyond one per patient, and severe events that are neither these nor infections."""

    thromboembolic: int
    repeated: int
    severe_left: int


def events_and_patients(ledger: Ledger) -> Events:
    """Set events against patients; each patient with an infection is taken to have had one."""
    events = count_of(ledger, "safety.dvt_pe") + count_of(ledger, "safety.cvt")
    left = count_of(ledger, "safety.severe") - events - count_of(ledger, "safety.infection")
    return Events(events, events - count_of(ledger, "safety.thromboembolic"), left)


def shortest_duration(ledger: Ledger) -> WholeRange:
    """Return the days that print as the shortest duration of ITP and still exceed the strict bound of persistence.

    Raises
    ------
    LedgerError
        When the duration of ITP is not the summary of an attribute.
    """
    entry = _entry(ledger, "cohort.itp_duration")
    if entry.quantity is None or "minimum" not in entry.printed:
        raise LedgerError([f"{entry.id}: expected the minimum of a quantity"])
    attribute = ledger.attributes[entry.quantity]
    printed = whole_numbers(entry.printed["minimum"], entry.unit, attribute)
    strict = _entry(ledger, "methods.persistent")
    bound = in_days(Fraction(strict.printed["threshold"].lstrip(">")), strict.unit)
    return WholeRange(max(printed.low, floor(bound) + 1), printed.high)


def comparisons(ledger: Ledger) -> pd.DataFrame:
    """Test exactly what the source calls similar: each group against the patients outside it.

    Returns
    -------
    DataFrame
        Columns: group, outcome, inside and outside (n/N, per cent), difference (per cent points), interval, p (Fisher).
    """
    rows = []
    for group, complete, partial in (
        ("without corticosteroids (inferred set)", "efficacy.no_steroid.cr", "efficacy.no_steroid.r"),
        ("immunosuppressant earlier", "efficacy.prior_ist.cr", "efficacy.prior_ist.r"),
    ):
        cr, r = share(ledger, _entry(ledger, complete)), share(ledger, _entry(ledger, partial))
        for outcome, inside, everyone in (
            ("complete response", cr.n, count_of(ledger, "efficacy.cr")),
            ("response or better", cr.n + r.n, count_of(ledger, "efficacy.response")),
        ):
            outside, others = everyone - inside, ledger.size - cr.N
            compared = compare_proportions(inside, cr.N, outside, others)
            rows.append(
                {
                    "group": group,
                    "outcome": outcome,
                    "inside": print_share(inside, cr.N),
                    "outside": print_share(outside, others),
                    "difference": print_points(compared.difference),
                    "interval": f"{print_points(compared.low)} to {print_points(compared.high)}",
                    "p": NO_FIGURE if compared.p is None else print_p(compared.p),
                }
            )
    return pd.DataFrame(rows)
