"""The folder that a centre begins with.

Tables and workbook lie apart, so that each can be validated where it lies: two forms in one folder are refused.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

from itpbook.intake.own_edition import example_text
from itpbook.intake.redcap.redcap_dictionary import dictionary_csv
from itpbook.intake.template.guide import example_mapping, guide
from itpbook.intake.template.workbook import write_workbook
from itpbook.records.schema import TABLES, asked_columns

WORKBOOK = "records.xlsx"
TABLES_IN = "csv"
DICTIONARY = "redcap/redcap_data_dictionary.csv"
MAPPING = "redcap/mapping.yaml"
GUIDE = "README.md"
EDITION = "edition.yaml"


def write_template(folder: Path) -> list[Path]:
    """Write guide, empty tables, data dictionary and the files to be altered; nothing is replaced.

    Returns
    -------
    list
        The files, in the order in which one meets them.

    Raises
    ------
    FileExistsError
        When one of them is there already; all that are, are named, and nothing is written.
    """
    texts = _texts()
    names = [GUIDE, WORKBOOK, *(name for name in texts if name != GUIDE)]
    if folder.exists() and not folder.is_dir():
        msg = f"{folder} is a file, not a folder"
        raise FileExistsError(msg)
    if there := [name for name in names if (folder / name).exists()]:
        msg = f"{folder} already holds {', '.join(there)}: nothing was written"
        raise FileExistsError(msg)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".template-") as temporary:
        for name, text in texts.items():
            (Path(temporary) / name).parent.mkdir(exist_ok=True)
            (Path(temporary) / name).write_text(text, encoding="utf-8", newline="\n")
        write_workbook(Path(temporary) / WORKBOOK)
        for name in names:
            (folder / name).parent.mkdir(exist_ok=True)
            (Path(temporary) / name).rename(folder / name)
    return [folder / name for name in names]


def _texts() -> Mapping[str, str]:
    tables = {f"{TABLES_IN}/{name}.csv": ",".join(asked_columns(name)) + "\n" for name in TABLES}
    return {GUIDE: guide(), **tables, DICTIONARY: dictionary_csv(), MAPPING: example_mapping(), EDITION: example_text()}
