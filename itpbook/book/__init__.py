"""Executing what has changed, compiling the pages, putting them in place, and searching a finished book.

A build goes through these modules in this order (:func:`itpbook.book.build.build`):

1. ``book_folder`` refuses folders that no book can go to, holds the one that it goes to, and repairs it.
2. ``reuse`` works out the keys of chapters and book, and finds what an earlier build made under the same keys from the
   same inputs.
3. ``execution`` executes the other chapters; each begins with ``chapter``, and ``notebooks`` is how all are written.
4. ``page_sources`` puts the pages next to them, and Jupyter Book compiles both.
5. ``manuscript`` prints the pages, and ``release`` writes what a data protection officer needs, if asked.
6. ``book_folder`` puts all of it in the place of the old book, in one step.

``build_progress`` says what is being done. Two rooms look at what was built: ``recomputed`` compares all that ships
with what computing it again gives, and ``search`` looks for texts in a finished book.
"""
