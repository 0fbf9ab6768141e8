"""Verbs of exports."""
