"""What the claims imply: conflicts with proof, sharp bounds, facts about single patients.

``kinds`` finds what the claims tell apart, ``junction`` which attributes must be looked at together, ``joint_cells``
makes the tables of both, ``model`` demands of them what is published, and ``witness`` turns numbers of patients in
cells into patients again. On these stand the questions: ``readings`` (which can be taken literally), ``minimal_sets``
and ``conflicts`` (which claims cannot stand together), ``bounds`` (how small and great any number can be), ``facts``
(what is forced about single patients), ``other_rounding`` (which rules can have been at work) and ``solutions`` (all
records, of a small ledger).
``everything`` asks all of them; ``stored_answers`` keeps the answers and reads them, and needs no solver.
Nothing here knows this study.
"""
