"""From solved patients to the raw records of an ITP series.

What a haematologist would expect of such patients is said by ``habits`` and ``ongoing``, and handed to the solver.
``records`` then writes out what a hospital would have recorded of each ``patient``: ``earlier_lines`` and ``courses``
of treatment, ``trajectories`` of platelet counts and adverse ``events``, with a ``card`` beside them. Nothing here
knows how outcomes are derived from records.
"""
