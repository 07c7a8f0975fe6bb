"""What printed numbers imply: a ledger of claims, and all that patients who satisfy it must have in common.

Each of :data:`NAMES` can be had from here, and is loaded when it is asked for: none of pandas and the solver at
start-up. The manuscript uses these names and no others of the rooms they stand in. It imports them from their modules,
which shows what a chapter depends on.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

NAMES: Mapping[str, tuple[str, ...]] = {
    "implied.ledger": ("Entry", "Ledger", "LedgerError", "Reading", "Rule", "load_ledger"),
    "implied.ledger.condition_parser": ("ConditionError", "parse"),
    "implied.ledger.conditions": ("EVERYONE", "Attribute", "Condition", "attributes_of", "holds"),
    "implied.ledger.printed": ("WholeRange", "whole_numbers"),
    "implied.ledger.questions": ("Questions", "load_questions"),
    "implied.ledger.written": ("validation_messages",),
    "implied.check.attribute_table": ("rows_of",),
    "implied.determine.contradicted": ("Contradiction", "contradicted"),
    "implied.determine.everything": ("determine_all", "open_queries"),
    "implied.determine.grouped": ("anchors_of_proofs", "grouped_conflicts", "silent_populations", "sizes_left"),
    "implied.determine.readings": ("read_as_possible",),
    "implied.determine.stored_answers": (
        "Determined",
        "KnownBound",
        "KnownPatient",
        "NotDetermined",
        "load_determined",
        "write_determined",
    ),
    "implied.reconstruct.checked": ("Reconstruction",),
    "implied.reconstruct.many": ("folder_name", "ledgers_of"),
    "implied.reconstruct.solve": ("Solver",),
}
"""What a manuscript needs of the engine, by module."""


def __getattr__(name: str) -> Any:
    """Load one of the names."""
    for module, names in NAMES.items():
        if name in names:
            return getattr(import_module(module), name)
    msg = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(msg)
