"""Figures of what the published figures determine: every conflict, every interval and every draw is in them."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from figure_texts import assert_texts_apart, words

from implied.determine.stored_answers import Determined
from implied.ledger import Ledger
from implied.ledger.questions import Questions
from itpbook import project
from itpbook.presentation import figures
from itpbook.presentation.figures import style
from itpbook.presentation.figures.envelope_figure import CURVES
from itpbook.records.cohort import load_cohort
from itpbook.study.envelope import curve_table, load_envelope
from itpbook.study.outcomes import derive

Drawn = dict[str, style.DrawnFigure]


@pytest.fixture(scope="module")
def drawn(ledger: Ledger, questions: Questions, known: Determined) -> Drawn:
    cohort = load_cohort(project.COHORT)
    return {
        "conflicts": figures.conflicts(ledger, known),
        "published_shares": figures.published_shares(ledger, known),
        "possible_shares": figures.possible_shares(questions, known),
        "envelope": figures.envelope(load_envelope(), curve_table(cohort)),
        "response_by_subgroup": figures.response_by_subgroup(derive(cohort), possible=known),
    }


NAMES = ("conflicts", "published_shares", "possible_shares", "envelope", "response_by_subgroup")


@pytest.mark.parametrize("name", NAMES)
def test_texts_stay_on_the_page_and_off_one_another(name: str, drawn: Drawn):
    assert_texts_apart(drawn[name].finish(synthetic=False))


def test_the_conflict_shows_the_sizes_that_print_and_those_that_are_left(ledger: Ledger, drawn: Drawn):
    (axes,) = drawn["conflicts"].axes
    marks = [[int(size) for size in line.get_xdata()] for line in axes.lines]
    # 10/17, 13/22, 16/27 and 17/29 print 59%; 2/17, 3/25 and 3/26 print 12%.
    assert marks == [[17, 22, 27, 29], [17, 25, 26]]
    bars = {(round(patch.get_x() + 0.3), round(patch.get_x() + patch.get_width() - 0.3)) for patch in axes.patches[1:]}
    assert bars == {(21, 21), (19, 24), (19, 31)}
    labels = " ".join(label.get_text().replace("\n", " ") for label in axes.get_yticklabels())
    for name in ("treatment.corticosteroids", "treatment.hydroxychloroquine", "treatment.combination_only"):
        assert f"{ledger[name].label}: {ledger[name].text}" in labels


def test_every_published_percentage_and_every_answer_has_its_place(
    ledger: Ledger, questions: Questions, known: Determined, drawn: Drawn
):
    def ends_in(name: str) -> list[tuple[float, ...]]:
        (axes,) = [each for each in drawn[name].axes if each.get_xlabel()]
        return [tuple(float(x) for x in line.get_xdata()) for line in axes.lines]

    ends = ends_in("possible_shares")
    asked = [known.interval(each.id, statistic="percent") for each in questions.single if each.condition is not None]
    for found in asked:
        assert found is not None
        low, high = (float(Fraction(end)) for end in found.exact)
        assert ((low,) if found.forced else (low, high)) in ends
    published = [entry for entry in ledger if "percent" in entry.printed]
    printed = ends_in("published_shares")
    assert all((float(entry.printed["percent"]),) in printed for entry in published)
    shown = " ".join(text.replace("\n", " ") for text in words(drawn["published_shares"]))
    assert all(entry.label in shown for entry in published)


def test_the_envelope_holds_every_draw_and_the_shipped_records(drawn: Drawn):
    draws = load_envelope()
    for axes, name in zip(drawn["envelope"].axes, CURVES, strict=True):
        values = draws[draws["curve"].eq(name)].pivot_table(index="day", columns="draw", values="value")
        wide = axes.collections[0].get_datalim(axes.transData)
        assert wide.y1 == pytest.approx(CURVES[name].factor * np.nanmax(values.to_numpy()))
        assert axes.lines[0].get_ydata() == pytest.approx(
            CURVES[name].factor * values[0].reindex(values.index).to_numpy(), nan_ok=True
        )


def test_records_outside_the_envelope_are_drawn_whole():
    draws = load_envelope()
    own = draws[draws["draw"].eq(0)].drop(columns="draw").assign(value=lambda frame: frame["value"] * 3)
    bottom = figures.envelope(draws, own).axes[-1]
    assert bottom.get_ylim()[1] > float(pd.Series(bottom.lines[0].get_ydata()).max())


def test_without_a_conflict_the_picture_says_so(ledger: Ledger, known: Determined):
    assert figures.conflicts(ledger, replace(known, conflicts=())).words == "No percentage contradicts the others"


def test_a_heading_stands_only_where_something_is_below_it(questions: Questions, known: Determined):
    forced = tuple(interval for interval in known.intervals if interval.forced)
    assert "Not published, but forced" in words(figures.possible_shares(questions, replace(known, intervals=forced)))
    assert "Left open" not in words(figures.possible_shares(questions, replace(known, intervals=forced)))
    assert figures.possible_shares(questions, replace(known, intervals=())).words == "Nothing is asked"


def test_bars_of_the_forest_span_what_is_possible(known: Determined, drawn: Drawn):
    bars = {
        (round(patch.get_x(), 6), round(patch.get_x() + patch.get_width(), 6))
        for axes in drawn["response_by_subgroup"].axes
        for patch in axes.patches
    }
    open_ones = [each for each in known.intervals if each.id.startswith("subgroup.") and each.statistic == "percent"]
    expected = {
        (round(float(Fraction(each.exact[0])), 6), round(float(Fraction(each.exact[1])), 6))
        for each in open_ones
        if each.exact is not None and not each.forced
    }
    assert bars == expected
