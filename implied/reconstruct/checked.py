"""Patients made of a ledger, checked before they are written: each claim is computed from them again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from implied.check.attribute_table import rows_of, unsatisfied
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
    """A ledger, as it is read, ready to be turned into patients any number of times.

    Where claims cannot stand together, :class:`NoRecords` names every set of them that cannot.
    """

    def __init__(self, ledger: Ledger) -> None:
        if not is_possible(ledger):
            sets = [f"{', '.join(conflict.entries)}: {conflict.statement}" for conflict in conflicts(ledger)]
            raise NoRecords("\n".join(["no records satisfy the claims together:", *sets]))
        self.ledger = ledger
        self.solver = self.prepared()

    def prepared(self) -> Solver:
        """Prepare the patients to be solved."""
        return Solver(self.ledger)

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
        write_table(patients, self.ledger, seed, folder)
        return len(patients)

    def check(self, patients: pd.DataFrame, seed: int) -> None:
        """Compute each claim from patients again, one row each, with a column for every attribute of the ledger.

        Raises
        ------
        NotAsPublished
            When one does not come out; the message names all that do not.
        """
        problems = unsatisfied(self.ledger, rows_of(patients[list(self.ledger.attributes)]))
        if problems:
            msg = "\n".join([f"records of seed {seed} are not as published:", *problems])
            raise NotAsPublished(msg)
