"""Where the manuscript keeps its things: one place for the paths that ship with the project."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LEDGER = ROOT / "data" / "published.yaml"
QUESTIONS = ROOT / "data" / "questions.yaml"
REPORTING = ROOT / "data" / "reporting.yaml"
CITATION = ROOT / "CITATION.cff"
ENVELOPE = ROOT / "data" / "envelope.csv"
DETERMINED = ROOT / "data" / "determined.json"
COHORT = ROOT / "data" / "cohort"
EXAMPLE = ROOT / "data" / "example"
CHAPTERS = ROOT / "chapters"
BUILD = ROOT / "_build"
PDF = "manuscript.pdf"
"""Name of the manuscript that is printed beside the built pages."""
BOOK_FILE = "book.json"
"""File in the source folder of a book that tells Sphinx whose book it is, and whether it comes with a PDF."""


def cores() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
