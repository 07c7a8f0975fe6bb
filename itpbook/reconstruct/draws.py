"""Plausible patients, drawn before any constraint is looked at.

A bare solution of the constraints is degenerate: most patients share the median. So each attribute is drawn first:
values in the proportions that the ledger prints, numbers from a distribution whose two halves reach from the printed
median to the printed extremes. Solving then changes these draws as little as the figures allow.
"""

from __future__ import annotations

from collections.abc import Mapping
from statistics import NormalDist

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from itpbook.conditions import EVERYONE, Attribute, Between, OneOf, holds
from itpbook.printed_numbers import middle
from itpbook.published import Entry, Ledger

_HEAVY_TAIL = 5.0
"""Numbers whose maximum is more than this many times their minimum are drawn on the logarithmic scale."""
_CORRELATION = 0.8
"""Correlation of the normal scores of a number with the number it moves with."""
_STILL_RESPONDING = 0.6
"""A drawn response that fills more than this share of the time left to see it is taken as still going on."""
_SINCE_LAST_VISIT = 21
"""Days that at most lie between the last count of such a response and the last contact."""

_UNEVEN = 0.8
"""Standard deviation, in ranks, of where a patient lies from an even spacing."""

Floats = NDArray[np.float64]


def draw(ledger: Ledger, attributes: Mapping[str, Attribute], generator: np.random.Generator) -> pd.DataFrame:
    """Draw as many patients as the ledger counts, each attribute for itself.

    Parameters
    ----------
    ledger
        Where proportions, medians and ranges come from.
    attributes
        The attributes with their bounds.
    generator
        Source of all chance.

    Returns
    -------
    DataFrame
        One row per patient and one column per attribute: None where a value does not apply; numbers stand also for
        patients to whom they do not apply (yet).
    """
    drawn = pd.DataFrame(index=range(ledger.size))
    for name, attribute in attributes.items():
        if not attribute.is_number:
            applies = holds(attribute.applies_when, drawn).to_numpy()
            values = np.full(ledger.size, None, dtype=object)
            values[applies] = _values(ledger, attribute, int(applies.sum()), generator)
            drawn[name] = pd.Series(values, dtype=object)
    return drawn.assign(**_numbers(ledger, attributes, drawn, generator))[list(attributes)]


def redraw(
    ledger: Ledger, attributes: Mapping[str, Attribute], patients: pd.DataFrame, generator: np.random.Generator
) -> pd.DataFrame:
    """Draw the numbers again for patients whose other values are settled, so that they fit those they apply to."""
    return patients.assign(**_numbers(ledger, attributes, patients, generator))


def still_responding(
    attributes: Mapping[str, Attribute], drawn: pd.DataFrame, generator: np.random.Generator
) -> pd.DataFrame:
    """Let the responses that all but last until the end of follow-up last until it."""
    needed = {"followup_days", "time_to_response_days", "response_duration_days"}
    if not needed <= set(drawn.columns):
        return drawn
    duration, left = drawn["response_duration_days"], drawn["followup_days"] - drawn["time_to_response_days"]
    until_last_count = left - generator.integers(0, _SINCE_LAST_VISIT + 1, len(drawn))
    attribute = attributes["response_duration_days"]
    centre = duration[holds(attribute.applies_when, drawn)].median()
    possible = until_last_count.between(attribute.minimum, attribute.maximum)
    same_half = (duration > centre) == (until_last_count > centre)  # so that the median stays where it was drawn
    filled = possible & same_half & (duration > _STILL_RESPONDING * left)
    return drawn.assign(response_duration_days=duration.mask(filled, until_last_count))


def _values(ledger: Ledger, attribute: Attribute, size: int, generator: np.random.Generator) -> list[str | bool]:
    """Each value as often as a figure says, the values nobody counted sharing the rest; in random order."""
    counts: dict[str | bool, int] = {}
    for entry in ledger:
        condition = entry.condition
        if isinstance(condition, OneOf) and condition.attribute == attribute.name and len(condition.values) == 1:
            count = _count(entry, size)
            if count is not None:
                counts.setdefault(condition.values[0], count)
    silent = [value for value in attribute.values if value not in counts]
    values = [value for value, count in counts.items() for _ in range(count)]
    left = size - len(values)
    values += list(generator.choice(np.array(silent, dtype=object), max(left, 0))) if silent else []
    values += [attribute.values[0]] * (size - len(values))
    return [values[index] for index in generator.permutation(len(values))[:size]]


def _count(entry: Entry, size: int) -> int | None:
    if "count" in entry.printed:
        return size if entry.printed["count"] == "all" else int(entry.printed["count"])
    if entry.readings[0].population == EVERYONE and "percent" in entry.printed:
        return round(float(entry.printed["percent"]) / 100 * size)
    return None


def _numbers(
    ledger: Ledger, attributes: Mapping[str, Attribute], patients: pd.DataFrame, generator: np.random.Generator
) -> dict[str, NDArray[np.int64]]:
    scores: dict[str, Floats] = {}
    numbers = {}
    for name, attribute in attributes.items():
        if attribute.is_number:
            score = generator.standard_normal(ledger.size)
            if attribute.moves_with in scores:
                score = _CORRELATION * scores[attribute.moves_with] + np.sqrt(1 - _CORRELATION**2) * score
            scores[name] = score
            applies = holds(attribute.applies_when, patients).to_numpy(dtype=bool)
            drawn = _divided(ledger, attribute, _scaled(ledger, attribute, score, applies, generator), generator)
            numbers[name] = np.clip(drawn, attribute.minimum, attribute.maximum)
    return numbers


def _scaled(
    ledger: Ledger, attribute: Attribute, score: Floats, applies: NDArray[np.bool_], generator: np.random.Generator
) -> NDArray[np.int64]:
    """Turn scores into whole numbers whose median and extremes, where they apply, are the printed ones."""
    for entry in ledger:
        if entry.quantity != attribute.name or not {"median", "minimum", "maximum"} <= set(entry.printed):
            continue
        low, centre, high = (
            float(middle(entry.printed[name], entry.unit, attribute)) for name in ("minimum", "median", "maximum")
        )
        heavy = high > _HEAVY_TAIL * max(low, 1.0)
        low, centre, high = np.log((low, centre, high)) if heavy else (low, centre, high)
        share = np.empty(len(score))
        for group in (applies, ~applies):
            share[group] = _spread(score[group], generator)
        drawn = centre + np.where(share < 0, share * (centre - low), share * (high - centre))
        return np.rint(np.exp(drawn) if heavy else drawn).astype(np.int64)
    return np.full(score.shape, attribute.minimum, dtype=np.int64)


def _divided(
    ledger: Ledger, attribute: Attribute, drawn: NDArray[np.int64], generator: np.random.Generator
) -> NDArray[np.int64]:
    """Let as many patients lie above a bound as a figure says: those who fall short are drawn anew just above it."""
    numbers = drawn.copy()
    for entry in ledger:
        bound = entry.condition
        if not isinstance(bound, Between) or bound.attribute != attribute.name:
            continue
        count = _count(entry, len(drawn))
        if count is None or bound.low is None or bound.high is not None or entry.readings[0].population != EVERYONE:
            continue
        above = np.argsort(numbers, kind="stable")[len(numbers) - count :]
        least = int(bound.low) + 1
        short = above[numbers[above] < least]
        if len(short):
            reach = int(numbers[above[min(2 * len(short), count - 1)]])
            numbers[short] = np.sort(generator.integers(least, max(reach, least) + 1, len(short)))
    return numbers


def _spread(score: Floats, generator: np.random.Generator) -> Floats:
    """Put scores, in their order, about where a normal sample of their number has its quantiles: from -1 over 0 to 1.

    Plain draws of some thirty patients leave gaps and heaps that would be taken for findings.
    """
    size = len(score)
    if size < 3:
        return np.zeros(size)
    ranks = np.arange(size) + 0.5 + _UNEVEN * generator.standard_normal(size)
    inverse = NormalDist().inv_cdf
    ranks = np.sort(0.8 + np.abs(size - 1.6 - np.abs(ranks - size + 0.8)))  # thrown back at both ends
    ranks[[0, size // 2, -1]] = 0.5, size // 2 + 0.5, size - 0.5
    quantiles = np.array([inverse(rank / size) for rank in ranks])
    quantiles -= quantiles[size // 2]
    quantiles = np.where(quantiles < 0, quantiles / -quantiles[0], quantiles / quantiles[-1])
    spread = np.empty(size)
    spread[np.argsort(score, kind="stable")] = quantiles
    return spread
