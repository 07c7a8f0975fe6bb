"""Rounding and its inverse, percentages, quartiles, and units of time."""
