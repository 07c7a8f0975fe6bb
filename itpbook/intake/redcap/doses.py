"""Doses, spans of time and grades, which look like day and month: told apart by what stands beside the numbers."""

from __future__ import annotations

import re

_DOSE_AFTER = re.compile(
    r"\s?(?:/\s?|per\s|a\s)?(?:%|(?:m|u|k|n)?g\b|mcg\b|(?:m|u|d)?l\b|i\.?u\b|ie\b|ui\b|units?\b|x\b|times\b|mm\b|d\b|days?\b|w\b|wk\b|weeks?\b"
    r"|months?\b|years?\b|hours?\b|h\b|tab|caps|doses?\b|cycles?\b|courses?\b|infusions?\b|pulses?\b)"
)
_DOSE_BEFORE = re.compile(
    r"(?:^|[^a-z])(?:d|days?|w|wk|weeks?|months?|hours?|cycles?|grade|gr|auc|(?:levels?|trough)(?: of)?)\s?$"
)


def is_dose(match: re.Match[str]) -> bool:
    """Tell whether two numbers are a dose, a span of time or a grade by what stands beside them.

    A date may have neither a unit behind it, as 3-4 mg has, nor before it what numbers count, as d1-4 and grade 3/4 do.
    """
    return is_with_unit(match) or _DOSE_BEFORE.search(match.string[: match.start()]) is not None


def is_with_unit(match: re.Match[str]) -> bool:
    """Tell whether a unit of doses or of time follows."""
    return _DOSE_AFTER.match(match.string, match.end()) is not None
