# Parley in a container: the web process by default; `flask worker` and `flask db upgrade` by another command.
FROM python:3.11-slim-bookworm AS build
WORKDIR /opt/parley
RUN python -m venv .venv
COPY requirements.lock ./
RUN .venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements.lock

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --create-home parley
WORKDIR /opt/parley
COPY --from=build /opt/parley/.venv .venv
COPY wsgi.py ./
COPY webapp webapp
COPY migrations migrations
COPY templates templates
COPY static static
RUN mkdir var && chown parley: var
ENV PATH=/opt/parley/.venv/bin:$PATH FLASK_APP=wsgi PARLEY_ENV=production PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
USER parley
VOLUME /opt/parley/var
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=3s --start-period=20s CMD ["python", "-c", "import urllib.request as r; r.urlopen(r.Request('http://127.0.0.1:8000/health', headers={'Host': __import__('urllib.parse').parse.urlsplit(__import__('os').environ['PARLEY_BASE_URL']).hostname}), timeout=2)"]
CMD ["uvicorn", "webapp.asgi:app", "--host", "0.0.0.0", "--port", "8000", "--no-proxy-headers", "--no-server-header", "--no-access-log", "--timeout-graceful-shutdown", "3", "--log-level", "warning"]
