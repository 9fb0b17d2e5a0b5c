# One image for web, worker and scheduler; compose gives each its command.
# Debian 13, whose pg_dump is of the compose file's PostgreSQL: an older one refuses a newer server.
FROM python:3.12-slim-trixie

RUN apt-get update \
 && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core ffmpeg \
    postgresql-client openssl \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --home-dir /app kunnafoni

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 \
    DJANGO_SETTINGS_MODULE=settings.base VAR_DIR=/var/lib/kunnafoni HOST=0.0.0.0 PORT=8000
WORKDIR /app
COPY requirements.lock ./
RUN pip install --disable-pip-version-check --require-hashes -r requirements.lock
COPY manage.py ./
COPY settings settings
COPY cms cms
COPY media_library media_library
COPY press press
COPY events events
# what is compiled here no process has to compile as it begins, a decoder's child for each picture
RUN python -m settings.services.catalogs \
 && python -m compileall -q settings cms media_library press events \
 && mkdir -p /var/lib/kunnafoni && chown kunnafoni /var/lib/kunnafoni
USER kunnafoni
VOLUME /var/lib/kunnafoni
EXPOSE 8000
CMD ["python", "-m", "settings.services.web"]
