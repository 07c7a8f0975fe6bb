"""Records made from a ledger, checked and written: once, or any number of times side by side.

Every set of records is checked before it is written, by deriving each published figure back from it.
"""

from __future__ import annotations

import csv
import hashlib
import io
import multiprocessing
import shutil
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from itpbook.attribute_table import unsatisfied
from itpbook.determined.conflicts import conflicts
from itpbook.determined.readings import is_possible
from itpbook.input_files import OF_RECORDS, read_input
from itpbook.outcomes import derive
from itpbook.project import cores
from itpbook.published import Ledger
from itpbook.reconstruct.solve import NoRecords, Solver
from itpbook.reconstruct.table import write_table
from itpbook.synthetic import records
from itpbook.synthetic.card import write_with_card

INDEX = "draws.csv"
_COLUMNS = ("draw", "seed", "digest", "ledger")


class NotAsPublished(ValueError):
    """Records of which some published figure does not come out again."""


class OtherDraws(ValueError):
    """A folder that holds draws of another ledger, or that begin with another seed."""


class Reconstruction:
    """A ledger, ready to be turned into records any number of times.

    Parameters
    ----------
    ledger
        The published figures. Of a series of ITP the raw records are written, of any other the solved table.
    readings
        For each entry that is not read literally, the name of its reading.

    Raises
    ------
    NoRecords
        When figures cannot stand together; the message names every set of them that cannot.
    """

    def __init__(self, ledger: Ledger, readings: Mapping[str, str]) -> None:
        if not is_possible(ledger, readings):
            found = [f"{', '.join(conflict.entries)}: {conflict.statement}" for conflict in conflicts(ledger, readings)]
            raise NoRecords("\n".join(["no records satisfy the published figures together:", *found]))
        self.ledger = ledger
        self.readings = dict(readings)
        self.is_recorded = records.can_be_recorded(ledger)
        self.solver = records.solver(ledger, readings) if self.is_recorded else Solver(ledger, readings)

    def write(self, seed: int, folder: Path) -> int:
        """Make records with a seed, check them, and write them with their card; return the number of patients.

        Raises
        ------
        NoRecords
            When no records satisfy the figures.
        NotAsPublished
            When a figure does not come out of the records again.
        """
        solved = self.solver.patients(seed)
        if not self.is_recorded:
            self._check(solved, seed)
            write_table(solved, self.ledger, self.readings, seed, folder)
            return len(solved)
        cohort = records.raw_records(solved, self.ledger, seed)
        self._check(derive(cohort), seed)
        write_with_card(cohort, self.ledger, self.readings, seed, folder)
        return len(cohort)

    def _check(self, table: pd.DataFrame, seed: int) -> None:
        problems = unsatisfied(self.ledger, table[list(self.ledger.attributes)], self.readings)
        if problems:
            msg = "\n".join([f"records of seed {seed} are not as published:", *problems])
            raise NotAsPublished(msg)


@dataclass(frozen=True)
class Draw:
    """One of many sets of records: its number, its seed and the digest of its files."""

    number: int
    seed: int
    digest: str

    @property
    def name(self) -> str:
        """The name of its folder."""
        return folder_name(self.number)


def folder_name(number: int) -> str:
    """Return the name of the folder of a draw."""
    return f"draw-{number:03d}"


def write_draws(
    ledger: Ledger, readings: Mapping[str, str], seed: int, number: int, folder: Path, jobs: int = 0
) -> Iterator[Draw]:
    """Write many sets of records, each with a seed of its own, and an index of them; yield each as it is finished.

    What is there already from an earlier run is kept, so that one that was interrupted goes on. The records do not
    depend on how many are made, nor in how many processes.

    Parameters
    ----------
    ledger, readings
        The published figures, and how those are read that are not read literally.
    seed
        Seed of the first; the others have the seeds that follow.
    number
        How many.
    folder
        Where they go: ``draw-001`` and so on, and ``draws.csv``.
    jobs
        Processes side by side; 0 for one per core.

    Raises
    ------
    OtherDraws
        When the folder holds draws of another ledger or with other seeds.
    NoRecords, NotAsPublished
        As :meth:`Reconstruction.write`.
    """
    finished = {draw.number: draw for draw in _kept(ledger, seed, folder)}
    yield from (draw for draw in finished.values() if draw.number <= number)
    missing = [place for place in range(1, number + 1) if place not in finished]
    if not missing:
        return
    reconstruction = Reconstruction(ledger, readings)
    with ProcessPoolExecutor(
        min(jobs or cores(), len(missing)),
        mp_context=multiprocessing.get_context("fork"),  # what is prepared once is there in every process
        initializer=_Worker.start,
        initargs=(reconstruction, seed, folder),
    ) as processes:
        tasks = [processes.submit(_Worker.draw, place) for place in missing]
        try:
            for task in as_completed(tasks):
                draw = task.result()
                finished[draw.number] = draw
                _write_index(finished, ledger, folder)
                yield draw
        except BaseException:
            processes.shutdown(cancel_futures=True)
            raise


class _Worker:
    """What a process needs to make any of the draws."""

    reconstruction: Reconstruction
    seed: int
    folder: Path

    @classmethod
    def start(cls, reconstruction: Reconstruction, seed: int, folder: Path) -> None:
        cls.reconstruction, cls.seed, cls.folder = reconstruction, seed, folder

    @classmethod
    def draw(cls, number: int) -> Draw:
        """Make a draw beside its place and move it there when it is complete."""
        seed, target = cls.seed + number - 1, cls.folder / folder_name(number)
        beside = target.with_name(f".{target.name}")
        shutil.rmtree(beside, ignore_errors=True)
        cls.reconstruction.write(seed, beside)
        shutil.rmtree(target, ignore_errors=True)
        beside.rename(target)
        return Draw(number, seed, _digest(target))


def ledgers_of(folder: Path) -> set[str]:
    """Return the digests of the ledgers that the draws of a folder were made from, as their index names them."""
    return {row["ledger"] for row in _index(folder)}


def _index(folder: Path) -> list[dict[str, str]]:
    """Return the rows of a folder's index; none where there is no index yet."""
    if not (folder / INDEX).exists():
        return []
    text = read_input(folder / INDEX, OF_RECORDS).decode("utf-8", "replace")
    rows = list(csv.reader(io.StringIO(text, newline="")))
    heading, *draws = rows or [[]]
    if heading != list(_COLUMNS) or any(len(row) != len(_COLUMNS) or not "".join(row[:2]).isdecimal() for row in draws):
        msg = f"{folder / INDEX} is no index of draws; choose another folder"
        raise OtherDraws(msg)
    return [dict(zip(_COLUMNS, row, strict=True)) for row in draws]


def _kept(ledger: Ledger, seed: int, folder: Path) -> list[Draw]:
    """Return the draws that an earlier run has finished."""
    rows = _index(folder)
    if any(row["ledger"] != ledger.digest or int(row["seed"]) != seed + int(row["draw"]) - 1 for row in rows):
        msg = f"{folder} holds draws of another ledger or with other seeds; choose another folder"
        raise OtherDraws(msg)
    found = [Draw(int(row["draw"]), int(row["seed"]), row["digest"]) for row in rows]
    return [draw for draw in found if _digest(folder / draw.name) == draw.digest]


def _write_index(finished: Mapping[int, Draw], ledger: Ledger, folder: Path) -> None:
    beside = folder / f".{INDEX}"
    with beside.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(_COLUMNS)
        writer.writerows((draw.number, draw.seed, draw.digest, ledger.digest) for _, draw in sorted(finished.items()))
    beside.replace(folder / INDEX)


def _digest(folder: Path) -> str:
    """Return the SHA-256 of the names and contents of a folder's files."""
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*")):
        digest.update(f"{path.name}\n{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()
