"""Every threshold by which the study classifies a patient.

:data:`SOURCE` holds the definitions of the published series, :data:`IWG2009` those of the International
Working Group.
"""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from numbers import Integral, Real
from types import MappingProxyType
from typing import Any

CHANGED = ", changed"
"""Follows the name of a named set of definitions once one of its values was replaced."""


class ImpossibleDefinitions(ValueError):
    """Definitions that no study could use; the message says of each what was found and what is allowed."""


@dataclass(frozen=True)
class Definitions:
    """Thresholds of response, loss of response, phase and refractoriness.

    *Source* is the published series (Blood 2020;136(Supplement 1):12); *IWG* is the International Working
    Group (Rodeghiero et al., Blood 2009;113(11):2386-2393, Table 2). How the thresholds work together is
    described in :mod:`itpbook.study.outcomes.response`.

    Attributes
    ----------
    name
        What to call these definitions in print.
    cr_threshold
        Platelet count of complete response, 10^9/L. Source: 100. IWG: 100.
    cr_inclusive
        Whether a count of exactly ``cr_threshold`` is complete. Source: no (above 100). IWG: yes (at least
        100).
    response_lower
        Lowest count of a response, itself included, 10^9/L. Source and IWG: 30.
    response_fold
        Lowest ratio of a response to the baseline count, itself included; no rule of complete response.
        Source and IWG: 2.
    confirmation_days
        Days after which a second count must confirm a response; 0 asks for no confirmation. Source: silent,
        so 0. IWG: 7.
    loss_confirmation_days
        Days after which a second count must confirm a loss; 0 asks for no confirmation. Source: silent. IWG:
        1.
    loss_by_category
        Whether a complete response is already lost below the complete level, its duration then running from
        the first complete count; otherwise any response is lost below the response level. Source: silent, so
        no. IWG: yes.
    require_no_bleeding
        Whether a count on a day with bleeding is below every level. Needs the optional column
        ``platelets.bleeding``; records without it are taken as free of bleeding. Source: silent, so no. IWG:
        yes.
    rescue_washout_days
        Days after a rescue course during which counts still earn no response; 0 switches the rule off, for
        counts during the course as well. Source and IWG: silent, so 0.
    corticosteroid_dependence_days
        Length in days from which a concomitant course of corticosteroids is dependence: counts during it earn
        no response. ``None`` switches the rule off. Source: silent, so off. IWG: two months, so 61.
    baseline_window_days
        How many days before day 0 the baseline count may lie. Chosen here: 28. (IWG: the count at treatment
        start.)
    persistent_months
        ITP lasting longer than this is persistent, months. Source and IWG: 3.
    chronic_months
        ITP lasting longer than this is chronic, months. Source and IWG: 12.
    tpo_ra_failed
        How many of the two TPO receptor agonists must have failed at maximal dose. Source: 2.
    ana_titre
        Reciprocal titre above which antinuclear antibodies are positive. Source: 160. Says what the recorded
        ``ana_positive`` means; nothing is derived from it.

    Raises
    ------
    ImpossibleDefinitions
        A ``ValueError`` that names every impossible value at once.
    """

    name: str = "source"
    cr_threshold: float = 100.0
    cr_inclusive: bool = False
    response_lower: float = 30.0
    response_fold: float = 2.0
    confirmation_days: int = 0
    loss_confirmation_days: int = 1
    loss_by_category: bool = False
    require_no_bleeding: bool = False
    rescue_washout_days: int = 0
    corticosteroid_dependence_days: int | None = None
    baseline_window_days: int = 28
    persistent_months: float = 3.0
    chronic_months: float = 12.0
    tpo_ra_failed: int = 2
    ana_titre: int = 160

    def __post_init__(self) -> None:
        if problems := _problems(self):
            raise ImpossibleDefinitions("; ".join(problems))

    def replace(self, **changes: Any) -> Definitions:
        """Return a copy with some values replaced.

        A copy that differs is called ``"source, changed"`` unless a new ``name`` is given, so that no result
        made with other thresholds can pass for one made with the named ones.

        Raises
        ------
        ImpossibleDefinitions
            For an unknown name of a threshold, or an impossible value.
        """
        allowed = [field.name for field in dataclasses.fields(self)]
        if unknown := sorted(set(changes) - set(allowed)):
            msg = f"unknown: {', '.join(unknown)}; definitions have {', '.join(allowed)}"
            raise ImpossibleDefinitions(msg)
        changed = dataclasses.replace(self, **changes)
        if changed == self or "name" in changes or self.name.endswith(CHANGED):
            return changed
        return dataclasses.replace(changed, name=self.name + CHANGED)


def _problems(definitions: Definitions) -> list[str]:
    problems = []

    def number(name: str, allowed: str, low: float, *, above: bool = False) -> bool:
        value = getattr(definitions, name)
        real = isinstance(value, Real) and not isinstance(value, bool) and math.isfinite(value)
        possible = real and (value > low if above else value >= low)
        if not possible:
            problems.append(f"{name} must be {allowed}, found {value!r}")
        return possible

    def whole(name: str, allowed: str, low: int, high: float = math.inf) -> None:
        value = getattr(definitions, name)
        if not isinstance(value, Integral) or isinstance(value, bool) or not low <= int(value) <= high:
            problems.append(f"{name} must be {allowed}, found {value!r}")

    def ascending(low: str, high: str, allowed: str) -> None:
        if all([number(low, allowed, 0, above=True), number(high, allowed, 0, above=True)]):
            lower, upper = getattr(definitions, low), getattr(definitions, high)
            if lower >= upper:
                problems.append(f"{low} must be below {high} ({upper}), found {lower}")

    if not isinstance(definitions.name, str) or not definitions.name.strip():
        problems.append(f"name must be a text that is not empty, found {definitions.name!r}")
    for flag in ("cr_inclusive", "loss_by_category", "require_no_bleeding"):
        if not isinstance(getattr(definitions, flag), bool):
            problems.append(f"{flag} must be True or False, found {getattr(definitions, flag)!r}")
    ascending("response_lower", "cr_threshold", "a count above 0 (10^9/L)")
    number("response_fold", "a ratio of at least 1", 1)
    for days in ("confirmation", "loss_confirmation", "rescue_washout", "baseline_window"):
        whole(f"{days}_days", "a whole number of days, 0 or more", 0)
    if definitions.corticosteroid_dependence_days is not None:
        whole("corticosteroid_dependence_days", "None or a whole number of days, 1 or more", 1)
    ascending("persistent_months", "chronic_months", "a number of months above 0")
    whole("tpo_ra_failed", "0, 1 or 2 drugs (romiplostim and eltrombopag)", 0, 2)
    whole("ana_titre", "a whole reciprocal titre of 1 or more, such as 160", 1)
    return problems


SOURCE = Definitions()
"""The definitions of the published series; where it is silent, the simplest reading."""

IWG2009 = Definitions(
    name="iwg2009",
    cr_inclusive=True,
    confirmation_days=7,
    loss_by_category=True,
    require_no_bleeding=True,
    corticosteroid_dependence_days=61,
)
"""The definitions of the International Working Group of 2009."""

NAMED = MappingProxyType({definitions.name: definitions for definitions in (SOURCE, IWG2009)})
"""Definitions by the name a person types."""
