"""The record format, and loading records: every cell and rule checked, every problem listed.

``sources`` finds the tables and has them read as ``text_tables``; ``raw_cells`` judges single texts, ``columns`` holds
what is known of a table, ``typed`` checks it column by column, ``consistency`` and ``course_consistency`` hold the
rules across columns and tables. What is wrong is collected as ``problems``. The front door is
:mod:`itpbook.records.cohort`.
"""
