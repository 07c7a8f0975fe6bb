"""The publication table: built with great_tables, then reduced to plain, accessible, deterministic HTML.

What great_tables writes carries its own stylesheet and inline styles, but no caption and no scopes of rows.
The page has one stylesheet for all tables, and who listens to a table needs the rest.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from html.parser import HTMLParser
from typing import Any, Literal

import pandas as pd

from itpbook.presentation.tables.table_download import csv_of
from itpbook.results import DATA

_UNNAMED_GROUP = re.compile(r'<tr class="group-heading">\s*<th[^>]*></th>\s*</tr>')
"""The heading of rows that belong to no named group: nothing to see, and nothing to hear."""

_MANY = 3
"""Columns beside that of the row headings that a phone cannot show side by side."""

Alignment = Literal["left", "center", "right"]


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
    alignments: Mapping[str, Alignment] | None = None,
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
    alignments
        Alignment by column; left, when left out.
    row_attributes
        Attributes (``id``, ``class``) of each row of the frame, in its order.
    empty
        What the one row of a table without rows says.

    Raises
    ------
    ValueError
        When rows of a group are apart, or the attributes are not those of each row.
    """
    # Not needed by whoever only wants a link or a cell.
    from great_tables import GT
    from great_tables import html as raw

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
    csv = csv_of(cells)
    table = GT(cells, rowname_col=stub, groupname_col=groups, id=id).tab_stubhead(raw(_literal(stub)))
    table = table.cols_label({name: raw(_literal(name)) for name in columns if name != stub})
    for name in columns:
        if name != stub:
            table = table.cols_align((alignments or {}).get(name, "left"), columns=[name])
    for note in footnotes:
        table = table.tab_source_note(raw(_literal(note)))
    plain = _PlainTable(id, caption, [name for name in columns if name != stub], row_attributes)
    plain.feed(table.as_raw_html())
    plain.close()
    html = _UNNAMED_GROUP.sub("", "".join(plain.written))
    return Table(id, caption, re.sub(r"\n\s*\n", "\n", html).strip() + "\n", csv)


def _literal(words: str) -> str:
    """Return words as HTML that great_tables takes as it is: words in two braces would be units of measurement."""
    return markup(words).replace("{", "&#123;")


class _PlainTable(HTMLParser):
    """Rewrites great_tables' HTML: styles away, caption, scopes, row groups and row attributes in."""

    def __init__(
        self, table_id: str, caption: str, headings: Sequence[str], row_attributes: Sequence[Mapping[str, str]]
    ) -> None:
        super().__init__(convert_charrefs=False)
        self.table_id = table_id
        self.caption = caption
        self.headings = headings
        self.places: Iterator[str] = iter(())
        self.rows: Iterator[Mapping[str, str]] = iter(row_attributes)
        self.written: list[str] = []
        self.in_style = False
        self.in_body = False
        self.body_rows = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        classes = given.get("class", "").split()
        if tag == "style":
            self.in_style = True
        elif tag == "div" and given.get("id") == self.table_id:
            region = {"class": "table-wrapper", "tabindex": "0", "role": "region", "aria-label": self.caption}
            self._open("div", region)
        elif tag == "table":
            # On a phone, cells of many columns stand below each other, each after its heading.
            many = " many-columns" if len(self.headings) >= _MANY else ""
            self._open("table", {"id": self.table_id, "class": f"publication-table{many}"})
            self.written.append(f"\n<caption>{escape(self.caption)}</caption>")
        elif tag in {"thead", "tbody", "tfoot"}:
            self.in_body = tag == "tbody"
            self._open(tag, {"class": "footnotes"} if tag == "tfoot" else {})
        elif tag == "tr":
            self._open_row(classes)
        elif tag in {"th", "td"}:
            self._open(tag, self._cell(tag, classes, given))
        elif "gt_from_md" not in classes:
            self._open(tag, {name: value for name, value in given.items() if name != "style"})
        else:
            self._open(tag, {})

    def _open_row(self, classes: list[str]) -> None:
        if {"gt_group_heading_row", "gt_empty_group_heading"} & set(classes):
            # Each group is a body of its own, so that its heading speaks for just these rows.
            if self.body_rows:
                self.written.append("</tbody>\n<tbody>\n")
            self._open("tr", {"class": "group-heading"})
        else:
            self._open("tr", dict(next(self.rows, {})) if self.in_body else {})
            self.places = iter(self.headings if self.in_body else ())
        self.body_rows += self.in_body

    def _cell(self, tag: str, classes: list[str], given: Mapping[str, str]) -> dict[str, str]:
        cell: dict[str, str] = {}
        if tag == "td" and (heading := next(self.places, None)) is not None:
            cell["data-heading"] = heading
        if tag == "th":
            cell["scope"] = "col"
            if self.in_body:
                cell["scope"] = "rowgroup" if "gt_group_heading" in classes else "row"
        for side in ("center", "right"):
            if f"gt_{side}" in classes:
                cell["class"] = f"align-{side}"
        if given.get("colspan", "1") != "1":
            cell["colspan"] = given["colspan"]
        return cell

    def _open(self, tag: str, attributes: Mapping[str, Any]) -> None:
        words = "".join(f' {name}="{escape(value)}"' for name, value in attributes.items())
        self.written.append(f"<{tag}{words}>")

    def handle_endtag(self, tag: str) -> None:
        if tag == "style":
            self.in_style = False
        else:
            self.written.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if self.in_style:
            return
        # Indentation and empty lines of the layout; words of cells stay untouched.
        self.written.append("\n" if not data.strip() and "\n" in data else data)

    def handle_entityref(self, name: str) -> None:
        self.written.append(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.written.append(f"&#{name};")
