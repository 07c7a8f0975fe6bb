"""The ledger: what the source prints, of whom, and what is asked beyond it; typed and checked when it is read.

``data/published.yaml`` holds one entry per published figure. :func:`load_ledger` turns the file into the frozen
objects of :mod:`implied.ledger.entries`, or raises :class:`LedgerError` with everything that is wrong.
"""

from __future__ import annotations

from implied.ledger.entries import Entry, Ledger, LedgerError, Reading, Rule
from implied.ledger.reader import load_ledger

__all__ = [
    "Entry",
    "Ledger",
    "LedgerError",
    "Reading",
    "Rule",
    "load_ledger",
]
