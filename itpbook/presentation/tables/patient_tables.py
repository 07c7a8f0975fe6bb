"""Tables computed from patients: responses by subgroup, adverse events by category and term."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import pandas as pd

from implied.determine.stored_answers import Determined
from itpbook.disclosure.counted import BY_CATEGORY, EVENTS, SUBGROUPS, category_kind
from itpbook.disclosure.small_numbers import NOTE, WITHHELD, SmallNumbers
from itpbook.presentation.tables.markup import Markup, Table, publication_table
from itpbook.presentation.tables.recorded import POSSIBLE
from itpbook.results.formatting import print_interval, print_share
from itpbook.study.statistics import Proportion, known_true
from itpbook.study.subgroups import Subgroup, SubgroupResponse, count_responses, usual_subgroups

CATEGORIES = {
    "thromboembolic": "Thromboembolic",
    "infection": "Infection",
    "bleeding": "Bleeding",
    "hepatic": "Hepatic",
    "gastrointestinal": "Gastrointestinal",
    "haematological": "Haematological",
    "metabolic": "Metabolic",
    "neurological": "Neurological",
    "other": "Other",
}
"""Categories of adverse events in the order in which they are reported."""
EVENTS_CAPTION = "Adverse events by category"
NO_EVENT = "No adverse event recorded"


def subgroup_table(
    patients: pd.DataFrame,
    *,
    possible: Determined | None = None,
    small: SmallNumbers | None = None,
) -> Table:
    """Set responses by subgroup, each with its exact 95% interval.

    Parameters
    ----------
    patients
        One row per patient with at least ``response`` and ``evaluable``.
    possible
        What the published claims imply, to be set against results of reconstructed records.
    small
        Judges which numbers may be printed; the subgroups of a heading are withheld together.
    """
    small = small or SmallNumbers()
    groups = usual_subgroups(patients)
    counted = count_responses(patients, groups)
    hidden = _withheld(patients, groups, small)
    cells: dict[str, list[str]] = {
        "Group": [group.heading for group in counted],
        "Subgroup": [group.label for group in counted],
    }
    for heading, name in (("Response or complete response", "response"), ("Complete response", "complete")):
        cells[heading] = [
            WITHHELD if group.heading in hidden else _with_possible(group, name, possible) for group in counted
        ]
    notes: list[str] = ["n/N (%) [exact (Clopper-Pearson) 95% confidence interval, %]."]
    if possible is not None:
        notes.append(POSSIBLE)
    if hidden:
        notes.append(NOTE)
    unknown = int((~known_true(patients["evaluable"])).sum())
    if unknown and not small.withholding:
        notes.append(f"{unknown} of {len(patients)} patients could not be evaluated; they count as without response.")
    frame = pd.DataFrame(cells, dtype="object")
    return publication_table(frame, id=SUBGROUPS, caption="Response by subgroup", groups="Group", footnotes=notes)


def adverse_event_table(
    adverse_events: pd.DataFrame, patients: pd.DataFrame, *, small: SmallNumbers | None = None
) -> Table:
    """Set adverse events related to treatment by category and term: patients n/N (%), events, severe events.

    Parameters
    ----------
    adverse_events
        One row per event: patient_id, term, category, severe, related.
    patients
        One row per patient; gives the denominator.
    small
        Judges which numbers may be printed; where it withholds any, only patients by category are counted.
    """
    events = adverse_events[adverse_events["related"].astype(bool)]
    if small is not None and small.withholding:
        return _affected_table(events, patients, small)
    total = len(patients)
    rows = [_event_row("All", "Any adverse event", events, total)] if len(events) else []
    for category, label in CATEGORIES.items():
        inside = events[events["category"] == category]
        if inside.empty:
            continue
        rows.append(_event_row(label, "Any of the category", inside, total))
        by_frequency = inside.groupby("term")["patient_id"].agg(["count", "nunique"]).reset_index()
        by_frequency = by_frequency.sort_values(["nunique", "count", "term"], ascending=[False, False, True])
        rows += [
            _event_row(label, term[:1].upper() + term[1:], inside[inside["term"] == term], total)
            for term in by_frequency["term"]
        ]
    columns = ["Group", "Adverse event", "Patients, n/N (%)", "Events", "Severe events"]
    return publication_table(
        pd.DataFrame(rows, columns=columns, dtype="object"),
        id=EVENTS,
        caption=EVENTS_CAPTION,
        groups="Group",
        footnotes=[
            "A patient with several events of a row is counted once among the patients.",
            f"Only events held to be related to treatment: {len(events)} of {len(adverse_events)}.",
        ],
        right=["Events", "Severe events"],
        empty=NO_EVENT,
    )


def _affected_table(events: pd.DataFrame, patients: pd.DataFrame, small: SmallNumbers) -> Table:
    """Count the patients with an event of each category, where that number may be printed."""
    everybody, anything = pd.Series(True, index=patients.index), patients["patient_id"].isin(events["patient_id"])
    rows = []
    for category, label in {"": "Any adverse event", **CATEGORIES}.items():
        inside = events if not category else events[events["category"] == category]
        affected = patients["patient_id"].isin(inside["patient_id"])
        count, total = int(affected.sum()), len(patients)
        if not count:
            continue
        # Who had an event of no other category is a remainder of those who had any.
        families = [(everybody, category_kind(category)), *([(anything, BY_CATEGORY)] if category else [])]
        refused = [family for family in families if not small.admits(affected, *family)]
        share = small.printed_part(affected, *refused[-1]) if refused else print_share(count, total)
        rows.append((label, share))
    notes = [
        "A patient with several events of a row is counted once. Single events and numbers of events are left out.",
        NOTE,
    ]
    columns = ["Adverse event", "Patients, n/N (%)"]
    frame = pd.DataFrame(rows, columns=columns, dtype="object")
    return publication_table(frame, id=EVENTS, caption=EVENTS_CAPTION, footnotes=notes, empty=NO_EVENT)


def _withheld(patients: pd.DataFrame, groups: Sequence[Subgroup], small: SmallNumbers) -> set[str]:
    """Return the headings of which a number must not be printed; those of all others are remembered as printed."""
    response = patients["response"].astype(str)
    everybody = pd.Series(True, index=patients.index)
    hidden = set()
    for heading in dict.fromkeys(group.heading for group in groups):
        tried = small.copy()
        inside = [known_true(group.members) for group in groups if group.heading == heading]
        admitted = [
            tried.admits(members, everybody, heading)
            and tried.admits(response.isin(["R", "CR"]), members, heading)
            and tried.admits(response.eq("CR"), members, heading)
            for members in inside
        ]
        if all(admitted):
            small.remember(tried)
        else:
            hidden.add(heading)
    return hidden


def _event_row(group: str, label: str, events: pd.DataFrame, total: int) -> tuple[str, str, str, str, str]:
    affected = int(events["patient_id"].nunique())
    share = print_share(affected, total)
    return group, label, share, str(len(events)), str(int(events["severe"].astype(bool).sum()))


def _with_possible(group: SubgroupResponse, name: str, possible: Determined | None) -> str:
    share: Proportion = getattr(group, name)
    interval = print_interval(share.low, share.high)
    shown = print_share(share.n, share.N) + (f" [{interval}]" if interval else "")
    words = possible.possible(f"subgroup.{group.id}.{name}") if possible and group.id else ""
    return Markup(f'{escape(shown)}<div class="possible">{escape(words)}</div>') if words else shown
