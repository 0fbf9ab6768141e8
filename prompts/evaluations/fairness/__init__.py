"""Counterfactual cases: the same question about people of different groups. Pure."""
