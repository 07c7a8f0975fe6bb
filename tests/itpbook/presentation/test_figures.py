"""Figures: drawn for ordinary and extreme cohorts without a warning, true to them, the same each time."""

from __future__ import annotations

import io
import re
import subprocess
import sys
import warnings

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from drawn_figures import DRAWN, drawn, svg_of
from figure_records import COHORTS, made_up
from figure_texts import assert_reads_well, assert_texts_apart, words
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from itpbook.definitions import SOURCE
from itpbook.presentation import figures, palette
from itpbook.presentation.figures import forest, style
from itpbook.presentation.figures.figure_download import csv_text
from itpbook.presentation.figures.prior_treatments import OUTCOMES, best_outcomes
from itpbook.results import DATA
from itpbook.study.subgroups import Subgroup


def axes_of(figure: Figure, label: str) -> Axes:
    """The axes whose horizontal axis is labelled so."""
    return next(axes for axes in figure.axes if axes.get_xlabel().startswith(label))


every_figure = pytest.mark.parametrize("name", DRAWN)
every_cohort = pytest.mark.parametrize("cohort", COHORTS)


LIMIT = 300_000
"""Bytes of a figure, however many the patients."""

BOUNDED = ("flow", "prior_combinations", "prior_treatments", "swimmer", "waterfall")
"""Figures with a row or a mark for each patient, as long as there are not too many."""


@every_figure
@every_cohort
def test_every_cohort_is_drawn_without_warning_and_says_that_it_is_synthetic(name: str, cohort: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        figure = drawn(name, cohort)
        svg = svg_of(name, cohort)
    assert svg.count("<svg") == 1
    assert style.SYNTHETIC in words(figure)
    assert_reads_well(figure.alternative)
    assert figure.words in ("", figure.alternative)


@every_figure
def test_no_figure_says_by_itself_that_records_are_synthetic(name: str) -> None:
    assert style.SYNTHETIC not in words(DRAWN[name](COHORTS["one patient"]))


def test_records_of_a_centre_are_not_called_synthetic() -> None:
    assert style.SYNTHETIC not in words(DRAWN["baseline_counts"](COHORTS["one patient"]).finish(synthetic=False))


@every_figure
def test_a_figure_is_the_same_bytes_drawn_again_and_whatever_the_session_has_set(name: str) -> None:
    # Figures of a row for each patient have ties of every kind there: what is left to chance shows if anywhere.
    cohort = "large" if name in BOUNDED else "ordinary"
    svg = svg_of(name, cohort)
    assert svg == style.to_svg(drawn(name, cohort))
    with mpl.rc_context({"font.size": 30, "axes.facecolor": "black", "svg.hashsalt": None, "lines.linewidth": 9}):
        assert svg == style.to_svg(DRAWN[name](COHORTS[cohort]).finish(synthetic=True))
    # Neither a date nor a version may enter the file.
    assert "dc:date" not in svg
    assert "Matplotlib v" not in svg


@every_figure
@every_cohort
def test_every_colour_has_a_dark_counterpart_and_nothing_is_a_picture_of_pixels(name: str, cohort: str) -> None:
    svg = svg_of(name, cohort)
    written = set(re.findall(r"(?:fill|stroke)\s*[:=]\s*\"?([^;\"\s]+)", svg)) - {"none"}
    assert written <= set(palette.DARK)
    dark = palette.darkened(svg)
    assert palette.colours(dark) == {palette.DARK[colour] for colour in written}
    assert re.sub("#[0-9a-f]{6}", "", dark) == re.sub("#[0-9a-f]{6}", "", svg)
    assert "<image" not in svg
    # Where matplotlib writes no colour, black is meant, which a dark page would swallow.
    assert not [group for group in re.findall(r"<g [^>]*scale\(0\.[^>]*>", svg) if "fill:" not in group]


@every_figure
@every_cohort
def test_every_figure_keeps_what_it_draws(name: str, cohort: str) -> None:
    figure = drawn(name, cohort)
    if figure.words:
        assert cohort in ("nobody", "no responder", "one patient")
        return
    read = pd.read_csv(io.StringIO(csv_text(figure.data)))
    assert len(read) == len(figure.data) > 0
    assert list(read.columns) == list(figure.data.columns)
    assert all(isinstance(column, str) and column.isidentifier() for column in read.columns)


def test_the_rows_kept_are_the_patients_and_counts_that_are_drawn() -> None:
    records = COHORTS["ordinary"]
    assert sorted(drawn("baseline_counts", "ordinary").data["patient_id"]) == sorted(records.patients["patient_id"])
    prior = records.treatments[records.treatments["role"].eq("prior")]
    assert len(drawn("prior_treatments", "ordinary").data) == len(prior.drop_duplicates(["patient_id", "agent"]))
    curve = drawn("time_to_response", "ordinary").data
    assert curve["responded_share"].is_monotonic_increasing
    assert (curve["responded_low"] <= curve["responded_share"]).all()
    assert (curve["responded_share"] <= curve["responded_high"]).all()


def test_figures_of_thousands_stay_small_with_no_word_on_another() -> None:
    records = made_up(2000)
    for name in BOUNDED:
        figure = DRAWN[name](records).finish(synthetic=True)
        assert len(style.to_svg(figure)) < LIMIT, name
        assert len(figure.data) > 0
        assert_reads_well(figure.alternative)
        assert_texts_apart(figure)


def assert_legends_above_the_data(figure: Figure) -> None:
    """Require of a figure that has been laid out that its legends stand above all axes."""
    own = [axes.get_legend() for axes in figure.axes]
    for legend in [*figure.legends, *(legend for legend in own if legend is not None)]:
        below = legend.get_window_extent().y0
        assert all(axes.get_window_extent().y1 <= below + 1 for axes in figure.axes)


@every_figure
@every_cohort
def test_texts_stay_on_the_page_and_off_one_another_and_legends_above_the_data(name: str, cohort: str) -> None:
    figure = drawn(name, cohort)
    placed = assert_texts_apart(figure)
    assert len(placed) >= 2 or figure.words
    assert_legends_above_the_data(figure)


@every_figure
def test_no_text_is_too_small_for_a_phone(name: str) -> None:
    figure = drawn(name, "ordinary")
    texts = [text for text in figure.findobj(Text) if isinstance(text, Text) and text.get_text()]
    assert min(float(text.get_fontsize()) for text in texts) >= 9
    assert figure.get_figwidth() == style.WIDTH


def test_baseline_figure_places_every_patient_at_the_own_count() -> None:
    for cohort in ("ordinary", "large"):
        patients = COHORTS[cohort].patients
        figure = figures.baseline_counts(patients)
        drawn_at = [np.asarray(points.get_offsets()) for points in figure.axes[0].collections]
        counts = np.concatenate([places[:, 0] for places in drawn_at if len(places) > 1])
        assert sorted(counts.round(6)) == sorted(patients["baseline_count"])


def test_baseline_figure_counts_patients_without_a_count() -> None:
    patients = COHORTS["ordinary"].patients.copy()
    patients.loc[[0, 4], "baseline_count"] = np.nan
    assert "Not drawn: 2 without a count" in words(figures.baseline_counts(patients))


def test_baseline_figure_draws_a_count_of_zero_at_the_lowest_place_and_says_so() -> None:
    patients = COHORTS["ordinary"].patients.copy()
    patients.loc[0, "baseline_count"] = 0
    assert "≤1" in words(figures.baseline_counts(patients))


def test_thresholds_follow_the_definitions() -> None:
    figure = figures.baseline_counts(COHORTS["ordinary"].patients, SOURCE.replace(response_lower=50, cr_threshold=150))
    lines = [np.asarray(line.get_xdata()) for line in figure.axes[0].lines]
    marked = {float(line[0]) for line in lines if len(line) == 2}
    assert marked == {50, 150}
    assert "A response needs 2 times the count here, which is more than 50" in words(figure)
    alone = figures.baseline_counts(COHORTS["ordinary"].patients, SOURCE.replace(response_fold=1))
    assert not any("times the count" in shown for shown in words(alone))
    assert alone.legends == []


def test_prior_treatments_are_counted_once_per_patient_and_agent() -> None:
    patients = pd.DataFrame({"patient_id": ["A", "B", "C"]})
    courses = [
        ("A", "ivig", "prior", "none"),
        ("A", "ivig", "prior", "R"),
        ("A", "rituximab", "prior", None),
        ("B", "ivig", "prior", "lost"),
        ("B", "eltrombopag", "combination", None),
        ("gone", "ivig", "prior", "CR"),
    ]
    treatments = pd.DataFrame(courses, columns=["patient_id", "agent", "role", "response"])
    matrix = best_outcomes(treatments[treatments["role"].eq("prior")], patients)
    best = {name: list(OUTCOMES).index(name) for name in OUTCOMES}
    assert matrix.to_dict("index") == {
        "IV immunoglobulin": {"A": best["R"], "B": best["lost"], "C": -1},
        "Rituximab": {"A": best[""], "B": -1, "C": -1},
    }
    agents = axes_of(figures.prior_treatments(treatments, patients), "Patients")
    assert agents.get_xlabel() == "Patients (3), most agents first"


def test_time_to_response_ends_at_the_share_of_responders() -> None:
    patients = COHORTS["ordinary"].patients.assign(followup_days=5000)
    figure = figures.time_to_response(patients)
    curve = max((np.asarray(line.get_ydata()) for line in figure.axes[0].lines), key=len)
    assert curve[-1] == pytest.approx(100 * patients["response"].ne("none").mean())


def test_plain_median_and_kaplan_meier_median_stand_side_by_side() -> None:
    patients = pd.DataFrame(
        {
            "response_duration_months": [2.0, 4, 6, 8, 10, None],
            "response_lost": [False, False, True, True, True, None],
        }
    )
    shown = words(figures.duration_of_response(patients))
    assert "Plain median: 6 months" in shown
    assert "Kaplan-Meier median: 8 months" in shown
    assert "Responders (n = 5), Kaplan-Meier with 95% interval" in shown


def test_at_risk_numbers_are_those_of_the_curve() -> None:
    patients = pd.DataFrame({"response_duration_months": [1.0, 2, 3, 4], "response_lost": [True, False, True, True]})
    below = figures.duration_of_response(patients).axes[1]
    assert [(text.get_position()[0], text.get_text()) for text in below.texts] == [
        (0, "4"), (1, "4"), (2, "3"), (3, "2"), (4, "1"),
    ]  # fmt: skip


def test_forest_shows_counts_and_says_where_there_is_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    patients = COHORTS["ordinary"].patients
    complete = int(patients["response"].eq("CR").sum())
    groups = [
        Subgroup("", "Everybody", pd.Series(True, index=patients.index)),
        Subgroup("Empty", "Nobody", pd.Series(False, index=patients.index)),
    ]
    monkeypatch.setattr(forest, "usual_subgroups", lambda _: groups)
    shown = words(figures.response_by_subgroup(patients))
    assert f"{complete}/31" in shown
    assert shown.count("0/0") == 2
    assert shown.count("no patients") == 2


def test_adverse_events_tell_patients_from_events_and_leave_out_unrelated_ones() -> None:
    patients = pd.DataFrame({"patient_id": list("ABCD")})
    rows = [
        ("A", "infection", True, True),
        ("A", "infection", False, True),
        ("B", "infection", False, True),
        ("C", "hepatic", True, False),
    ]
    events = pd.DataFrame(rows, columns=["patient_id", "category", "severe", "related"])
    figure = figures.adverse_events(events, patients)
    assert {"Patients: 2 of 4", "Events: 3", "Infection"} <= set(words(figure))
    assert "Hepatic" not in words(figure)
    left, right = figure.axes
    assert [bar.get_width() for bar in left.patches if isinstance(bar, Rectangle)] == [1, 1]
    assert [bar.get_width() for bar in right.patches if isinstance(bar, Rectangle)] == [1, 2]
    everything = words(figures.adverse_events(events.assign(related=True), patients))
    assert {"Patients: 3 of 4", "Events: 4", "Hepatic"} <= set(everything)


def test_missing_things_are_named() -> None:
    nobody, silent = COHORTS["no responder"], COHORTS["one patient"]
    assert figures.time_to_response(nobody.patients).words == (
        "The records hold no responder; there is no time to a response to draw."
    )
    assert figures.duration_of_response(nobody.patients).words == (
        "The records hold no responder; there is no duration of response to draw."
    )
    assert figures.adverse_events(silent.events, silent.patients).words == (
        "The records hold no adverse event related to treatment in 1 patient; there is nothing to count by category."
    )
    shown = figures.counts_over_time(silent.platelets.iloc[:0], silent.patients).words
    assert shown == "The records hold no platelet counts."


def test_panels_of_counts_draw_each_patient_once_and_say_how_many() -> None:
    records = COHORTS["ordinary"]
    figure = figures.counts_over_time(records.platelets, records.patients)
    for panel, name in zip(figure.axes, ("CR", "R", "none"), strict=True):
        number = int(records.patients["response"].eq(name).sum())
        assert panel.get_title(loc="left") == f"{style.RESPONSE_LABELS[name]}: {number} patients"
        assert len(panel.collections[0].get_paths()) == number
    large = figures.counts_over_time(COHORTS["large"].platelets, COHORTS["large"].patients)
    assert re.fullmatch(r"Complete response: \d+ patients, \d+ drawn", large.axes[0].get_title(loc="left"))


@pytest.fixture
def displayed(monkeypatch: pytest.MonkeyPatch) -> list[tuple[tuple[object, ...], dict[str, object]]]:
    """What is displayed from now on."""
    shown: list[tuple[tuple[object, ...], dict[str, object]]] = []
    monkeypatch.setattr("IPython.display.display", lambda *what, **how: shown.append((what, how)))
    return shown


def test_a_figure_is_displayed_once_as_svg(displayed: list[tuple[tuple[object, ...], dict[str, object]]]) -> None:
    figure = DRAWN["baseline_counts"](COHORTS["ordinary"])
    figure.display(synthetic=True)
    data = {"csv": csv_text(figure.data)}
    bundle = {"image/svg+xml": style.to_svg(figure), DATA: data, "text/plain": figure.alternative}
    metadata = {"image/svg+xml": {"alt": figure.alternative}}
    assert displayed == [((bundle,), {"raw": True, "metadata": metadata})]


def test_words_stand_in_the_place_of_a_figure_that_is_withheld_or_empty(
    displayed: list[tuple[tuple[object, ...], dict[str, object]]],
) -> None:
    DRAWN["baseline_counts"](COHORTS["ordinary"]).display(withheld="Left < out.")
    DRAWN["baseline_counts"](COHORTS["nobody"]).display()
    assert [what for what, _ in displayed] == [
        ({"text/html": '<p class="nothing-drawn">Left &lt; out.</p>', "text/plain": "Left < out."},),
        ({"text/html": f'<p class="nothing-drawn">{NO_COUNT}</p>', "text/plain": NO_COUNT},),
    ]


NO_COUNT = "The records hold no platelet count at the start of the combination."


def test_importing_figures_does_not_pay_for_seaborn() -> None:
    slow = "{'seaborn', 'matplotlib.pyplot', 'scipy.stats'}"
    code = f"import sys, itpbook.presentation.figures; sys.exit(not {slow}.isdisjoint(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
