"""Responses that all but fill the time in which they can be seen are taken as still going on at the last contact."""

from __future__ import annotations

import numpy as np
import pandas as pd

_STILL_RESPONDING = 0.6
"""A drawn response that fills more than this share of the time left to see it is taken as still going on."""
_SINCE_LAST_VISIT = 21
"""Days that at most lie between the last count of such a response and the last contact."""

_OUTLASTING = 180
"""Days that a response at most outlasts the combination, as it does in most."""


def still_responding(drawn: pd.DataFrame, generator: np.random.Generator) -> pd.DataFrame:
    """Let the responses that all but last until the end of follow-up last until it.

    Parameters
    ----------
    drawn
        One row per patient, one column per attribute.
    generator
        Source of chance.
    """
    duration, begun = drawn["response_duration_days"], drawn["time_to_response_days"]
    left = drawn["followup_days"] - begun
    lasting = left - generator.integers(0, _SINCE_LAST_VISIT + 1, len(drawn))
    centre, least, most = duration.median(), duration.min(), duration.max()
    # What is printed, the median and the range, stays as it was drawn.
    same_half = (duration > centre) == (lasting > centre)
    inside = lasting.between(least, most) & duration.between(least, most, inclusive="neither")
    treated = begun + lasting <= drawn["combination_days"] + _OUTLASTING
    filled = inside & same_half & treated & (duration > _STILL_RESPONDING * left)
    return drawn.assign(response_duration_days=duration.mask(filled.fillna(False), lasting))
