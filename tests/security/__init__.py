"""Ways in that were tried by an attacker, and that stay shut."""
