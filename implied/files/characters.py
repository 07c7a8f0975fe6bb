"""Characters that nobody sees: refused in what people write, shown as escapes in messages."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

UNSEEN = (
    # What turns the direction of writing.
    r"\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
    # What has no width or is drawn as nothing.
    r"\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200d\u2060-\u2065\u206a-\u206f\u2800\u3164"
    r"\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U000e0fff"
)
"""Characters within words that nobody sees, as the inside of a class of a regular expression."""
HIDDEN = r"\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff" + UNSEEN
"""These, controls of a terminal, separators of lines and half characters."""

_HIDDEN = re.compile(f"[{HIDDEN}]")
_UNSEEN = re.compile(f"[{UNSEEN}\ufe00-\ufe0f]")
# Drawn as wide as a letter.
_BLANK = "\u115f\u1160\u2800\u3164\uffa0"


def hidden_in(text: str, *, allowed: str = "") -> Iterator[tuple[int, str]]:
    """Yield the position and the name of every hidden character of a text, such as ``U+202E RIGHT-TO-LEFT OVERRIDE``.

    Parameters
    ----------
    text
        What somebody wrote.
    allowed
        Characters that may stand there nevertheless, such as a line feed.
    """
    for match in _HIDDEN.finditer(text):
        if match[0] not in allowed:
            yield match.start(), f"U+{ord(match[0]):04X} {unicodedata.name(match[0], 'control character')}"


def without_unseen(text: str) -> str:
    """Return a text without characters that nobody sees and variants of drawing; blanks of other scripts are spaces."""
    return _UNSEEN.sub(lambda match: " " if match[0] in _BLANK else "", text)


def refuse_hidden(text: str) -> str:
    """Return a text of one line as it is.

    Raises
    ------
    ValueError
        When it holds a hidden character, a tab or the end of a line; the message names the first one.
    """
    for position, name in hidden_in(text):
        msg = f"holds a character that nobody sees or that breaks the line, {name}, as its character {position + 1};"
        raise ValueError(f"{msg} type the words again, in one line")
    return text


def shortened(text: str, most: int = 60) -> str:
    """Return a text of up to so many characters as it is, and the beginning of a longer one with an ellipsis."""
    return text if len(text) <= most else f"{text[:most]}…"


def visible(text: str) -> str:
    r"""Return a text for a terminal: hidden characters as escapes such as ``\x1b``, but for tabs and line feeds."""
    return _HIDDEN.sub(
        lambda match: match[0] if match[0] in "\t\n" else match[0].encode("unicode_escape").decode(), text
    )
