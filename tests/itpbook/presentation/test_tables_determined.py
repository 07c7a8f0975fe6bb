"""Tables of what the published figures determine, and what is possible beside figures of reconstructed records."""

from __future__ import annotations

from dataclasses import replace

from shown_tables import headings, parsed, rows

from implied.determine.grouped import anchors_of_proofs, grouped_conflicts, sizes_left, tells_size
from implied.determine.stored_answers import Determined
from implied.ledger import Ledger
from implied.ledger.questions import Questions
from itpbook import project
from itpbook.presentation.tables import (
    RESPONSE,
    disclosure_table,
    possible_table,
    proof_table,
    results_table,
    rule_table,
    subgroup_table,
)
from itpbook.records.cohort import load_cohort
from itpbook.results import Recorder, anchor
from itpbook.study.outcomes import derive


def test_every_conflict_has_a_proof_to_go_to(ledger: Ledger, known: Determined):
    anchors = anchors_of_proofs(ledger, known)
    assert set(anchors) == {frozenset(conflict.entries) for conflict in known.conflicts}
    table = parsed(proof_table(ledger, known))
    assert {row["id"] for row in table.select("tbody tr[id]")} == set(anchors.values())
    text = table.get_text(" ")
    for conflict in known.conflicts:
        row = table.find(id=anchors[frozenset(conflict.entries)])
        links = {link["href"] for link in row.find_all("a")}
        assert {f"verification.html#{anchor(name)}" for name in conflict.entries} <= links
    assert "12/21 prints 57%, 13/21 prints 62%; none prints 59%" in text


def test_conflicts_of_one_group_differ_only_in_what_tells_the_size(ledger: Ledger, known: Determined):
    for group in grouped_conflicts(ledger, known.conflicts):
        argued = {frozenset(name for name in member if not tells_size(ledger[name])) for member in group.members}
        assert len(argued) == 1
        assert argued != {frozenset()} or len(group.members) == 1


def test_sizes_that_are_left_to_the_group_miss_the_one_that_would_do(ledger: Ledger, known: Determined):
    (population,) = {ledger["efficacy.no_steroid.cr"].readings[0].population}
    found = sizes_left(ledger, known.conflicts, population)
    assert len(found) == 4
    assert all(low <= 21 <= high and low > 17 for _, (low, high) in found)


def test_without_conflicts_the_table_says_so(ledger: Ledger, known: Determined):
    assert rows(proof_table(ledger, replace(known, conflicts=()))) == [["No contradiction was found", "", ""]]


def test_of_the_rounding_rules_one_is_possible(ledger: Ledger, known: Determined):
    found = {row[0]: row[1:] for row in rows(rule_table(ledger, known))[:4]}
    assert [name for name, (verdict, _) in found.items() if verdict == "possible"] == ["Half up"]
    assert all(why for verdict, why in found.values() if verdict == "impossible")


def test_forced_figures_come_first_and_intervals_say_their_other_limits(questions: Questions, known: Determined):
    found = rows(possible_table(questions, known))
    middle = found.index(["Left open"])
    assert found[0] == ["Forced"]
    assert ["Both corticosteroids and hydroxychloroquine", "3", "10%"] in found[:middle]
    assert all(" to " not in cell for row in found[1:middle] for cell in row[1:])
    assert ["Patients with a severe adverse event", "3 to 6", "10 to 19%"] in found[middle:]
    (row,) = [row for row in found if row[0].startswith("Response to nothing but the combination")]
    assert row[1:] == ["13 to 16 without: 13 to 19", "68 to 84% without: 68 to 100%"]
    assert not any(row[0] == "Response or complete response" for row in found)


def test_what_is_possible_without_a_reading_is_explained_where_claims_were_read_so(
    questions: Questions, known: Determined
):
    explained = "Without: what is possible when the figures that are read"
    assert explained in possible_table(questions, known).html
    assert explained not in possible_table(questions, replace(known, readings={})).html


def test_what_was_not_proven_is_never_shown_as_sharp(questions: Questions, known: Determined):
    doubtful = tuple(replace(each, proven=False) for each in known.intervals)
    found = rows(possible_table(questions, replace(known, intervals=doubtful)))
    (row,) = [row for row in found if row[0] == "Patients with a severe adverse event"]
    assert row[1] == "within 3 to 6 (not proven sharp)"


def test_single_patients_are_listed_with_what_is_forced_of_them(ledger: Ledger, known: Determined):
    found = {row[0]: row[1] for row in rows(disclosure_table(ledger, known)) if len(row) == 2}
    assert "Splenectomy: contraindicated" in found["Systemic lupus with antiphospholipid syndrome"]
    assert found["Combination with everolimus"] == "nothing"
    (longest,) = [facts for subject, facts in found.items() if subject.startswith("Duration of the combination: 103")]
    assert longest.startswith("Follow-up: 103 months")


def test_recorded_figures_take_what_is_possible_of_them_along(ledger: Ledger, known: Determined):
    patients = derive(load_cohort(project.COHORT))
    complete, none = patients["response"].eq("CR"), patients["concomitant_corticosteroids"].eq("none")
    free = patients["corticosteroid_free_inferred"].astype(bool)
    for told, expected in ((None, ""), (known, "forced: 10")):
        record = Recorder("efficacy", ledger, told)
        record.patients("efficacy.cr", complete)
        record.patients("efficacy.no_steroid.cr", complete, among=none)
        record.patients("efficacy.no_steroid.cr", complete, among=free, reading="inferred")
        assert record["efficacy.cr"].possible == ""  # it is printed
        assert record.results["efficacy.no_steroid.cr", "inferred"].possible == expected
        table = results_table(record, RESPONSE)
        assert ("Possible" in headings(table)) == (told is not None)
    assert record["efficacy.no_steroid.cr"].possible == (
        "possible: 10 to 14 (48 to 67%); without the inferred reading 9 to 19 (43 to 90%)"
    )


def test_subgroups_show_what_else_they_could_be(known: Determined):
    patients = derive(load_cohort(project.COHORT))
    found = {row[0]: row[1:] for row in rows(subgroup_table(patients, possible=known))}
    assert found["Eltrombopag"][1].endswith("possible: 6 to 18 (33 to 100%)")
    assert found["Yes"][0].endswith("forced: 14")
    assert "possible" not in found["All patients"][0]
    alone = [cell for row in rows(subgroup_table(patients)) for cell in row]
    assert not any("possible" in cell or "forced" in cell for cell in alone)
