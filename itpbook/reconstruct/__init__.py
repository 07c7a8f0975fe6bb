"""From published figures to records: constraints, a plausible solution, and the raw records of each patient.

The path is one-way. ``constraints`` turns the ledger into a constraint model, ``draws`` proposes values, ``pairing``
gives them to patients who make sense by the habits of ``plausibility``, ``solve`` moves these onto the constraints by
the least change, and ``earlier_lines``, ``courses``, ``trajectories`` and ``events`` write out what a hospital would
have recorded of them, with a ``card`` beside it. ``conflicts`` tells which figures cannot stand together.
Nothing here knows how outcomes are derived from records.
"""
