"""Patients made of a ledger, checked before they are written: each claim is computed from them again."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from implied.check.attribute_table import unsatisfied
from implied.determine.conflicts import conflicts
from implied.determine.readings import is_possible
from implied.ledger import Ledger
from implied.reconstruct.solve import NoRecords, Solver
from implied.reconstruct.table import write_table

if TYPE_CHECKING:
    import pandas as pd


class NotAsPublished(ValueError):
    """Patients of whom some claim does not come out again."""


class Reconstruction:
    """A ledger, ready to be turned into patients any number of times.

    Parameters
    ----------
    ledger
        The claims.
    readings
        For each entry that is not read literally, the name of its reading.

    Raises
    ------
    NoRecords
        When claims cannot stand together; the message names every set of them that cannot.
    """

    def __init__(self, ledger: Ledger, readings: Mapping[str, str]) -> None:
        if not is_possible(ledger, readings):
            found = [f"{', '.join(conflict.entries)}: {conflict.statement}" for conflict in conflicts(ledger, readings)]
            raise NoRecords("\n".join(["no records satisfy the published figures together:", *found]))
        self.ledger = ledger
        self.readings = dict(readings)
        self.solver = self.prepared()

    def prepared(self) -> Solver:
        """Prepare the patients to be solved."""
        return Solver(self.ledger, self.readings)

    def write(self, seed: int, folder: Path) -> int:
        """Make patients with a seed, check them, and write them with their card; return their number.

        Raises
        ------
        NoRecords
            When no patients satisfy the claims.
        NotAsPublished
            When a claim does not come out of them again.
        """
        patients = self.solver.patients(seed)
        self.check(patients, seed)
        write_table(patients, self.ledger, self.readings, seed, folder)
        return len(patients)

    def check(self, patients: pd.DataFrame, seed: int) -> None:
        """Compute each claim from patients again, one row each, with a column for every attribute of the ledger.

        Raises
        ------
        NotAsPublished
            When one does not come out; the message names all that do not.
        """
        problems = unsatisfied(self.ledger, patients[list(self.ledger.attributes)], self.readings)
        if problems:
            msg = "\n".join([f"records of seed {seed} are not as published:", *problems])
            raise NotAsPublished(msg)
