"""Plausible patients, drawn before any constraint is looked at.

A bare solution of the constraints is degenerate: most patients share the median. So each attribute is drawn first:
values in the proportions that the ledger prints, numbers from a distribution whose two halves reach from the printed
median to the printed extremes. Solving then changes these draws as little as the figures allow.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from itpbook.conditions import EVERYONE, Attribute, OneOf, holds
from itpbook.printed_numbers import middle
from itpbook.published import Entry, Ledger

_HEAVY_TAIL = 5.0
"""Numbers whose maximum is more than this many times their minimum are drawn on the logarithmic scale."""
_CANDIDATES = 100
"""Draws to choose from: the one that already fits most figures is changed least by solving."""
_CORRELATION = 0.8
"""Correlation of the normal scores of a number with the number it moves with."""


def draw(ledger: Ledger, attributes: Mapping[str, Attribute], seed: int) -> pd.DataFrame:
    """Draw as many patients as the ledger counts.

    Parameters
    ----------
    ledger
        Where proportions, medians and ranges come from.
    attributes
        The attributes with their bounds.
    seed
        Seed of the generator; the same seed gives the same patients.

    Returns
    -------
    DataFrame
        One row per patient and one column per attribute, also for patients to whom a number does not apply (yet).
    """
    generator = np.random.default_rng(seed)
    candidates = [_one_draw(ledger, attributes, generator) for _ in range(_CANDIDATES)]
    return min(candidates, key=lambda drawn: _distance(ledger, drawn))


def _one_draw(ledger: Ledger, attributes: Mapping[str, Attribute], generator: np.random.Generator) -> pd.DataFrame:
    drawn = pd.DataFrame(index=range(ledger.size))
    for name, attribute in attributes.items():
        if not attribute.is_number:
            drawn[name] = pd.Series(_values(ledger, attribute, generator), dtype=object)
    scores: dict[str, NDArray[np.float64]] = {}
    for name, attribute in attributes.items():
        if not attribute.is_number:
            continue
        score = generator.standard_normal(ledger.size)
        if attribute.moves_with is not None:
            score = _CORRELATION * scores[attribute.moves_with] + np.sqrt(1 - _CORRELATION**2) * score
        scores[name] = score
        applies = holds(attribute.applies_when, drawn).to_numpy()
        drawn[name] = np.clip(_numbers(ledger, attribute, score, applies), attribute.minimum, attribute.maximum)
    return drawn


def _distance(ledger: Ledger, drawn: pd.DataFrame) -> int:
    """How many patients stand in the way of the figures and the rules: a cheap look before solving."""
    distance = 0
    for entry in ledger:
        if entry.condition is not None and entry.printed.get("count", "all") != "all":
            inside = holds(entry.condition, drawn) & holds(entry.readings[0].population, drawn)
            distance += abs(int(inside.sum()) - int(entry.printed["count"]))
    for rule in ledger.rules:
        broken = holds(rule.when, drawn)
        if rule.then is not None:
            broken &= ~holds(rule.then, drawn)
        if rule.terms:
            total = sum(factor * drawn[name] for name, factor in rule.terms.items())
            outside = pd.Series(False, index=drawn.index)
            outside |= False if rule.low is None else total < rule.low
            outside |= False if rule.high is None else total > rule.high
            broken &= outside
        distance += int(broken.sum())
    return distance


def _values(ledger: Ledger, attribute: Attribute, generator: np.random.Generator) -> list[str | bool]:
    """Each value as often as a figure says, the values nobody counted sharing the rest; in random order."""
    counts: dict[str | bool, int] = {}
    for entry in ledger:
        condition = entry.condition
        if isinstance(condition, OneOf) and condition.attribute == attribute.name and len(condition.values) == 1:
            count = _count(entry, ledger.size)
            if count is not None:
                counts.setdefault(condition.values[0], count)
    silent = [value for value in attribute.values if value not in counts]
    values = [value for value, count in counts.items() for _ in range(count)]
    left = ledger.size - len(values)
    values += list(generator.choice(np.array(silent, dtype=object), max(left, 0))) if silent else []
    values += [values[0]] * (ledger.size - len(values))
    return [values[index] for index in generator.permutation(len(values))[: ledger.size]]


def _count(entry: Entry, size: int) -> int | None:
    if "count" in entry.printed:
        return size if entry.printed["count"] == "all" else int(entry.printed["count"])
    if entry.readings[0].population == EVERYONE and "percent" in entry.printed:
        return round(float(entry.printed["percent"]) / 100 * size)
    return None


def _numbers(
    ledger: Ledger, attribute: Attribute, score: NDArray[np.float64], applies: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """Turn normal scores into whole numbers whose median and extremes, where they apply, are the printed ones."""
    for entry in ledger:
        if entry.quantity != attribute.name or not {"median", "minimum", "maximum"} <= set(entry.printed):
            continue
        low, centre, high = (
            float(middle(entry.printed[name], entry.unit, attribute)) for name in ("minimum", "median", "maximum")
        )
        heavy = high > _HEAVY_TAIL * max(low, 1.0)
        low, centre, high = np.log((low, centre, high)) if heavy else (low, centre, high)
        inside = score[applies]
        score = score - np.median(inside)
        inside = inside - np.median(inside)
        below, above = score / max(-inside.min(), 1e-9), score / max(inside.max(), 1e-9)
        drawn = centre + np.where(score < 0, below * (centre - low), above * (high - centre))
        return np.rint(np.exp(drawn) if heavy else drawn).astype(np.int64)
    return np.full(score.shape, attribute.minimum, dtype=np.int64)
