"""The audit rooms: who acts, what was recorded, what may leave."""
