"""What is measured over a run as a whole, from the tags of its cases. Pure; worked out once for each run."""
