"""Attacks on a prompt, and what tells that it gave something away. Pure."""
