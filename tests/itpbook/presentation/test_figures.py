"""Figures: drawn for ordinary and extreme cohorts without a warning, true to them, the same each time."""

from __future__ import annotations

import re
import subprocess
import sys
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from itertools import combinations

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from implied.numbers.units import months
from itpbook.definitions import SOURCE
from itpbook.presentation import figures, palette
from itpbook.presentation.figures import forest, style
from itpbook.presentation.figures.figure_download import csv_text
from itpbook.presentation.figures.prior_treatments import OUTCOMES, best_outcomes
from itpbook.results import DATA
from itpbook.study.subgroups import Subgroup


@dataclass(frozen=True)
class Records:
    """A made-up cohort: patients as derived, and the three other tables."""

    patients: pd.DataFrame
    treatments: pd.DataFrame
    platelets: pd.DataFrame
    events: pd.DataFrame


def made_up(size: int, *, shares: tuple[float, float, float] = (0.6, 0.2, 0.2), events: bool = True) -> Records:
    """Make up a cohort of ``size`` patients, of whom ``shares`` respond completely, respond, and do not."""
    rng = np.random.default_rng(size)
    ids = [f"SYN-{number:03}" for number in range(1, size + 1)]
    response = rng.choice(["CR", "R", "none"], size, p=shares)
    responded = response != "none"
    baseline = np.round(np.exp(rng.normal(2.2, 0.8, size))).clip(1, 35)
    best = np.select([response == "CR", response == "R"], [rng.uniform(101, 400, size), rng.uniform(75, 100, size)], 20)
    followup = np.round(np.exp(rng.normal(6.3, 0.7, size))).clip(180, 3138)
    time = np.round(np.exp(rng.normal(3.4, 0.8, size))).clip(7, 170)
    lost = responded & (rng.random(size) < 0.5)
    duration = np.where(lost, ((followup - time) * rng.uniform(0.2, 0.9, size)).clip(4), followup - time)
    patients = pd.DataFrame(
        {
            "patient_id": ids,
            "itp_type": rng.choice(["primary", "evans"], size, p=[0.85, 0.15]),
            "splenectomy": rng.choice(["performed", "contraindicated"], size, p=[0.8, 0.2]),
            "prior_immunosuppressant": rng.random(size) < 0.5,
            "tpo_ra": rng.choice(["eltrombopag", "romiplostim"], size),
            "immunosuppressant": rng.choice(["mycophenolate", "azathioprine", "ciclosporin"], size),
            "concomitant_corticosteroids": rng.choice(["none", "short_high_dose"], size, p=[0.7, 0.3]),
            "baseline_count": baseline,
            "best_count": np.maximum(best, baseline),
            "response": pd.Categorical(response, ["none", "R", "CR"], ordered=True),
            "evaluable": True,
            "time_to_response_days": np.where(responded, time, np.nan),
            "response_duration_months": months(pd.Series(np.where(responded, duration, np.nan))),
            "response_lost": lost,
            "followup_days": followup,
        }
    )
    agents = [
        "corticosteroids",
        "ivig",
        "rituximab",
        "splenectomy",
        "eltrombopag",
        "romiplostim",
        "azathioprine",
    ]
    courses = [
        {
            "patient_id": one,
            "agent": agent,
            "role": "prior",
            "response": rng.choice(["none", "none", "lost", "R", ""]) or None,
        }
        for one in ids
        for agent in agents
        if rng.random() < 0.75
    ]
    counts = []
    for one, level, final, end in zip(ids, baseline, patients["best_count"], followup, strict=True):
        days = np.unique(np.round(np.concatenate([np.arange(0, 84, 7), np.arange(84, end, 30)]))).astype(int)
        rise = final + (level - final) * np.exp(-days / 20)
        noise = np.exp(rng.normal(0, 0.25, len(days)))
        counts += [
            {"patient_id": one, "day": day, "count": round(c)} for day, c in zip(days, rise * noise, strict=True)
        ]
    happened = [
        {
            "patient_id": one,
            "day": 30,
            "term": "herpes zoster",
            "category": rng.choice(["thromboembolic", "infection", "hepatic", "gastrointestinal"]),
            "severe": bool(rng.random() < 0.3),
            "related": bool(rng.random() < 0.9),
        }
        for one in ids
        for _ in range(rng.poisson(0.7) if events else 0)
    ]
    event_columns = ["patient_id", "day", "term", "category", "severe", "related"]
    return Records(
        patients,
        pd.DataFrame(courses, columns=["patient_id", "agent", "role", "response"]),
        pd.DataFrame(counts, columns=["patient_id", "day", "count"]),
        pd.DataFrame(happened, columns=event_columns),
    )


DRAWN: dict[str, Callable[[Records], style.DrawnFigure]] = {
    "baseline_counts": lambda r: figures.baseline_counts(r.patients),
    "best_against_baseline": lambda r: figures.best_against_baseline(r.patients),
    "prior_treatments": lambda r: figures.prior_treatments(r.treatments, r.patients),
    "time_to_response": lambda r: figures.time_to_response(r.patients),
    "duration_of_response": lambda r: figures.duration_of_response(r.patients),
    "response_by_subgroup": lambda r: figures.response_by_subgroup(r.patients),
    "adverse_events": lambda r: figures.adverse_events(r.events, r.patients),
    "counts_over_time": lambda r: figures.counts_over_time(r.platelets, r.patients),
}

COHORTS: dict[str, Records] = {
    "ordinary": made_up(31),
    "one patient": made_up(1, events=False),
    "no responder": made_up(12, shares=(0, 0, 1)),
    "all responders": made_up(12, shares=(0.7, 0.3, 0)),
    "large": made_up(300),
    "nobody": Records(*(frame.iloc[:0] for frame in vars(made_up(3)).values())),
}


def words(figure: Figure) -> list[str]:
    """All texts that a figure shows."""
    shown = [text for text in figure.findobj(Text) if isinstance(text, Text) and text.get_visible()]
    return [text.get_text() for text in shown if text.get_text()]


def assert_reads_well(alternative: str) -> None:
    """Require of an alternative text that it is sentences without gaps, and not longer than one listens to."""
    assert 20 < len(alternative) < 700
    assert re.fullmatch(r"[A-Z].*\.", alternative)
    assert not re.search(r"nan|None|<NA>|\s\s|\b1 (patients|events|responders|sets|lines)\b", alternative)


def axes_of(figure: Figure, label: str) -> Axes:
    """The axes whose horizontal axis is labelled so."""
    return next(axes for axes in figure.axes if axes.get_xlabel().startswith(label))


@cache
def drawn(name: str, cohort: str) -> style.DrawnFigure:
    """A figure that no test changes."""
    return DRAWN[name](COHORTS[cohort]).finish(synthetic=True)


@cache
def svg_of(name: str, cohort: str) -> str:
    """The file of such a figure."""
    return style.to_svg(drawn(name, cohort))


every_figure = pytest.mark.parametrize("name", DRAWN)
every_cohort = pytest.mark.parametrize("cohort", COHORTS)


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
def test_records_of_a_centre_are_not_called_synthetic(name: str) -> None:
    assert style.SYNTHETIC not in words(DRAWN[name](COHORTS["one patient"]).finish(synthetic=False))


@every_figure
def test_a_figure_is_the_same_bytes_drawn_again_and_whatever_the_session_has_set(name: str) -> None:
    figure = drawn(name, "ordinary")
    svg = svg_of(name, "ordinary")
    assert svg == style.to_svg(figure)
    with mpl.rc_context({"font.size": 30, "axes.facecolor": "black", "svg.hashsalt": None, "lines.linewidth": 9}):
        assert svg == style.to_svg(DRAWN[name](COHORTS["ordinary"]).finish(synthetic=True))
    # Neither a date nor a version may enter the file.
    assert "dc:date" not in svg
    assert "Matplotlib v" not in svg


def boxes(figure: Figure) -> dict[str, Bbox]:
    """The place of every text that is drawn, in points of the page; ticks beyond an axis are not drawn."""
    # A figure saved before has the places of that size.
    figure.draw_without_rendering()
    texts = [*figure.texts, *(text for legend in figure.legends for text in legend.get_texts())]
    for axes in figure.axes:
        texts += [child for child in axes.get_children() if isinstance(child, Text)]
        if (legend := axes.get_legend()) is not None:
            texts += legend.get_texts()
        if not axes.axison:
            continue
        for axis in (axes.xaxis, axes.yaxis):
            low, high = sorted(axis.get_view_interval())
            texts += [
                axis.label,
                *(tick.label1 for tick in axis.get_major_ticks() if low <= tick.get_loc() <= high),
            ]
    shown = [text for text in texts if text.get_visible() and text.get_text()]
    return {f"{text.get_text()} #{number}": text.get_window_extent() for number, text in enumerate(shown)}


def assert_texts_apart(figure: Figure) -> dict[str, Bbox]:
    """Require that all texts lie within the figure and none on another; return their places."""
    placed = boxes(figure)
    page = figure.bbox.padded(1)
    for text, box in placed.items():
        assert page.x0 <= box.x0 <= box.x1 <= page.x1, text
        assert page.y0 <= box.y0 <= box.y1 <= page.y1, text
    for (text, box), (other, beside) in combinations(placed.items(), 2):
        common = Bbox.intersection(box.padded(-1), beside.padded(-1))
        assert common is None or min(common.width, common.height) <= 0, (text, other)
    return placed


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


def test_colours_keep_three_to_one_on_white() -> None:
    for colour in (*style.RESPONSE_COLOURS.values(), palette.MUTED, palette.INK):
        assert (1.05) / (luminance(colour) + 0.05) >= 3


def luminance(colour: str) -> float:
    """Relative luminance by WCAG."""
    from matplotlib.colors import to_rgb

    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in to_rgb(colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
