"""The prompt rooms: registry, lifecycle, evaluations, releases, observability, serving."""
