"""OpenTelemetry traces in: both encodings of OTLP over HTTP, and what their attributes mean."""
