"""The API edge: applications fetch released prompts and report calls."""
