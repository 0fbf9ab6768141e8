"""Reads of the serving edge."""
