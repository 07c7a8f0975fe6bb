"""The command line: one verb for each thing a person wants, gathered from :mod:`itpbook.commands`.

Exit codes: 0 done and as expected; 1 the data, the ledger or a figure is not as it should be; 2 wrong usage.
Heavy modules are imported by the verb that needs them.
"""

from __future__ import annotations

from itpbook.commands import build_commands as book
from itpbook.commands import implied_commands as determined
from itpbook.commands import import_commands as way_in
from itpbook.commands import record_commands as records
from itpbook.commands import search_command as search
from itpbook.commands.app import app

__all__ = ["app", "book", "determined", "records", "search", "way_in"]

if __name__ == "__main__":
    app()
