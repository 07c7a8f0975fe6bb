"""Ledgers of series that do not exist: random patients, thrown away once their figures are printed."""

from __future__ import annotations

from random import Random
from typing import Any

import pandas as pd

from implied.check.attribute_table import NO_FIGURE, printed_of, rows_of
from implied.ledger import Entry, Ledger, Reading, Rule
from implied.ledger.conditions import EVERYONE, AllOf, Attribute, Between, Condition, OneOf

ATTRIBUTES = {
    attribute.name: attribute
    for attribute in (
        Attribute("sex", "Sex", ("female", "male")),
        Attribute("stage", "Stage", ("early", "late", "unclear", "relapsed"), may_be_missing=True),
        Attribute("treated", "Treated", (True, False)),
        Attribute("drug", "Drug", ("first", "second", "third"), applies_when=OneOf("treated", (True,))),
        Attribute("age_years", "Age", unit="years", minimum=18, maximum=95),
        Attribute("marker", "Marker", unit="mg/L", minimum=0, maximum=400, may_be_missing=True),
        Attribute("days", "Treatment", unit="days", minimum=1, maximum=2000, applies_when=OneOf("treated", (True,))),
        Attribute("followup_days", "Follow-up", unit="days", minimum=1, maximum=4000),
        Attribute("relapses", "Relapses", unit="events", minimum=0, maximum=4),
    )
}
RULES = (
    Rule("treatment is part of follow-up", False, EVERYONE, None, {"followup_days": 1, "days": -1}, 0, None),
    Rule(
        "relapses of the relapsed",
        False,
        OneOf("stage", ("relapsed",)),
        Between("relapses", None, None, False),
        {},
        None,
        None,
    ),
)
GROUPS = (EVERYONE, OneOf("sex", ("female",)), OneOf("treated", (True,)), OneOf("stage", ("early", "late")))


def random_series(seed: int) -> Ledger:
    """Print figures of random patients: a ledger that at least those patients satisfy."""
    random = Random(seed)
    patients = _patients(random, random.choice([5, 8, 13, 20, 31, 44, 60]))
    table = pd.DataFrame(patients, columns=list(ATTRIBUTES), dtype=object)
    few = random.sample(list(_asked(random)), random.randint(3, 22))
    entries = [_entry("n", {"count": "0"}, condition=EVERYONE)]
    entries += [_entry(f"figure.{place}", **asked) for place, asked in enumerate(few)]
    blank = Ledger("nobody", ATTRIBUTES, RULES, tuple(entries), "")
    printed = []
    for entry in entries:
        found = printed_of(blank, rows_of(table), entry, entry.readings[0])
        if NO_FIGURE not in found.values():
            layout = " ".join(f"{{{name}}}" for name in found)
            printed.append(Entry(**{**vars(entry), "printed": found, "layout": layout}))
    return Ledger("nobody", ATTRIBUTES, RULES, tuple(printed), f"{seed}")


def _patients(random: Random, size: int) -> list[dict[str, Any]]:
    patients = []
    for _ in range(size):
        treated = random.random() < 0.7
        followup = random.randint(1, 3000)
        relapses = random.choice([0, 0, 0, 1, 2])
        patients.append(
            {
                "sex": random.choice(["female", "male"]),
                "stage": random.choice(["early", "late", "relapsed", None]),
                "treated": treated,
                "drug": random.choice(["first", "second", "third"]) if treated else None,
                "age_years": random.randint(20, 90),
                "marker": random.choice([None, random.randint(0, 60), random.randint(0, 300)]),
                "days": random.randint(1, min(followup, 2000)) if treated else None,
                "followup_days": followup,
                "relapses": relapses,
            }
        )
    return patients


def _asked(random: Random) -> list[dict[str, Any]]:
    """Return figures to be printed: of values, of bounds, of numbers, in all and in groups."""
    asked: list[dict[str, Any]] = []
    conditions: list[Condition] = [
        OneOf(name, (value,)) for name, attribute in ATTRIBUTES.items() for value in attribute.values[:2]
    ]
    conditions += [
        OneOf("drug", ("first", "third")),
        Between("age_years", 60, None, above=True),  # type: ignore[arg-type]
        Between("marker", None, 50, above=False),  # type: ignore[arg-type]
        Between("relapses", 1, None, above=False),  # type: ignore[arg-type]
        AllOf((OneOf("sex", ("male",)), OneOf("treated", (True,)))),
    ]
    for condition in conditions:
        statistics = random.choice([["count"], ["percent"], ["count", "denominator", "percent"]])
        decimals = random.choice(["0", "0.0"])
        printed = {name: decimals if name == "percent" else "0" for name in statistics}
        asked.append({"printed": printed, "condition": condition, "population": random.choice(GROUPS)})
    for name in ("age_years", "marker", "days", "followup_days"):
        for statistics in (["median", "q1", "q3"], ["median", "minimum", "maximum"], ["mean"], ["available"]):
            unit = ATTRIBUTES[name].unit
            unit = random.choice(["days", "months"]) if unit == "days" else unit
            printed = {each: "0" if each == "available" else random.choice(["0", "0.0"]) for each in statistics}
            asked.append({"printed": printed, "quantity": name, "unit": unit, "population": random.choice(GROUPS)})
    asked.append({"printed": {"count": "0"}, "sum": ("relapses",), "unit": "events"})
    return asked


def _entry(
    entry_id: str,
    printed: dict[str, str],
    *,
    condition: Condition | None = None,
    population: Condition = EVERYONE,
    quantity: str | None = None,
    sum: tuple[str, ...] = (),
    unit: str | None = None,
) -> Entry:
    readings = (Reading("literal", population, "some"),)
    return Entry(entry_id, "cohort", entry_id, printed, "", unit, condition, sum, quantity, readings, "")
