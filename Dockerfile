# The service: docker build -t vinchar . && docker run --rm -p 8000:8000 -e VINCHAR_API_KEY=... -v vinchar:/data vinchar
FROM node:22-slim AS page
WORKDIR /src/web
COPY web/package.json web/package-lock.json ./
RUN npm ci
COPY LICENSE /src/
COPY model /src/model
COPY vinchar /src/vinchar
COPY web ./
RUN npm run build

FROM python:3.13-slim AS built
WORKDIR /src
COPY pyproject.toml README.md LICENSE MANIFEST.in ./
COPY vinchar vinchar
COPY --from=page /src/web/dist vinchar/service/offline
COPY model model
RUN python -m venv /vinchar && /vinchar/bin/pip install --no-cache-dir '.[serve]'

FROM python:3.13-slim
COPY --from=built /vinchar /vinchar
RUN useradd --system --uid 10001 --no-create-home vinchar && install -d -o vinchar /data
USER vinchar
WORKDIR /data
VOLUME /data
EXPOSE 8000
ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
    CMD ["/vinchar/bin/python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/readyz', timeout=4)"]
ENTRYPOINT ["/vinchar/bin/vinchar"]
CMD ["serve", "--host", "0.0.0.0", "--store", "/data/vinchar.db"]
