"""Records that are unusual and valid: small or extreme series, other formats."""

from __future__ import annotations

import pandas as pd

from itpbook.records.schema import columns_of

from .record_cases import Case, Change, Tables, records_with, write_parquet, write_workbook

_TOPIC = "Unusual, but sound"


def _one_patient(tables: Tables) -> None:
    for name, table in tables.items():
        tables[name] = table[table["patient_id"] == "SYN-01"]


def _nobody_eligible(tables: Tables) -> None:
    table = tables["treatments"]
    table.loc[(table["agent"] == "rituximab") & (table["role"] == "prior"), "response"] = "CR"


def _counts_after(count: str) -> Change:
    def change(tables: Tables) -> None:
        table = tables["platelets"]
        table.loc[table["day"].astype(int) > 0, "count"] = count

    return change


def _no_event(tables: Tables) -> None:
    tables["adverse_events"] = tables["adverse_events"].head(0)


def _missing_wherever_possible(tables: Tables) -> None:
    """Leave out every optional column, and empty every cell that no rule asks for."""
    for name, table in tables.items():
        optional = [column for column, rules in columns_of(name).items() if not rules.required and column in table]
        tables[name] = table.drop(columns=optional)
    treatments = tables["treatments"]
    treatments[["end_day", "regimen"]] = ""
    treatments.loc[treatments["role"] != "prior", ["at_maximal_dose", "response"]] = ""


def _typed_identifiers(tables: Tables) -> None:
    for table in tables.values():
        table["patient_id"] = table["patient_id"].str.removeprefix("SYN-").str.lstrip("0")


def _switch(tables: Tables) -> None:
    table = tables["treatments"]
    agonist = (table["role"] == "combination") & (table["drug_class"] == "tpo_ra") & (table["patient_id"] == "SYN-01")
    before = table[agonist].iloc[0]
    table.loc[agonist, "end_day"] = "90"
    other = "romiplostim" if before["agent"] == "eltrombopag" else "eltrombopag"
    after = {**before, "agent": other, "start_day": "90"}
    tables["treatments"] = pd.concat([table, pd.DataFrame([after])], ignore_index=True)


CASES = (
    Case("one patient", _TOPIC, "There is a single patient.", records_with(_one_patient)),
    Case("nobody eligible", _TOPIC, "Every patient had responded to rituximab.", records_with(_nobody_eligible)),
    Case("no responder", _TOPIC, "Every count under the combination is low.", records_with(_counts_after("10"))),
    Case("all responders", _TOPIC, "Every count under the combination is high.", records_with(_counts_after("150"))),
    Case("no adverse event", _TOPIC, "The table of adverse events has headings and no row.", records_with(_no_event)),
    Case(
        "missing wherever possible",
        _TOPIC,
        "Every column that may be left out is, and every cell that may be empty.",
        records_with(_missing_wherever_possible),
    ),
    Case(
        "a switch of agent",
        _TOPIC,
        "During the combination, one TPO receptor agonist took over from the other.",
        records_with(_switch),
    ),
    Case(
        "workbook",
        _TOPIC,
        "The tables are sheets of a workbook.",
        records_with(lambda _: None, write_workbook),
        "records.xlsx",
    ),
    Case("Parquet", _TOPIC, "The tables are Parquet files.", records_with(lambda _: None, write_parquet)),
    Case(
        "numbers for identifiers",
        _TOPIC,
        "In a workbook, patients are named by numbers; their digits are taken, and no zeros that are shown before.",
        records_with(_typed_identifiers, write_workbook),
    ),
)
