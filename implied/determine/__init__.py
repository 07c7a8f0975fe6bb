"""What the claims imply: conflicts with proof, sharp bounds, facts about single patients.

``kinds`` finds what the figures tell apart, ``junction`` which attributes must be looked at together, ``cells`` makes
the tables of both, ``model`` demands of them what is published, and ``witness`` turns numbers of patients in cells
into patients again. On these stand the questions: ``readings`` (which can be taken literally), ``minimal_sets`` and
``conflicts`` (which figures cannot stand together), ``bounds`` (how small and great any figure can be), ``facts``
(what is forced about single patients), ``rounding`` (which rules can have been at work) and ``solutions`` (all
records, of a small ledger).
``everything`` asks all of them; ``stored`` keeps the answers and reads them, and needs no solver.
Nothing here knows this study.
"""
