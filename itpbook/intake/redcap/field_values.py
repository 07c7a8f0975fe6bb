"""Cells of an export read as values of the schema, by what mapping and dictionary say of their field."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from decimal import Decimal
from functools import cache

from itpbook.intake.redcap.dates import read_date
from itpbook.intake.redcap.export import Export, ExportRow, box_code, field_of_box
from itpbook.intake.redcap.fields import UNITS, Target, UnreadableCell, shape_of
from itpbook.intake.redcap.free_texts import FreeTexts, refuse_identifying
from itpbook.intake.redcap.identifying import identifying
from itpbook.intake.redcap.mapping import CentreMapping
from itpbook.intake.redcap.redcap_dictionary import Described
from itpbook.records.problems import quoted
from itpbook.records.schema import CORTICOSTEROID_REGIMENS, columns_of

_DECIMAL = {"point": re.compile(r"-?\d+(\.\d+)?", re.ASCII), "comma": re.compile(r"-?\d+(,\d+)?", re.ASCII)}


class Undeclared(ValueError):
    """A field of which neither mapping nor dictionary says what is needed: what was found there, and expected."""

    def __init__(self, found: str, expected: str) -> None:
        self.found, self.expected = found, expected
        super().__init__(f"{found}, expected {expected}")


@dataclass(frozen=True)
class Cell:
    """A value and where it came from.

    Attributes
    ----------
    value
        Text for the table, or a date; empty where the value is missing, None where the cell cannot be read.
    field, line, raw
        The field, the line of the export, and what stood there.
    unticked
        Whether it says no more than that a box was not ticked, which REDCap writes for forms never opened, too.
    expected
        Why the cell cannot be read.
    missing
        Whether a missing-data code stood there.
    """

    value: str | dt.date | None
    field: str
    line: int
    raw: str = ""
    unticked: bool = False
    expected: str = ""
    missing: bool = False

    @property
    def filled(self) -> bool:
        """Whether someone entered something."""
        return bool(self.raw) and not self.unticked


Reader = Callable[[str], str | dt.date]


@dataclass(frozen=True)
class FieldReader:
    """How a field is read for a column.

    ``read`` is None where nothing says how; ``boxes`` are those of a checkbox field, or of the field of a box;
    ``ticks`` says whether a box that is ticked or not is true or false.
    """

    field: str
    read: Reader | None
    boxes: Mapping[str, str] = dataclass_field(default_factory=dict)
    ticks: bool = False


class Fields:
    """How to read each field of one export."""

    def __init__(
        self,
        export: Export,
        mapping: CentreMapping,
        dictionary: Mapping[str, Described],
        texts: FreeTexts,
        *,
        own_dictionary: bool,
    ) -> None:
        self.export, self.mapping, self.dictionary, self.texts = export, mapping, dictionary, texts
        self.own_dictionary = own_dictionary
        self._missing = {box_code(code): code for code in mapping.missing}
        """The missing-data codes, each by what stands for it in the heading of a box."""

    def date_reader(self, field: str) -> FieldReader:
        """Return what reads the dates of a field."""
        # The order of dates in the template's dictionary says nothing of a centre's file.
        order = self.mapping.dates or (self._described(field).date_order if self.own_dictionary else None)
        return self._reader(field, lambda text: read_date(text, order))

    def reader(self, target: Target, field: str) -> FieldReader:
        """Return what reads the cells of a field for a column.

        Raises
        ------
        Undeclared
            When nothing says the unit of a count.
        """
        match shape_of(*target):
            case "date":
                return self.date_reader(field)
            case "number" | "whole number":
                return self._reader(field, self._number_reader(target, field))
            case "text":
                return self._reader(field, self._text_reader(target, field))
            case shape:
                read = self._code_reader(field, columns_of(target[0])[target[1]].listed)
                return self._reader(field, read, ticks=shape == "yes or no" and field not in self.mapping.codes)

    def _reader(self, field: str, read: Reader, *, ticks: bool = False) -> FieldReader:
        boxes = self.export.boxes.get(field_of_box(field) if field in self.export.headings else field, {})
        # The same text means the same in every row.
        return FieldReader(field, cache(read), boxes, ticks)

    def cell(self, reader: FieldReader, row: ExportRow) -> Cell:
        """Read the cell of a field in a row; of a checkbox field the choice that is ticked."""
        field, line, raw = reader.field, row.line, row.cells.get(reader.field)
        if reader.read is None:
            return Cell(None, field, line)
        if raw == "" and not reader.boxes:
            return Cell("", field, line)
        ticked = [code for code, column in reader.boxes.items() if row.cells[column] == "1"]
        missing = [self._missing[code] for code in ticked if code in self._missing]
        if missing and (raw is not None or len(missing) == len(ticked)):
            return Cell("", field, line, ", ".join(missing), missing=True)
        if raw is not None and reader.boxes and reader.ticks and raw in ("0", "1"):
            return Cell("true" if raw == "1" else "false", field, line, raw, unticked=raw == "0")
        if raw is None:
            entered = [code for code in ticked if code not in self._missing]
            if len(entered) != 1:
                several = "one box ticked, and not several" if entered else ""
                return Cell(None if entered else "", field, line, ", ".join(entered), not entered, several)
            raw = entered[0]
        if raw in self.mapping.missing or not raw:
            return Cell("", field, line, raw, missing=bool(raw))
        try:
            return Cell(reader.read(raw), field, line, raw)
        except UnreadableCell as error:
            return Cell(None, field, line, raw, expected=str(error))

    def _described(self, field: str) -> Described:
        return self.dictionary.get(field, Described())

    def _number_reader(self, target: Target, field: str) -> Reader:
        decimal = self.mapping.decimal or self._described(field).decimal or "point"
        counts = columns_of(target[0])[target[1]].unit in UNITS
        per = UNITS[self._unit(field)] if counts else 1
        other = "comma" if decimal == "point" else "point"

        def read(text: str) -> str:
            if not _DECIMAL[decimal].fullmatch(text):
                hint = f"; or decimal: {other} in the mapping" if _DECIMAL[other].fullmatch(text) else ""
                msg = f"a number with a decimal {decimal}{hint}"
                raise UnreadableCell(msg)
            digits = text.replace(",", ".")
            return digits if per == 1 else format((Decimal(digits) / per).normalize(), "f")

        return read

    def _unit(self, field: str) -> str:
        if field in self.mapping.units:
            return self.mapping.units[field]
        units = self._described(field).units
        if len(units) != 1:
            named = f"both {' and '.join(units)}" if units else "no unit"
            expected = f"{' or '.join(UNITS)}, as units: {field} in the mapping"
            raise Undeclared(f"{named} in the dictionary", expected)
        return units[0]

    def _text_reader(self, target: Target, field: str) -> Reader:
        codes, described = self.mapping.codes.get(field), self._described(field)
        if codes is None and described.type in ("radio", "dropdown", "checkbox"):
            regimens = CORTICOSTEROID_REGIMENS if target[1] == "regimen" else ()
            codes = {code: _named_value(label, regimens) or label for code, label in described.labels.items()}

        def read(text: str) -> str:
            if codes is None:
                return self.texts.release(target, text)
            # A choice was written by whoever made the project, and says nothing of one patient.
            meaning = _meaning(field, text, codes)
            refuse_identifying(identifying(meaning))
            return meaning

        return read

    def _code_reader(self, field: str, allowed: tuple[str, ...]) -> Reader:
        codes, labels = self.mapping.codes.get(field), self._described(field).labels
        words = f"one of {', '.join(allowed)}"

        def read(text: str) -> str:
            if codes is not None:
                value: str | None = _meaning(field, text, codes)
                expected = f"{words}, as codes: {field} in the mapping, where it stands for {quoted(value or '')}"
            elif (label := _of_code(text, labels)) is not None:
                value = _named_value(label, allowed)
                expected = f"{words}; {quoted(label)}, its label, is none: codes: {field} in the mapping can tell"
            else:
                value = text
                expected = f"a code of the dictionary: {', '.join(labels)}"
                expected = expected if labels else f"{words}, or codes: {field} in the mapping"
            if value not in allowed:
                raise UnreadableCell(expected)
            return value

        return read


def _named_value(label: str, allowed: tuple[str, ...]) -> str | None:
    """Return the value that a label names: letters and digits count, signs between them and case do not."""
    values = {_plain(value): value for value in allowed}
    if "true" in allowed:
        values |= {"yes": "true", "no": "false"}
    return values.get(_plain(label))


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", " ", text).strip().casefold()


def _of_code(text: str, codes: Mapping[str, str]) -> str | None:
    """Return what a code stands for, as it is written in the dictionary or in the heading of a box."""
    return codes.get(text, {box_code(code): meaning for code, meaning in codes.items()}.get(text))


def _meaning(field: str, text: str, codes: Mapping[str, str]) -> str:
    meaning = _of_code(text, codes)
    if meaning is None:
        msg = f"one of {', '.join(codes)}, the codes of {field}"
        raise UnreadableCell(msg)
    return meaning
