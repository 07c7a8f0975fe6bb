"""What a command prints, as a chapter shows it: sentences, each with printed lines below."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class TerminalText:
    """Pairs of a sentence, which may be empty, and the lines that a command prints."""

    parts: tuple[tuple[str, str], ...]

    def _repr_markdown_(self) -> str:
        return "\n\n".join(f"{sentence}\n\n```text\n{lines}\n```".lstrip("\n") for sentence, lines in self.parts)

    def __repr__(self) -> str:
        """Return the sentences or, without any, the lines: for a reader without Markdown."""
        return "\n".join(sentence or lines for sentence, lines in self.parts)
