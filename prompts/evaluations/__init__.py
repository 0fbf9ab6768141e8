"""Evidence: providers, suites, cases, runs and results."""
