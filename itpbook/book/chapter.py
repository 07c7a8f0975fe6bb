"""The opening of every chapter: parameters checked, records loaded, outcomes derived, a recorder at hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pandas as pd

from implied.determine.grouped import anchors_of_proofs
from implied.determine.stored_answers import Determined
from implied.ledger import Ledger
from implied.ledger.questions import Questions
from itpbook import parameters, project
from itpbook.definitions import SOURCE, Definitions
from itpbook.disclosure.counted import beyond_ledger
from itpbook.disclosure.small_numbers import SmallNumbers, check_enough
from itpbook.disclosure.suppression_plan import planned
from itpbook.records.cohort import Cohort, load_cohort
from itpbook.results import RUN, Recorder, Result, read_results
from itpbook.results.comparison import PublishedAndOurs
from itpbook.results.verify import Verification
from itpbook.shipped import shipped_determined, shipped_ledger, shipped_questions
from itpbook.study.outcomes import derive


class Drawn(Protocol):
    """A figure; whoever draws none need not import what draws them."""

    def display(self, *, synthetic: bool, withheld: str) -> None:
        """Display it in the chapter."""


@dataclass(frozen=True)
class Chapter:
    """What a chapter works with.

    ``patients`` has one row per patient, as :func:`itpbook.study.outcomes.derive` returns it under ``definitions``.
    ``known`` is what the ledger determines, of its own claims and of the ``questions`` asked besides; ``possible`` is
    the same where it is to be shown next to the chapter's results: when the records were reconstructed from the ledger
    and are read by the source's definitions. Otherwise it is None.
    """

    name: str
    parameters: Mapping[str, Any]
    definitions: Definitions
    cohort: Cohort
    patients: pd.DataFrame
    record: Recorder
    ledger: Ledger
    questions: Questions
    known: Determined
    possible: Determined | None
    small: SmallNumbers

    def show(self, figure: Drawn) -> None:
        """Display a figure of the records, or say in its place that it would show single patients."""
        withheld = self.small.words() if self.small.withholding else ""
        figure.display(synthetic=self.cohort.synthetic, withheld=withheld)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        chosen = {
            name: value
            for name, value in self.parameters.items()
            if name not in parameters.PLACES and value is not None
        }
        payload = {
            "chapter": self.name,
            "definitions": self.definitions.name,
            "parameters": chosen,
            "records": {
                "synthetic": self.cohort.synthetic,
                "patients": len(self.patients),
                # Of few rows a digest could be found again by trying.
                "digests": {} if self.small.withholding else dict(self.cohort.digests),
            },
        }
        kind = "synthetic records" if self.cohort.synthetic else "records"
        words = f"{self.name}: {kind} of {len(self.patients)} patients under the definitions {self.definitions.name!r}"
        return {RUN: payload, "text/plain": words}


def start(name: str, namespace: Mapping[str, Any]) -> Chapter:
    """Open an analysis chapter.

    Parameters
    ----------
    name
        Name of the chapter, as in :data:`itpbook.parameters.CHAPTERS`.
    namespace
        The chapter's ``globals()``, where its parameters stand.

    Raises
    ------
    ParameterError
        When a parameter is unknown, of the wrong type or impossible.
    ValueError
        When there are fewer patients than may be counted.
    InvalidRecords
        When the records cannot be used; every problem is listed.
    NotDetermined
        When the ledger or the questions changed, and what they determine was not worked out again.
    """
    values = parameters.check(name, parameters.given(namespace, name))
    definitions = parameters.definitions_in_force(values)
    cohort = load_cohort(Path(values["data_dir"]) if values["data_dir"] else project.COHORT)
    ledger = shipped_ledger()
    questions = shipped_questions(ledger)
    determined = shipped_determined(ledger, questions)
    check_enough(len(cohort), values["suppress_below"])
    patients = derive(cohort, definitions)
    below = values["suppress_below"]
    small = planned(below, patients, ledger, (item.count for item in beyond_ledger(cohort, patients)) if below else ())
    # What the ledger forces would tell of the records as much as their own number.
    possible = determined if cohort.reconstructed and definitions == SOURCE and not small.withholding else None
    return Chapter(
        name=name,
        parameters=values,
        definitions=definitions,
        cohort=cohort,
        patients=patients,
        record=Recorder(name, ledger, possible, small),
        ledger=ledger,
        questions=questions,
        known=determined,
        possible=possible,
        small=small,
    )


def start_verification(namespace: Mapping[str, Any]) -> Verification:
    """Open the verification chapter: read what the other chapters recorded and judge it.

    Raises
    ------
    ParameterError
        When a parameter is unknown or of the wrong type.
    ResultsError
        When the folder holds no executed chapters.
    NotDetermined
        As :func:`start`.
    """
    ledger = shipped_ledger()
    proofs = anchors_of_proofs(ledger, shipped_determined(ledger, shipped_questions(ledger)))
    return Verification(ledger, _recorded("verification", namespace), proofs)


def start_comparison(namespace: Mapping[str, Any]) -> PublishedAndOurs:
    """Open the comparison chapter: read what the other chapters recorded and set it against the published claims.

    Raises
    ------
    ParameterError, ResultsError
        As :func:`start_verification`.
    """
    return PublishedAndOurs(shipped_ledger(), _recorded("comparison", namespace))


def _recorded(name: str, namespace: Mapping[str, Any]) -> list[Result]:
    """Return what the chapters recorded that a chapter reads which comes after them."""
    values = parameters.check(name, parameters.given(namespace, name))
    folder = Path(values["results_dir"]) if values["results_dir"] else project.CHAPTERS
    return read_results(folder, without=parameters.AFTERWARDS)
