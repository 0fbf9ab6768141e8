"""Approvals: who must sign which version, and who did, on what evidence."""
