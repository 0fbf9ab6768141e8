"""Verbs of evaluations."""
