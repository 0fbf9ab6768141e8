"""Base classes of the admin, history that names its actor, registry of panels."""
