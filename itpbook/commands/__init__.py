"""The verbs of the command ``itpbook``, by what they are about."""
