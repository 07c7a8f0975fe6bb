"""What the published figures determine, and what they leave open.

``kinds`` finds what the figures tell apart, ``junction`` which attributes must be looked at together, ``cells`` makes
the tables of both, ``model`` demands of them what is published, and ``witness`` turns numbers of patients in cells
into patients again. On these stand the questions: ``readings`` (which can be taken literally), ``conflicts`` (which
figures cannot stand together), ``bounds`` (how small and great any figure can be), ``facts`` (what is forced about
single patients), ``rounding`` (which rules can have been at work) and ``solutions`` (all records, of a small ledger).
Nothing here knows this study.
"""

from itpbook.determined.bounds import Bound, Bounds, Contradicted, bounds
from itpbook.determined.conflicts import Conflict, conflicts
from itpbook.determined.facts import Fact, Single, forced_facts
from itpbook.determined.figure import Figure, figures_of
from itpbook.determined.readings import chosen_readings, is_possible
from itpbook.determined.rounding import RoundingRule, rounding_rules
from itpbook.determined.solutions import solutions

__all__ = [
    "Bound",
    "Bounds",
    "Conflict",
    "Contradicted",
    "Fact",
    "Figure",
    "RoundingRule",
    "Single",
    "bounds",
    "chosen_readings",
    "conflicts",
    "figures_of",
    "forced_facts",
    "is_possible",
    "rounding_rules",
    "solutions",
]
