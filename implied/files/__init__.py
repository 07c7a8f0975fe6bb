"""Files that people bring: read within limits, refused with their line, and written so that no text is a formula."""
