"""What leaves the house: the one guard for outgoing calls."""
