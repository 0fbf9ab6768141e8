"""Measurements that the documentation leans on, each with its reference in the same run."""
