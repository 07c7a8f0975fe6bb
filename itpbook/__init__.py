"""Helper package of the living manuscript: records, outcomes, ledger, verification and book."""

__version__ = "0.1.0"
