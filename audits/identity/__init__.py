"""Who acts: people, teams, roles, service accounts, and the base of policies."""
