# The web app: docker build -t digits . && docker run --rm -p 127.0.0.1:8000:8000 digits
# Then open http://127.0.0.1:8000. Browsers give a page their camera under this address, or over https.
FROM python:3.13-slim AS build
WORKDIR /source
COPY pyproject.toml README.md LICENSE ./
COPY realtime realtime
COPY training training
COPY models models
COPY samples samples
RUN pip wheel --no-cache-dir --no-deps --wheel-dir /wheel .

FROM python:3.13-slim
# The exact versions that were tested, held to their hashes. The package itself needs nothing else.
RUN --mount=type=bind,source=locks/requirements-light.txt,target=/tmp/requirements.txt \
    --mount=type=bind,from=build,source=/wheel,target=/tmp/wheel \
    pip install --no-cache-dir --no-compile --require-hashes --requirement /tmp/requirements.txt && \
    pip install --no-cache-dir --no-compile --no-deps /tmp/wheel/*.whl && \
    useradd --create-home digits
USER digits
WORKDIR /home/digits
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=15s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/api/health', timeout=4)"]
# Within a container 127.0.0.1 is the container alone. Who may reach the port is for `docker run --publish` to say.
# For other machines mount a certificate: docker run ... digits --certfile /cert.pem --keyfile /key.pem
ENTRYPOINT ["digits", "web", "--host", "0.0.0.0", "--insecure", "--no-browser"]
