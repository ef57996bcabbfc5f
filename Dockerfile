# Small, non-root, with a health check. Data live in /data: mount a volume there.
FROM python:3.13-slim AS build
WORKDIR /app
COPY requirements.lock pyproject.toml README.md ./
RUN python -m venv /venv \
 && /venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements.lock
COPY bot bot
COPY channels channels
COPY emulators emulators
COPY handlers handlers
COPY locales locales
COPY offices offices
COPY onestop onestop
COPY procedures procedures
COPY ratings ratings
COPY storage storage
RUN /venv/bin/python -m compileall -q bot channels emulators handlers offices onestop procedures ratings storage

FROM python:3.13-slim
RUN useradd --system --uid 10001 --home-dir /data motcua \
 && install -d -o motcua -g motcua /data
COPY --from=build /venv /venv
COPY --from=build /app /app
WORKDIR /app
ENV PATH=/venv/bin:$PATH \
    PYTHONPATH=/app \
    PYTHONUNBUFFERED=1 \
    MOTCUA_HOST=0.0.0.0 \
    MOTCUA_DATA_DIR=/data
USER 10001
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=15s CMD ["python", "-m", "bot.health"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["python", "-m", "bot"]
CMD ["serve"]
