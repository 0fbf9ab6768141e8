"""What `make test` runs, lane after lane: `python -m tests.lanes [lint] [main] [real] [postgres]`."""
