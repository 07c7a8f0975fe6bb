"""Results read back from the executed notebooks, which are refused when they are not as they should be."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass as validated

from implied.files.input_files import read_input
from itpbook.results.recorded_result import DATA, RESULT, Result, ResultsError

LARGEST = 100_000_000
"""Bytes of an executed chapter."""

_RECORDED = TypeAdapter(validated(Result, frozen=True, config=ConfigDict(extra="forbid")))
"""The names and types of what a result holds, as they are written in JSON."""


def read_outputs(folder: Path, kind: str) -> list[dict[str, Any]]:
    """Collect the JSON outputs of one MIME type from the notebooks of a folder, in order of name and cell.

    Raises
    ------
    ResultsError
        When the folder holds no notebooks, or one cannot be read, holds a traceback or a cell that never ran.
    """
    return [payload for _, _, payload in _outputs(folder, kind)]


def read_results(folder: Path, *, without: Sequence[str] = ()) -> list[Result]:
    """Read every result from the executed chapters of a folder, but for those named in ``without``.

    Raises
    ------
    ResultsError
        As :func:`read_outputs`, and when a result is recorded twice or is not as this version records them.
    """
    results = []
    seen: dict[tuple[str, str], str] = {}
    for cell_name, _, payload in _outputs(folder, RESULT, without):
        try:
            _RECORDED.validate_json(json.dumps(payload), strict=True)
        except ValidationError as error:
            problems = "; ".join(f"{'.'.join(map(str, line['loc']))}: {line['msg']}" for line in error.errors())
            msg = f"{cell_name}: holds a result that this version cannot read ({problems}); execute the chapter again"
            raise ResultsError(msg) from error
        result = Result(**payload)
        key = (result.id, result.reading)
        if key in seen:
            msg = f"{result.id} ({result.reading} reading) is recorded twice: {seen[key]} and {cell_name}"
            raise ResultsError(msg)
        seen[key] = cell_name
        results.append(result)
    return results


def read_data(folder: Path) -> dict[str, str]:
    """Read the CSV of every table and drawn figure from the executed chapters of a folder, by its name.

    A table has its own name; a drawn figure has that of its cell (``mystnb: figure: name``).

    Raises
    ------
    ResultsError
        As :func:`read_outputs`, and when something to be downloaded has no name, or a name stands twice.
    """
    texts: dict[str, str] = {}
    for cell_name, cell, payload in _outputs(folder, DATA, ()):
        name = payload.get("name") or cell["metadata"].get("mystnb", {}).get("figure", {}).get("name")
        if not name or name in texts:
            msg = f"{cell_name}: data for download {f'under a name twice: {name}' if name else 'without a name'}"
            raise ResultsError(msg)
        texts[name] = payload["csv"]
    return texts


def _outputs(
    folder: Path, kind: str, without: Sequence[str] = ()
) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    """Go through the outputs of one MIME type, each with the name of its cell and the cell."""
    notebooks = [path for path in sorted(folder.glob("*.ipynb")) if path.stem not in without]
    if not notebooks:
        msg = f"no executed chapters in {folder}"
        raise ResultsError(msg)
    for path in notebooks:
        try:
            outputs = [*_outputs_of(path, kind)]
        except ResultsError:
            raise
        except OSError as error:
            msg = f"{path.name}: cannot be read ({error.strerror})"
            raise ResultsError(msg) from error
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
            msg = f"{path.name}: is no notebook"
            raise ResultsError(msg) from error
        yield from outputs


def _outputs_of(path: Path, kind: str) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    for position, cell in enumerate(json.loads(read_input(path, LARGEST))["cells"], start=1):
        if cell["cell_type"] != "code":
            continue
        cell_name = f"{path.name}: cell {position}"
        if cell.get("execution_count") is None and "".join(cell["source"]).strip():
            msg = f"{cell_name} was never executed"
            raise ResultsError(msg)
        for output in cell["outputs"]:
            if output["output_type"] == "error":
                msg = f"{cell_name} stopped with {output['ename']}: {output['evalue']}"
                raise ResultsError(msg)
            payload = output.get("data", {}).get(kind)
            if payload is not None:
                yield cell_name, cell, payload
