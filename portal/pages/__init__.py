"""Pages that need several rooms."""
