"""From a flat export to a cohort: all problems at once, and nothing written where there is one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from implied.files.unfinished import sweep, unfinished
from itpbook.intake.redcap.export import SURVEY_IDENTIFIER, Export, field_of_box, read_export
from itpbook.intake.redcap.field_values import Fields
from itpbook.intake.redcap.free_texts import FreeTexts, UnconfirmedTexts
from itpbook.intake.redcap.gathering import Gathering
from itpbook.intake.redcap.identifying import identifying
from itpbook.intake.redcap.mapping import CentreMapping, read_mapping
from itpbook.intake.redcap.pseudonyms import LinkFile, draw_identifiers, read_link
from itpbook.intake.redcap.redcap_dictionary import Described, project_dictionary, read_dictionary
from itpbook.intake.redcap.retelling import retold
from itpbook.records.cohort import Cohort, InvalidRecords, cohort_of, write_cohort
from itpbook.records.problems import Problem, Problems, Remedy, quoted
from itpbook.records.schema import TABLES

_DEIDENTIFIED = (
    "an export without identifiers: on REDCap's export page, remove all tagged identifier fields "
    "(de-identification options)"
)
_OTHER_IDENTIFIER = "identifiers that hold none, or patient_ids without keep: true, so that others are drawn"


@dataclass(frozen=True)
class Imported:
    """A cohort, and what of the export is not in it.

    ``unread`` are columns that nothing asked for, ``empty`` repeating instances without any entry, ``left_out``
    counts of blood samples that a missing-data code says were not done; ``warnings`` tell what is possible but
    unlikely, with its place in the export. ``link`` holds which record every identifier stands for, and is None where
    the identifiers are the records' own.
    """

    cohort: Cohort
    unread: tuple[str, ...]
    empty: int
    left_out: int
    warnings: tuple[Problem, ...] = ()
    link: LinkFile | None = None

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
        if self.link is not None and self.link.path is None:
            yield "identifiers: drawn at random and linked to the records nowhere; --link FILE stores the link"
        for warning in self.warnings:
            yield f"look again: {warning}"


def import_export(
    export: Path, mapping: Path | None = None, dictionary: Path | None = None, link: Path | None = None
) -> Imported:
    """Read a flat export with raw codes as a cohort.

    Parameters
    ----------
    export
        What REDCap's *CSV / Microsoft Excel (raw data)* writes.
    mapping
        What the centre says of it; without, the fields are those of the template's dictionary.
    dictionary
        The dictionary of the centre's project; without, that of the template.
    link
        The file in which the hospital stores which record every identifier stands for; it need not be there yet.
        Without, identifiers are drawn anew and nothing says which are the records.

    Raises
    ------
    InvalidRecords
        With all problems of the files and of the records in them.
    """
    chosen, of_mapping = read_mapping(mapping) if mapping else (CentreMapping(), [])
    described, of_dictionary = read_dictionary(dictionary) if dictionary else (project_dictionary(), [])
    if of_mapping or of_dictionary:
        # With half a mapping every row would seem wrong.
        raise InvalidRecords([*of_mapping, *of_dictionary])
    problems = Problems()
    rows = read_export(export, chosen.record, problems)
    if rows is None:
        raise InvalidRecords(problems)
    marked = _identifying_fields(rows, described)
    # The record's own is refused only where patients keep it.
    identifiers = [name for name in marked if chosen.keep or name != chosen.record]
    for name in identifiers:
        observed = "a field that identifies patients"
        problems.add(rows.file, observed, _DEIDENTIFIED, Remedy.COLUMNS, row=rows.heading_line, column=name)
    records = list(dict.fromkeys(row.record for row in rows.rows if row.record))
    linked = _link(rows, chosen, records, link, problems)
    columns = [column for name in marked for column in rows.columns_of(name)]
    texts = FreeTexts(chosen.confirmed, {row.cells[column] for row in rows.rows for column in columns}, records)
    fields = Fields(rows, chosen, described, texts, own_dictionary=dictionary is not None)
    names = linked.identifiers if linked is not None else {record: f"{chosen.prefix}{record}" for record in records}
    gathered = Gathering(rows, chosen, fields, set(identifiers), names)
    problems += gathered.problems
    try:
        cohort = cohort_of(gathered.tables())
    except InvalidRecords as error:
        problems += retold(error.problems, gathered, rows.file, chosen.record)
    if problems:
        in_order = sorted(problems, key=lambda problem: problem.row or 0)
        raise UnconfirmedTexts(in_order, texts.unconfirmed) if texts.unconfirmed else InvalidRecords(in_order)
    # A box is read together with the missing-data codes among the boxes of its field.
    checkboxes = filter(None, map(field_of_box, gathered.used))
    used = gathered.used.union(*map(rows.columns_of, checkboxes))
    warnings = tuple(retold(cohort.warnings, gathered, rows.file, chosen.record))
    return Imported(cohort, rows.unread(used), gathered.empty, gathered.left_out, warnings, linked)


def prepare_places(folder: Path, link: Path | None = None) -> None:
    """Check where an import writes, before it reads, and remove what killed imports left there.

    Raises
    ------
    FileExistsError
        When the folder holds something or is a file: what is imported never mixes with what was there.
    ValueError
        When the link file would lie in the folder, or among the tables of an earlier import, which may be passed on.
    """
    for path in (folder, *([link] if link is not None else [])):
        sweep(path.resolve().parent)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        msg = f"{folder} is there already and not empty: choose a new folder"
        raise FileExistsError(msg)
    if link is None:
        return
    tables = folder if link.resolve().is_relative_to(folder.resolve()) else link.resolve().parent
    if tables is folder or any((tables / f"{name}.csv").exists() for name in TABLES):
        msg = (
            f"--link {link}: lies in {tables}, which can be passed on, while the link file must stay in the hospital: "
            "name a file outside of it"
        )
        raise ValueError(msg)


def write_import(imported: Imported, folder: Path) -> None:
    """Write the link file, and the four tables into a new folder, all or nothing and for their owner only.

    The link comes first: identifiers that stand in tables are never lost.

    Raises
    ------
    FileExistsError, ValueError
        As :func:`prepare_places` does.
    """
    prepare_places(folder, imported.link.path if imported.link is not None else None)
    target = folder.resolve()
    with unfinished(target) as work:
        made = work / "tables"
        made.mkdir(mode=0o700)
        write_cohort(imported.cohort, made)
        for path in made.iterdir():
            path.chmod(0o600)
        if imported.link is not None:
            imported.link.write()
        if target.exists():
            target.rmdir()
        made.rename(target)


def _link(
    export: Export, mapping: CentreMapping, records: list[str], path: Path | None, problems: Problems
) -> LinkFile | None:
    """Return the identifiers of the records, None where they are the records' own; problems are collected."""
    if mapping.keep:
        for record in records:
            if (match := identifying(record)) and match.certain:
                line = next(row.line for row in export.rows if row.record == record)
                observed = f"{quoted(record)} with {match.form}"
                problems.add(export.file, observed, _OTHER_IDENTIFIER, Remedy.VALUES, row=line, column=mapping.record)
        if path is not None:
            expected = "patient_ids without keep: true, or no --link: the records' own identifiers need no link"
            problems.add(path.name, "a link file", expected)
        return None
    link, of_link = LinkFile(None, mapping.record, {}), list[Problem]()
    if path is not None:
        link, of_link = read_link(path, mapping.record, records, mapping.prefix, mapping.digits)
        problems += of_link
    try:
        # With a wrong file every row would seem wrong.
        names = draw_identifiers(records, {} if of_link else link.identifiers, mapping.prefix, mapping.digits)
    except ValueError as error:
        expected = f"digits: {mapping.digits + 1} or more in the mapping, and with it a new link file"
        problems.add(export.file, str(error), expected, column=mapping.record)
        names = {record: f"{mapping.prefix}{record}" for record in records}
    return replace(link, identifiers=names)


def _identifying_fields(export: Export, dictionary: Mapping[str, Described]) -> list[str]:
    """Return the fields of an export that are marked as identifiers, and REDCap's own where it is filled in."""
    names = [name for name, field in dictionary.items() if field.identifier and export.columns_of(name)]
    if any(row.cells.get(SURVEY_IDENTIFIER) for row in export.rows):
        names.append(SURVEY_IDENTIFIER)
    return names
