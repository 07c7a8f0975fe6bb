"""From published figures to records: constraints, a plausible solution, and the raw records of each patient.

The path is one-way. ``constraints`` turns the ledger into a constraint model, ``draws`` proposes plausible patients,
``solve`` moves them onto the constraints by the least change, and ``courses``, ``trajectories`` and ``events`` write
out what a hospital would have recorded of them. ``conflicts`` tells which figures cannot stand together.
Nothing here knows how outcomes are derived from records.
"""
