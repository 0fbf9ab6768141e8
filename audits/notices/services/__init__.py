"""Verbs of the notices."""
