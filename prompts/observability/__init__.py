"""What happened in use: call records, scores and their roll-ups."""
