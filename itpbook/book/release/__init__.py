"""The release pack, for a data protection officer: every number withheld, why, and what can be inferred of it.

The pack holds the true small numbers, so it lies next to the book and never in it.
"""

from __future__ import annotations

from itpbook.book.release.pack import write_release

__all__ = ["write_release"]
