"""Raw records of a series of ITP, made from its ledger and checked: each claim is derived back from them."""

from __future__ import annotations

from pathlib import Path

from implied.reconstruct.checked import Reconstruction
from implied.reconstruct.solve import Solver
from itpbook.study.outcomes import derive
from itpbook.synthetic import raw_records as records
from itpbook.synthetic.card import write_with_card


class RecordsOfSeries(Reconstruction):
    """The ledger of a series of ITP, ready to be turned into raw records any number of times."""

    def prepared(self) -> Solver:
        """Prepare the patients to be solved, with the habits of patients with ITP."""
        return records.solver(self.ledger)

    def write(self, seed: int, folder: Path) -> int:
        """Make records with a seed, check them, and write them with their card; return the number of patients."""
        cohort = records.raw_records(self.solver.patients(seed), self.ledger, seed)
        self.check(derive(cohort), seed)
        write_with_card(cohort, self.ledger, seed, folder)
        return len(cohort)
