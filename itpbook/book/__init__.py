"""Executing what has changed, compiling the pages, putting them in place, and searching a finished book."""
