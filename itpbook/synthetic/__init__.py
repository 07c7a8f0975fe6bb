"""The raw records of reconstructed patients with ITP: courses, counts by day, events.

What a haematologist would expect of such patients is said by ``habits`` and ``ongoing``, and handed to the solver.
``raw_records`` then writes out what a hospital would have recorded of each ``patient``: ``prior_lines`` and
``combination_courses`` of treatment, ``trajectories`` of platelet counts and adverse ``events``, with a ``card`` beside
them. Nothing here knows how outcomes are derived from records.
"""
