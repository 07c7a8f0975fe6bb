"""A file that nothing may open or show."""

from __future__ import annotations

from pathlib import Path

import pytest
from hostile_strings import SECRET


@pytest.fixture(scope="session")
def canary(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the path of the canary file."""
    path = tmp_path_factory.mktemp("outside") / "canary.txt"
    path.write_text(f"{SECRET}\n", encoding="utf-8")
    return path
