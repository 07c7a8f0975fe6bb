"""What the pages quote: the results that the executed chapters recorded, and the verdict on each.

Read once per build by :mod:`itpbook.sphinxext.chapter_pages`. :meth:`Record.quote` turns the words of a role into
what is printed, where it leads and what is known of it; it knows nothing of Sphinx.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from implied.numbers.rounding import with_unit
from itpbook.presentation.tables.verdict_table import slug
from itpbook.results import NO_FIGURE, Result, anchor, result_anchor

LEDGER_PAGE = "chapters/verification"
"""Page that holds a row for each claim."""

GLYPHS = {
    "reproduced": "✓",
    "reproduced under an inferred reading": "≈",
    "contradicted": "✗",
    "differs": "≠",
    "compared": "⇄",
    "side by side": "⇄",
    "not available": NO_FIGURE,
}
"""The verdicts, or how results of other records are compared, and the mark that each leaves behind a number."""

COMPARISONS = ("compared", "side by side")
"""How results of other records relate to the claims; these are no verdicts."""

UNPUBLISHED_GLYPH = "∘"
"""Mark of a result that the source does not print: there is nothing to compare it with."""

_QUOTED = re.compile(r"(?P<id>[a-z][\w.]*)(/(?P<reading>\w+))?(\s+(?P<part>\w+))?")


class QuoteError(ValueError):
    """A role that asks for what was not recorded; the message names what comes near."""


@dataclass(frozen=True)
class Target:
    """A place in the book: a page (without suffix) and a fragment."""

    page: str
    fragment: str


@dataclass(frozen=True)
class Quote:
    """A result as prose shows it.

    ``row`` is its line in the ledger (None for what is not published), ``cell`` the place that computed it
    (None when nothing was computed). ``kind`` is the verdict as part of a class, or the
    :meth:`Record.origin` of what is not published. ``facts`` are what is known of it, in order: what each is
    (published, recomputed …) and the words.
    """

    id: str
    text: str
    kind: str
    subject: str
    facts: tuple[tuple[str, str], ...]
    row: Target | None
    cell: Target | None = None
    glyph: str = ""
    goes_to: str = ""


@dataclass(frozen=True)
class Record:
    """All recorded results by id and reading, the lines of the verdicts by id, the run of each chapter.

    ``data`` is the CSV of each table and drawn figure by its name.
    """

    results: Mapping[tuple[str, str], Result]
    lines: Mapping[str, Mapping[str, Any]]
    runs: tuple[Mapping[str, Any], ...]
    digest: str
    data: Mapping[str, str] = field(default_factory=dict)

    @property
    def synthetic(self) -> bool:
        """Whether any chapter ran on synthetic records."""
        return any(run["records"]["synthetic"] for run in self.runs)

    def verdict(self, result: Result) -> str | None:
        """Return the verdict on a recorded result under its reading; None for what is not published."""
        if not result.published:
            return None
        line = self.lines[result.id]
        alternative = line.get("alternative")
        if alternative and alternative["reading"] == result.reading != line.get("reading"):
            return str(alternative["verdict"])
        return str(line["verdict"])

    def quote(self, words: str) -> Quote:
        """Resolve the words of a role: ``id``, ``id part``, ``id/reading``, ``id/reading part``.

        Raises
        ------
        QuoteError
            When the words cannot be read, or id, reading or part is unknown.
        """
        quoted = _QUOTED.fullmatch(words.strip())
        if quoted is None:
            msg = f"cannot read {words!r}: write an id, id/reading, or either and a part (efficacy.cr percent)"
            raise QuoteError(msg)
        result_id, reading, part = quoted["id"], quoted["reading"], quoted["part"]
        quotable = {name for name, _ in self.results} | set(self.lines)
        if result_id not in quotable:
            msg = f"unknown figure {result_id!r}{_near(result_id, quotable)}"
            raise QuoteError(msg)
        readings = [name for known_id, name in self.results if known_id == result_id]
        if not readings and reading is None:
            return self._missing(result_id, str(self.lines[result_id]["verdict"]))
        chosen = reading or self._reading(result_id)
        alternative = self.lines.get(result_id, {}).get("alternative") or {}
        if chosen not in readings and chosen == alternative.get("reading"):
            # The ledger knows this reading, and these records lack what it needs.
            return self._missing(result_id, str(alternative["verdict"]))
        if chosen not in readings:
            msg = f"{result_id!r} has no {chosen} reading{_near(chosen, readings)}"
            raise QuoteError(msg)
        result = self.results[result_id, chosen]
        verdict = (
            str(self.lines[result_id]["verdict"]) if reading is None and result.published else self.verdict(result)
        )
        return self._found(result, verdict, _text(result, part))

    def quote_published(self, words: str) -> Quote | None:
        """Quote the claim where the words name one and the records are others; None where they do not.

        For pages about the published series: what they say holds of its claims alone.
        """
        quoted = _QUOTED.fullmatch(words.strip())
        line = self.lines.get(quoted["id"]) if quoted else None
        if quoted is None or line is None or "statistics" not in line:
            return None
        text = line["statistics"].get(quoted["part"]) if quoted["part"] else line["printed"]
        if text is None:
            msg = f"{quoted['id']!r} has no published {quoted['part']}{_near(quoted['part'], line['statistics'])}"
            raise QuoteError(msg)
        return Quote(
            id=quoted["id"],
            text=f"{text}%" if quoted["part"] == "percent" else str(text),
            kind="published",
            subject=str(line["label"]),
            facts=(("Published", with_unit(str(line["printed"]), line.get("unit"))),),
            row=Target(LEDGER_PAGE, anchor(quoted["id"])),
        )

    def _reading(self, result_id: str) -> str:
        """Choose the reading to print: the literal one, unless it is impossible and another one comes out."""
        if (result_id, "literal") in self.results and not self.results[result_id, "literal"].published:
            return "literal"
        line = self.lines[result_id]
        alternative = line.get("alternative") or {}
        if line["verdict"] == "contradicted" and str(alternative.get("verdict", "")).startswith("reproduced"):
            return str(alternative["reading"])
        return str(line.get("reading") or "literal")

    def origin(self, result: Result) -> tuple[str, str]:
        """Say where a result comes from that the source does not print: as part of a class, and in words."""
        if result.basis == "published":
            return "derived", "follows from the published figures and is not printed by the source"
        if self.synthetic:
            return "synthetic", "computed from synthetic records and not published"
        return "unpublished", "computed from these records and not published"

    def _found(self, result: Result, verdict: str | None, text: str) -> Quote:
        subject = result.label if result.reading == "literal" else f"{result.label} ({result.reading} reading)"
        if verdict is None:
            kind, words = self.origin(result)
            glyph, row, published = UNPUBLISHED_GLYPH, None, ""
        else:
            kind, words, glyph = slug(verdict), verdict, GLYPHS[verdict]
            row = Target(LEDGER_PAGE, anchor(result.id))
            published = with_unit(str(self.lines[result.id]["printed"]), result.unit)
        compared = verdict in COMPARISONS
        facts = (
            ("Published", published),
            ("Ours" if compared else "Recomputed" if row else "Computed", with_unit(result.printed, result.unit)),
            *_patients(result),
            ("Exact 95% interval", f"{result.interval_of_share}%" if result.interval_of_share else ""),
            *(_differences(self.lines[result.id]) if compared else [("Verdict" if row else "Origin", words)]),
            ("Other records", result.possible),
        )
        return Quote(
            id=result.id,
            text=text,
            kind=kind,
            glyph=glyph,
            subject=subject,
            facts=tuple((name, words) for name, words in facts if words),
            goes_to=f"{words}: go to where {result.id} is computed",
            row=row,
            cell=Target(f"chapters/{result.chapter}", result_anchor(result.id, result.reading)),
        )

    def _missing(self, result_id: str, verdict: str) -> Quote:
        line = self.lines[result_id]
        return Quote(
            id=result_id,
            text=verdict,
            kind=slug(verdict),
            glyph=GLYPHS[verdict],
            subject=str(line["label"]),
            facts=(
                ("Published", with_unit(str(line["printed"]), line.get("unit"))),
                ("Verdict", f"{verdict} from these records"),
            ),
            row=Target(LEDGER_PAGE, anchor(result_id)),
        )


def _text(result: Result, part: str | None) -> str:
    if part is None:
        return result.printed
    text = result.formatted(part)
    if text is None:
        msg = f"{result.id!r} has no {part}{_near(part, result.statistics)}"
        raise QuoteError(msg)
    if result.suppressed:
        return text
    return f"{text}%" if part == "percent" and text != NO_FIGURE else text


def _patients(result: Result) -> list[tuple[str, str]]:
    """Say of how many patients a result is, and of which."""
    if result.N is None:
        return []
    number = str(result.N) if result.n is None else f"{result.n} of {result.N}"
    return [("Patients", f"{number} ({result.population})" if result.population else number)]


def _differences(line: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Say how far a result of other records is from the claim, or why that is not asked."""
    if not line["difference"]:
        return [("Difference", str(line["statement"]).removesuffix(".") or "not asked")]
    points = f"{line['difference']} percentage points (95% CI {line['difference_interval']})"
    return [("Difference", points), ("Fisher's exact test", f"p {line['p']}" if line["p"] else "")]


def _near(word: str, names: Iterable[str]) -> str:
    candidates = sorted(names)
    near = difflib.get_close_matches(word, candidates, n=4, cutoff=0.5) or candidates[:8]
    return f"; known: {', '.join(near)}" if near else ""
