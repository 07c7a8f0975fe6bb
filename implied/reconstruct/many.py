"""Any number of reconstructions side by side, each in a folder of its own; a run that was interrupted goes on."""

from __future__ import annotations

import csv
import hashlib
import io
import multiprocessing
import shutil
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from implied.files.input_files import OF_RECORDS, read_input
from implied.ledger import Ledger
from implied.processors import cores
from implied.reconstruct.checked import Reconstruction

INDEX = "draws.csv"
_COLUMNS = ("draw", "seed", "digest", "ledger")


class OtherDraws(ValueError):
    """A folder that holds draws of another ledger, or that begin with another seed."""


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
    ledger: Ledger, prepared: Callable[[], Reconstruction], seed: int, number: int, folder: Path, jobs: int = 0
) -> Iterator[Draw]:
    """Write many sets of records, each with a seed of its own, and an index of them; yield each as it is finished.

    What is there already from an earlier run is kept, so that one that was interrupted goes on. The records do not
    depend on how many are made, nor in how many processes.

    Parameters
    ----------
    ledger
        The published claims.
    prepared
        Prepares the reconstruction, once and only if there is something to be made.
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
        As :class:`Reconstruction`.
    """
    finished = {draw.number: draw for draw in _kept(ledger, seed, folder)}
    yield from (draw for draw in finished.values() if draw.number <= number)
    missing = [draw_number for draw_number in range(1, number + 1) if draw_number not in finished]
    if not missing:
        return
    with ProcessPoolExecutor(
        min(jobs or cores(), len(missing)),
        mp_context=multiprocessing.get_context("fork"),  # what is prepared once is there in every process
        initializer=_Worker.start,
        initargs=(prepared(), seed, folder),
    ) as processes:
        tasks = [processes.submit(_Worker.draw, draw_number) for draw_number in missing]
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
        """Make a draw next to its place and move it there when it is complete."""
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
    draws = [Draw(int(row["draw"]), int(row["seed"]), row["digest"]) for row in rows]
    return [draw for draw in draws if _digest(folder / draw.name) == draw.digest]


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
