"""A small sound export of REDCap to alter: three records of a project made from the template's dictionary."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from records import small_cohort_tables

from itpbook.intake.redcap.export_writer import Cells, export_rows, export_text
from itpbook.intake.redcap.importer import Imported, import_export
from itpbook.intake.redcap.pseudonyms import LinkFile
from itpbook.records.cohort import InvalidRecords, cohort_of

LINKED = {"1": "P1", "2": "P2", "3": "P3"}
"""The identifiers of the small cohort, by record."""
IDS = "patient_ids: {prefix: P, digits: 1}\n"
CONFIRMED = 'confirmed_texts: {patients.centre: ["Lyon, Sud", Bordeaux]}'
STARTS = {"P1": dt.date(2019, 2, 15), "P2": dt.date(2020, 12, 31), "P3": dt.date(2016, 2, 29)}


class SmallExport:
    """Rows of an export, and the files of an import that are made of them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.link: Path | None = folder / "link.csv"
        self.confirmed = CONFIRMED
        self.headings, self.rows = export_rows(cohort_of(small_cohort_tables()), STARTS)

    def line(self, record: str, instrument: str = "", instance: int = 0) -> int:
        """Return the line of the file on which a row stands."""
        wanted = {
            "record_id": record,
            "redcap_repeat_instrument": instrument,
            "redcap_repeat_instance": str(instance or ""),
        }
        return 2 + next(
            place
            for place, row in enumerate(self.rows)
            if all(row.get(name, "") == cell for name, cell in wanted.items())
        )

    def row(self, record: str, instrument: str = "", instance: int = 0) -> Cells:
        """Return a row, to be altered."""
        return self.rows[self.line(record, instrument, instance) - 2]

    def rename(self, old: str, new: str) -> None:
        """Give a field another name."""
        self.headings = [new if name == old else name for name in self.headings]
        self.rows = [{new if name == old else name: cell for name, cell in row.items()} for row in self.rows]

    def add(self, *names: str) -> None:
        """Add fields."""
        self.headings += names

    def write(self, *, delimiter: str = ",", mark: bool = False) -> Path:
        path = self.folder / "export.csv"
        text = export_text(self.headings, self.rows, delimiter=delimiter, mark=mark)
        path.write_bytes(text.encode())
        return path

    def imported(
        self, mapping: str | None = None, dictionary: str | None = None, *, delimiter: str = ",", mark: bool = False
    ) -> Imported:
        """Import the rows as they are now."""
        export = self.write(delimiter=delimiter, mark=mark)
        mapping = "\n".join(part for part in (mapping, self.confirmed) if part)
        paths: list[Path | None] = []
        for name, text in (("mapping.yaml", mapping or None), ("dictionary.csv", dictionary)):
            paths.append(None if text is None else self.folder / name)
            if text is not None:
                (self.folder / name).write_text(text, encoding="utf-8")
        return import_export(export, *paths, self.link)

    def linked(self, mapping: str = "", dictionary: str | None = None, **how: bool | str) -> Imported:
        """Import the rows as they are now, the records with the identifiers of the small cohort."""
        self.write_link(next((line[8:] for line in mapping.splitlines() if line.startswith("record: ")), "record_id"))
        imported = self.imported(IDS + mapping, dictionary, **how)  # type: ignore[arg-type]
        # What comes next begins without a link.
        (self.folder / "link.csv").unlink()
        return imported

    def write_link(self, record: str = "record_id") -> None:
        """Write the link file of the small cohort."""
        self.link = self.folder / "link.csv"
        self.link.unlink(missing_ok=True)
        LinkFile(self.link, record, LINKED).write()

    def refused(self, mapping: str | None = None, dictionary: str | None = None) -> list[str]:
        """Return all problems, a line each; there must be one."""
        with pytest.raises(InvalidRecords) as refusal:
            self.imported(mapping, dictionary)
        return [str(problem) for problem in refusal.value.problems]
