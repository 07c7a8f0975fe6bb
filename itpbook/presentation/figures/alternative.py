"""What a figure shows, in words for readers who do not see it; every number comes from the data that are drawn.

The words leave the chapter with the picture, so that verifying the chapter checks them, too, and a book of other
records describes its own figures.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import pandas as pd

from implied.numbers.rounding import PLATELETS, print_exactly, print_number, with_unit
from itpbook.definitions import Definitions
from itpbook.presentation.figures.figure_download import named
from itpbook.presentation.figures.style import RESPONSE_LABELS
from itpbook.results.formatting import print_points, print_share
from itpbook.study.statistics import KaplanMeier, median_range

RESPONSES = {name: label.lower() for name, label in RESPONSE_LABELS.items()}


def of_flow(boxes: pd.DataFrame) -> str:
    """Name every group of :func:`~.figures.flow` with its number, what became of a best response in brackets."""
    named_boxes = [
        (box, " ".join(f"{box['label']} {box['patients']}".split()).lower()) for box in boxes.to_dict("records")
    ]
    groups = []
    for box, words in named_boxes:
        parts = [inner for part, inner in named_boxes if part["parent"] == box["id"] and box["id"] in RESPONSES]
        if box["parent"] not in RESPONSES:
            groups.append(f"{words} ({', '.join(parts)})" if parts else words)
    return f"Flow diagram: {'; '.join(groups)}."


def of_baseline(data: pd.DataFrame, definitions: Definitions) -> str:
    """Describe the strip of :func:`itpbook.presentation.figures.baseline_counts`."""
    counts = data[named("baseline_count")].astype(float).dropna()
    below = int(counts.lt(definitions.response_lower).sum())
    return (
        f"Strip of the platelet counts of {_patients(len(counts))} at the start of the combination on a logarithmic "
        f"axis: {_median(counts)}, {below} below the lowest count of a response "
        f"({_platelets(definitions.response_lower)})."
    )


def of_best_counts(data: pd.DataFrame) -> str:
    """Describe the scatter of :func:`itpbook.presentation.figures.best_against_baseline`."""
    best = _by_response(data, lambda rows: f"best count {_from_to(rows[named('best_count')])}")
    return f"Scatter of best platelet counts against counts at the start, both on logarithmic axes (10⁹/L). {best}."


def of_waterfall(data: pd.DataFrame, definitions: Definitions) -> str:
    """Describe the bars of :func:`itpbook.presentation.figures.waterfall`."""
    folds = _by_response(data, lambda rows: f"{_from_to(rows['fold_change'], 1)} times")
    reached = int(data["fold_change"].ge(definitions.response_fold).sum())
    return (
        "Bars of best platelet counts as a multiple of the count at the start, the greatest rise first. "
        f"{folds}. {reached} of {len(data)} reach the multiple that a response needs "
        f"({print_exactly(definitions.response_fold)})."
    )


def of_prior_treatments(data: pd.DataFrame, patients: int) -> str:
    """Describe the grid of :func:`itpbook.presentation.figures.prior_treatments`."""
    patients_given = data.groupby("agent", sort=False).size().sort_values(ascending=False, kind="stable")
    agents = ", ".join(f"{agent} {number}" for agent, number in patients_given.items())
    return f"Grid of earlier agents by patients, coloured by what each achieved. Of {_patients(patients)}: {agents}."


def of_combinations(data: pd.DataFrame) -> str:
    """Describe the sets of :func:`itpbook.presentation.figures.prior_combinations`."""
    most, alone = data.iloc[0], int(data["patients"].eq(1).sum())
    return (
        "Columns of joined dots for sets of earlier agents, under bars for the patients with each set. "
        f"{_patients(data['patients'].sum())}, {len(data)} {'set' if len(data) == 1 else 'sets'}, "
        f"{alone} of a single patient. Most frequent: {most['agents']} ({_patients(most['patients'])})."
    )


def of_times(curve: KaplanMeier, plain: float | None) -> str:
    """Describe the curve of :func:`itpbook.presentation.figures.time_to_response`."""
    end = 1 - float(curve.table["survival"].iloc[-1])
    return (
        "Step curve of the share of patients who have responded, by Kaplan-Meier with its 95% interval, and the number "
        f"still at risk. {_course(curve, f'{_patients(curve.n)} respond', end, plain, 'days')}."
    )


def of_durations(curve: KaplanMeier, plain: float | None) -> str:
    """Describe the curve of :func:`itpbook.presentation.figures.duration_of_response`."""
    lost, end = f"{with_unit(str(curve.n), 'responders')} lose their response", float(curve.table["survival"].iloc[-1])
    return (
        "Kaplan-Meier curve of the duration of response with its 95% interval, and the number still at risk. "
        f"{_course(curve, lost, end, plain, 'months')}."
    )


def of_counts(data: pd.DataFrame) -> str:
    """Describe the panels of :func:`itpbook.presentation.figures.counts_over_time`."""
    panels = _by_response(data, lambda rows: f"{len(rows)} counts, median {_median_of(rows[named('count')])}")
    return (
        f"Panels of platelet counts over time (10⁹/L, logarithmic axis) by best response, a line per patient. {panels}."
    )


def of_lanes(happenings: pd.DataFrame, responses: Sequence[str], longest: float) -> str:
    """Describe the lanes of :func:`~.figures.swimmer`: its table, best responses, and the last follow-up."""
    blocks = ", ".join(f"{words} {responses.count(name)}" for name, words in RESPONSES.items() if name in responses)
    counted = happenings.groupby("what", sort=False).size()
    marks = ", ".join(f"{kind} {number}" for kind, number in counted.items())
    return (
        f"Lanes of {_patients(len(responses))} in blocks by best response ({blocks}), the longest follow-up "
        f"{print_number(longest)} months. Spans and marks: {marks}."
    )


def of_subgroups(data: pd.DataFrame) -> str:
    """Describe the forest of :func:`itpbook.presentation.figures.response_by_subgroup`."""
    outcomes = []
    for outcome, rows in data.groupby("outcome", sort=False):
        first, others = rows.iloc[0], rows.iloc[1:]["share"].dropna().astype(float)
        ends = f"; other rows {_percentages(others)}" if len(others) else ""
        share = print_share(int(first["n"]), int(first["N"]))
        outcomes.append(f"{outcome}: {str(first['subgroup']).lower()} {share}{ends}")
    return f"Forest plot of response rates by subgroup with exact intervals. {'. '.join(outcomes)}."


def of_sensitivity(rates: pd.DataFrame, labels: dict[str, str]) -> str:
    """Describe the forest of :func:`itpbook.presentation.figures.sensitivity`; ``labels`` names the outcomes."""
    outcomes = []
    for outcome, rows in rates.groupby("outcome", sort=False):
        source, others = rows[rows["source"]], rows[~rows["source"]]["share"].dropna().astype(float)
        shares = {print_share(int(row["n"]), int(row["N"])) for row in source.to_dict("records")}
        ends = f"; other definitions {_percentages(others)}" if len(others) else ""
        outcomes.append(f"{labels[str(outcome)]}: source {', '.join(sorted(shares))}{ends}")
    return f"Forest plot of response rates by definition with exact intervals. {'. '.join(outcomes)}."


def of_adverse_events(data: pd.DataFrame) -> str:
    """Describe the bars of :func:`itpbook.presentation.figures.adverse_events`."""
    categories = [
        f"{row['category']} {_patients(row['patients'])} ({row['patients_severe']} severe), "
        f"{with_unit(str(row['events']), 'events')} ({row['events_severe']} severe)"
        for row in data.to_dict("records")
    ]
    return f"Bars of adverse events by category, patients on the left and events on the right: {'; '.join(categories)}."


def of_conflicts(data: pd.DataFrame, meeting: Sequence[Sequence[int]]) -> str:
    """Describe the sizes of :func:`~.figures.conflicts`; ``meeting`` are those that print every percentage."""
    groups = []
    for sizes, (_, rows) in zip(meeting, data.groupby("group", sort=False), strict=True):
        allowed = [
            f"{words}: {_sizes(row['patients_in_group'])}" for words, row in rows.groupby("allowed_by", sort=False)
        ]
        groups.append(f"Every percentage can be printed: {_sizes(sizes)}. {'. '.join(allowed)}")
    return f"Rows of marks and bars for the number of patients that a group can have. {'. '.join(groups)}."


def of_percentages(data: pd.DataFrame) -> str:
    """Describe the rows of :func:`~.figures.published_shares` and :func:`~.figures.possible_shares`."""
    blocks = []
    for heading, rows in data.groupby("heading", sort=False):
        points = pd.concat([rows["published_percent"], rows.loc[_is_point(rows), "possible_low_percent"]]).dropna()
        parts = [f"{_percentages(points / 100)} ({len(points)} marks)"] if len(points) else []
        ranges = rows[rows["possible_low_percent"].lt(rows["possible_high_percent"])]
        if len(ranges):
            width = ranges["possible_high_percent"] - ranges["possible_low_percent"]
            widest = ranges.loc[width.idxmax()]
            ends = pd.Series([widest["possible_low_percent"], widest["possible_high_percent"]]) / 100
            lines = f"{len(ranges)} {'line' if len(ranges) == 1 else 'lines'} between open circles"
            parts.append(f"{lines}, the longest {_percentages(ends)} ({widest['figure']})")
        blocks.append(f"{heading}: {'; '.join(parts)}")
    return f"Rows along a scale of percentages. {'. '.join(blocks)}."


def of_envelope(data: pd.DataFrame, labels: dict[str, str], draws: int) -> str:
    """Describe the bands of :func:`itpbook.presentation.figures.envelope`; ``labels`` names the panels."""
    panels = []
    for curve, rows in data.groupby("curve", sort=False):
        width = rows["greatest"] - rows["least"]
        widest = rows.loc[width.idxmax()]
        ends = f"{print_number(float(widest['least']))} to {print_number(float(widest['greatest']))}"
        panels.append(f"{labels[str(curve)]}: widest on day {widest['day']}, {ends}")
    return (
        f"Panels of curves with a pale band for all {draws} reconstructions, a darker one for the middle half and a "
        f"line for the records of this book. {'. '.join(panels)}."
    )


def _by_response(data: pd.DataFrame, describe: Callable[[pd.DataFrame], str]) -> str:
    """Say something of the patients of each best response that there is."""
    groups = [(words, data[data["best_response"].eq(name)]) for name, words in RESPONSES.items()]
    return "; ".join(
        f"{words}: {_patients(rows['patient_id'].nunique())}, {describe(rows)}" for words, rows in groups if len(rows)
    ).capitalize()


def _patients(number: int) -> str:
    return with_unit(str(int(number)), "patients")


def _platelets(count: float) -> str:
    return with_unit(print_exactly(float(count)), PLATELETS)


def _from_to(values: pd.Series, places: int = 0) -> str:
    ends = dict.fromkeys(print_number(float(end), places) for end in (values.min(), values.max()))
    return " to ".join(ends)


def _percentages(shares: pd.Series) -> str:
    return f"{_from_to(shares * 100)}%"


def _median_of(values: pd.Series) -> str:
    return print_number(float(values.median()))


def _median(counts: pd.Series) -> str:
    summary = median_range(counts)
    ends = f"{print_number(summary.minimum or 0)}-{print_number(summary.maximum or 0)}"
    return f"median {print_number(summary.median or 0)} (range {ends})"


def _course(curve: KaplanMeier, who: str, end: float, plain: float | None, unit: str) -> str:
    """Say how many had the event, where a curve ends, and its median."""
    estimated = "not reached" if curve.median is None else f"{print_number(curve.median)} {unit}"
    observed = "" if plain is None else f", plain median {print_number(plain)} {unit}"
    return (
        f"{int(curve.table['events'].sum())} of {who}; the curve ends at {print_points(end)}%. "
        f"Kaplan-Meier median {estimated}{observed}"
    )


def _is_point(rows: pd.DataFrame) -> pd.Series:
    return rows["possible_low_percent"].eq(rows["possible_high_percent"])


def _sizes(sizes: Iterable[int]) -> str:
    """Name sizes of a group, neighbours as a range: ``sizes 17, 21 to 24``."""
    runs: list[list[int]] = []
    for size in sorted(set(map(int, sizes))):
        if runs and size == runs[-1][-1] + 1:
            runs[-1].append(size)
        else:
            runs.append([size])
    words = [str(run[0]) if len(run) == 1 else f"{run[0]} to {run[-1]}" for run in runs]
    return f"{'size' if sum(map(len, runs)) == 1 else 'sizes'} {', '.join(words)}" if runs else "no size"
