"""Executing chapters: a process that has imported everything once, and a fork of it for every chapter."""
