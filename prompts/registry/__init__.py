"""Prompts as assets: environments, collections, prompts, frozen versions, templating, search."""
