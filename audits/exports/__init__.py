"""The audit trail as files that outsiders can read."""
