"""Cells of an export read as values of the schema, by what mapping and dictionary say of their field."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from itpbook.intake.redcap.dates import NotADate, read_date
from itpbook.intake.redcap.export import Export, Row, box_code
from itpbook.intake.redcap.fields import UNITS, Target, shape_of
from itpbook.intake.redcap.free_texts import FreeTexts, NotReleased, refuse_identifying
from itpbook.intake.redcap.identifying import identifying
from itpbook.intake.redcap.mapping import CentreMapping
from itpbook.intake.redcap.redcap_dictionary import Described
from itpbook.records.problems import quoted
from itpbook.records.schema import CORTICOSTEROID_REGIMENS, choices, columns_of

_DECIMAL = {"point": re.compile(r"-?\d+(\.\d+)?", re.ASCII), "comma": re.compile(r"-?\d+(,\d+)?", re.ASCII)}
_TRUTHS = ("true", "false")
_YES_NO = {"yes": "true", "no": "false"}


class Unreadable(ValueError):
    """A cell that is no value of its column; the message says what was expected."""


class Undeclared(ValueError):
    """A field of which neither mapping nor dictionary tells what is needed; the message says what to tell."""


@dataclass(frozen=True)
class Cell:
    """A value and where it came from.

    Attributes
    ----------
    value
        Text for the table, or a date; empty where the value is missing, None where the cell cannot be read.
    field, raw
        The field, and what stood there.
    unticked
        Whether it says no more than that a box was not ticked, which REDCap writes for forms never opened, too.
    expected
        Why the cell cannot be read.
    missing
        Whether a missing-data code stood there.
    """

    value: str | dt.date | None
    field: str
    raw: str
    unticked: bool = False
    expected: str = ""
    missing: bool = False

    @property
    def filled(self) -> bool:
        """Whether someone entered something."""
        return bool(self.raw) and not self.unticked


Reader = Callable[[str], str | dt.date]


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

    def date_order(self, field: str) -> str | None:
        """Return the declared order of a field's dates; that of the template says nothing of a centre's file."""
        described = self.dictionary.get(field) if self.own_dictionary else None
        return self.mapping.dates or (described.date_order if described else None)

    def date_reader(self, field: str) -> Reader:
        """Return what reads the dates of a field."""
        order = self.date_order(field)

        def read(text: str) -> dt.date:
            try:
                return read_date(text, order)
            except NotADate as error:
                raise Unreadable(str(error)) from None

        return read

    def reader(self, target: Target, field: str) -> Reader:
        """Return what reads the cells of a field for a column.

        Raises
        ------
        Undeclared
            When nothing tells the unit of a count.
        """
        shape = shape_of(*target)
        if shape == "date":
            return self.date_reader(field)
        if shape in ("number", "whole number"):
            return self._number_reader(target, field)
        if shape == "text":
            return self._text_reader(target, field)
        allowed = choices(columns_of(target[0])[target[1]]) or _TRUTHS
        return self._code_reader(field, allowed)

    def cell(self, field: str, row: Row, read: Reader, allowed: tuple[str, ...]) -> Cell:
        """Read the cell of a field in a row; of a checkbox field the choice that is ticked."""
        if field in self.export.headings:
            base = field.rpartition("___")[0]
            if base in self.export.boxes:
                return self._box(field, base, row, read, allowed)
            return self._read(field, row.cells[field], read)
        ticked = [code for code, column in self.export.boxes[field].items() if row.cells[column] == "1"]
        known = [code for code in ticked if code not in map(box_code, self.mapping.missing)]
        if ticked and not known:
            return Cell("", field, ", ".join(ticked), missing=True)
        if len(known) > 1:
            return Cell(None, field, ", ".join(known), expected="one box ticked, and not several")
        return self._read(field, known[0], read) if known else Cell("", field, "", unticked=True)

    def _box(self, field: str, base: str, row: Row, read: Reader, allowed: tuple[str, ...]) -> Cell:
        raw = row.cells[field]
        for code in self.mapping.missing:
            column = self.export.boxes[base].get(box_code(code))
            if column and row.cells[column] == "1":
                return Cell("", field, code, missing=True)
        if allowed == _TRUTHS and field not in self.mapping.codes and raw in ("0", "1"):
            return Cell(_TRUTHS[raw == "0"], field, raw, unticked=raw == "0")
        return self._read(field, raw, read)

    def _read(self, field: str, raw: str, read: Reader) -> Cell:
        if raw in self.mapping.missing:
            return Cell("", field, raw, missing=True)
        if not raw:
            return Cell("", field, raw)
        try:
            return Cell(read(raw), field, raw)
        except Unreadable as error:
            return Cell(None, field, raw, expected=str(error))

    def _number_reader(self, target: Target, field: str) -> Reader:
        described = self.dictionary.get(field)
        decimal = self.mapping.decimal or (described.decimal if described else None) or "point"
        unit = (columns_of(target[0])[target[1]].metadata or {}).get("unit")
        per = UNITS[self._unit(field, described)] if unit in UNITS else 1
        other = "comma" if decimal == "point" else "point"

        def read(text: str) -> str:
            if not _DECIMAL[decimal].fullmatch(text):
                hint = f"; or decimal: {other} in the mapping" if _DECIMAL[other].fullmatch(text) else ""
                msg = f"a number with a decimal {decimal}{hint}"
                raise Unreadable(msg)
            number = Decimal(text.replace(",", "."))
            return text.replace(",", ".") if per == 1 else format((number / per).normalize(), "f")

        return read

    def _unit(self, field: str, described: Described | None) -> str:
        if field in self.mapping.units:
            return self.mapping.units[field]
        found = described.units if described else ()
        if len(found) != 1:
            told = f"both {' and '.join(found)}" if found else "no unit"
            msg = f"{told} in the dictionary|{' or '.join(UNITS)}, as units: {field} in the mapping"
            raise Undeclared(msg)
        return found[0]

    def _text_reader(self, target: Target, field: str) -> Reader:
        coded = self.mapping.codes.get(field)
        described = self.dictionary.get(field)
        if coded is None and described is not None and described.type in ("radio", "dropdown", "checkbox"):
            regimens = CORTICOSTEROID_REGIMENS if target[1] == "regimen" else ()
            coded = {code: _value(label, regimens) or label for code, label in described.labels.items()}

        def read(text: str) -> str:
            try:
                if coded is None:
                    return self.texts.release(target, text)
                # A choice was written by whoever made the project, and says nothing of one patient.
                text = _looked_up(field, text, coded)
                refuse_identifying(identifying(text))
            except NotReleased as error:
                raise Unreadable(str(error)) from None
            return text

        return read

    def _code_reader(self, field: str, allowed: tuple[str, ...]) -> Reader:
        given, described = self.mapping.codes.get(field), self.dictionary.get(field)
        words = f"one of {', '.join(allowed)}"

        def read(text: str) -> str:
            if given is not None:
                value = _looked_up(field, text, given)
                if value not in allowed:
                    msg = f"{words}, as codes: {field} in the mapping, where it stands for {quoted(value)}"
                    raise Unreadable(msg)
                return value
            labels = described.labels if described is not None else {}
            label = labels.get(text) or {box_code(code): one for code, one in labels.items()}.get(text)
            known = _value(text if label is None else label, allowed, exact=label is None)
            if known is not None:
                return known
            if label is not None:
                msg = f"{words}; {quoted(label)}, its label, is none: codes: {field} in the mapping can tell"
            elif labels:
                msg = f"a code of the dictionary: {', '.join(labels)}"
            else:
                msg = f"{words}, or codes: {field} in the mapping"
            raise Unreadable(msg)

        return read


def _value(label: str, allowed: tuple[str, ...], *, exact: bool = False) -> str | None:
    """Return the value that a label names: letters and digits count, signs between them and case do not."""
    if exact:
        return label if label in allowed else None
    plain = {_plain(value): value for value in allowed} | (_YES_NO if allowed == _TRUTHS else {})
    return plain.get(_plain(label))


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", " ", text).strip().casefold()


def _looked_up(field: str, text: str, codes: Mapping[str, str]) -> str:
    found = codes.get(text, {box_code(code): value for code, value in codes.items()}.get(text))
    if found is None:
        msg = f"one of {', '.join(codes)}, the codes of {field}"
        raise Unreadable(msg)
    return found
