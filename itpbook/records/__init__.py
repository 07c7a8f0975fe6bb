"""From files of records to typed tables: read as text, check every cell and rule, type what is sound.

``files`` reads, ``cells`` judges single texts, ``columns`` holds what is known of a table, ``typed`` checks
it column by column, ``consistency`` and ``courses`` hold the rules across columns and tables, ``canonical``
writes. What is wrong is collected as ``problems``. The front door is :mod:`itpbook.cohort`.
"""
