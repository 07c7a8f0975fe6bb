"""Single claims: whether a table of patients prints them, and which counts print a percentage."""
