"""What a data protection officer needs to release a book: every number withheld, why, and what can be inferred.

The pack holds the true small numbers, so it lies beside the book and never in it.
"""

from __future__ import annotations

from itpbook.book.release.pack import write_release

__all__ = ["write_release"]
