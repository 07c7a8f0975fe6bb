"""Kinds, groups and cells: what the figures tell apart, and what must be looked at together."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_ledger import nine_patients

from implied.determine.joint_cells import Cells, NoPatient, TooManyCells, agreement
from implied.determine.junction import groups, scopes
from implied.determine.kinds import kinds_of
from implied.determine.model import CellModel
from implied.determine.witness import witness
from implied.ledger import Ledger
from implied.ledger.conditions import EVERYONE, AllOf, Between, OneOf
from implied.ledger.printed import WholeRange
from itpbook.shipped import shipped_ledger


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return nine_patients(tmp_path)


def test_numbers_are_told_apart_where_figures_and_rules_do_and_nowhere_else(ledger: Ledger):
    kinds = kinds_of(ledger, [], {})
    ages = [kind for kind in kinds["age_years"] if kind is not None]
    # Minimum 31, the rule's 50 and the median 50, maximum 77, within 18 to 110.
    assert ages == [
        WholeRange(18, 30),
        WholeRange(31, 31),
        WholeRange(32, 49),
        WholeRange(50, 50),
        WholeRange(51, 76),
        WholeRange(77, 77),
        WholeRange(78, 110),
    ]
    assert kinds["falls"] == tuple(WholeRange(number, number) for number in range(5))
    assert kinds["sex"] == ("female", "male")
    assert kinds["cough_days"][-1] is None


def test_a_cut_begins_a_kind_of_its_own(ledger: Ledger):
    assert WholeRange(60, 76) in kinds_of(ledger, [], {"age_years": frozenset({60})})["age_years"]


def test_each_scope_lies_in_a_group_and_each_attribute_in_connected_groups():
    ledger = shipped_ledger()
    found = groups(list(ledger.attributes), scopes(ledger), [])
    for scope in scopes(ledger):
        assert any(scope <= set(group.names) for group in found)
    for place, group in enumerate(found):
        if group.parent is not None:
            assert group.parent < place
            assert set(group.shared) == set(group.names) & set(found[group.parent].names)
        for name in group.names:
            # The groups of an attribute form a tree: all but one of them share it with the group above.
            having = [each for each in found if name in each.names]
            assert sum(name not in each.shared for each in having) == 1


def test_no_cell_holds_patients_who_break_a_hard_rule_or_lack_what_applies(ledger: Ledger):
    cells = Cells(ledger, together=[["smoker", "age_years"], ["cough", "cough_days"]])
    place = cells.table_of(["smoker", "age_years"])
    never, old = OneOf("smoker", ("never",)), Between("age_years", 51, None, above=False)  # type: ignore[arg-type]
    assert not cells.mask(place, AllOf((never, old))).any()
    place = cells.table_of(["cough", "cough_days"])
    known = Between("cough_days", None, None, above=False)
    assert (cells.mask(place, known) == cells.mask(place, OneOf("cough", (True,)))).all()


def test_tables_agree_on_what_they_share():
    cells = Cells(shipped_ledger())
    for table in cells.tables:
        if table.group.parent is not None:
            above = cells.tables[table.group.parent]
            both = agreement(above, table)
            assert sorted(cell for parents, _ in both for cell in parents) == list(range(len(above)))
            assert all(children for _, children in both), "a cell that nothing below completes"


def test_rules_that_nobody_can_obey_are_said(tmp_path: Path):
    text = """
source: nobody
attributes: {sex: {label: Sex, values: [female, male]}}
rules:
  - {because: no women, when: {sex: female}, then: {sex: male}}
  - {because: no men, when: {sex: male}, then: {sex: female}}
entries: [{id: n, section: cohort, label: Patients, printed: {count: "9"}, condition: {}}]
"""
    with pytest.raises(NoPatient, match="rules about sex"):
        Cells(nine_patients(tmp_path, text))


def test_too_many_attributes_together_are_refused_by_name():
    ledger = shipped_ledger()
    with pytest.raises(TooManyCells, match="followup_days"):
        Cells(ledger, together=[ledger.attributes])


def test_patients_put_together_from_cells_are_those_of_the_cells(ledger: Ledger):
    cells = Cells(ledger)
    model = CellModel(cells, (9, 9))
    found = model.solve()
    assert found is not None
    patients = witness(cells, found)
    assert patients is not None
    assert all(patient.keys() == ledger.attributes.keys() for patient in patients)
    assert len(patients) == 9
    assert model.size_of(EVERYONE) == 9
    assert model.size_of(OneOf("cough", (True,))) == 6
    assert model.size_of(OneOf("sex", ("female",))) is None


def test_parts_share_no_attribute_and_leave_out_no_entry():
    ledger = shipped_ledger()
    parts = ledger.parts()
    names = [name for each in parts for name in each.attributes]
    assert sorted(names) == sorted(ledger.attributes)
    assert {entry.id for each in parts for entry in each} == {entry.id for entry in ledger}
    assert all("cohort.n" in each for each in parts)
    (together,) = (each for each in ledger.parts(together=["sex", "response"]) if "sex" in each.attributes)
    assert "response" in together.attributes
