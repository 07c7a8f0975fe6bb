"""Writes the messages for invalid and unusual records into ``data/refusals.json``."""

from __future__ import annotations

from . import write_refusals

if __name__ == "__main__":
    write_refusals()
