"""Files of other people: read within limits, refused with their place, and written so that no text is a formula."""
