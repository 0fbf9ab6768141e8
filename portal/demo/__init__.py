"""The demo organisation: its texts as YAML beside this file, and the walk that makes it real."""
