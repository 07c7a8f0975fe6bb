"""Workbooks looked at before anything unpacks them whole: an .xlsx is an archive of XML, and small ones can be huge."""

from __future__ import annotations

import os
import re
import struct
import zipfile
from collections import Counter
from typing import BinaryIO

MOST_PARTS = 1_000
DIRECTORY = 1_000_000
"""Bytes of the list of the parts."""
_END = 22
"""Bytes at the end of an archive that say where the list is; a remark may follow."""
UNPACKED = 200_000_000
"""Bytes of all parts together."""
RATIO = 200
"""How many times its size a part may have when it is unpacked; from :data:`SMALL` bytes on."""
SMALL = 10_000_000
ELEMENTS = 2_000_000
"""XML elements of all parts together: some 600,000 cells with a value."""
_PIECE = 1 << 20
_ENCODING = re.compile(rb"""<\?xml[^>]*encoding\s*=\s*["']([^"']*)""")
_FORMULA = re.compile(rb"[<:]f[\s/>]")
"""The element of a formula, whatever the prefix of its namespace."""
_UTF16 = re.compile(rb"\xff\xfe|\xfe\xff|\0[\s<]|[\s<]\0")
"""How a part in UTF-16 begins, with or without a byte order mark."""
INSTEAD = "larger records as CSV or Parquet files"


class Refused(ValueError):
    """A workbook that is not read: what was found, and what is expected instead."""

    def __init__(self, found: str, expected: str) -> None:
        self.found, self.expected = found, expected
        super().__init__(f"{found}, expected {expected}")


def has_formulas(opened: BinaryIO) -> bool:
    """Go through the parts of a workbook piece by piece; tell whether a cell has a formula.

    Raises
    ------
    Refused
        When a part has an odd name, declares a document type, is not in UTF-8, or a limit is passed.
    zipfile.BadZipFile
        When it is no archive.
    """
    _check_directory(opened)
    with zipfile.ZipFile(opened) as archive:
        parts = archive.infolist()
        if len(parts) > MOST_PARTS:
            raise Refused(f"{len(parts):,} parts", f"a workbook of up to {MOST_PARTS:,} parts")
        for name, number in Counter(part.filename for part in parts).items():
            if number > 1 or name.startswith("/") or "\\" in name or ".." in name.split("/"):
                raise Refused(f"a part named {name!r}{' twice' if number > 1 else ''}", "a workbook as Excel saves it")
        unpacked = sum(part.file_size for part in parts)
        if unpacked > UNPACKED:
            observed = f"{unpacked:,} bytes when it is unpacked"
            raise Refused(observed, f"a workbook of up to {UNPACKED:,} bytes, and {INSTEAD}")
        for part in parts:
            if part.file_size > max(SMALL, RATIO * part.compress_size):
                observed = (
                    f"the part {part.filename} that unpacks to {part.file_size // max(1, part.compress_size):,} times"
                )
                raise Refused(f"{observed} its size", f"parts that unpack to up to {RATIO} times, and {INSTEAD}")
        elements, formulas = 0, False
        for part in parts:
            elements, formula = _read(archive, part, elements)
            formulas |= formula
    return formulas


def _check_directory(opened: BinaryIO) -> None:
    """Look at the size of the list of parts, which the library reads whole, where the archive notes it: at its end."""
    opened.seek(0, os.SEEK_END)
    opened.seek(-min(opened.tell(), _END + 0xFFFF), os.SEEK_CUR)
    tail = opened.read()
    begin = len(tail) - _END if tail[-_END:].startswith(b"PK\x05\x06") else tail.rfind(b"PK\x05\x06")
    if begin < 0 or len(tail) < begin + _END:
        raise zipfile.BadZipFile
    (size,) = struct.unpack("<I", tail[begin + 12 : begin + 16])
    if size > DIRECTORY or tail[:begin][-20:].startswith(b"PK\x06\x07"):
        raise Refused("a list of parts as of a huge archive", f"a list of up to {DIRECTORY:,} bytes")


def _read(archive: zipfile.ZipFile, part: zipfile.ZipInfo, elements: int) -> tuple[int, bool]:
    """Go through a part; return how many elements there are with those counted before, and whether one is a formula."""
    formula = False
    with archive.open(part) as stream:
        before = b""
        while piece := stream.read(_PIECE):
            if not before:
                declared = _ENCODING.search(piece[:1000])
                if _UTF16.match(piece) or (declared and declared[1].upper() != b"UTF-8"):
                    raise Refused(f"the part {part.filename} in another encoding", "a workbook whose parts are UTF-8")
            if b"<!DOCTYPE" in before + piece:
                raise Refused(f"the part {part.filename} with a document type", "a workbook as Excel saves it")
            # Each begins with a bracket, and ends with one that a slash follows.
            elements += piece.count(b"<") - piece.count(b"</")
            if elements > ELEMENTS:
                limit = f"up to {ELEMENTS:,} (some 600,000 cells, empty ones with a format among them)"
                raise Refused(f"more than {ELEMENTS:,} XML elements", f"{limit}, and {INSTEAD}")
            formula = formula or bool(_FORMULA.search(before + piece))
            before = piece[-8:]
    return elements, formula
