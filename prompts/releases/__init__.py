"""What is served where: gate policies, gates, releases, freezes, retirements."""
