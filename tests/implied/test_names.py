"""The names of the engine, each loaded when it is asked for."""

from __future__ import annotations

import subprocess
import sys

import pytest

import implied
from implied.ledger import load_ledger


def test_every_listed_name_is_there_once():
    names = [name for of_module in implied.NAMES.values() for name in of_module]
    assert len(set(names)) == len(names)
    for name in names:
        assert getattr(implied, name) is not None
    assert implied.load_ledger is load_ledger


def test_a_name_that_is_not_listed_is_refused():
    with pytest.raises(AttributeError, match="module 'implied' has no attribute 'load_legder'"):
        implied.load_legder  # noqa: B018


def test_reading_a_ledger_loads_neither_tables_nor_solvers():
    code = (
        "import sys; from implied import load_ledger, load_questions;"
        "sys.exit(not {'pandas', 'numpy', 'ortools', 'cpmpy'}.isdisjoint(sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
