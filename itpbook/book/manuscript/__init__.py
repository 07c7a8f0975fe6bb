"""The whole manuscript on paper: the built pages joined and printed into one PDF by a browser."""
