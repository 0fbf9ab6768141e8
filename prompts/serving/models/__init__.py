"""Tables of serving."""

from prompts.serving.models.fetch_mark import FetchMark

__all__ = ["FetchMark"]
