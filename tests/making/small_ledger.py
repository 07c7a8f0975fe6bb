"""A ledger unlike the shipped one: nine patients, few attributes, other categories; and ledgers of chosen entries."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from implied.ledger import Ledger, load_ledger

NINE = """
source: nobody
attributes:
  sex: {label: Sex, values: [female, male]}
  smoker: {label: Smoker, values: [never, former, current]}
  age_years: {label: Age, unit: years, minimum: 18, maximum: 110}
  cough: {label: Cough, values: [true, false]}
  cough_days: {label: Duration of cough, unit: days, minimum: 1, maximum: 3000, applies_when: {cough: true}}
  falls: {label: Falls, unit: events, minimum: 0, maximum: 4}
rules:
  - because: who never smoked is young
    when: {smoker: never}
    then: {age_years: {at_most: 50}}
  - because: a cough does not last longer than a life
    when: {cough: true}
    sum: {age_years: 365, cough_days: -1}
    at_least: 0
entries:
  - {id: n, section: cohort, label: Patients, printed: {count: "9"}, condition: {}}
  - {id: age, section: cohort, label: Age, printed: {median: "50", minimum: "31", maximum: "77"}, unit: years,
     quantity: age_years}
  - {id: women, section: cohort, label: Women, printed: {percent: "44"}, condition: {sex: female}, population: everyone}
  - {id: current, section: cohort, label: Smokers, printed: {count: "4", denominator: "9", percent: "44"},
     condition: {smoker: current}}
  - {id: coughing, section: cohort, label: Cough, printed: {count: "6"}, condition: {cough: true}}
  - {id: cough.duration, section: cohort, label: Duration, printed: {median: "2", minimum: "1", maximum: "40"},
     unit: months, quantity: cough_days, population: {cough: true},
     among: who coughs}
  - {id: cough.women, section: cohort, label: Coughing women, printed: {percent: "33"}, condition: {sex: female},
     population: {cough: true},
     among: who coughs}
  - {id: falls, section: cohort, label: Falls, printed: {count: "5"}, unit: events, sum: [falls]}
"""


def nine_patients(folder: Path, text: str = NINE) -> Ledger:
    path = folder / "nine.yaml"
    path.write_text(text, encoding="utf-8")
    return load_ledger(path)


def only(ledger: Ledger, *names: str) -> Ledger:
    """Keep these entries alone."""
    return replace(ledger, entries=tuple(entry for entry in ledger if entry.id in names))


def without(ledger: Ledger, *names: str) -> Ledger:
    return replace(ledger, entries=tuple(entry for entry in ledger if entry.id not in names))
