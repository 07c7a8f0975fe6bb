"""Tables: the recorded characters and no others, in HTML that can be read by eye, by ear and by a program."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest
from bs4 import BeautifulSoup, Tag
from hypothesis import given, settings
from hypothesis import strategies as st
from shown_tables import headings, parsed, rows

from itpbook.disclosure.small_numbers import NOTE, WITHHELD, SmallNumbers
from itpbook.presentation.tables import (
    BASELINE,
    RESPONSE,
    SAFETY,
    TREATMENT,
    Markup,
    Table,
    adverse_event_table,
    link,
    patient_tables,
    publication_table,
    results_table,
    subgroup_table,
    verification_table,
)
from itpbook.presentation.tables.recorded import TableLayout
from itpbook.presentation.tables.verdict_table import PROOFS_PAGE, slug
from itpbook.results import NO_FIGURE, Recorder, Result, anchor, result_anchor
from itpbook.results.verify import Alternative, VerdictLine
from itpbook.results.withheld import without_numbers
from itpbook.shipped import shipped_ledger
from itpbook.study.subgroups import Subgroup, usual_subgroups


def counted(result_id: str, n: int, total: int, percent: str, **changes: Any) -> Result:
    """A recorded count."""
    statistics: dict[str, dict[str, Any]] = {
        "count": {"raw": n, "formatted": str(n)},
        "denominator": {"raw": total, "formatted": str(total)},
        "percent": {"raw": 100 * n / total if total else None, "formatted": percent},
    }
    result = Result(
        id=result_id,
        label=result_id.rpartition(".")[2].replace("_", " ").capitalize(),
        population="all patients",
        n=n,
        N=total,
        statistics=statistics,
        printed=f"{n}/{total} ({percent}%)",
        interval={"low": 0.4, "high": 0.8, "formatted": "42-78", "level": 0.95, "method": "Clopper-Pearson"},
        chapter="efficacy",
    )
    return replace(result, **changes)


def summarised(result_id: str, **changes: Any) -> Result:
    """A recorded median and range."""
    numbers = {"median": "57", "q1": "44", "q3": "66", "minimum": "23", "maximum": "82"}
    result = Result(
        id=result_id,
        label="Age",
        population="all patients",
        n=31,
        N=31,
        statistics={name: {"raw": float(value), "formatted": value} for name, value in numbers.items()},
        printed="57 [23-82]",
        unit="years",
        chapter="cohort",
    )
    return replace(result, **changes)


def events(result_id: str, number: int, affected: int) -> Result:
    """A recorded number of events."""
    statistics = {"count": {"raw": number, "formatted": str(number)}}
    return Result(result_id, "Severe", "all patients", affected, 31, statistics, str(number), unit="events")


def table_of(results: list[Result], layout: TableLayout | None = None) -> Table:
    """The table of what a chapter recorded; without a layout under one heading, with intervals."""
    record = Recorder("efficacy", shipped_ledger())
    record.results = {(result.id, result.reading): result for result in results}
    return results_table(
        record, layout or TableLayout("t", "A", {"All": ["cohort", "efficacy", "safety"]}, intervals=True)
    )


def row_of(result: Result) -> list[str]:
    """The cells of a result that stands alone in a table."""
    heading, row = rows(table_of([result]))
    assert heading == ["All"]
    return row


FRAME = pd.DataFrame(
    {"Group": ["First", "First", "Second"], "Name": ["a < b", "c & d", "e"], "n": ["1", "2", "3"]},
    dtype="object",
)


def test_table_is_a_named_scrollable_region_with_caption_and_scopes() -> None:
    page = parsed(publication_table(FRAME, id="t", caption='What "it" shows', groups="Group", footnotes=["A note."]))
    region = page.find("div", class_="table-wrapper")
    assert isinstance(region, Tag)
    assert (region["tabindex"], region["role"], region["aria-label"]) == ("0", "region", 'What "it" shows')
    table = region.find("table")
    assert isinstance(table, Tag)
    assert table["id"] == "t"
    first = table.find(True)
    assert isinstance(first, Tag)
    assert (first.name, first.get_text()) == ("caption", 'What "it" shows')
    assert [th["scope"] for th in table.find_all("th")] == [
        "col",
        "col",
        "rowgroup",
        "row",
        "row",
        "rowgroup",
        "row",
    ]
    assert [len(body.find_all("tr")) for body in table.find_all("tbody")] == [3, 2]
    assert all(th.get_text(strip=True) for th in table.find_all("th"))
    assert "A note." in table.find("tfoot").get_text()  # type: ignore[union-attr]


def test_table_carries_no_style_and_no_random_name() -> None:
    html = publication_table(FRAME, id="t", caption="A").html
    for forbidden in ("<style", "style=", "gt_", "quarto", "font-family", "<script"):
        assert forbidden not in html
    assert html == publication_table(FRAME, id="t", caption="A").html
    assert [tag["id"] for tag in BeautifulSoup(html, "html.parser").find_all(id=True)] == ["t"]


def test_text_is_escaped_and_markup_is_not() -> None:
    frame = pd.DataFrame({"Name <x>": ["<b>bold</b>", link("a.html?x&y", "q < r")], "n": ["&amp;", Markup("<i>1</i>")]})
    html = publication_table(frame, id="t", caption="<c>", footnotes=["<d>"]).html
    assert "&lt;b&gt;bold&lt;/b&gt;" in html
    assert '<a href="a.html?x&amp;y">q &lt; r</a>' in html
    assert "&amp;amp;" in html
    assert "<i>1</i>" in html
    assert "Name &lt;x&gt;" in html
    assert "<caption>&lt;c&gt;</caption>" in html
    assert "&lt;d&gt;" in html


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(st.characters(codec="utf-8", exclude_categories=["C"])), min_size=1, max_size=4))
def test_any_text_comes_out_as_it_went_in(texts: list[str]) -> None:
    frame = pd.DataFrame({"Name": [f"row {number}" for number in range(len(texts))], "Text": texts}, dtype="object")
    body = parsed(publication_table(frame, id="t", caption="Any")).find("tbody")
    assert isinstance(body, Tag)
    assert [cell.get_text() for cell in body.find_all("td")] == texts


def test_rows_carry_their_own_attributes_whatever_the_groups() -> None:
    attributes = [{"id": "one"}, {}, {"id": "three", "class": "kind"}]
    page = parsed(publication_table(FRAME, id="t", caption="A", groups="Group", row_attributes=attributes))
    for row_id, first in (("one", "a < b"), ("three", "e")):
        row = page.find("tr", id=row_id)
        assert isinstance(row, Tag)
        assert row.find("th").get_text() == first  # type: ignore[union-attr]
    with pytest.raises(ValueError, match="2 row attributes for 3 rows"):
        publication_table(FRAME, id="t", caption="A", row_attributes=[{}, {}])


def test_rows_of_a_group_must_lie_together() -> None:
    with pytest.raises(ValueError, match="rows of one Group must lie together"):
        publication_table(FRAME.iloc[[0, 2, 1]], id="t", caption="A", groups="Group")


def test_an_unnamed_group_has_no_heading_and_shifts_no_attribute() -> None:
    frame = FRAME.assign(Group=["", "Named", "Named"])
    attributes = [{"id": "one"}, {"id": "two"}, {"id": "three"}]
    table = publication_table(frame, id="t", caption="A", groups="Group", row_attributes=attributes)
    assert [row[0] for row in rows(table)] == ["a < b", "Named", "c & d", "e"]
    assert [row.get("id") for row in parsed(table).select("tbody tr")] == ["one", None, "two", "three"]


def test_alignment_is_a_class() -> None:
    page = parsed(publication_table(FRAME, id="t", caption="A", groups="Group", right=["n"]))
    assert len(page.find_all(class_="align-right")) == 4


def test_empty_table_says_so() -> None:
    assert rows(publication_table(FRAME.iloc[:0], id="t", caption="A", groups="Group"))[0][0] == "None recorded"
    assert rows(table_of([]))[0][0] == "No figure recorded"


def test_a_notebook_shows_the_table_and_without_html_its_caption() -> None:
    table = publication_table(FRAME, id="t", caption="Patients")
    assert table._repr_html_() == table.html
    assert repr(table) == "Table: Patients"


def test_results_keep_the_recorded_characters() -> None:
    # 63 could not come from formatting 0.5 again: only the recorded characters may appear.
    result = counted("efficacy.cr", 1, 2, "63")
    assert row_of(result)[:3] == ["Cr", "1/2 (63%)", "42-78"]


@pytest.mark.parametrize(
    ("result", "shown"),
    [
        (counted("efficacy.cr", 19, 31, "61"), "19/31 (61%)"),
        (counted("cohort.female", 20, 31, "65", printed="65%"), "20/31 (65%)"),
        (counted("cohort.n", 31, 31, "100", printed="31"), "31"),
        (counted("efficacy.cr", 0, 0, NO_FIGURE, interval=None), "0/0"),
        (summarised("cohort.age"), "57 [23-82], n = 31"),
        (summarised("cohort.age", n=29, note="missing in 2"), "57 [23-82], n = 29 (missing in 2)"),
        (events("safety.severe", 7, 6), "7 events in 6 of 31"),
        (events("safety.cvt", 1, 1), "1 event in 1 of 31"),
        (without_numbers(events("safety.cvt", 1, 1), "<5"), "<5"),
    ],
)
def test_every_figure_shows_its_denominator(result: Result, shown: str) -> None:
    assert row_of(result)[1] == shown


def test_a_table_says_below_itself_that_it_withholds_a_number() -> None:
    known = events("safety.severe", 7, 6)
    assert NOTE not in table_of([known]).html
    for withheld in (
        without_numbers(known, "<5"),
        summarised("cohort.age", statistics={"q1": {"formatted": WITHHELD}}),
    ):
        assert parsed(table_of([known, withheld])).get_text().count(NOTE) == 1


def test_a_figure_printed_as_a_word_is_counted_in_the_table() -> None:
    result = counted("cohort.prior.corticosteroids", 31, 31, "100", printed="all")
    result = replace(result, statistics={**result.statistics, "count": {"raw": 31, "formatted": "all"}})
    assert row_of(result)[1] == "31/31 (100%)"


def test_each_row_links_to_where_its_figure_was_recorded() -> None:
    inferred = counted("efficacy.no_steroid.cr", 10, 17, "59", reading="inferred", population="the inferred set")
    page = parsed(table_of([inferred, summarised("cohort.age")]))
    targets = [tag["href"] for tag in page.select("tbody a")]
    assert targets == ["#result-efficacy-no-steroid-cr-inferred", f"#{result_anchor('cohort.age')}"]
    assert "Cr (inferred reading: the inferred set)" in page.get_text()


def test_units_and_kind_of_summary_stand_with_the_label() -> None:
    count = summarised("cohort.platelets", label="Platelet count", unit="10^9/L")
    assert row_of(count)[0] == "Platelet count , 10⁹/L, median [range]"


def test_published_column_is_the_ledgers() -> None:
    ledger = shipped_ledger()
    made = [counted("efficacy.cr", 18, 31, "58"), counted("efficacy.r", 6, 31, "19", published=False)]
    table = table_of(made)
    assert headings(table) == ["Characteristic", "Recomputed", "95% CI, %", "Published"]
    assert [row[-1] for row in rows(table)] == ["All", ledger["efficacy.cr"].text, ""]


def test_figures_fall_under_the_closest_heading_and_strangers_are_left_out() -> None:
    made = [
        summarised("cohort.age"),
        counted("cohort.secondary", 5, 31, "16"),
        counted("cohort.secondary.evans", 2, 5, "40"),
        counted("cohort.prior.ivig", 28, 31, "90"),
        counted("cohort.unheard_of", 1, 31, "3", published=False),
        counted("treatment.romiplostim", 13, 31, "42"),
    ]
    table = table_of(made, BASELINE)
    assert [row[0] for row in rows(table)] == [
        "Patients", "Age , years, median [range]", "Type of ITP", "Secondary", "Evans",
        "Earlier treatment", "Ivig", "Other", "Unheard of",
    ]  # fmt: skip
    sub_levels = [row.get_text(" ", strip=True) for row in parsed(table).find_all("tr", class_="sub-level")]
    assert len(sub_levels) == 1
    assert sub_levels[0].startswith("Evans")


def test_every_figure_of_the_ledger_about_patients_has_a_heading_of_its_own() -> None:
    ledger = shipped_ledger()
    made = [counted(entry.id, 1, 31, "3") for entry in ledger if not entry.is_threshold]
    shown = [row for layout in (BASELINE, TREATMENT, RESPONSE, SAFETY) for row in rows(table_of(made, layout))]
    assert "Other" not in [row[0] for row in shown]
    assert len([row for row in shown if len(row) > 1]) == len(made)


PATIENTS = pd.DataFrame(
    {
        "patient_id": ["A", "B", "C", "D"],
        "response": pd.Categorical(["CR", "R", "none", "none"], ["none", "R", "CR"], ordered=True),
        "evaluable": [True, True, True, False],
        "concomitant_corticosteroids": ["none", "none", "long_low_dose", "none"],
        "prior_immunosuppressant": [True, False, True, False],
        "tpo_ra": ["eltrombopag", "romiplostim", "eltrombopag", None],
        "immunosuppressant": ["mycophenolate", "azathioprine", "everolimus", None],
        "splenectomy": ["performed", "performed", "refused", "contraindicated"],
        "itp_type": ["primary", "primary", "evans", "primary"],
    }
)


def test_subgroups_show_both_responses_with_exact_intervals(monkeypatch: pytest.MonkeyPatch) -> None:
    groups = [
        Subgroup("", "All patients", pd.Series(True, index=PATIENTS.index)),
        Subgroup("Nobody", "Empty", pd.Series(False, index=PATIENTS.index)),
    ]
    monkeypatch.setattr(patient_tables, "usual_subgroups", lambda _: groups)
    table = subgroup_table(PATIENTS)
    assert rows(table) == [
        ["All patients", "2/4 (50%) [7-93]", "1/4 (25%) [1-81]"],
        ["Nobody"],
        ["Empty", "0/0", "0/0"],
    ]
    assert "1 of 4 patients could not be evaluated" in parsed(table).get_text()


def test_usual_subgroups_split_all_patients_and_show_the_inferred_set_only_where_there_is_one() -> None:
    groups = usual_subgroups(PATIENTS)
    assert groups[0].members.all()
    for heading in (
        "Corticosteroids beside the combination",
        "Earlier immunosuppressant",
        "Splenectomy",
        "Type of ITP",
    ):
        members = pd.concat([one.members.astype(int) for one in groups if one.heading == heading], axis="columns")
        assert members.sum(axis="columns").eq(1).all(), heading
    assert not [group for group in groups if "inferred" in group.label]
    marked = usual_subgroups(PATIENTS.assign(corticosteroid_free_inferred=[True, False, False, True]))
    assert [int(group.members.sum()) for group in marked if "inferred" in group.label] == [2]
    assert len(rows(subgroup_table(PATIENTS))) > len(groups)


def test_each_usual_subgroup_counts_the_patients_whom_its_label_names() -> None:
    marked = PATIENTS.assign(corticosteroid_free_inferred=[True, True, False, False])
    shown = [[cell.partition(" (")[0] for cell in row] for row in rows(subgroup_table(marked))]
    # Nobody knows the drugs of D, who is in no subgroup by drug.
    assert shown == [
        ["All patients", "2/4", "1/4"],
        ["Corticosteroids beside the combination"],
        ["None", "2/3", "1/3"],
        ["None, inferred set", "2/2", "1/2"],
        ["Any", "0/1", "0/1"],
        ["Earlier immunosuppressant"],
        ["Yes", "1/2", "1/2"],
        ["No", "1/2", "0/2"],
        ["TPO receptor agonist"],
        ["Eltrombopag", "1/2", "1/2"],
        ["Romiplostim", "1/1", "0/1"],
        ["Immunosuppressant"],
        ["Mycophenolate mofetil", "1/1", "1/1"],
        ["Azathioprine", "1/1", "0/1"],
        ["Other", "0/1", "0/1"],
        ["Splenectomy"],
        ["Performed", "2/2", "1/2"],
        ["Not performed", "0/2", "0/2"],
        ["Type of ITP"],
        ["Primary", "2/3", "1/3"],
        ["Secondary", "0/1", "0/1"],
    ]


def test_a_heading_is_withheld_for_a_small_number_among_its_own_patients(monkeypatch: pytest.MonkeyPatch) -> None:
    place = pd.Series(range(40))
    patients = pd.DataFrame({"response": place.lt(37).map({True: "none", False: "CR"}), "evaluable": True})
    groups = [
        Subgroup("", "All patients", place.ge(0)),
        Subgroup("First drug", "Given", place.lt(20)),
        Subgroup("Second drug", "Given", place.ge(20)),
    ]
    monkeypatch.setattr(patient_tables, "usual_subgroups", lambda _: groups)
    shown = [[cell.partition(" (")[0] for cell in row] for row in rows(subgroup_table(patients, small=SmallNumbers(5)))]
    assert shown == [
        ["All patients", WITHHELD, WITHHELD],
        ["First drug"],
        ["Given", "0/20", "0/20"],
        ["Second drug"],
        ["Given", WITHHELD, WITHHELD],
    ]


def test_adverse_events_count_patients_once_and_events_each_time() -> None:
    made = pd.DataFrame(
        [
            ("A", "deep vein thrombosis or pulmonary embolism", "thromboembolic", True, True),
            ("A", "cerebral venous thrombosis", "thromboembolic", True, True),
            ("B", "deep vein thrombosis or pulmonary embolism", "thromboembolic", False, True),
            ("C", "rash", "other", False, False),
        ],
        columns=["patient_id", "term", "category", "severe", "related"],
    )
    assert rows(adverse_event_table(made, PATIENTS)) == [
        ["All"],
        ["Any adverse event", "2/4 (50%)", "3", "2"],
        ["Thromboembolic"],
        ["Any of the category", "2/4 (50%)", "3", "2"],
        ["Deep vein thrombosis or pulmonary embolism", "2/4 (50%)", "2", "1"],
        ["Cerebral venous thrombosis", "1/4 (25%)", "1", "1"],
    ]
    assert ["Rash", "1/4 (25%)", "1", "0"] in rows(adverse_event_table(made.assign(related=True), PATIENTS))
    assert "3 of 4" in parsed(adverse_event_table(made, PATIENTS)).get_text()


def test_of_adverse_events_the_last_category_is_withheld_that_would_tell_a_small_one() -> None:
    affected = {"infection": range(10), "bleeding": range(10, 17), "hepatic": range(17, 19), "other": range(19, 25)}
    made = pd.DataFrame(
        [(place, category, True) for category, places in affected.items() for place in places],
        columns=["patient_id", "category", "related"],
    )
    table = adverse_event_table(made, pd.DataFrame({"patient_id": range(50)}), small=SmallNumbers(5))
    assert rows(table) == [
        ["Any adverse event", "25/50 (50%)"],
        ["Infection", "10/50 (20%)"],
        ["Bleeding", "7/50 (14%)"],
        ["Hepatic", "<5"],
        ["Other", WITHHELD],
    ]


def test_no_adverse_event_is_said() -> None:
    none = pd.DataFrame(columns=["patient_id", "term", "category", "severe", "related"])
    assert rows(adverse_event_table(none, PATIENTS))[0][0] == "No adverse event recorded"


def line(result_id: str, **changes: Any) -> VerdictLine:
    """A line of the verdicts."""
    fields = {
        "section": "efficacy",
        "label": "Complete response",
        "printed": "19/31 (61%)",
        "recomputed": "19/31 (61%)",
        "n": 19,
        "N": 31,
        "verdict": "reproduced",
        "reading": "literal",
        "chapter": "efficacy",
        "population": "all patients",
    }
    return VerdictLine(result_id, **{**fields, **changes})


CONTRADICTED = line(
    "efficacy.no_steroid.cr",
    printed="59%",
    recomputed="57%",
    n=12,
    N=21,
    verdict="contradicted",
    conflict=("efficacy.no_steroid.r", "treatment.corticosteroids"),
    statement="No number of 21 prints 59%.",
    alternative=Alternative(
        reading="inferred",
        population="the inferred set",
        recomputed="59%",
        n=10,
        N=17,
        verdict="reproduced under an inferred reading",
        statement="The source states no denominator.",
    ),
)


def test_each_line_is_one_row_with_anchor_and_verdict() -> None:
    missing = line(
        "cohort.age", section="cohort", verdict="not available", recomputed=None, n=None, N=None, chapter=None
    )
    lines = [missing, line("efficacy.cr"), CONTRADICTED]
    page = parsed(verification_table(lines))
    for judged in lines:
        row = page.find("tr", id=anchor(judged.id))
        assert isinstance(row, Tag)
        assert row["class"] == [f"verdict-{slug(judged.verdict)}"]
        verdict = row.find(class_="verdict")
        assert isinstance(verdict, Tag)
        assert verdict.get_text() == judged.verdict
        code = row.find("code")
        assert isinstance(code, Tag)
        assert code.get_text() == judged.id
    assert rows(verification_table(lines))[1][1:] == ["19/31 (61%)", NO_FIGURE, "", "not available", ""]
    assert [row for row in rows(verification_table(lines)) if len(row) == 1] == [["Cohort"], ["Efficacy"]]


def test_a_line_links_to_where_the_figure_was_computed() -> None:
    page = parsed(verification_table([line("efficacy.cr"), CONTRADICTED]))
    where = [[tag["href"] for tag in row.find_all("td")[-1].find_all("a")] for row in page.select("tbody tr[id]")]
    literal = "efficacy.html#result-efficacy-no-steroid-cr"
    assert where == [["efficacy.html#result-efficacy-cr"], [literal, f"{literal}-inferred"]]


def test_a_contradiction_names_its_opponents_and_shows_the_inferred_reading_in_the_same_row() -> None:
    row = parsed(verification_table([CONTRADICTED])).find("tr", id="efficacy-no-steroid-cr")
    assert isinstance(row, Tag)
    conflict, alternative = row.find(class_="conflict"), row.find(class_="alternative")
    assert isinstance(conflict, Tag)
    assert isinstance(alternative, Tag)
    assert [tag["href"] for tag in conflict.find_all("a")] == [
        "#efficacy-no-steroid-r",
        "#treatment-corticosteroids",
    ]
    assert "No number of 21 prints 59%." in conflict.get_text()
    shown = "Inferred reading: 59% (10/17), reproduced under an inferred reading."
    assert alternative.get_text() == f"{shown} The source states no denominator."
    proven = replace(CONTRADICTED, proof="proof-of-size", reading="inferred")
    row = parsed(verification_table([proven])).find("tr", id="efficacy-no-steroid-cr")
    assert row.select_one(".conflict a:last-child")["href"] == f"{PROOFS_PAGE}#proof-of-size"
    assert row.select_one(".alternative").get_text() == "Inferred reading. The source states no denominator."
