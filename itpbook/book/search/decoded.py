"""The texts that a file holds, whatever its format: each with its location in the file, and what could not be read.

Texts are given as they stand, and again as a program would read them: HTML without tags and entities, JSON and
JavaScript without escapes, addresses without percent signs, quoted-printable and base64 (of 15 letters or more)
decoded. Files in other files (archives, workbooks, data in a page's address or in a notebook's output) are read like
files of their own.
"""

from __future__ import annotations

import gzip
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from itpbook.book.search.spellings import base64_of, readings_of

_DEEPEST = 6
"""Files in files in files: deeper ones are named as not searched."""
_LARGEST = 200_000_000
"""Bytes that a compressed part may grow to; larger ones are named as not searched."""
_TOO_LARGE = f"holds more than {_LARGEST:,} bytes"

_FONT = (b"wOFF", b"wOF2", b"\x00\x01\x00\x00", b"OTTO", b"ttcf")
_FILES = (b"%PDF", b"PK\x03\x04", b"\x1f\x8b", b"PAR1", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"wOFF", b"wOF2")
"""How files begin that may be written in base64."""
_DRAWN_TEXT = re.compile(r"<use\b|<path\b", re.IGNORECASE)
_PICTURE = "a picture: its description was searched, what it shows was not"


@dataclass(frozen=True)
class Part:
    """A text and where it stands; or, where ``text`` is None, why something there could not be searched."""

    location: str
    text: str | None
    problem: str = ""


def parts_of(data: bytes, name: str, location: str = "", depth: int = 0) -> Iterator[Part]:
    """Go through the texts of a file.

    The ending of its ``name`` decides what it is where the ``data`` in it do not. A file in another file has a
    ``location`` there, and ``depth`` counts the files around it.
    """
    if depth > _DEEPEST:
        yield Part(location, None, f"lies in more than {_DEEPEST} files, one in the other")
        return
    try:
        yield from _parts(data, name, location, depth)
    except Exception as error:  # a damaged file of any kind must be named, not end the search
        yield Part(location, None, f"cannot be read as what it begins as ({type(error).__name__}: {error})")
        yield Part(location, data.decode("latin-1"))


def _parts(data: bytes, name: str, location: str, depth: int) -> Iterator[Part]:
    ending = PurePosixPath(name).suffix.lower()
    if data.startswith(b"%PDF"):
        yield from _pdf(data, location, depth)
    elif data.startswith(b"PK\x03\x04"):
        yield from _archive(data, location, depth)
    elif data.startswith(b"\x1f\x8b"):
        unpacked = _limited(gzip.GzipFile(fileobj=io.BytesIO(data)).read(_LARGEST + 1))
        yield from parts_of(unpacked, name.removesuffix(".gz"), location, depth + 1)
    elif data.startswith(b"PAR1"):
        yield from _parquet(data, location)
    elif data.startswith(b"# Sphinx inventory"):
        head, _, packed = data.partition(b"zlib.\n")
        yield Part(location, head.decode())
        yield Part(_within(location, "compressed lines"), _inflated(packed).decode("utf-8", "replace"))
    elif data.startswith(b"\x89PNG\r\n\x1a\n"):
        yield from _png(data, location, depth)
    elif data.startswith(_FONT) and ending in ("", ".woff", ".woff2", ".ttf", ".otf", ".ttc"):
        yield Part(location, None, "a font: its characters are drawn, it holds no text of the book")
    elif data.startswith((b"\xff\xd8\xff", b"GIF8", b"RIFF")) or ending in (".jpg", ".jpeg", ".gif", ".webp", ".ico"):
        yield Part(location, data.decode("latin-1"))
        yield Part(location, None, _PICTURE)
    else:
        yield from _written(data, location, depth)


def _written(data: bytes, location: str, depth: int) -> Iterator[Part]:
    """Read a file of text; of any other file at least what stands in it letter by letter."""
    try:
        encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
        text = data.decode(encoding)
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    if "\x00" in text:
        yield Part(location, text)
        for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
            yield Part(_within(location, f"as {encoding}"), data.decode(encoding, "replace"))
        yield Part(location, None, "a file of an unknown kind: only what stands in it letter by letter was searched")
        return
    yield from (Part(location, reading) for reading in readings_of(text))
    if "<svg" in text and _DRAWN_TEXT.search(text) and "<text" not in text:
        yield Part(location, None, "a drawing (SVG) whose letters are outlines: no program can read them")
    for hidden in base64_of(text):
        # What becomes neither a file nor a text was no base64.
        if hidden.startswith(_FILES) or not re.search(rb"[\x00-\x08\x0e-\x1f]", hidden):
            yield from parts_of(hidden, "", _within(location, "base64"), depth + 1)


def _pdf(data: bytes, location: str, depth: int) -> Iterator[Part]:
    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(data))
    if reader.is_encrypted:
        yield Part(location, None, "a PDF that is encrypted")
        return
    for number, page in enumerate(reader.pages, 1):
        yield Part(_within(location, f"page {number}"), page.extract_text())
        for annotation in page.get("/Annots") or []:
            link = annotation.get_object()
            yield Part(_within(location, f"page {number}, note or link"), repr(link))
    yield Part(_within(location, "properties"), repr({**(reader.metadata or {})}))
    packet = reader.xmp_metadata
    if packet is not None:
        written = packet.stream.get_data().decode("utf-8", "replace")
        yield from (Part(_within(location, "XMP"), reading) for reading in readings_of(written))
    yield Part(_within(location, "outline"), repr(reader.outline))
    objects = list(_objects(reader))
    tags = [str(item[key]) for item in objects for key in ("/Alt", "/ActualText", "/T", "/E") if key in item]
    yield Part(_within(location, "tags"), "\n".join(tags))
    for name, contents in reader.attachments.items():
        for attached in contents:
            yield from parts_of(attached, name, _within(location, f"attachment {name}"), depth + 1)
    if any("/Image" in str(item.get("/Subtype")) for item in objects):
        yield Part(location, None, "pictures in a PDF: what they show was not searched")


def _objects(reader: object) -> Iterator[dict[str, object]]:
    """Go through all dictionaries of a PDF: its tags with alternative texts and titles, its pictures."""
    from pypdf.generic import IndirectObject

    xref = getattr(reader, "xref", {})
    numbers = {number for table in xref.values() for number in table} | set(getattr(reader, "xref_objStm", {}))
    for number in sorted(numbers):
        item = IndirectObject(number, 0, reader).get_object()
        if isinstance(item, dict):
            yield item


def _archive(data: bytes, location: str, depth: int) -> Iterator[Part]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        yield Part(_within(location, "remark"), archive.comment.decode("utf-8", "replace"))
        for item in archive.infolist():
            within = _within(location, item.filename)
            remark = item.comment.decode("utf-8", "replace")
            yield Part(_within(location, "name of a file"), f"{item.filename} {remark}")
            if item.flag_bits & 1:
                yield Part(within, None, "encrypted")
            elif item.file_size > _LARGEST:
                yield Part(within, None, _TOO_LARGE)
            else:
                yield from parts_of(archive.read(item), item.filename, within, depth + 1)


def _parquet(data: bytes, location: str) -> Iterator[Part]:
    import pyarrow.parquet as parquet

    file = parquet.ParquetFile(io.BytesIO(data))
    yield Part(_within(location, "schema"), f"{file.schema_arrow} {file.metadata.metadata}")
    for batch in file.iter_batches():
        for name in batch.schema.names:
            text = "\n".join(str(value) for value in batch.column(name).to_pylist() if value is not None)
            yield Part(_within(location, f"column {name}"), f"{name}\n{text}")


def _png(data: bytes, location: str, depth: int) -> Iterator[Part]:
    """Read the descriptions in a picture."""
    position = 8
    while position + 8 <= len(data):
        length, kind = struct.unpack(">I4s", data[position : position + 8])
        chunk = data[position + 8 : position + 8 + length]
        position += length + 12
        within = _within(location, kind.decode("latin-1"))
        if kind == b"zTXt":
            name, _, packed = chunk.partition(b"\x00")
            yield Part(within, f"{name.decode('latin-1')} {_inflated(packed[1:]).decode('latin-1')}")
        elif kind == b"iTXt":
            name, _, packed = chunk.partition(b"\x00")
            _, _, translated = packed[2:].partition(b"\x00")
            _, _, text = translated.partition(b"\x00")
            shown = _inflated(text) if packed[:1] == b"\x01" else text
            yield Part(within, f"{name.decode('latin-1')} {shown.decode('utf-8', 'replace')}")
        elif kind not in (b"IDAT", b"IHDR", b"PLTE", b"IEND"):
            yield Part(within, chunk.decode("latin-1"))
        if kind == b"IEND":
            break
    yield from _written(data[position:], _within(location, "after the picture"), depth) if position < len(data) else ()
    yield Part(location, None, _PICTURE)


def _inflated(packed: bytes) -> bytes:
    return _limited(zlib.decompressobj().decompress(packed, _LARGEST + 1))


def _limited(data: bytes) -> bytes:
    if len(data) > _LARGEST:
        raise ValueError(_TOO_LARGE)
    return data


def _within(location: str, inner: str) -> str:
    return f"{location}, {inner}" if location else inner
