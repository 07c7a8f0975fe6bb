"""What a haematologist would expect of patients like these, beyond what any claim says.

Habits are soft: patients are chosen so that few are broken, and none is ever a reason to call a claim wrong. They
are in ``habits.yaml`` next to this module, written like the rules of the ledger; one that speaks of an attribute or a
value which a ledger does not declare is left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

from implied.files.yaml_files import read_yaml
from implied.ledger import Rule
from implied.ledger.condition_parser import ConditionError, parse
from implied.ledger.conditions import Attribute


def habits(attributes: Mapping[str, Attribute]) -> tuple[Rule, ...]:
    """Return the habits that can be stated of patients with these attributes, as plausible rules."""
    listed = read_yaml(Path(__file__).with_name("habits.yaml").read_bytes())
    rules = (_rule(written, attributes) for written in listed)
    return tuple(rule for rule in rules if rule is not None)


def _rule(written: Mapping[str, Any], attributes: Mapping[str, Attribute]) -> Rule | None:
    then, terms = written.get("then"), written.get("sum", {})
    try:
        condition = parse(written.get("when", {}), attributes, _bound)
        consequence = None if then is None else parse(then, attributes, _bound)
    except ConditionError:
        return None
    if not set(terms) <= set(attributes):
        return None
    return Rule(
        because=written["because"],
        plausible=True,
        when=condition,
        then=consequence,
        terms=terms,
        low=written.get("at_least"),
        high=written.get("at_most"),
    )


def _bound(written: str | int, _: Attribute) -> Fraction:
    return Fraction(written)
