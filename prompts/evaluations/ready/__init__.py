"""Suites of our own writing, ready to be added: the files are data, the reading of them is pure."""
