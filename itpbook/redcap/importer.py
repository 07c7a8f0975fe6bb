"""From a flat export to a cohort: all problems at once, and nothing written where there is one."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from itpbook.cohort import Cohort, InvalidRecords, cohort_of, write_cohort
from itpbook.records.problems import Group, Problem
from itpbook.redcap.dictionary import Described, project_dictionary, read_dictionary
from itpbook.redcap.export import SURVEY_IDENTIFIER, Export, read_export
from itpbook.redcap.gathering import Gathered, Gathering
from itpbook.redcap.mapping import CentreMapping, read_mapping
from itpbook.redcap.retelling import retold
from itpbook.redcap.values import Fields
from itpbook.schema import TABLES

_DEIDENTIFIED = (
    "an export without identifiers: on REDCap's export page, remove all tagged identifier fields "
    "(de-identification options)"
)


@dataclass(frozen=True)
class Imported:
    """A cohort, and what of the export is not in it.

    ``unread`` are columns that nothing asked for, ``empty`` repeating instances without any entry, ``left_out``
    counts of blood samples that a missing-data code says were not done; ``warnings`` tell what is possible but
    unlikely, with its place in the export.
    """

    cohort: Cohort
    unread: tuple[str, ...]
    empty: int
    left_out: int
    warnings: tuple[Problem, ...] = ()

    def lines(self) -> Iterator[str]:
        """Say what was imported and what was not."""
        for name in TABLES:
            yield f"{name}: {len(self.cohort.tables[name])} rows"
        if self.left_out:
            yield f"platelets: {self.left_out} left out, their count being a missing-data code"
        if self.empty:
            yield f"left out: {self.empty} repeating instances without an entry"
        if self.unread:
            yield f"not read: {', '.join(self.unread)}"
        for warning in self.warnings:
            yield f"look again: {warning}"


def import_export(export: Path, mapping: Path | None = None, dictionary: Path | None = None) -> Imported:
    """Read a flat export with raw codes as a cohort.

    Parameters
    ----------
    export
        What REDCap's *CSV / Microsoft Excel (raw data)* writes.
    mapping
        What the centre says of it; without, the fields are those of the template's dictionary.
    dictionary
        The dictionary of the centre's project; without, that of the template.

    Raises
    ------
    InvalidRecords
        With all problems of the three files and of the records in them.
    """
    chosen, problems = read_mapping(mapping) if mapping else (CentreMapping(), [])
    described, wrong = read_dictionary(dictionary) if dictionary else (project_dictionary(), [])
    problems += wrong
    if problems:
        # With half a mapping every row would seem wrong.
        raise InvalidRecords(problems)
    found, problems = read_export(export, chosen.record)
    if found is None:
        raise InvalidRecords(problems)
    identifiers = _identifiers(found, chosen, described)
    problems += [
        Problem(found.file, 1, name, "a field that identifies patients", _DEIDENTIFIED, Group.COLUMNS)
        for name in identifiers
    ]
    fields = Fields(found, chosen, described, own_dictionary=dictionary is not None)
    gathered = Gathering(found, chosen, fields, set(identifiers)).gather()
    problems += gathered.problems
    try:
        cohort = cohort_of(gathered.tables())
    except InvalidRecords as error:
        problems += retold(error.problems, gathered, found.file, chosen.record)
    if problems:
        raise InvalidRecords(sorted(problems, key=lambda each: each.row or 0))
    warnings = retold(cohort.warnings, gathered, found.file, chosen.record)
    return _imported(cohort, found, gathered, tuple(warnings))


def refuse_occupied(folder: Path) -> None:
    """Refuse a folder that holds something: what is imported never mixes with what was there.

    Raises
    ------
    FileExistsError
        When it does, or is a file.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        msg = f"{folder} is there already and not empty: choose a new folder"
        raise FileExistsError(msg)


def write_import(imported: Imported, folder: Path) -> None:
    """Write the four tables into a new folder, all or nothing.

    Raises
    ------
    FileExistsError
        When there is something in the folder already.
    """
    refuse_occupied(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}-") as temporary:
        made = Path(temporary) / "tables"
        write_cohort(imported.cohort, made)
        if folder.exists():
            folder.rmdir()
        shutil.move(made, folder)


def _identifiers(export: Export, mapping: CentreMapping, dictionary: Mapping[str, Described]) -> list[str]:
    """Return the identifying fields of an export; the record's own is none where patients get other identifiers."""
    spared = set() if mapping.keep else {mapping.record}
    found = [name for name, field in dictionary.items() if field.identifier and export.has(name) and name not in spared]
    if any(row.cells.get(SURVEY_IDENTIFIER) for row in export.rows):
        found.append(SURVEY_IDENTIFIER)
    return found


def _imported(cohort: Cohort, export: Export, gathered: Gathered, warnings: tuple[Problem, ...]) -> Imported:
    used = set(gathered.used)
    for name in list(used):
        # A box is read together with the missing-data codes among the boxes of its field.
        used.update(export.columns_of(name.rpartition("___")[0]) if "___" in name else ())
    return Imported(cohort, export.unread(used), gathered.empty, sum(gathered.left_out.values()), warnings)
