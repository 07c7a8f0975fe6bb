"""Patients who satisfy any ledger: plausible draws, moved onto the claims by least change.

The path is one-way. ``draws`` proposes values in the printed proportions, with ``quantities`` numbers around the
printed quantiles, and with ``fitting`` such that those of overlapping groups come out; ``pairing`` gives them to
patients who make sense, judged by the rules, habits and counts that ``coded`` and ``tallies`` turn into functions of
many patients at once. What is then still amiss ``nearest`` moves by the least change onto the ``constraints`` (those on
``summaries`` among them). ``solve`` does all of this, and ``table`` writes out what it finds.
Nothing here knows this study, nor how outcomes are derived from records.
"""
