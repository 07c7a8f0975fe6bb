"""Free texts of an export: which of them may leave the hospital, and which lines a person has to read first."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cache

from itpbook.intake.redcap.fields import Target, UnreadableCell
from itpbook.intake.redcap.identifying import LONGEST, Identifying, cleaned, identifying, parts_of_names
from itpbook.intake.redcap.terms import LISTS, is_listed
from itpbook.records.problems import Problem, quoted
from itpbook.records.report import InvalidRecords

CONFIRMED = "confirmed_texts"
"""Key of the mapping under which confirmed texts stand."""


class FreeTexts:
    """Decides text by text, and collects those that wait for a person.

    Parameters
    ----------
    confirmed
        By column, the texts that a person has read.
    identifiers
        Everything that the export holds in fields marked as identifiers.
    records
        The names of its records.
    """

    def __init__(
        self, confirmed: Mapping[Target, Iterable[str]], identifiers: Iterable[str], records: Iterable[str]
    ) -> None:
        self._confirmed = {target: {cleaned(text) for text in texts} for target, texts in confirmed.items()}
        names, parts = parts_of_names(identifiers), parts_of_names(records)
        # A number alone may be a count: platelets of 104 are no hint at record 104.
        self._numbers = frozenset(part for part in parts if part.isdigit()) - names
        self._names = names | parts - self._numbers
        self.unconfirmed: dict[Target, dict[str, str]] = {}
        """By column, the texts that wait for a person, with what each may give away."""
        self._judge = cache(self._judge_once)

    def release(self, target: Target, text: str) -> str:
        """Return a free text as it may be written into a column.

        Raises
        ------
        UnreadableCell
            When it holds something that identifies a patient or a day, or is neither listed nor confirmed.
        """
        visible = cleaned(text)
        listed, match = self._judge(target, visible)
        refuse_identifying(match)
        if visible in self._confirmed.get(target, ()) or (listed and (match is None or match.by_dose)):
            return visible
        remark = f"{quoted(match.part)} may be {match.form}" if match else ""
        self.unconfirmed.setdefault(target, {})[visible] = remark
        msg = f"{LISTS[target]}, or a text confirmed in the mapping, under {CONFIRMED}: {'.'.join(target)}"
        msg += f"; {remark}" if remark else ""
        raise UnreadableCell(msg)

    def _judge_once(self, target: Target, text: str) -> tuple[bool, Identifying | None]:
        listed = len(text) <= LONGEST and is_listed(target, text)
        if listed:
            # A dose of 375 mg is no hint at record 375.
            return listed, identifying(text, (name for name in self._names if not name.isdigit()))
        return listed, identifying(text, self._names, self._numbers)


def refuse_identifying(match: Identifying | None) -> None:
    """Refuse what is certain to give a day, an address or a person away.

    Raises
    ------
    UnreadableCell
        When it is; a confirmation does not help.
    """
    if match is not None and match.certain:
        msg = (
            f"text without {match.form}, such as {quoted(match.part)}, which may not leave the export even if confirmed"
        )
        raise UnreadableCell(msg)


class UnconfirmedTexts(InvalidRecords):
    """Refused records with free texts that a person can confirm; the message ends with the lines for the mapping."""

    def __init__(self, problems: Iterable[Problem], texts: Mapping[Target, Mapping[str, str]]) -> None:
        super().__init__(problems)
        self.texts = texts

    def __str__(self) -> str:
        """List the errors, then the lines to be pasted."""
        lines = [
            super().__str__(),
            "Texts that name no person, place or day can be confirmed. Read every line below, delete those that must",
            "not leave the hospital (and mend them in REDCap), and paste the others into the mapping:",
            f"{CONFIRMED}:",
        ]
        for target, texts in self.texts.items():
            lines.append(f"  {'.'.join(target)}:")
            for text, remark in sorted(texts.items()):
                comment = f"  # {remark}" if remark else ""
                # A text in JSON's quotation marks is one in YAML's.
                lines.append(f"    - {json.dumps(text, ensure_ascii=False)}{comment}")
        return "\n".join(lines)
