"""``/api/v1``: the governed API, described truthfully by its own ``openapi.json``."""

from prompts.serving.api.v1 import calls, ledger, prompts, releases, runs
from prompts.serving.api.v1.router import api

__all__ = ["api", "calls", "ledger", "prompts", "releases", "runs"]
