"""The definitions in force, printed as the source prints its own."""

from __future__ import annotations

from implied.numbers.rounding import print_exactly
from itpbook.definitions import Definitions


def thresholds_in_force(definitions: Definitions) -> dict[str, dict[str, str]]:
    """Return the printed numbers of each threshold of the ledger, by its id.

    All decimals are printed: a threshold that differs by a hair must not pass for the published one. Where the bound
    of complete response is itself complete, the range of response ends below it and says so.
    """
    complete = print_exactly(definitions.cr_threshold)
    return {
        "methods.chronic": {"threshold": f">{print_exactly(definitions.chronic_months)}"},
        "methods.persistent": {"threshold": f">{print_exactly(definitions.persistent_months)}"},
        "methods.tpo_ra_failed": {"threshold": print_exactly(definitions.tpo_ra_failed)},
        "methods.cr": {"threshold": f"{'≥' if definitions.cr_inclusive else '>'}{complete}"},
        "methods.r_range": {
            "minimum": print_exactly(definitions.response_lower),
            "maximum": f"{'<' if definitions.cr_inclusive else ''}{complete}",
        },
        "methods.r_fold": {"threshold": print_exactly(definitions.response_fold)},
        "cohort.ana_titer": {"threshold": f">1/{print_exactly(definitions.ana_titre)}"},
    }
