"""Rounding and its inverse, and units of time."""
