"""What serving writes of its own."""
