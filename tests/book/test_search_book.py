"""Texts planted in files of every kind are found, numbers only as a whole, and what was not searched is named."""

from __future__ import annotations

import base64
import gzip
import io
import json
import os
import quopri
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pandas as pd
import pytest
from small_series import twenty_one
from typer.testing import CliRunner

from itpbook.book.search import decoded, search_folder, texts_of_records
from itpbook.book.search.wanted import normalised, texts_of_file
from itpbook.commands.command_line import app
from itpbook.intake.redcap.pseudonyms import LinkFile
from itpbook.records.cohort import cohort_of, write_cohort

PLANTED = "Möller-Zettel, Ruth"
"""Letters beyond ASCII, a hyphen, a comma and a space."""


def png(*chunks: tuple[bytes, bytes]) -> bytes:
    header = (b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    body = b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in (header, *chunks, (b"IDAT", zlib.compress(b"\x00\x00")), (b"IEND", b""))
    )
    return b"\x89PNG\r\n\x1a\n" + body


def zipped(name: str, data: bytes, remark: str = "", of_file: str = "") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        item = zipfile.ZipInfo(name)
        item.comment = of_file.encode()
        archive.writestr(item, data, zipfile.ZIP_DEFLATED)
        archive.comment = remark.encode()
    return buffer.getvalue()


def workbook() -> bytes:
    buffer = io.BytesIO()
    pd.DataFrame({"note": [f"seen by {PLANTED} twice"]}).to_excel(buffer, index=False)
    return buffer.getvalue()


def parquet(frame: pd.DataFrame) -> bytes:
    buffer = io.BytesIO()
    frame.to_parquet(buffer)
    return buffer.getvalue()


def pdf(where: str) -> bytes:
    from pypdf import PdfWriter
    from pypdf.annotations import FreeText
    from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

    writer = PdfWriter()
    page = writer.add_blank_page(300, 300)
    if where == "text":
        font = DictionaryObject(
            {
                NameObject("/Type"): NameObject("/Font"),
                NameObject("/Subtype"): NameObject("/Type1"),
                NameObject("/BaseFont"): NameObject("/Helvetica"),
                NameObject("/Encoding"): NameObject("/WinAnsiEncoding"),
            }
        )
        page[NameObject("/Resources")] = DictionaryObject(
            {NameObject("/Font"): DictionaryObject({NameObject("/F1"): writer._add_object(font)})}
        )
        content = DecodedStreamObject()
        content.set_data(f"BT /F1 12 Tf 20 200 Td (of {PLANTED} here) Tj ET".encode("cp1252"))
        page[NameObject("/Contents")] = writer._add_object(content.flate_encode())
    elif where == "properties":
        writer.add_metadata({"/Author": PLANTED})
    elif where == "outline":
        writer.add_outline_item(title=PLANTED, page_number=0)
    elif where == "note":
        writer.add_annotation(0, FreeText(text=PLANTED, rect=(0, 0, 9, 9)))
        page[NameObject("/Annots")] = writer._add_object(page["/Annots"])
    elif where == "XMP":
        packet = DecodedStreamObject()
        rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
        packet.set_data(f"<rdf:RDF xmlns:rdf='{rdf}'><rdf:Description>{PLANTED}</rdf:Description></rdf:RDF>".encode())
        writer.root_object[NameObject("/Metadata")] = writer._add_object(packet)
    elif where == "picture":
        writer._add_object(DictionaryObject({NameObject("/Subtype"): NameObject("/Image")}))
    elif where == "lock":
        writer.encrypt("secret", algorithm="RC4-128")
    else:
        writer.add_attachment("notes.txt.gz", gzip.compress(PLANTED.encode()))
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def notebook() -> bytes:
    picture = base64.encodebytes(png((b"tEXt", b"Author\x00" + PLANTED.encode("latin-1")))).decode()
    cell = {"cell_type": "code", "outputs": [{"data": {"image/png": picture}}]}
    return json.dumps({"cells": [cell]}).encode()


UTF8 = PLANTED.encode()
WRITTEN: dict[str, Callable[[], bytes]] = {
    "page.html": lambda: b"<p>seen by M&ouml;ller-Zettel,&nbsp;<b>R</b>uth</p>",
    "numbered.html": lambda: b"<p title='M&#246;ller&#45;Zettel, Ruth'>x</p>",
    "twice.html": lambda: b"<pre>M&amp;ouml;ller-Zettel, Ruth</pre>",
    "soft.html": lambda: "<p>Möl\u00adler\u2011Zettel,\u2003RUTH</p>".encode(),
    "wide.txt": lambda: "\uff2d\u00f6ller\uff0d\uff3aettel\uff0c\u00a0\uff32uth".encode(),
    "apart.txt": lambda: "Mo\u0308ller-\nZettel,\n   Ruth".encode(),
    "latin.csv": lambda: f"a;{PLANTED};b".encode("latin-1"),
    "two_bytes.csv": lambda: PLANTED.encode("utf-16"),
    "search.js": lambda: rb'Search.setIndex({"t":"M\u00f6ller\x2dZettel, Ruth"})',
    "data.json": lambda: json.dumps({"a": [PLANTED]}).encode(),
    "in_page.html": lambda: f"<i data-a='{json.dumps([PLANTED])}'></i>".encode(),
    "address.html": lambda: f"<a href='x?q={quote(PLANTED)}'>x</a>".encode(),
    "mail.eml": lambda: quopri.encodestring(b"seen by " + UTF8 + b", who came a second time, and a third, on that day"),
    "coded.txt": lambda: b"x " + base64.b64encode(b"told by " + UTF8),
    "of_addresses.txt": lambda: base64.urlsafe_b64encode(b"told by " + UTF8),
    "in_picture.html": lambda: (
        b"<img src='data:image/svg+xml;base64,"
        + base64.b64encode(f"<svg><text>{PLANTED}</text></svg>".encode())
        + b"'>"
    ),
    "drawing.svg": lambda: f"<svg><metadata>{PLANTED}</metadata><path d='M0 0'/></svg>".encode(),
    "text.png": lambda: png((b"tEXt", b"Title\x00" + PLANTED.encode("latin-1"))),
    "packed.png": lambda: png((b"zTXt", b"Title\x00\x00" + zlib.compress(PLANTED.encode("latin-1")))),
    "world.png": lambda: png((b"iTXt", b"Title\x00\x01\x00de\x00Titel\x00" + zlib.compress(UTF8))),
    "unfinished.png": lambda: png((b"tEXt", b"Title\x00" + PLANTED.encode("latin-1")))[:-12],
    "photo.jpg": lambda: b"\xff\xd8\xff\x00" + PLANTED.encode("latin-1"),
    "behind.png": lambda: png() + UTF8,
    "notebook.ipynb": notebook,
    "packed.txt.gz": lambda: gzip.compress(UTF8),
    "archive.zip": lambda: zipped("inner.zip", zipped("a.txt", UTF8)),
    "named.zip": lambda: zipped(f"{PLANTED}.txt", b""),
    "remarked.zip": lambda: zipped("a.txt", b"", PLANTED),
    "remarked_file.zip": lambda: zipped("a.txt", b"", of_file=PLANTED),
    "table.xlsx": workbook,
    "table.parquet": lambda: parquet(pd.DataFrame({"a": [PLANTED]})),
    "column.parquet": lambda: parquet(pd.DataFrame({PLANTED: [1]})),
    "objects.inv": lambda: (
        b"# Sphinx inventory version 2\n# Project: x\n# Version: \n# The rest is compressed using zlib.\n"
        + zlib.compress(UTF8)
    ),
    "text.pdf": lambda: pdf("text"),
    "properties.pdf": lambda: pdf("properties"),
    "outline.pdf": lambda: pdf("outline"),
    "note.pdf": lambda: pdf("note"),
    "described.pdf": lambda: pdf("XMP"),
    "attached.pdf": lambda: pdf("attachment"),
    "unknown.bin": lambda: b"\xff\x01\x00" + PLANTED.encode("latin-1") + b"\x00",
    "compiled.mo": lambda: b"\xde\x12\x04\x95\x00" + UTF8 + b"\x00",
    f"{PLANTED}.txt": lambda: b"",
}


@pytest.mark.parametrize("name", WRITTEN)
def test_a_planted_text_is_found_in_a_file_of_any_kind(name: str, tmp_path: Path):
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / name).write_bytes(WRITTEN[name]())
    report = search_folder(tmp_path, [PLANTED, "Somebody else"])
    assert {hit.text for hit in report.hits} == {PLANTED}
    assert {hit.file for hit in report.hits} == {f"deep/{name}"}
    assert report.files == 1


def test_the_same_files_without_it_hold_nothing(tmp_path: Path):
    for name, contents in WRITTEN.items():
        (tmp_path / name).write_bytes(contents())
    assert search_folder(tmp_path, ["Möller-Zettler", "Ruth Möller", "öller-Zettel", "Zettel, Rut"]).hits == ()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("27 months", True),
        ("of 27.", True),
        ("[3,27,4]", True),
        ("27-30", True),
        ("(27)", True),
        ("127", False),
        ("270", False),
        ("27.5", False),
        ("1.27", False),
        ("A27", False),
        ("27th", False),
    ],
)
def test_a_number_is_found_as_a_whole_or_anywhere_if_so_wished(text: str, found: bool, tmp_path: Path):
    (tmp_path / "a.txt").write_text(text, encoding="utf-8")
    assert bool(search_folder(tmp_path, ["27"]).hits) == found
    assert search_folder(tmp_path, ["27"], anywhere=True).hits


def test_what_cannot_be_searched_is_named_with_its_reason(tmp_path: Path):
    (tmp_path / "outlines.svg").write_text("<svg><path d='M0 0'/></svg>", encoding="utf-8")
    (tmp_path / "photo.png").write_bytes(png())
    (tmp_path / "font.woff2").write_bytes(b"wOF2\x00")
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.7 nothing of the kind, by Ruth")
    (tmp_path / "broken.zip").write_bytes(b"PK\x03\x04 Ruth")
    (tmp_path / "link").symlink_to(tmp_path / "photo.png")
    (tmp_path / "photo.jpg").write_bytes(b"\xff\xd8\xff")
    (tmp_path / "photo.pdf").write_bytes(pdf("picture"))
    (tmp_path / "locked.pdf").write_bytes(pdf("lock"))
    # The mark that a file is encrypted is a bit of its entry in the list at the end.
    entry, marked = b"PK\x01\x02\x14\x03\x14\x00", b"\x01"
    folder = zipped("folder/", b"", of_file="by Ruth")
    (tmp_path / "locked.zip").write_bytes(zipped("a.txt", b"Ruth").replace(entry + b"\x00", entry + marked))
    (tmp_path / "folder.zip").write_bytes(folder)
    report = search_folder(tmp_path, ["Ruth"])
    reasons = {name.partition(" ")[0]: why for why, names in report.unsearched.items() for name in names}
    assert "letters are outlines" in reasons["outlines.svg"]
    assert "what it shows was not" in reasons["photo.png"]
    assert "a font" in reasons["font.woff2"]
    assert "cannot be read" in reasons["broken.pdf"]
    assert "cannot be read" in reasons["broken.zip"]
    assert "a link" in reasons["link"]
    assert "what it shows was not" in reasons["photo.jpg"]
    assert "pictures in a PDF" in reasons["photo.pdf"]
    assert "encrypted" in reasons["locked.pdf"]
    assert "encrypted" in reasons["locked.zip"]
    assert "folder.zip" not in reasons
    assert {hit.file for hit in report.hits} == {"broken.pdf", "broken.zip", "folder.zip"}


def test_what_grows_beyond_measure_is_named_and_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(decoded, "_LARGEST", 1000)
    (tmp_path / "large.zip").write_bytes(zipped("a.txt", b"Ruth" * 300))
    (tmp_path / "large.gz").write_bytes(gzip.compress(b"Ruth" * 300))
    report = search_folder(tmp_path, ["Ruth"])
    assert not report.hits
    reasons = {names: why for why, names in report.unsearched.items()}
    assert "holds more than" in reasons["large.gz",]
    assert "holds more than" in reasons["large.zip (a.txt)",]


def test_files_in_files_are_read_to_an_end(tmp_path: Path):
    data = b"Ruth"
    for _ in range(9):
        data = gzip.compress(data)
    (tmp_path / "deep.gz").write_bytes(data)
    report = search_folder(tmp_path, ["Ruth"])
    assert not report.hits
    assert list(report.unsearched) == ["lies in more than 6 files, one in the other"]


def test_identifiers_and_free_texts_come_from_the_records(tmp_path: Path):
    tables = twenty_one()
    tables["patients"] = tables["patients"].assign(centre="Clinique du Lac")
    tables["treatments"] = tables["treatments"].assign(regimen="half of it on Sundays")
    tables["patients"]["patient_id"] = tables["patients"]["patient_id"].replace("A02", "7")
    for name in ("treatments", "platelets"):
        tables[name]["patient_id"] = tables[name]["patient_id"].replace("A02", "7")
    tables["adverse_events"] = pd.DataFrame(
        [
            {"patient_id": "A03", "day": 9, "term": term, "category": "other", "severe": False, "related": True}
            for term in ("fell off a horse", "cholecystitis")
        ]
    )
    write_cohort(cohort_of(tables), tmp_path / "records")
    texts, usual = texts_of_records(tmp_path / "records")
    assert {"A01", "A21", "Clinique du Lac", "half of it on Sundays", "fell off a horse"} <= set(texts)
    assert usual == ["7", "cholecystitis"]
    (tmp_path / "page.html").write_text("<p>A03 fell off a <b>horse</b></p>", encoding="utf-8")
    command = ["search-book", str(tmp_path / "page.html"), "--records", str(tmp_path / "records")]
    run = CliRunner().invoke(app, command)
    assert run.exit_code == 1
    assert "page.html: fell off a horse: …a03 fell off a horse…" in run.output
    assert "not looked for, since they are too short or the pages of any book have them: 7, cholecystitis" in run.output


def test_the_exit_code_says_whether_something_was_found(tmp_path: Path):
    book, strings = tmp_path / "html", tmp_path / "strings.txt"
    book.mkdir()
    (book / "a.html").write_text("<p>Ruth</p>", encoding="utf-8")
    strings.write_text("\ufeffAnna\n\n  Bert \n", encoding="utf-8")

    def run(*arguments: str) -> tuple[int, str]:
        result = CliRunner().invoke(app, ["search-book", *arguments])
        return result.exit_code, result.output

    assert run(str(book), "--strings", str(strings)) == (0, "2 texts looked for in 1 file: none found\n")
    code, said = run(str(book), "--strings", str(strings), "--for", "ruth")
    assert code == 1
    assert said.endswith("3 texts looked for in 1 file: 1 found, in 1 place\n")
    assert run(str(book), "--for", "Anna") == (0, "1 text looked for in 1 file: none found\n")
    for number in range(5):
        (book / f"{number}.html").symlink_to(book / "a.html")
    code, said = run(str(book), "--for", "Anna")
    assert code == 0
    assert said.startswith("not searched, a link to another place: 0.html, 1.html, 2.html and 2 more\n")
    assert run(str(book))[0] == 2
    empty = tmp_path / "empty"
    empty.mkdir()
    code, said = run(str(empty), "--for", "Ruth")
    assert (code, "holds no file" in said) == (2, True)
    assert run(str(book), "--for", "x") == (2, "'x' is too short to search for; expected 2 characters or more\n")
    assert run(str(tmp_path / "none"), "--for", "Ruth")[0] == 2
    code, said = run(str(book), "--strings", str(tmp_path / "none.txt"))
    assert code == 2
    assert "none.txt: cannot be read" in said


def test_writings_of_the_same_are_the_same():
    assert normalised("Mo\u0308l\u200b\ufe0fler\u3164\u00adRuth") == "möller ruth"
    assert normalised("STRASSE\u2010Nr.\u00a05") == normalised("Straße-Nr. \n5") == "strasse-nr. 5"


def test_a_link_file_is_no_list_of_texts(tmp_path: Path):
    path = tmp_path / "link.csv"
    LinkFile(path, "record_id", {"4711": "P-001"}).write()
    with pytest.raises(ValueError, match="copy the numbers of the records, its first column"):
        texts_of_file(path)


def test_what_is_no_file_or_cannot_be_listed_is_named_and_nothing_waits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "closed").mkdir()
    scandir = os.scandir

    def closed(path: str) -> object:
        if str(path).endswith("closed"):
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", closed)
    report = search_folder(tmp_path, ["Ruth"])
    assert report.unsearched == {
        "cannot be opened (Permission denied)": ("closed",),
        "a link to another place": ("loop",),
        "cannot be opened (a pipe and not a file)": ("pipe",),
    }
    assert "cannot be opened (a pipe and not a file)" in search_folder(tmp_path / "pipe", ["Ruth"]).unsearched
