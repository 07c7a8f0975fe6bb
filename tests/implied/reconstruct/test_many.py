"""Many reconstructions: the same whoever makes them, each checked, and an interrupted run goes on."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pandas as pd
import pytest
from small_ledger import NINE, nine_patients

from implied.determine.stored_answers import Determined
from implied.ledger import Ledger
from implied.reconstruct.checked import NotAsPublished, Reconstruction
from implied.reconstruct.many import Draw, OtherDraws, folder_name, ledgers_of, write_draws
from implied.reconstruct.solve import NoRecords
from itpbook import project
from itpbook.records.cohort import load_cohort
from itpbook.study.reconstructions import RecordsOfSeries
from itpbook.synthetic.raw_records import SEED


def written(ledger: Ledger, folder: Path, number: int, *, seed: int = 7, jobs: int = 1) -> list[Draw]:
    made = write_draws(ledger, lambda: Reconstruction(ledger), seed, number, folder, jobs)
    return sorted(made, key=lambda draw: draw.number)


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.fixture(scope="module")
def nine(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    return nine_patients(tmp_path_factory.mktemp("ledger"))


def test_the_records_depend_neither_on_the_number_of_processes_nor_on_how_many_are_made(nine: Ledger, tmp_path: Path):
    assert written(nine, tmp_path / "one", 4, jobs=1) == written(nine, tmp_path / "four", 4, jobs=4)
    assert contents(tmp_path / "one") == contents(tmp_path / "four")
    Reconstruction(nine).write(9, tmp_path / "alone")
    assert contents(tmp_path / "alone") == contents(tmp_path / "one" / folder_name(3))


def test_draws_of_the_shipped_ledger_begin_with_the_shipped_records_and_are_whole_series(
    ledger: Ledger, known: Determined, tmp_path: Path
):
    draws = list(write_draws(ledger, lambda: RecordsOfSeries(ledger.read(known.readings)), SEED, 2, tmp_path, 1))
    draws.sort(key=lambda draw: draw.number)
    assert contents(tmp_path / "draw-001") == contents(project.COHORT)
    assert [draw.seed for draw in draws] == [SEED, SEED + 1]
    for draw in draws:
        cohort = load_cohort(tmp_path / draw.name)
        assert len(cohort) == 31
        assert cohort.synthetic
        assert f"--seed {draw.seed} " in (tmp_path / draw.name / "README.md").read_text(encoding="utf-8")


def test_the_index_names_every_draw_with_its_seed_and_digest(nine: Ledger, tmp_path: Path):
    draws = written(nine, tmp_path, 3)
    with (tmp_path / "draws.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(int(row["draw"]), int(row["seed"]), row["digest"]) for row in rows] == [
        (draw.number, draw.seed, draw.digest) for draw in draws
    ]
    assert {row["ledger"] for row in rows} == {nine.digest}
    assert len({draw.digest for draw in draws}) == 3


def test_an_interrupted_run_goes_on_and_keeps_what_is_finished(nine: Ledger, tmp_path: Path):
    whole = written(nine, tmp_path / "whole", 5)
    running = write_draws(nine, lambda: Reconstruction(nine), 7, 5, tmp_path / "stopped", jobs=1)
    next(running)
    running.close()
    assert not (tmp_path / "stopped" / folder_name(5)).exists()
    kept = tmp_path / "stopped" / folder_name(1) / "patients.csv"
    before = kept.stat().st_mtime_ns
    assert written(nine, tmp_path / "stopped", 5) == whole
    assert kept.stat().st_mtime_ns == before
    assert contents(tmp_path / "stopped") == contents(tmp_path / "whole")


def test_a_damaged_or_half_written_draw_is_made_again(nine: Ledger, tmp_path: Path):
    draws = written(nine, tmp_path, 3)
    sound = contents(tmp_path)
    (tmp_path / folder_name(2) / "patients.csv").write_text("damaged", encoding="utf-8")
    shutil.rmtree(tmp_path / folder_name(3))
    (tmp_path / f".{folder_name(3)}").mkdir()
    assert written(nine, tmp_path, 3) == draws
    assert contents(tmp_path) == sound


def test_more_draws_are_added_to_those_there(nine: Ledger, tmp_path: Path):
    first = written(nine, tmp_path, 2)
    assert written(nine, tmp_path, 4)[:2] == first
    assert len(written(nine, tmp_path, 1)) == 1
    assert len((tmp_path / "draws.csv").read_text(encoding="utf-8").splitlines()) == 5


def test_draws_of_different_ledgers_or_seeds_are_not_mixed(nine: Ledger, tmp_path: Path):
    written(nine, tmp_path / "draws", 2)
    with pytest.raises(OtherDraws, match="holds draws of another ledger or with other seeds"):
        written(nine, tmp_path / "draws", 2, seed=8)
    other = nine_patients(tmp_path, NINE + "# another\n")
    with pytest.raises(OtherDraws):
        written(other, tmp_path / "draws", 2)


@pytest.mark.parametrize(
    "content", ["", "draw\n1\n", "draw,seed,digest,ledger\n1\n", "draw,seed,digest,ledger\na,b,c,d\n"]
)
def test_a_file_that_is_no_index_is_refused_in_words(content: str, nine: Ledger, tmp_path: Path):
    (tmp_path / "draws.csv").write_text(content, encoding="utf-8")
    with pytest.raises(OtherDraws, match=r"draws\.csv is no index of draws"):
        written(nine, tmp_path, 1)
    with pytest.raises(OtherDraws):
        ledgers_of(tmp_path)


def test_another_series_is_written_as_one_table_with_a_card(nine: Ledger, tmp_path: Path):
    assert Reconstruction(nine).write(3, tmp_path / "out") == 9
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"patients.csv", "README.md"}
    table = pd.read_csv(tmp_path / "out" / "patients.csv")
    assert list(table.columns) == ["patient_id", *nine.attributes]
    assert table["patient_id"].tolist() == [f"SYN-{place}" for place in range(1, 10)]
    assert (table["sex"] == "female").sum() == 4
    assert table["cough_days"].notna().equals(table["cough"])
    card = (tmp_path / "out" / "README.md").read_text(encoding="utf-8")
    for needed in ("None of these 9 patients exists", nine.source, "--seed 3 ", nine.digest, "`cough_days`"):
        assert needed in card


def test_records_that_are_not_as_published_are_refused(nine: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    reconstruction = Reconstruction(nine)
    solved = reconstruction.solver.patients(3)
    spoiled = solved.assign(sex=["male"] * 9)
    monkeypatch.setattr(reconstruction.solver, "patients", lambda seed: spoiled)
    with pytest.raises(NotAsPublished, match=r"records of seed 3 are not as published:\n.*women"):
        reconstruction.write(3, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_figures_that_cannot_stand_together_stop_the_run_and_leave_nothing(tmp_path: Path):
    impossible = nine_patients(tmp_path, NINE.replace('printed: {count: "6"}', 'printed: {count: "7"}'))
    with pytest.raises(NoRecords):
        list(write_draws(impossible, lambda: Reconstruction(impossible), 7, 3, tmp_path / "out", jobs=2))
    assert not (tmp_path / "out").exists()
