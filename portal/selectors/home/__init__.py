"""What the home pages show: work that waits, what burns, the state of the record."""
