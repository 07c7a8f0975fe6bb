"""Recording figures and reading them back from executed notebooks."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from ledgers import entry_of, loaded, small_ledger

from implied.numbers.units import DAYS_PER_MONTH
from itpbook import project
from itpbook.definitions import IWG2009, SOURCE
from itpbook.disclosure.small_numbers import WITHHELD, SmallNumbers
from itpbook.results import (
    NO_FIGURE,
    RESULT,
    RUN,
    Recorder,
    Result,
    ResultsError,
    anchor,
    digest,
    read_outputs,
    read_results,
    result_anchor,
)
from itpbook.results import recorder as recorder_module
from itpbook.shipped import shipped_ledger


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Result]]:
    """Catch what would be displayed in a notebook."""
    displayed: list[Result] = []
    monkeypatch.setattr(recorder_module, "_display", displayed.append)
    return displayed


@pytest.fixture
def record(tmp_path: Path, shown: list[Result]) -> Recorder:
    return Recorder("cohort", loaded(small_ledger(), tmp_path))


WOMEN = pd.Series([True] * 6 + [False] * 4)
CR = pd.Series([True, True, True, False, False, False, True, False, False, False])
NOBODY = pd.Series([False] * 10)


def test_patients_are_counted_and_printed_as_the_ledger_prints_them(record: Recorder, shown: list[Result]):
    record.patients("cohort.long", CR)
    found = record["cohort.long"]
    assert (found.n, found.N, found.printed, found.label) == (4, 10, "4/10 (40%)", "Cohort.long")
    assert found.statistics == {
        "count": {"raw": 4, "formatted": "4"},
        "denominator": {"raw": 10, "formatted": "10"},
        "percent": {"raw": 40.0, "formatted": "40"},
    }
    assert found.interval == {
        "low": pytest.approx(0.1215523, abs=1e-7),
        "high": pytest.approx(0.7376219, abs=1e-7),
        "formatted": "12-74",
        "level": 0.95,
        "method": "Clopper-Pearson",
    }
    assert (found.published, found.basis, found.chapter, found.reading, found.note) == (
        True,
        "records",
        "cohort",
        "literal",
        "",
    )
    assert shown == [found]


def test_patients_are_counted_among_a_population_and_under_both_readings(record: Recorder):
    record.patients("cohort.women.cr", CR, among=WOMEN)
    record.patients("cohort.women.cr", CR, among=WOMEN & CR, reading="inferred")
    literal, inferred = record["cohort.women.cr"], record.results["cohort.women.cr", "inferred"]
    assert (literal.n, literal.N, literal.printed, literal.population) == (3, 6, "50%", "women")
    assert (inferred.n, inferred.N, inferred.printed) == (3, 3, "100%")
    assert (inferred.reading, inferred.population) == ("inferred", "women without events")


def test_percentages_have_the_decimals_of_the_ledger(tmp_path: Path, shown: list[Result]):
    written = small_ledger()
    entry_of(written, "cohort.women")["printed"] = {"percent": "60.0"}
    record = Recorder("cohort", loaded(written, tmp_path))
    record.patients("cohort.women", pd.Series([True, False, False]))
    assert record["cohort.women"].printed == "33.3%"


def test_figures_round_half_up(record: Recorder):
    record.patients("new.sixteen", pd.Series([True] * 10 + [False] * 6), label="Ten of sixteen")
    assert record["new.sixteen"].printed == "10/16 (63%)"


def test_nobody_in_the_group_gives_no_figure(record: Recorder):
    record.patients("cohort.women.cr", CR, among=NOBODY)
    found = record["cohort.women.cr"]
    assert (found.n, found.N, found.printed, found.interval) == (0, 0, NO_FIGURE, None)
    assert (found.formatted("count"), found.formatted("percent")) == ("0", NO_FIGURE)
    assert found.statistics["percent"]["raw"] is None
    record.summary("cohort.duration", pd.Series([5.0] * 10), among=NOBODY)
    assert (record["cohort.duration"].printed, record["cohort.duration"].N) == (NO_FIGURE, 0)
    record.events("cohort.events", pd.Series([], dtype="int64"))
    assert record["cohort.events"].printed == "0"


def test_everybody_is_printed_as_a_word_where_the_source_does_so_but_nobody_is_not(shown: list[Result]):
    condition = pd.Series([True, True])
    for found, printed in ((condition, "all"), (condition & ~condition, "0"), (condition[:0], "0")):
        record = Recorder("cohort", shipped_ledger())
        record.patients("cohort.prior.corticosteroids", found)
        assert record["cohort.prior.corticosteroids"].printed == printed


def test_patients_in_whom_it_is_unknown_are_in_neither_number(record: Recorder):
    condition = pd.Series([True, None, False, None, True, True, True, False, False, False], dtype="boolean")
    record.patients("cohort.long", condition)
    found = record["cohort.long"]
    assert (found.n, found.N, found.note) == (4, 8, "missing in 2")
    record.patients("cohort.women", condition.astype(object))
    assert (record["cohort.women"].n, record["cohort.women"].N) == (4, 8)
    record.patients("cohort.women.cr", CR, among=condition)
    assert (record["cohort.women.cr"].n, record["cohort.women.cr"].N) == (2, 4)
    record.patients("new.none", pd.Series([None, None], dtype="boolean"), label="None known")
    assert (record["new.none"].N, record["new.none"].printed, record["new.none"].note) == (0, NO_FIGURE, "missing in 2")


def test_events_are_added_up_over_patients(record: Recorder):
    record.events("cohort.events", pd.Series([2, 0, 3]))
    found = record["cohort.events"]
    assert (found.printed, found.statistics["count"]["raw"], found.n, found.N, found.unit) == (
        "5",
        5,
        None,
        None,
        "events",
    )


@pytest.mark.parametrize(
    ("counts", "printed", "note"), [([1.0, None, 1.0], "2", "missing in 1"), ([None, None], NO_FIGURE, "missing in 2")]
)
def test_patients_with_unknown_events_add_none_and_are_noted(
    record: Recorder, counts: list[float | None], printed: str, note: str
):
    record.events("cohort.events", pd.Series(counts, dtype="float64"))
    assert (record["cohort.events"].printed, record["cohort.events"].note) == (printed, note)


def test_days_are_summarised_in_the_printed_unit(record: Recorder):
    record.summary("cohort.duration", pd.Series([30.4375, 334.8125, 365.25, None]))
    found = record["cohort.duration"]
    assert (found.printed, found.unit, found.n, found.N, found.note) == ("11 [1-12]", "months", 3, 4, "missing in 1")
    assert found.statistics["median"] == {"raw": 11.0, "formatted": "11"}
    assert set(found.statistics) == {"median", "q1", "q3", "minimum", "maximum"}


def test_a_mean_and_the_number_of_known_values_are_given_where_the_ledger_prints_them(
    tmp_path: Path, shown: list[Result]
):
    written = small_ledger()
    entry_of(written, "cohort.duration").update(
        printed={"mean": "11.0", "available": "3"}, layout="{mean} (of {available})"
    )
    record = Recorder("cohort", loaded(written, tmp_path))
    record.summary("cohort.duration", pd.Series([30.4375, 334.8125, 365.25, None]))
    found = record["cohort.duration"]
    assert found.printed == "8.0 (of 3)"
    assert found.statistics["mean"] == {"raw": 8.0, "formatted": "8.0"}
    assert found.statistics["available"] == {"raw": 3, "formatted": "3"}
    nothing = Recorder("cohort", record.ledger)
    nothing.summary("cohort.duration", pd.Series([None] * 3, dtype="float64"))
    assert nothing["cohort.duration"].statistics["mean"] == {"raw": None, "formatted": NO_FIGURE}
    assert nothing["cohort.duration"].statistics["available"] == {"raw": 0, "formatted": "0"}


def test_of_few_known_values_neither_summary_nor_number_is_printed(tmp_path: Path, shown: list[Result]):
    ledger = loaded(small_ledger(), tmp_path)
    record = Recorder("cohort", ledger, small=SmallNumbers(5))
    record.summary("cohort.duration", pd.Series([30.4375, 334.8125, 365.25, *[None] * 9]))
    found = record["cohort.duration"]
    assert (found.printed, found.n, found.N, found.suppressed) == (WITHHELD, None, None, True)


def test_the_number_of_known_values_is_withheld_where_few_lack_one(tmp_path: Path, shown: list[Result]):
    written = small_ledger()
    entry_of(written, "cohort.duration").update(
        printed={"median": "11", "available": "3"}, layout="{median} of {available}"
    )
    record = Recorder("cohort", loaded(written, tmp_path), small=SmallNumbers(2))
    record.summary("cohort.duration", pd.Series([*range(100, 120), None], dtype="float64"))
    found = record["cohort.duration"]
    assert (found.formatted("available"), found.n, found.N) == (WITHHELD, None, None)
    assert found.formatted("median") != WITHHELD


def test_a_mean_of_days_half_way_between_two_printed_months_is_rounded_up(tmp_path: Path, shown: list[Result]):
    written = small_ledger()
    entry_of(written, "cohort.duration")["printed"] = {"mean": "8"}
    record = Recorder("cohort", loaded(written, tmp_path))
    days = [228] * 31 + [237]  # 228.28125 days, 7.5 months exactly, though the months of none of them are exact floats
    record.summary("cohort.duration", pd.Series(days))
    assert record["cohort.duration"].printed == "8"


def test_a_number_is_summarised_among_a_population(tmp_path: Path, shown: list[Result]):
    written = small_ledger()
    entry_of(written, "cohort.duration").update(
        printed={"median": "2.5", "minimum": "0.0", "maximum": "5.0"}, population={"sex": "female"}, among="women"
    )
    record = Recorder("cohort", loaded(written, tmp_path))
    record.summary("cohort.duration", pd.Series(range(10)) * float(DAYS_PER_MONTH), among=WOMEN)
    found = record["cohort.duration"]
    assert (found.printed, found.N, found.unit, found.population) == ("2.5 [0.0-5.0]", 6, "months", "women")


def test_another_figure_is_recorded_as_not_published(record: Recorder):
    record.value("new.p", 0.12345678901234567, "0.12", label="p", unit="p", basis="published")
    found = record["new.p"]
    assert (found.published, found.basis, found.printed, found.unit) == (False, "published", "0.12", "p")
    assert found.statistics == {"value": {"raw": 0.123456789012, "formatted": "0.12"}}
    record.value("new.none", None, NO_FIGURE, label="None")
    assert record["new.none"].statistics["value"]["raw"] is None


def test_a_number_without_words_is_printed_as_it_is(record: Recorder):
    record.value("new.days", 12, label="Days")
    record.derived("new.sizes", 17, label="Sizes", unit="patients")
    record.derived("new.share", 42, "42%", label="Share")
    assert [
        (found.printed, found.basis) for found in (record["new.days"], record["new.sizes"], record["new.share"])
    ] == [
        ("12", "records"),
        ("17", "published"),
        ("42%", "published"),
    ]
    assert record["new.sizes"].unit == "patients"


def test_every_threshold_of_the_ledger_comes_from_the_definitions_in_force(shown: list[Result]):
    ledger = shipped_ledger()
    Recorder("methods", ledger).thresholds(SOURCE)
    assert {found.id: found.printed for found in shown} == {
        entry.id: entry.text for entry in ledger if entry.is_threshold
    }


@pytest.mark.parametrize(
    ("changes", "name", "printed"),
    [
        ({"cr_threshold": 150}, "methods.cr", ">150"),
        ({"cr_threshold": 150}, "methods.r_range", "30-150"),
        ({"cr_threshold": 100.0000001}, "methods.cr", ">100.0000001"),
        ({"cr_inclusive": True}, "methods.cr", "≥100"),
        ({"cr_inclusive": True}, "methods.r_range", "30-<100"),
        ({"response_fold": 1.5}, "methods.r_fold", "1.5"),
        ({"ana_titre": 1234567}, "cohort.ana_titer", ">1/1234567"),
        ({"chronic_months": 6}, "methods.chronic", ">6"),
    ],
)
def test_a_changed_threshold_is_printed_in_full(changes: dict[str, Any], name: str, printed: str, shown: list[Result]):
    record = Recorder("methods", shipped_ledger())
    record.thresholds(SOURCE.replace(**changes))
    assert record[name].printed == printed


def test_the_working_groups_definitions_do_not_pass_for_those_of_the_source(shown: list[Result]):
    ledger = shipped_ledger()
    Recorder("methods", ledger).thresholds(IWG2009)
    other = [found.id for found in shown if found.printed != ledger[found.id].text]
    assert other == ["methods.cr", "methods.r_range"]


def refused(said: str) -> Any:
    return pytest.raises(ResultsError, match=re.escape(said))


def test_what_cannot_be_recorded_is_refused_and_not_shown(record: Recorder, shown: list[Result]):
    with refused("'cohort.men' is no claim of the ledger; what is not published needs a label"):
        record.patients("cohort.men", ~WOMEN)
    with refused("'cohort.men' is no claim of the ledger"):
        record.events("cohort.men", pd.Series([1]))
    with refused("'cohort.men' is no claim of the ledger"):
        record.summary("cohort.men", pd.Series([1]))
    with refused("'methods.short' is no claim of the ledger"):
        record.threshold("methods.short", threshold=">1")
    with refused("'methods.long' is no threshold that is printed as minimum"):
        record.threshold("methods.long", minimum="1")
    with refused("'cohort.n' is no threshold"):
        record.threshold("cohort.n", count="10")
    with refused("'cohort.n' is a claim of the ledger: record the patients"):
        record.value("cohort.n", 10, "10", label="Patients")
    with refused("'cohort.women' has no inferred reading in the ledger"):
        record.patients("cohort.women", WOMEN, reading="inferred")
    with refused("'new.men' is no claim of the ledger; what is not published is counted among all patients"):
        record.patients("new.men", CR, among=~WOMEN, label="Men")
    with refused("'cohort.duration' is printed as median, minimum, maximum; computed are count"):
        record.patients("cohort.duration", CR)
    assert not shown
    assert not record.results


def test_numbers_do_not_pass_for_truth_nor_truth_for_numbers(record: Recorder):
    with refused("'cohort.long': expected true or false for each patient, found values of type int64"):
        record.patients("cohort.long", CR.astype(int))
    with refused("'cohort.long': expected true or false for each patient, found values of type int64"):
        record.patients("cohort.long", CR, among=WOMEN.astype(int))
    with refused("'cohort.long': expected true or false for each patient, found values of type object"):
        record.patients("cohort.long", pd.Series(["yes", "no"]))
    with refused("'cohort.long': the population is not told of the same patients"):
        record.patients("cohort.long", CR, among=WOMEN[:5])
    with refused("'cohort.events': expected a number for each patient, found values of type bool"):
        record.events("cohort.events", CR)
    with refused("'cohort.events': events are counted, found 1.5"):
        record.events("cohort.events", pd.Series([2, 1.5]))
    with refused("'cohort.events': events are counted, found -1"):
        record.events("cohort.events", pd.Series([2, -1]))
    with refused("'cohort.duration': expected a number for each patient, found values of type object"):
        record.summary("cohort.duration", pd.Series(["long"]))


def test_a_figure_is_recorded_once_in_each_reading(record: Recorder):
    record.patients("cohort.women.cr", CR, among=WOMEN)
    record.patients("cohort.women.cr", CR, among=WOMEN, reading="inferred")
    for reading in ("literal", "inferred"):
        with refused(f"'cohort.women.cr' ({reading} reading) is recorded twice in chapter 'cohort'"):
            record.patients("cohort.women.cr", CR, among=WOMEN, reading=reading)
    with pytest.raises(KeyError):
        record["cohort.n"]


def test_a_recorder_displays_through_the_notebook(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    Recorder("cohort", loaded(small_ledger(), tmp_path)).patients("cohort.n", WOMEN | ~WOMEN)
    assert "cohort.n" in capsys.readouterr().out


def test_a_figure_shows_itself_as_json_and_in_words(record: Recorder):
    record.patients("cohort.women.cr", CR, among=WOMEN, reading="inferred")
    bundle = record.results["cohort.women.cr", "inferred"]._repr_mimebundle_(include=None)
    assert bundle["text/plain"] == "cohort.women.cr (inferred reading): 50%"
    assert Result(**json.loads(json.dumps(bundle[RESULT]))) == record.results["cohort.women.cr", "inferred"]


def test_addresses_of_figures():
    assert anchor("efficacy.no_steroid.cr") == "efficacy-no-steroid-cr"
    assert result_anchor("efficacy.no_steroid.cr") == "result-efficacy-no-steroid-cr"
    assert result_anchor("efficacy.no_steroid.cr", "inferred") == "result-efficacy-no-steroid-cr-inferred"
    ids = [entry.id for entry in shipped_ledger()]
    assert len({anchor(name) for name in ids}) == len(ids)


def test_the_digest_ignores_order_and_nothing_else(record: Recorder):
    record.patients("cohort.n", WOMEN | ~WOMEN)
    record.patients("cohort.women", WOMEN)
    first, second = record.results.values()
    assert digest([first, second]) == digest([second, first])
    assert digest([first, replace(second, n=5)]) != digest([first, second])
    assert digest([first]) != digest([first, first])


def figure(name: str = "cohort.n", **changes: Any) -> dict[str, Any]:
    found = Result(name, "Label", "all patients", 1, 1, {"count": {"raw": 1, "formatted": "1"}}, "1", chapter="cohort")
    return asdict(replace(found, **changes))


def displayed(payload: Any, kind: str = RESULT) -> dict[str, Any]:
    return {"output_type": "display_data", "data": {kind: payload, "text/plain": "…"}, "metadata": {}}


def cell(*outputs: dict[str, Any], source: str = "1", count: int | None = 1) -> dict[str, Any]:
    return {"cell_type": "code", "source": [source], "execution_count": count, "outputs": list(outputs)}


def notebook(path: Path, cells: Sequence[dict[str, Any]]) -> Path:
    path.write_text(json.dumps({"cells": list(cells)}), encoding="utf-8")
    return path


def test_figures_are_read_in_order_of_notebook_and_cell(tmp_path: Path):
    prose = {"cell_type": "markdown", "source": ["# Title"]}
    empty = cell(source="", count=None)
    stream = {"output_type": "stream", "name": "stdout", "text": ["x"]}
    notebook(tmp_path / "b.ipynb", [prose, cell(displayed(figure("c.c")), stream, displayed(figure("a.a"))), empty])
    notebook(tmp_path / "a.ipynb", [cell(displayed({"chapter": "a"}, RUN), displayed(figure("b.b")))])
    assert [result.id for result in read_results(tmp_path)] == ["b.b", "c.c", "a.a"]
    assert [result.id for result in read_results(tmp_path, without=["a"])] == ["c.c", "a.a"]
    assert read_outputs(tmp_path, RUN) == [{"chapter": "a"}]
    assert read_results(tmp_path)[0] == Result(**figure("b.b"))


def test_a_folder_without_chapters_is_refused(tmp_path: Path):
    for folder in (tmp_path, tmp_path / "nowhere"):
        with refused(f"no executed chapters in {folder}"):
            read_results(folder)
    notebook(tmp_path / "a.ipynb", [])
    with refused("no executed chapters"):
        read_results(tmp_path, without=["a"])


def test_a_chapter_that_stopped_is_refused(tmp_path: Path):
    error = {"output_type": "error", "ename": "KeyError", "evalue": "'sex'", "traceback": []}
    notebook(tmp_path / "a.ipynb", [cell(), cell(displayed(figure()), error)])
    with refused("a.ipynb: cell 2 stopped with KeyError: 'sex'"):
        read_results(tmp_path)


def test_a_cell_that_never_ran_is_refused(tmp_path: Path):
    notebook(tmp_path / "a.ipynb", [cell(displayed(figure())), cell(count=None)])
    with refused("a.ipynb: cell 2 was never executed"):
        read_results(tmp_path)


def test_two_chapters_with_the_same_figure_are_refused_and_named(tmp_path: Path):
    notebook(tmp_path / "a.ipynb", [cell(displayed(figure()))])
    notebook(tmp_path / "b.ipynb", [cell(), cell(displayed(figure()))])
    with refused("cohort.n (literal reading) is recorded twice: a.ipynb: cell 1 and b.ipynb: cell 2"):
        read_results(tmp_path)
    notebook(tmp_path / "b.ipynb", [cell(displayed(figure(reading="inferred")))])
    assert len(read_results(tmp_path)) == 2


def test_the_same_figure_twice_in_a_chapter_is_refused(tmp_path: Path):
    notebook(tmp_path / "a.ipynb", [cell(displayed(figure()), displayed(figure()))])
    with refused("is recorded twice: a.ipynb: cell 1 and a.ipynb: cell 1"):
        read_results(tmp_path)


@pytest.mark.parametrize(
    "payload",
    [
        *({"id": "a"}, "text", {**figure(), "colour": "red"}, {**figure(), "id": [1]}, {**figure(), "statistics": 3}),
        *({**figure(), "n": "5"}, {**figure(), "n": 5.5}, {**figure(), "suppressed": "no"}),
    ],
)
def test_a_figure_of_another_version_is_refused(payload: Any, tmp_path: Path):
    notebook(tmp_path / "a.ipynb", [cell(displayed(payload))])
    with refused("a.ipynb: cell 1: holds a result that this version cannot read"):
        read_results(tmp_path)


@pytest.mark.parametrize(
    "content",
    [
        *("", "{", "[]", "{}", "3"),
        *(
            f'{{"cells": {cells}}}'
            for cells in ('{"a": 1}', "[3]", '[{"cell_type": "code"}]', '[{"cell_type": "code", "source": ""}]')
        ),
        '{"cells": [{"cell_type": "code", "source": "", "outputs": [{"output_type": "stream", "data": [1]}]}]}',
    ],
)
def test_a_file_that_is_no_notebook_is_refused(content: str, tmp_path: Path):
    tmp_path.joinpath("a.ipynb").write_text(content, encoding="utf-8")
    with refused("a.ipynb: is no notebook"):
        read_results(tmp_path)


def test_the_stored_chapters_can_be_read():
    assert {result.chapter for result in read_results(project.CHAPTERS)} == {
        "methods",
        "cohort",
        "efficacy",
        "safety",
        "remarks",
        "determined",
    }
