"""Every address that programs call. Names of prompts may hold slashes, written as such or as ``%2F``."""

from django.urls import path, re_path

from prompts.serving.api.ingestion import ingestion
from prompts.serving.api.metrics import metrics
from prompts.serving.api.prompts import labels, prompt, prompts
from prompts.serving.api.public import health, projects
from prompts.serving.api.scores import scores
from prompts.serving.api.traces import traces
from prompts.serving.api.v1 import api
from prompts.serving.http import nothing_here

PREFIXES = ("/api/", "/v1/", "/metrics")
"""What the edge answers itself (``edge.py``)."""

urlpatterns = [
    path("api/public/v2/prompts/<path:name>/versions/<int:number>", labels),
    path("api/public/v2/prompts/<path:name>", prompt),
    path("api/public/v2/prompts", prompts),
    path("api/public/projects", projects),
    path("api/public/health", health),
    path("api/public/ingestion", ingestion),
    path("api/public/otel/v1/traces", traces),
    path("api/public/scores", scores),
    path("v1/traces", traces),
    path("metrics", metrics),
    path("api/v1/", api.urls),
    re_path(r"^(api|v1)/", nothing_here),
]
