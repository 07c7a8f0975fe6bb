"""Texts looked for in every file of a finished book, as a data protection officer would look for a patient."""

from __future__ import annotations

from itpbook.book.search.look import Hit, Report, search_folder
from itpbook.book.search.wanted import texts_of_file, texts_of_records

__all__ = ["Hit", "Report", "search_folder", "texts_of_file", "texts_of_records"]
