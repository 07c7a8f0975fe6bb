"""REDCap's data dictionary: written from the schema, and read back to learn what a project's fields hold."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from itpbook.intake.redcap.export import REDCAP_FILES
from itpbook.intake.redcap.fields import RECORD, UNITS, ProjectField, project_fields
from itpbook.records.delimited import read_delimited
from itpbook.records.headings import repeated_headings
from itpbook.records.problems import Problem, Problems, Remedy, quoted
from itpbook.records.schema import ColumnRules, columns_of

HEADINGS = (
    "Variable / Field Name",
    "Form Name",
    "Section Header",
    "Field Type",
    "Field Label",
    "Choices, Calculations, OR Slider Labels",
    "Field Note",
    "Text Validation Type OR Show Slider Number",
    "Text Validation Min",
    "Text Validation Max",
    "Identifier?",
    "Branching Logic (Show field only if...)",
    "Required Field?",
    "Custom Alignment",
    "Question Number (surveys only)",
    "Matrix Group Name",
    "Matrix Ranking?",
    "Field Annotation",
)
"""The columns of a dictionary, exactly as REDCap writes and asks for them."""

_TYPES = {"text": "text", "date": "text", "whole number": "text", "number": "text", "yes or no": "yesno"}
_VALIDATION = {"date": "date_dmy", "whole number": "integer", "number": "number"}
_FEW = 4
"""Up to so many choices stand side by side as buttons, more in a drop-down list."""
_ORDERS = {"dmy": "day_first", "mdy": "month_first", "ymd": "year_first"}
_PER_MICROLITRE = re.compile(r"per\s+micro-?lit(re|er)|/\s*[µμu]l\b|/\s*mm(3|³)|/\s*cmm\b", re.IGNORECASE)
_PER_LITRE = re.compile(r"10\s*+(\^|\*\*|e)?\s*+(9|⁹)\s*/\s*l\b|\bg/l\b", re.IGNORECASE)


@dataclass(frozen=True)
class Described:
    """What a dictionary says of a field.

    Attributes
    ----------
    name, form, type
        As in the dictionary.
    labels
        The label of each raw code, for fields with choices.
    validation
        REDCap's validation type; empty for none.
    identifier
        Whether the field is marked as identifying the patient.
    words
        Label and note, in which a unit may be named.
    """

    name: str = ""
    form: str = ""
    type: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    validation: str = ""
    identifier: bool = False
    words: str = ""

    @property
    def date_order(self) -> str | None:
        """How the project shows dates of this field; None when it is no date."""
        date = re.fullmatch(r"date(?:time)?(?:_seconds)?_([dmy]{3})", self.validation)
        return _ORDERS.get(date[1]) if date else None

    @property
    def decimal(self) -> str | None:
        """The decimal sign that the validation asks for; None where it asks for no number."""
        if not self.validation.startswith(("number", "integer")):
            return None
        return "comma" if "comma" in self.validation else "point"

    @property
    def units(self) -> tuple[str, ...]:
        """The units of counts that label or note name: none, one, or by mistake two."""
        named = (("10^9/L", _PER_LITRE), ("per_microlitre", _PER_MICROLITRE))
        return tuple(unit for unit, pattern in named if pattern.search(self.words))


def dictionary_csv() -> str:
    """Return the data dictionary of a project that holds the records; REDCap takes it as it is."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADINGS)
    writer.writerows(map(_row, project_fields()))
    return text.getvalue()


def project_dictionary() -> dict[str, Described]:
    """Return what :func:`dictionary_csv` says, field by field."""
    reader = csv.DictReader(io.StringIO(dictionary_csv()))
    return {row[HEADINGS[0]]: _described(row) for row in reader}


def read_dictionary(path: Path) -> tuple[dict[str, Described], list[Problem]]:
    """Read the dictionary of a centre's own project, as REDCap's page *Data Dictionary* writes it.

    Returns
    -------
    tuple
        The fields by name, and all that is wrong with the file.
    """
    fields, problems = dict[str, Described](), Problems()
    table = read_delimited(path, problems, REDCAP_FILES)
    if table is None:
        return {}, list(problems)
    problems += repeated_headings(path.name, table)
    if missing := [heading for heading in HEADINGS if heading not in table.headings]:
        observed = f"no column {', '.join(map(quoted, missing))}"
        expected = "the 18 columns of a REDCap data dictionary"
        problems.add(path.name, observed, expected, Remedy.COLUMNS, row=table.heading_line)
        return {}, list(problems)
    for line, row in table.known_rows():
        name = row[HEADINGS[0]]
        if name in fields:
            problems.add(
                path.name, quoted(name), "each field once", Remedy.CONTRADICTIONS, row=line, column=HEADINGS[0]
            )
        else:
            fields[name] = _described(row)
    return fields, list(problems)


def _described(row: Mapping[str, str]) -> Described:
    kind = row["Field Type"].strip()
    labels = {}
    if kind in ("radio", "dropdown", "checkbox"):
        for choice in row["Choices, Calculations, OR Slider Labels"].split("|"):
            code, comma, label = choice.partition(",")
            if comma:
                labels[code.strip()] = label.strip()
    elif kind in ("yesno", "truefalse"):
        labels = {"1": "true", "0": "false"}
    return Described(
        name=row[HEADINGS[0]],
        form=row["Form Name"],
        type=kind,
        labels=labels,
        validation=row["Text Validation Type OR Show Slider Number"].strip(),
        identifier=row["Identifier?"].strip().casefold() == "y",
        words=f"{row['Field Label']} {row['Field Note']}",
    )


def _row(field: ProjectField) -> list[str]:
    rules = None if field.target is None else columns_of(field.target[0])[field.target[1]]
    label, note = _words(field, rules)
    kind = _TYPES.get(field.shape) or ("radio" if len(field.codes) <= _FEW else "dropdown")
    listed = [f"{code}, {value.replace('_', ' ')}" for code, value in field.codes.items()]
    lowest, highest = rules.limits if rules and rules.limits and not rules.is_day else ("", "")
    cells = {
        "Variable / Field Name": field.name,
        "Form Name": field.form,
        "Field Type": kind,
        "Field Label": label,
        "Choices, Calculations, OR Slider Labels": " | ".join(listed) if field.shape == "choice" else "",
        "Field Note": note,
        "Text Validation Type OR Show Slider Number": _VALIDATION.get(field.shape, ""),
        "Text Validation Min": str(lowest),
        "Text Validation Max": str(highest),
        "Branching Logic (Show field only if...)": field.shown_if,
        "Required Field?": "y" if field.required and field.name != RECORD else "",
    }
    return [cells.get(heading, "") for heading in HEADINGS]


def _words(field: ProjectField, rules: ColumnRules | None) -> tuple[str, str]:
    """Return label and note of a field, in the schema's words."""
    if field.name == RECORD:
        return "Record", "A number within this project, not the hospital's."
    if field.target is None or rules is None:
        return "Start of the combination", "Day 0: the day on which the later of its two drugs was started."
    if rules.is_day:
        label = "Date" if field.target[1] == "day" else rules.title
        return label, f"{_DATE_NOTES[field.target]} The importer turns it into a day from day 0."
    if field.target[1] == "regimen":
        return (
            ("Corticosteroid regimen beside the combination", "") if field.codes else (rules.title, "Dose or scheme.")
        )
    note = f"Unit: {rules.unit}." if rules.unit else ""
    # No other word about units is next to the one that the importer reads.
    return rules.title, note if rules.unit in UNITS else f"{rules.description} {note}".rstrip()


_DATE_NOTES = {
    ("patients", "diagnosis_day"): "Date on which ITP was diagnosed.",
    ("patients", "last_followup_day"): "Date of the last contact, or of death.",
    ("treatments", "start_day"): "Date on which it was started; for splenectomy that of the operation.",
    ("treatments", "end_day"): "Date on which it was stopped; empty while it went on at the last follow-up.",
    ("platelets", "day"): "Date of the blood sample.",
    ("adverse_events", "day"): "Date on which the event began.",
}
"""The schema's descriptions speak of days, a form must speak of dates."""
