"""The paths of what ships with the project."""

from __future__ import annotations

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
REFUSALS = ROOT / "data" / "refusals.json"
CHAPTERS = ROOT / "chapters"
PACKAGES = (ROOT / "implied", ROOT / "itpbook")
LOCK = ROOT / "requirements-book.txt"
"""The packages that make the book, in their versions."""
LOCK_OF_ALL = ROOT / "requirements.txt"
"""The same, and those that check and test it."""
BUILD = ROOT / "_build"
PDF = "manuscript.pdf"
"""Name of the manuscript that is printed next to the built pages."""
BOOK_FILE = "book.json"
"""File in the source folder of a book from which Sphinx knows whose book it is, and whether it comes with a PDF."""
