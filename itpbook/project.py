"""Where the manuscript keeps its things: one place for the paths that ship with the project."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LEDGER = ROOT / "data" / "published.yaml"
COHORT = ROOT / "data" / "cohort"
CHAPTERS = ROOT / "chapters"
BUILD = ROOT / "_build"
