"""Guards the link between records and identifiers: what it hides, that it lasts, and what is refused of its file."""

from __future__ import annotations

import random
import stat
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from redcap_exports import CONFIRMED, IDS, LINKED, SmallExport

from itpbook.intake.redcap.importer import import_export, prepare_places, write_import
from itpbook.intake.redcap.pseudonyms import LARGEST, LinkFile, draw_identifiers, read_link
from itpbook.records.cohort import InvalidRecords


@pytest.fixture
def export(tmp_path: Path) -> SmallExport:
    return SmallExport(tmp_path)


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@given(
    first=st.lists(st.text(min_size=1, max_size=5), unique=True, max_size=40),
    second=st.lists(st.text(min_size=1, max_size=5), unique=True, max_size=40),
    seed=st.integers(0, 2**32),
)
def test_identifiers_last_and_never_stand_for_two(first: list[str], second: list[str], seed: int) -> None:
    drawn = draw_identifiers(first, {}, "P-", 3, random.Random(seed))
    again = draw_identifiers(second, drawn, "P-", 3, random.Random(seed + 1))
    assert {record: again[record] for record in drawn} == drawn
    assert set(again) == {*first, *second}
    assert len(set(again.values())) == len(again)
    assert all(len(name) == 5 and name.startswith("P-") and name != "P-000" for name in again.values())


def test_neither_place_in_the_export_nor_time_of_addition_shows_in_a_number() -> None:
    above, draws = 0, 2000
    later = 0
    for seed in range(draws):
        source = random.Random(seed)
        present = draw_identifiers(["1", "2"], {}, "P-", 1, source)
        names = draw_identifiers(["1", "2", "3"], present, "P-", 1, source)
        above += names["2"] > names["1"]
        later += names["3"] > names["1"]
    # 2000 coins: outside of this once in 10^9 times.
    assert abs(above - draws / 2) < 140
    assert abs(later - draws / 2) < 140


def test_too_few_numbers_are_refused_in_words(export: SmallExport) -> None:
    for number in range(4, 11):
        export.rows.append({**export.row("1"), "record_id": str(number)})
    (problem,) = [line for line in export.refused("patient_ids: {digits: 1}") if "identifiers of 1 digits" in line]
    assert problem == (
        "export.csv, record_id: found 10 patients, but 9 identifiers of 1 digits, "
        "expected digits: 2 or more in the mapping, and with it a new link file"
    )


def import_to(export: SmallExport, name: str, link: Path | None) -> dict[str, bytes]:
    mapping = export.folder / "mapping.yaml"
    mapping.write_text(CONFIRMED, encoding="utf-8")
    write_import(import_export(export.write(), mapping, link=link), export.folder / name)
    return files_of(export.folder / name)


def test_an_import_with_its_link_file_gives_the_same_bytes_even_in_another_order(export: SmallExport) -> None:
    link = export.folder / "safe" / "link.csv"
    first = import_to(export, "first", link)
    stored = link.read_bytes()
    records = ["3", "1", "2"]
    export.rows.sort(
        key=lambda row: (records.index(row["record_id"]), row.get("plt_date") or "", row.get("trt_agent", ""))
    )
    assert import_to(export, "second", link) == first
    assert link.read_bytes() == stored


def test_without_a_link_file_identifiers_are_others_every_time(export: SmallExport) -> None:
    tables = {import_to(export, name, None)["patients.csv"] for name in ("a", "b", "c")}
    assert len(tables) > 1
    assert sorted(path.name for path in export.folder.iterdir()) == ["a", "b", "c", "export.csv", "mapping.yaml"]


def test_new_patients_join_and_vanished_ones_stay_in_the_link_file(export: SmallExport) -> None:
    link = export.folder / "link.csv"
    three = list(export.rows)
    export.rows = [row for row in three if row["record_id"] != "2"]
    import_to(export, "first", link)
    before = read_link(link, "record_id", ["1"], "P-", 3)[0].identifiers
    export.rows = [row for row in three if row["record_id"] != "1"]
    import_to(export, "second", link)
    after = read_link(link, "record_id", ["1"], "P-", 3)[0].identifiers
    assert after.items() > before.items()
    assert set(after) == {"1", "2", "3"}


def test_rows_are_sorted_by_identifier_and_day_and_tell_nothing_of_the_export(export: SmallExport) -> None:
    LinkFile(export.folder / "link.csv", "record_id", {"1": "P-900", "2": "P-100", "3": "P-500"}).write()
    cohort = export.imported().cohort
    assert cohort.patients["patient_id"].tolist() == ["P-100", "P-500", "P-900"]
    for table in (cohort.platelets, cohort.adverse_events):
        order = list(zip(table["patient_id"], table["day"], strict=True))
        assert order == sorted(order)


def test_the_files_are_for_their_owner_only(export: SmallExport) -> None:
    link = export.folder / "safe" / "link.csv"
    import_to(export, "mine", link)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in [link, *(export.folder / "mine").rglob("*")]}
    assert set(modes.values()) == {0o600}
    assert {stat.S_IMODE((export.folder / name).stat().st_mode) for name in ("mine", "safe")} == {0o700}


def test_places_behind_links_are_written_and_swept_where_they_are(export: SmallExport) -> None:
    place, vault = export.folder / "place", export.folder / "vault"
    for name in (place / "empty", vault / ".link.csv.unfinished-x"):
        name.mkdir(parents=True)
    (export.folder / "mine").symlink_to(place / "empty")
    (export.folder / "link.csv").symlink_to(vault / "link.csv")
    import_to(export, "mine", export.folder / "link.csv")
    assert (place / "empty" / "patients.csv").is_file()
    assert [path.name for path in vault.iterdir()] == ["link.csv"]


def test_the_file_says_what_it_is_and_in_no_order_of_records(tmp_path: Path) -> None:
    link = LinkFile(tmp_path / "link.csv", "study_id", {"0012": "P-7", 'a"b,c': "P-1", "Ä\nB": "P-3"})
    link.write()
    title, check, *table = link.content().decode().splitlines()
    assert title.startswith("# Link file of itpbook: which record every patient identifier stands for. It stays in the")
    assert check.startswith("# sha256 ")
    assert table == ["study_id,patient_id", '"a""b,c",P-1', '"Ä', 'B",P-3', "0012,P-7"]
    assert read_link(tmp_path / "link.csv", "study_id", ["0012"], "P-", 1)[0].identifiers == link.identifiers


def test_no_record_is_a_formula_where_a_spreadsheet_opens_the_file(tmp_path: Path) -> None:
    link = LinkFile(tmp_path / "link.csv", "=id", {"=HYPERLINK(A1)": "P-1", "'@x": "P-2", "-5": "P-3"})
    link.write()
    assert link.content().decode().splitlines()[2:] == ["'=id,patient_id", "'=HYPERLINK(A1),P-1", "''@x,P-2", "-5,P-3"]
    assert read_link(tmp_path / "link.csv", "=id", ["-5"], "P-", 1) == (replace(link, stored=link.content()), [])


WRONG = "expected the link file as an earlier import wrote it"


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda data: data.replace(b"1,P1", b"1,P2"),
            f"a link file that is damaged, or was edited or saved by another program, {WRONG}"),
        (lambda data: data[:-3], f"damaged, or was edited or saved by another program, {WRONG}"),
        (lambda data: data.replace(b"\n", b"\r\n"), "a file that is no link file"),
        (lambda data: b"\xef\xbb\xbf" + data, "a file that is no link file"),
        (lambda data: b"", "a file that is no link file"),
        (lambda data: b"\x00\xff" * 50, "a file that is no link file"),
        (lambda data: b"record_id,patient_id\n1,P1\n", "a file that is no link file"),
        (lambda data: data.partition(b"record_id")[0], "damaged, or was edited"),
    ],
)  # fmt: skip
def test_a_damaged_link_file_is_refused_and_stays_as_it_is(damage: object, message: str, export: SmallExport) -> None:
    export.write_link()
    link = export.folder / "link.csv"
    link.write_bytes(damage(link.read_bytes()))  # type: ignore[operator]
    before = link.read_bytes()
    (problem,) = export.refused(IDS)
    assert problem.startswith("link.csv: found ")
    assert message in problem
    assert link.read_bytes() == before


@pytest.mark.parametrize(
    ("field", "identifiers", "message"),
    [
        ("study_id", LINKED, 'records numbered by the field "study_id", expected the link file of this project'),
        ("record_id", {"77": "P1"}, "1 records, none of which is in the export, expected the link file of this"),
        ("record_id", {"1": "P1", "2": "P1"}, f"a record or an identifier that stands twice, {WRONG}"),
        ("record_id", {"1": "P01"}, 'the identifier "P01", expected identifiers such as P1, as patient_ids in the'),
        ("record_id", {"1": "X1"}, 'the identifier "X1", expected identifiers such as P1'),
    ],
)  # fmt: skip
def test_the_link_file_of_another_project_or_mapping_is_refused(
    field: str, identifiers: dict[str, str], message: str, export: SmallExport
) -> None:
    LinkFile(export.folder / "link.csv", field, identifiers).write()
    (problem,) = export.refused(IDS)
    assert message in problem


def test_a_folder_in_the_place_of_the_link_file_is_refused(export: SmallExport) -> None:
    (export.folder / "link.csv").mkdir()
    assert export.refused() == [
        f"link.csv: found a file that cannot be read: a folder and not a file, {WRONG}: take it from a backup, or name "
        "a new file to draw new identifiers"
    ]


def test_a_link_file_of_any_size_and_any_cells_is_refused_in_words(export: SmallExport) -> None:
    link = export.folder / "link.csv"
    LinkFile(link, "record_id", {"1": "P" * 200_000}).write()
    (problem,) = export.refused(IDS)
    assert "a link file that is damaged" in problem
    with link.open("wb") as file:
        file.truncate(LARGEST + 1)
    (problem,) = export.refused(IDS)
    assert f"files of up to {LARGEST:,} are read" in problem


@pytest.mark.parametrize("inside", ["mine/link.csv", "mine", "mine/../mine/link.csv", "other/link.csv"])
def test_a_link_file_in_the_output_is_refused_before_anything_is_read(inside: str, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "other").symlink_to(tmp_path / "mine")
    with pytest.raises(ValueError, match="which can be passed on, while the link file must stay in the hospital"):
        prepare_places(tmp_path / "mine", tmp_path / inside)


def test_a_link_file_among_the_tables_of_another_import_is_refused(tmp_path: Path) -> None:
    earlier = tmp_path / "earlier"
    earlier.mkdir()
    (earlier / "patients.csv").touch()
    with pytest.raises(ValueError, match="earlier, which can be passed on"):
        prepare_places(tmp_path / "mine", earlier / "link.csv")
    prepare_places(tmp_path / "mine", tmp_path / "link.csv")


def test_a_link_file_that_another_import_changed_meanwhile_is_not_overwritten(export: SmallExport) -> None:
    mapping = export.folder / "mapping.yaml"
    mapping.write_text(CONFIRMED, encoding="utf-8")
    link = export.folder / "link.csv"
    imported = import_export(export.write(), mapping, link=link)
    LinkFile(link, "record_id", {"1": "P-111"}).write()
    with pytest.raises(OSError, match="was changed by another import while this one ran: nothing was written"):
        write_import(imported, export.folder / "mine")
    assert b"P-111" in link.read_bytes()
    assert not (export.folder / "mine").exists()


def test_records_own_identifiers_need_no_link_and_must_hold_no_date(export: SmallExport) -> None:
    assert export.refused("patient_ids: {keep: true}") == [
        "link.csv: found a link file, expected patient_ids without keep: true, or no --link: the records' own "
        "identifiers need no link"
    ]
    export.link = None
    for row in export.rows:
        row["record_id"] = f"KM-1961-12-2{row['record_id']}"
    problems = export.refused("patient_ids: {keep: true}")
    assert len(problems) == 3
    assert "with day, month and year in figures, expected identifiers that hold none" in problems[0]


def test_no_link_is_written_for_a_refused_import(export: SmallExport) -> None:
    export.row("1")["sex"] = "7"
    with pytest.raises(InvalidRecords):
        export.imported()
    assert not (export.folder / "link.csv").exists()
