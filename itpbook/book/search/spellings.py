"""The ways in which a program reads a text: tags, entities, escapes, percent signs, quoted-printable, base64."""

from __future__ import annotations

import base64
import binascii
import quopri
import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import unquote

_BASE64 = re.compile(r"[A-Za-z0-9+/_-](?:[A-Za-z0-9+/_\-\r\n]|\\n){14,}={0,2}")
_TAG = re.compile(r"<!--|-->|</?[A-Za-z!?][^<>]*>")
_ESCAPE = re.compile(r'\\(?:u\{([0-9A-Fa-f]{1,6})\}|u([0-9A-Fa-f]{4})|x([0-9A-Fa-f]{2})|([nrtbf"\'\\/]))')
_CONTROL = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}


def readings_of(text: str) -> list[str]:
    """Return a text as it stands, and as programs read it; each way only where it changes something."""
    readings = [text]
    unescaped = _ESCAPE.sub(_unescaped, text) if "\\" in text else text
    readings += [unescaped] if unescaped != text else []
    # One escape can hide behind another: JSON in a page, percent signs in an entity.
    for reading in list(readings):
        readings += _plain(reading)
    for reading in list(readings):
        readings += [decoded for decoded in (unquote(reading), _quoted(reading)) if decoded != reading]
    return list(dict.fromkeys(readings))


def _plain(text: str) -> list[str]:
    """Return marked-up text with its entities resolved, and without its tags."""
    if "<" not in text and "&" not in text:
        return []
    entities = unescape(unescape(text))
    return [entities, _TAG.sub("", entities), _TAG.sub(" ", entities)]


def _quoted(text: str) -> str:
    """Decode quoted-printable, where there seems to be any."""
    if not re.search(r"=(?:[0-9A-F]{2}|\r?\n)", text):
        return text
    return quopri.decodestring(text.encode()).decode("utf-8", "replace")


def _unescaped(match: re.Match[str]) -> str:
    braces, four, two, letter = match.groups()
    if letter:
        return _CONTROL.get(letter, letter)
    number = int(braces or four or two, 16)
    return chr(number) if number < 0x110000 and not 0xD800 <= number < 0xE000 else match[0]


def base64_of(text: str) -> Iterator[bytes]:
    """Decode everything in a text that can be base64; most of it is not."""
    for match in _BASE64.finditer(text):
        letters = re.sub(r"\\n|\s", "", match[0]).rstrip("=").replace("-", "+").replace("_", "/")
        try:
            data = base64.b64decode(letters + "=" * (-len(letters) % 4), validate=True)
        except (binascii.Error, ValueError):
            continue
        yield data
