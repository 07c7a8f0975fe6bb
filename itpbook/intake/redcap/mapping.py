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
    project_fields,
    shape_of,
)
from itpbook.intake.redcap.identifying import identifying
from itpbook.intake.redcap.terms import LISTS
from itpbook.records.problems import Group, Problem, quoted
from itpbook.records.schema import TABLES, columns_of

DATE_ORDERS = ("day_first", "month_first", "year_first")
DECIMALS = ("point", "comma")


@dataclass(frozen=True)
class CentreMapping:
    """How the fields of an export fill the columns of the tables; as it stands, that of the template's project.

    Attributes
    ----------
    record
        Field that tells which patient a row is of.
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
    fields: Mapping[Target, tuple[str, ...]] = field(default_factory=lambda: fields_by_target(project_fields()))
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
    try:
        written = read_yaml(read_input(path))
    except FileNotFoundError:
        return CentreMapping(), [Problem(path.name, None, None, "no such file", "a mapping in YAML", Group.FILES)]
    except OSError as error:
        words = f"a file that cannot be read: {error.strerror}"
        return CentreMapping(), [Problem(path.name, None, None, words, "a mapping in YAML", Group.FILES)]
    except YamlError as error:
        expected = "a mapping in YAML, encoded as UTF-8"
        return CentreMapping(), [Problem(path.name, error.line, None, error.problem, expected, Group.FILES)]
    if written is None:
        return CentreMapping(), []
    if not isinstance(written, dict):
        words = f"{quoted(str(written))} and no keys"
        return CentreMapping(), [Problem(path.name, None, None, words, f"keys such as {', '.join(_KEYS)}", Group.FILES)]
    reading = _Reading(path.name)
    values: dict[str, Any] = {}
    for key, value in written.items():
        if key in _KEYS:
            values |= _KEYS[key](reading, str(key), value)
        else:
            reading.wrong(None, f"the key {quoted(str(key))}", f"no keys but {', '.join(_KEYS)}")
    return CentreMapping(**values), reading.problems


class _Reading:
    """The reading of one file, and what was found wrong on the way."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []

    def wrong(self, key: str | None, found: str, expected: str) -> None:
        self.problems.append(Problem(self.file, None, key, found, expected, Group.FILES))

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
        found: dict[str, Any] = {}
        for name, given in self.entries(key, value):
            if name not in kinds:
                self.wrong(f"{key}: {name}", _shown(given), f"no keys but {', '.join(kinds)}")
            elif type(given) is not kinds[name][0] or (name == "digits" and given not in range(1, 10)):
                self.wrong(f"{key}: {name}", _shown(given), kinds[name][1])
            else:
                found[name] = given
        return found

    def fields(self, key: str, value: Any) -> dict[str, Any]:
        found: dict[Target, tuple[str, ...]] = {}
        for target, given, place in self.targets(key, value):
            names = given if isinstance(given, list) else [given]
            if names and all(isinstance(name, str) and name for name in names):
                found[target] = tuple(names)
            else:
                self.wrong(place, _shown(given), "the name of a field, or a list of names")
        return {"fields": {**fields_by_target(project_fields()), **found}}

    def constants(self, key: str, value: Any) -> dict[str, Any]:
        found: dict[Target, str] = {}
        for target, given, place in self.targets(key, value):
            if not _is_scalar(given):
                self.wrong(place, _shown(given), "one value, the same for every row")
            elif (match := identifying(_text(given))) and match.certain and shape_of(*target) == "text":
                self.wrong(place, _shown(given), f"text without {match.form}")
            else:
                found[target] = _text(given)
        return {"constants": found}

    def confirmed(self, key: str, value: Any) -> dict[str, Any]:
        confirmed: dict[Target, tuple[str, ...]] = {}
        for target, texts, place in self.targets(key, value):
            if target not in LISTS:
                names = ", ".join(".".join(column) for column in LISTS)
                self.wrong(place, quoted(".".join(target)), f"a column of free text: {names}")
            elif not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
                self.wrong(place, _shown(texts), "a list of texts in quotation marks")
            else:
                confirmed[target] = tuple(texts)
        return {"confirmed": confirmed}

    def codes(self, key: str, value: Any) -> dict[str, Any]:
        found: dict[str, dict[str, str]] = {}
        for name, given in self.entries(key, value):
            listed = list(self.entries(f"{key}: {name}", given))
            for code, meaning in listed:
                if not _is_scalar(meaning):
                    self.wrong(f"{key}: {name}", _shown(meaning), f"the value that code {code} stands for")
            found[name] = {code: _text(meaning) for code, meaning in listed if _is_scalar(meaning)}
        return {"codes": found}

    def units(self, key: str, value: Any) -> dict[str, Any]:
        found = dict(self.entries(key, value))
        for name, unit in found.items():
            if not isinstance(unit, str) or unit not in UNITS:
                self.wrong(f"{key}: {name}", _shown(unit), f"one of {', '.join(UNITS)}")
        return {"units": {name: unit for name, unit in found.items() if isinstance(unit, str) and unit in UNITS}}

    def entries(self, key: str, value: Any) -> Iterator[tuple[str, Any]]:
        if isinstance(value, dict):
            yield from ((_text(name), given) for name, given in value.items())
        else:
            self.wrong(key, _shown(value), "lines of the form name: value")

    def targets(self, key: str, value: Any) -> Iterator[tuple[Target, Any, str]]:
        for name, given in self.entries(key, value):
            table, _, column = name.partition(".")
            place = f"{key}: {name}"
            if table not in TABLES or column not in columns_of(table):
                self.wrong(place, quoted(name), "a table and one of its columns, such as patients.sex")
            elif column == "patient_id":
                self.wrong(place, quoted(name), "patient_ids, which says how identifiers are made")
            elif (table, column) in DERIVED:
                self.wrong(place, quoted(name), "nothing, since it follows from treatments.agent")
            else:
                yield (table, column), given, place


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
    """Return what YAML read as a number or a truth value as it stands in an export."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _shown(value: Any) -> str:
    return quoted(_text(value) if _is_scalar(value) else "" if value is None else repr(value))
