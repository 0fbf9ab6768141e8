"""The tamper-evident record: events, Merkle tree, signed checkpoints, verification."""
