"""Reads that need several rooms: what the pages show."""
