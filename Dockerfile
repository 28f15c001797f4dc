# retake as an image. Two targets: `live` carries llama.cpp and a model and answers what was never recorded;
# `replay` plays cassettes and carries neither engine nor model nor Python.
#
#   docker build -t retake .                                            live, Gemma 3 4B
#   docker build --build-arg MODEL=gemma3-12b -t retake:12b .           live, Gemma 3 12B
#   docker build --build-arg MODEL=custom --build-arg MODEL_URL=… --build-arg MODEL_SHA256=… -t retake:mine .
#   docker build --build-arg VARIANT=replay -t retake:replay .          the same as --target replay
#
# docs/ci.md shows how to use them.

# Any Debian image with Node 20.19 or newer; a digest may follow the tag: node:22-bookworm-slim@sha256:…
ARG NODE_IMAGE=docker.io/library/node:22-bookworm-slim
# live or replay: what a build without --target gives.
ARG VARIANT=live

# ── The command line, as one bundle, with its native library ──────────────────────────────────────────────────
FROM ${NODE_IMAGE} AS build
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates g++ make python3 \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# Where no prebuilt better-sqlite3 can be had it is compiled against the headers that Node's image carries.
RUN npm_config_nodedir="$(dirname "$(dirname "$(command -v node)")")" npm ci
COPY tsconfig.json ./
COPY scripts/build.mjs scripts/
COPY src src
COPY cli cli
RUN node scripts/build.mjs
RUN npm prune --omit=dev \
 && rm -rf node_modules/better-sqlite3/deps node_modules/better-sqlite3/src node_modules/better-sqlite3/build/Release/obj*

# ── What both variants share ──────────────────────────────────────────────────────────────────────────────────
FROM ${NODE_IMAGE} AS base
LABEL org.opencontainers.image.title="retake" \
      org.opencontainers.image.description="Record/replay cassette proxy for LLM APIs, with a local Gemma 3 behind it" \
      org.opencontainers.image.licenses="MIT"
# Packages that playing and recording need besides Node (a PDF rasterizer, fonts) are installed here.
RUN ln -s /app/dist/bin/retake.js /usr/local/bin/retake \
 && install -d -o 1000 -g 1000 /cassettes
ENV NODE_ENV=production \
    RETAKE_HOST=0.0.0.0 \
    RETAKE_PORT=8090 \
    RETAKE_CASSETTE=/cassettes \
    RETAKE_CACHE_DIR=/opt/retake \
    RETAKE_ALLOWED_HOSTS=retake,host.docker.internal
# A retake.config.json that lies beside the cassettes is read.
WORKDIR /cassettes
VOLUME /cassettes
EXPOSE 8090
HEALTHCHECK --interval=5s --timeout=4s --start-period=180s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.RETAKE_PORT}/health`).then(r => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
USER 1000:1000
ENTRYPOINT ["retake"]
CMD ["serve"]
