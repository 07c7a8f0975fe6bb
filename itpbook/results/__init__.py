"""Results recorded by the chapters, the verdict on each claim, and the comparison with other records.

A chapter calls a :class:`Recorder`; the executed notebook then holds the result as JSON under :data:`RESULT`, and
everybody else (verification, prose, tables) reads it from there with :func:`read_results`.
"""

from __future__ import annotations

from itpbook.results.recorded_result import (
    COMPARISON,
    DATA,
    NO_FIGURE,
    RESULT,
    RUN,
    VERDICTS,
    Result,
    ResultsError,
    anchor,
    digest,
    result_anchor,
)
from itpbook.results.recorder import Recorder
from itpbook.results.stored_results import read_data, read_outputs, read_results

__all__ = [
    "COMPARISON",
    "DATA",
    "NO_FIGURE",
    "RESULT",
    "RUN",
    "VERDICTS",
    "Recorder",
    "Result",
    "ResultsError",
    "anchor",
    "digest",
    "read_data",
    "read_outputs",
    "read_results",
    "result_anchor",
]
