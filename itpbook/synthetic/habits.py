"""What a haematologist would expect of patients like these, beyond what any figure says.

Habits are soft: patients are chosen so that few are broken, and none is ever a reason to call a figure wrong. They are
written like the rules of the ledger, and a habit that speaks of an attribute or a value which a ledger does not declare
is left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from implied.ledger import Rule
from implied.ledger.condition_parser import ConditionError, parse
from implied.ledger.conditions import Attribute

_RESPONDER = {"response": ["CR", "R"]}

_HABITS: tuple[dict[str, Any], ...] = (
    {
        "because": "thrombocytopenia belongs to a Waldenström macroglobulinaemia of the last years",
        "when": {"itp_type": "waldenstrom"},
        "then": {"itp_duration_days": {"at_most": 2900}},
    },
    {
        "because": "lupus with antiphospholipid syndrome is a disease of women of younger and middle age",
        "when": {"itp_type": "sle_aps"},
        "then": {"sex": "female", "age_years": {"at_most": 58}},
    },
    {
        "because": "lupus is treated with hydroxychloroquine",
        "when": {"itp_type": "sle_aps"},
        "then": {"hydroxychloroquine": True},
    },
    {
        "because": "hydroxychloroquine is given for lupus or to those with antinuclear antibodies",
        "when": {"hydroxychloroquine": True},
        "then": {"any": [{"itp_type": "sle_aps"}, {"ana_positive": True}]},
    },
    {
        "because": "so few months hold neither surgery nor a slow immunosuppressant beside all other failures",
        "when": {"itp_duration_days": {"at_most": 150}},
        "then": {"splenectomy": {"not": ["performed"]}},
    },
    {
        "because": "nor does a year leave time to find an immunosuppressant wanting",
        "when": {"itp_duration_days": {"at_most": 400}},
        "then": {"prior_immunosuppressant": False},
    },
    {
        "because": "a series of adults has few whose disease began in childhood",
        "sum": {"age_years": 365, "itp_duration_days": -1},
        "at_least": 4400,
    },
    {
        "because": "who does not bleed has more than the fewest platelets",
        "when": {"bleeding_at_baseline": False},
        "then": {"baseline_count": {"at_least": 6}},
    },
    {
        "because": "who bleeds has few platelets",
        "when": {"bleeding_at_baseline": True},
        "then": {"baseline_count": {"at_most": 24}},
    },
    {
        "because": "cyclophosphamide is too toxic for more than months",
        "when": {"immunosuppressant": "cyclophosphamide"},
        "then": {"combination_days": {"at_most": 300}},
    },
    {
        "because": "corticosteroids in the long term need a combination that lasts",
        "when": {"concomitant_corticosteroids": "long_low_dose"},
        "then": {"combination_days": {"at_least": 150}},
    },
    {
        "because": "a combination that works is not given up at once",
        "when": _RESPONDER,
        "then": {"combination_days": {"at_least": 90}},
    },
    {
        "because": "nor as soon as it has begun to work",
        "when": _RESPONDER,
        "sum": {"combination_days": 1, "time_to_response_days": -2},
        "at_least": 0,
    },
    {
        "because": "few responses outlast the combination by more than half a year",
        "when": _RESPONDER,
        "sum": {"combination_days": 1, "time_to_response_days": -1, "response_duration_days": -1},
        "at_least": -180,
    },
    {
        "because": "few combinations are kept up for more than a year after the response is lost",
        "when": _RESPONDER,
        "sum": {"time_to_response_days": 1, "response_duration_days": 1, "combination_days": -1},
        "at_least": -365,
    },
    {
        "because": "whom the combination does not help moves on to other treatment, and out of the series",
        "when": {"response": "none"},
        "then": {"followup_days": {"at_most": 1100}},
    },
    {
        "because": "few have a thrombosis and an infection both",
        "when": {"any": [{"dvt_pe_events": {"at_least": 1}}, {"cvt_events": {"at_least": 1}}]},
        "then": {name: {"at_most": 0} for name in ("cholecystitis", "herpes_zoster", "dental_abscess")},
    },
    {
        "because": "thromboses come with risen counts",
        "when": {"any": [{"dvt_pe_events": {"at_least": 1}}, {"cvt_events": {"at_least": 1}}]},
        "then": _RESPONDER,
    },
    {
        "because": "few have more than one infection",
        "sum": {"cholecystitis": 1, "herpes_zoster": 1, "dental_abscess": 1},
        "at_most": 1,
    },
)


def habits(attributes: Mapping[str, Attribute]) -> tuple[Rule, ...]:
    """Return the habits that can be told of patients with these attributes, as plausible rules."""
    rules = (_rule(written, attributes) for written in _HABITS)
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
