"""Assertions that a model judges. What is judged is untrusted: it reaches the judge quoted, as material."""
