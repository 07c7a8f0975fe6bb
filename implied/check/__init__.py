"""Single claims and queries: what a table of patients answers, and whether it prints what is published."""
