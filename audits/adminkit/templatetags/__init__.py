"""Tags of the portal's components."""
