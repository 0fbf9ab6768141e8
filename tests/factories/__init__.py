"""Objects are made by walking them through the real services to a named state."""

from tests.factories.walk import Factory

__all__ = ["Factory"]
