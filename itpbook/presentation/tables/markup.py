"""The publication table: plain, accessible HTML, for the one style sheet that the page has for all tables."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby
from typing import Any

import pandas as pd

from itpbook.presentation.tables.table_download import csv_of
from itpbook.results import DATA

_MANY = 3
"""Columns besides that of the row headings that a phone cannot show side by side."""


class Markup(str):
    """A cell that is HTML already; every other cell is text and is escaped."""

    __slots__ = ()


def markup(cell: str) -> Markup:
    """Return a cell as HTML: text escaped, markup as it is."""
    return cell if isinstance(cell, Markup) else Markup(escape(cell))


def link(target: str, words: str) -> Markup:
    """Return a link of plain words to an address."""
    return Markup(f'<a href="{escape(target)}">{escape(words)}</a>')


@dataclass(frozen=True)
class Table:
    """A table as HTML and as CSV; a notebook shows the one and keeps the other. Its plain form is the caption."""

    id: str
    caption: str
    html: str
    csv: str

    def _repr_html_(self) -> str:
        return self.html

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        return {DATA: {"name": self.id, "csv": self.csv}}

    def __repr__(self) -> str:
        """Return the caption: what a reader without HTML sees."""
        return f"Table: {self.caption}"


def publication_table(
    frame: pd.DataFrame,
    *,
    id: str,
    caption: str,
    stub: str | None = None,
    groups: str | None = None,
    footnotes: Sequence[str] = (),
    right: Collection[str] = (),
    row_attributes: Sequence[Mapping[str, str]] = (),
    empty: str = "None recorded",
) -> Table:
    """Set a frame of printed cells as a table for publication.

    Parameters
    ----------
    frame
        Cells as strings, printed already; :class:`Markup` is taken as HTML, everything else is escaped.
        Column names are the headings.
    id
        Identifier of the table in the page, such as ``table-baseline``.
    caption
        What the table shows; also the name of its scrollable region.
    stub
        Column of row headings; the first one (apart from ``groups``), when left out.
    groups
        Column whose values head groups of rows; its rows must lie together. An empty value heads nothing.
    footnotes
        Lines below the table.
    right
        Columns that are set to the right.
    row_attributes
        Attributes (``id``, ``class``) of each row of the frame, in its order.
    empty
        What the one row of a table without rows says.

    Raises
    ------
    ValueError
        When rows of a group are apart, or the attributes are not those of each row.
    """
    if row_attributes and len(row_attributes) != len(frame):
        msg = f"{len(row_attributes)} row attributes for {len(frame)} rows"
        raise ValueError(msg)
    if groups is not None and (frame[groups] != frame[groups].shift()).sum() != frame[groups].nunique():
        msg = f"rows of one {groups} must lie together"
        raise ValueError(msg)
    columns = [str(name) for name in frame.columns if name != groups]
    stub = stub or columns[0]
    if frame.empty:
        frame, groups = pd.DataFrame([{name: empty if name == stub else "" for name in columns}]), None
    cells = frame.apply(lambda column: column.map(markup))
    others = [name for name in columns if name != stub]
    sides = {name: {"class": "align-right"} if name in right else {} for name in columns}
    head = [_element("th", {"scope": "col", **sides[name]}, markup(name)) for name in [stub, *others]]
    parts = [_element("caption", {}, escape(caption)), _lines("thead", {}, [_lines("tr", {}, head)])]
    headings = list(cells[groups]) if groups is not None else [""] * len(cells)
    # Each group is a body of its own, so that its heading speaks for just these rows.
    for heading, numbers in groupby(range(len(cells)), key=headings.__getitem__):
        rows = []
        if heading:
            rows.append(
                _lines("tr", {"class": "group-heading"}, [_wide("th", {"scope": "rowgroup"}, columns, heading)])
            )
        for number in numbers:
            row = cells.iloc[number]
            data = [_element("td", {"data-heading": name, **sides[name]}, row[name]) for name in others]
            attributes = row_attributes[number] if row_attributes else {}
            rows.append(_lines("tr", attributes, [_element("th", {"scope": "row"}, row[stub]), *data]))
        parts.append(_lines("tbody", {}, rows))
    if footnotes:
        notes = [_element("tr", {}, _wide("td", {}, columns, f"<span>{markup(note)}</span>")) for note in footnotes]
        parts.append(_element("tfoot", {"class": "footnotes"}, "".join(notes)))
    # On a phone, cells of many columns stand below each other, each after its heading.
    many = " many-columns" if len(others) >= _MANY else ""
    table = _lines("table", {"id": id, "class": f"publication-table{many}"}, parts)
    region = {"class": "table-wrapper", "tabindex": "0", "role": "region", "aria-label": caption}
    return Table(id, caption, _lines("div", region, [table]) + "\n", csv_of(cells))


def _element(tag: str, attributes: Mapping[str, str], content: str) -> str:
    words = "".join(f' {name}="{escape(value)}"' for name, value in attributes.items())
    return f"<{tag}{words}>{content}</{tag}>"


def _lines(tag: str, attributes: Mapping[str, str], parts: Sequence[str]) -> str:
    """Return an element with each of its parts on a line of its own."""
    return _element(tag, attributes, "\n".join(["", *parts, ""]))


def _wide(tag: str, attributes: Mapping[str, str], columns: Sequence[str], content: str) -> str:
    """Return a cell across all columns."""
    span = {"colspan": str(len(columns))} if len(columns) > 1 else {}
    return _element(tag, {**attributes, **span}, content)
