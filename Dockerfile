# Two stages: the wheels are installed in the first, the second has no tool to build or install anything.
ARG PYTHON=3.12

FROM python:${PYTHON}-slim AS wheels
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv --without-pip /opt/venv
COPY requirements/app.txt /tmp/app.txt
RUN python -m pip --python /opt/venv/bin/python install --require-hashes --only-binary :all: -r /tmp/app.txt

FROM python:${PYTHON}-slim
LABEL org.opencontainers.image.title="Kinetogram" \
      org.opencontainers.image.description="A Telegram bot that turns a message into a video and keeps the bill under control" \
      org.opencontainers.image.licenses="MIT AND GPL-2.0-or-later" \
      org.opencontainers.image.vendor="The Kinetogram maintainers" \
      kinetogram.licence-note="Kinetogram itself is MIT. The PyAV wheel in this image carries FFmpeg built with x264 and x265, which are GPL-2.0-or-later: whoever passes the image on passes those on too."

RUN groupadd --system --gid 10001 bot \
 && useradd --system --uid 10001 --gid bot --home-dir /data --no-create-home --shell /usr/sbin/nologin bot \
 && install --directory --owner bot --group bot --mode 0700 /data

ENV PATH=/opt/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    DATA_DIR=/data \
    DATABASE_URL=sqlite:////data/kinetogram.db \
    WEB_HOST=0.0.0.0 \
    WEB_PORT=8080

COPY --from=wheels /opt/venv /opt/venv
WORKDIR /app
COPY LICENSE ./
COPY bot ./bot
COPY handlers ./handlers
RUN python -m compileall -q bot handlers

USER 10001:10001
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 CMD ["python", "-m", "bot.web.probe"]
CMD ["python", "-m", "bot", "run"]
