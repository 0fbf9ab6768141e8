# The portal for web, worker and scheduler alike; compose.yaml says which of them a container is.
FROM python:3.13-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 UV_LINK_MODE=copy
WORKDIR /app
COPY requirements-tools.txt requirements.txt ./
RUN python -m venv /app/.venv \
    && /app/.venv/bin/pip install --no-cache-dir --require-hashes --no-deps -r requirements-tools.txt \
    && /app/.venv/bin/uv pip sync --no-cache --python /app/.venv/bin/python --compile-bytecode \
       --require-hashes requirements-tools.txt requirements.txt

FROM python:3.13-slim
LABEL org.opencontainers.image.title="Imprimatur" org.opencontainers.image.version="0.1.0" \
    org.opencontainers.image.licenses="Apache-2.0"
ENV PATH=/app/.venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    DATA_DIR=/data STATIC_ROOT=/app/staticfiles HOST=0.0.0.0 PORT=8000 DEMO=0 LOCAL_MODEL=0
RUN groupadd --gid 10001 portal \
    && useradd --uid 10001 --gid portal --home-dir /data --no-create-home --shell /usr/sbin/nologin portal \
    && install -d -o portal -g portal -m 0700 /data
WORKDIR /app
COPY --from=build /app/.venv /app/.venv
COPY manage.py ./
COPY portal portal
COPY prompts prompts
COPY audits audits
COPY templates templates
COPY static static
# A key for this step alone: the image holds no secret.
RUN SECRET_KEY=only-for-collecting-static-files DATA_DIR=/tmp/build \
    python manage.py collectstatic --noinput --verbosity 0 && rm -rf /tmp/build
USER 10001:10001
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import sys; from portal.runtime.services import is_healthy; sys.exit(not is_healthy('127.0.0.1', 8000))"]
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", \
     "--blocking-threads", "4", "--no-ws", "--respawn-failed-workers", "portal.wsgi:application"]
