"""What a centre says of its own export: names of fields, codes, date order, decimal sign, units, constants."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from implied.files.input_files import read_input
from implied.files.yaml_files import YamlError, read_yaml
from itpbook.intake.redcap.fields import (
    DAY_ZERO,
    DERIVED,
    RECORD,
    UNITS,
    Target,
    fields_by_target,
    shape_of,
)
from itpbook.intake.redcap.identifying import identifying
from itpbook.intake.redcap.terms import LISTS
from itpbook.records.problems import Problem, Problems, quoted, why_unreadable
from itpbook.records.schema import TABLES, columns_of

DATE_ORDERS = ("day_first", "month_first", "year_first")
DECIMALS = ("point", "comma")


@dataclass(frozen=True)
class CentreMapping:
    """How the fields of an export fill the columns of the tables; as it stands, that of the template's project.

    Attributes
    ----------
    record
        Field that says which patient a row is of.
    day_zero
        Field with the date on which the combination started.
    prefix, digits, keep
        How identifiers are made: the prefix and a running number of so many digits or, where ``keep`` is set, the
        prefix and the identifier of the record.
    dates, decimal
        Order of day, month and year, and the decimal sign, whatever the dictionary says; None to believe it.
    missing
        Codes that say why a value is missing.
    fields
        The fields that fill each column; of several at most one may be filled in a row.
    codes
        By field: what each raw code stands for in the schema.
    units
        By field: the unit of counts.
    constants
        Values that a column has in every row.
    confirmed
        By column, free texts that a person has read and that may leave the hospital.
    """

    record: str = RECORD
    day_zero: str = DAY_ZERO
    prefix: str = "P-"
    digits: int = 3
    keep: bool = False
    dates: str | None = None
    decimal: str | None = None
    missing: tuple[str, ...] = ()
    fields: Mapping[Target, tuple[str, ...]] = field(default_factory=fields_by_target)
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[Target, str] = field(default_factory=dict)
    confirmed: Mapping[Target, tuple[str, ...]] = field(default_factory=dict)


def read_mapping(path: Path) -> tuple[CentreMapping, list[Problem]]:
    """Read a mapping; what it does not say stays as in the template's project.

    Returns
    -------
    tuple
        The mapping, and all that is wrong with the file: unknown keys and columns, values of the wrong kind.
    """
    reading, written = _Reading(path.name), None
    try:
        written = read_yaml(read_input(path))
    except OSError as error:
        reading.wrong(None, why_unreadable(path, error), "a mapping in YAML")
    except YamlError as error:
        reading.wrong(None, error.problem, "a mapping in YAML, encoded as UTF-8", error.line)
    if written is not None and not isinstance(written, dict):
        reading.wrong(None, f"{quoted(str(written))} and no keys", f"keys such as {', '.join(_KEYS)}")
        written = None
    values: dict[str, Any] = {}
    for key, value in (written or {}).items():
        if key in _KEYS:
            values |= _KEYS[key](reading, str(key), value)
        else:
            reading.wrong(None, f"the key {quoted(str(key))}", f"no keys but {', '.join(_KEYS)}")
    return CentreMapping(**values), list(reading.problems)


class _Reading:
    """The reading of one file, and what is wrong with it."""

    def __init__(self, file: str) -> None:
        self.file, self.problems = file, Problems()

    def wrong(self, key: str | None, found: str, expected: str, line: int | None = None) -> None:
        self.problems.add(self.file, found, expected, row=line, column=key)

    def name(self, key: str, value: Any) -> dict[str, Any]:
        if isinstance(value, str) and value:
            return {key: value}
        self.wrong(key, _shown(value), "the name of a field")
        return {}

    def choice(self, key: str, value: Any) -> dict[str, Any]:
        allowed = {"dates": DATE_ORDERS, "decimal": DECIMALS}[key]
        if value in allowed:
            return {key: value}
        self.wrong(key, _shown(value), f"one of {', '.join(allowed)}")
        return {}

    def missing(self, key: str, value: Any) -> dict[str, Any]:
        if isinstance(value, list) and all(_is_scalar(code) for code in value):
            return {"missing": tuple(_text(code) for code in value)}
        self.wrong(key, _shown(value), "a list of codes")
        return {}

    def patient_ids(self, key: str, value: Any) -> dict[str, Any]:
        kinds = {
            "prefix": (str, "text"),
            "digits": (int, "a whole number from 1 to 9"),
            "keep": (bool, "true or false"),
        }
        parts: dict[str, Any] = {}
        for name, part in self.entries(key, value):
            if name not in kinds:
                self.wrong(f"{key}: {name}", _shown(part), f"no keys but {', '.join(kinds)}")
            elif type(part) is not kinds[name][0] or (name == "digits" and part not in range(1, 10)):
                self.wrong(f"{key}: {name}", _shown(part), kinds[name][1])
            else:
                parts[name] = part
        return parts

    def fields(self, key: str, value: Any) -> dict[str, Any]:
        fields = fields_by_target()
        for target, written, entry in self.targets(key, value):
            names = written if isinstance(written, list) else [written]
            if names and all(isinstance(name, str) and name for name in names):
                fields[target] = tuple(names)
            else:
                self.wrong(entry, _shown(written), "the name of a field, or a list of names")
        return {"fields": fields}

    def constants(self, key: str, value: Any) -> dict[str, Any]:
        constants: dict[Target, str] = {}
        for target, constant, entry in self.targets(key, value):
            if not _is_scalar(constant):
                self.wrong(entry, _shown(constant), "one value, the same for every row")
            elif (match := identifying(_text(constant))) and match.certain and shape_of(*target) == "text":
                self.wrong(entry, _shown(constant), f"text without {match.form}")
            else:
                constants[target] = _text(constant)
        return {"constants": constants}

    def confirmed(self, key: str, value: Any) -> dict[str, Any]:
        confirmed: dict[Target, tuple[str, ...]] = {}
        for target, texts, entry in self.targets(key, value):
            if target not in LISTS:
                names = ", ".join(".".join(column) for column in LISTS)
                self.wrong(entry, quoted(".".join(target)), f"a column of free text: {names}")
            elif not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
                self.wrong(entry, _shown(texts), "a list of texts in quotation marks")
            else:
                confirmed[target] = tuple(texts)
        return {"confirmed": confirmed}

    def codes(self, key: str, value: Any) -> dict[str, Any]:
        codes: dict[str, dict[str, str]] = {}
        for name, meanings in self.entries(key, value):
            codes[name] = {}
            for code, meaning in self.entries(f"{key}: {name}", meanings):
                if _is_scalar(meaning):
                    codes[name][code] = _text(meaning)
                else:
                    self.wrong(f"{key}: {name}", _shown(meaning), f"the value that code {code} stands for")
        return {"codes": codes}

    def units(self, key: str, value: Any) -> dict[str, Any]:
        units: dict[str, str] = {}
        for name, unit in self.entries(key, value):
            if isinstance(unit, str) and unit in UNITS:
                units[name] = unit
            else:
                self.wrong(f"{key}: {name}", _shown(unit), f"one of {', '.join(UNITS)}")
        return {"units": units}

    def entries(self, key: str, value: Any) -> Iterator[tuple[str, Any]]:
        if isinstance(value, dict):
            yield from ((_text(name), written) for name, written in value.items())
        else:
            self.wrong(key, _shown(value), "lines of the form name: value")

    def targets(self, key: str, value: Any) -> Iterator[tuple[Target, Any, str]]:
        for name, written in self.entries(key, value):
            table, _, column = name.partition(".")
            entry = f"{key}: {name}"
            if table not in TABLES or column not in columns_of(table):
                self.wrong(entry, quoted(name), "a table and one of its columns, such as patients.sex")
            elif column == "patient_id":
                self.wrong(entry, quoted(name), "patient_ids, which says how identifiers are made")
            elif (table, column) in DERIVED:
                self.wrong(entry, quoted(name), "nothing, since it follows from treatments.agent")
            else:
                yield (table, column), written, entry


_KEYS = {
    "record": _Reading.name,
    "day_zero": _Reading.name,
    "patient_ids": _Reading.patient_ids,
    "dates": _Reading.choice,
    "decimal": _Reading.choice,
    "missing_codes": _Reading.missing,
    "fields": _Reading.fields,
    "codes": _Reading.codes,
    "units": _Reading.units,
    "constants": _Reading.constants,
    "confirmed_texts": _Reading.confirmed,
}


def _is_scalar(value: Any) -> bool:
    return isinstance(value, str | int | float)


def _text(value: Any) -> str:
    """Return what YAML read as a number or a truth value as an export has it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _shown(value: Any) -> str:
    return quoted(_text(value) if _is_scalar(value) else "" if value is None else repr(value))
