# retake as an image. Three variants: `live` carries llama.cpp and a model, and answers and records what is new; `proxy` carries neither and
# asks the server that RETAKE_UPSTREAM names; `replay` plays cassettes, and is Node and retake alone, without a shell.
#
#   docker build -t retake .                                      live, Gemma 3 4B
#   docker build -t retake:12b --build-arg MODEL=gemma3-12b .     live, Gemma 3 12B
#   docker build -t retake:own --build-arg MODEL=custom --build-arg MODEL_URL=… --build-arg MODEL_SHA256=… .
#   docker build -t retake:proxy --build-arg VARIANT=proxy .      the same as --target proxy
#   docker build -t retake:replay --build-arg VARIANT=replay .    the same as --target replay
#
# compose.yaml, docs/docker.md and docs/ci/github.md show them at work.

# Any Debian or Ubuntu with Node 22.14 or newer. A digest may follow the tag: node:24-bookworm-slim@sha256:…
ARG NODE_IMAGE=docker.io/library/node:24-bookworm-slim
# What a build without --target gives: live, proxy or replay.
ARG VARIANT=live


# Everything that is made from the sources. /out/app is what live and proxy run, /out/replay what replay runs, and /out/setup fetches engine
# and model.
FROM ${NODE_IMAGE} AS build
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY tsconfig.json LICENSE ./
COPY scripts scripts
COPY src src
COPY cli cli
RUN node scripts/build.mjs --program \
 && node scripts/image/bundle-setup.mjs /out/setup/setup.js
# The bundles need the engine's files beside them, and better-sqlite3 with what it loads; the program also PDFium, which reads PDFs where
# there is no poppler, and sharp where a model is shown images. The same content is to be the same layer, whenever it was built.
RUN cd node_modules \
 && for place in app replay setup; do \
      mkdir -p /out/$place/node_modules \
      && cp -r --parents better-sqlite3/package.json better-sqlite3/LICENSE better-sqlite3/lib \
           better-sqlite3/prebuilds/linux-$(node -p process.arch).node /out/$place/node_modules/ || exit 1; \
    done \
 && for place in app setup; do \
      mkdir -p /out/$place/src/upstream/local/engine \
      && cp -r ../src/upstream/local/engine/assets /out/$place/src/upstream/local/engine/ || exit 1; \
    done \
 && cp -r --parents sharp/package.json sharp/LICENSE sharp/dist sharp/lib @img detect-libc semver /out/app/node_modules/ \
 && cd .. \
 && for place in app replay; do \
      cp -r --parents package.json LICENSE THIRD-PARTY-NOTICES dist/bin src/documents/pdfium/assets src/proxy/inspector/assets \
           node_modules/@embedpdf/pdfium/package.json node_modules/@embedpdf/pdfium/dist/index.cjs \
           node_modules/@embedpdf/pdfium/dist/pdfium.wasm /out/$place/ || exit 1; \
    done \
 && find /out -exec touch --no-dereference --date=@0 {} +


# What live and proxy share. All settings are in the README; those of the engine, with their defaults, are
#   LK_CTX_SIZE 8192   LK_THREADS auto     LK_THREADS_BATCH as LK_THREADS   LK_BATCH_SIZE 2048      LK_UBATCH_SIZE 512
#   LK_PARALLEL 1      LK_GPU_LAYERS 0     LK_FLASH_ATTN 0                  LK_CONT_BATCHING 0      LK_MLOCK 0
# and LK_UPSTREAM with LK_UPSTREAM_AUTH_HEADER name another server to ask instead of the engine.
FROM ${NODE_IMAGE} AS base
LABEL org.opencontainers.image.title="retake" \
      org.opencontainers.image.description="Record/replay cassette proxy for the Gemini, OpenAI and Anthropic APIs, with a local Gemma 3 behind it" \
      org.opencontainers.image.licenses="MIT"
# Pages of PDFs: poppler, and the fonts that stand in for those which a document names and does not carry.
RUN apt-get update \
 && apt-get install -y --no-install-recommends \
      poppler-utils fonts-dejavu-core fonts-liberation fonts-urw-base35 \
 && rm -rf /var/lib/apt/lists/*
RUN ln -s /app/dist/bin/retake.js /usr/local/bin/retake \
 && install -d -o 1000 -g 1000 /cassettes
# Other containers call this one by the name `retake`; name others in RETAKE_ALLOWED_HOSTS.
ENV NODE_ENV=production \
    RETAKE_HOST=0.0.0.0 \
    RETAKE_PORT=8090 \
    RETAKE_ALLOWED_HOSTS=retake,host.docker.internal \
    RETAKE_CASSETTE=/cassettes \
    RETAKE_CACHE_DIR=/opt/retake
# A retake.config.json beside the cassettes is read.
WORKDIR /cassettes
VOLUME /cassettes
EXPOSE 8090
HEALTHCHECK --interval=5s --timeout=4s --start-period=180s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.RETAKE_PORT}/health`).then(({ok}) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
USER 1000:1000
ENTRYPOINT ["retake"]
CMD ["serve"]


# Asks the server of RETAKE_UPSTREAM, and records.
FROM base AS proxy
ENV RETAKE_MODE=auto
COPY --from=build /out/app /app


# The root of the replay variant: Node without its debugging symbols, the libraries that it loads, and the users that programs ask for.
FROM ${NODE_IMAGE} AS replay-root
RUN apt-get update \
 && apt-get install -y --no-install-recommends binutils \
 && rm -rf /var/lib/apt/lists/*
RUN mkdir -p /root-of-replay/usr/local/bin /root-of-replay/etc \
 && cd /root-of-replay \
 && strip --strip-unneeded -o usr/local/bin/node "$(command -v node)" \
 && for library in $(ldd usr/local/bin/node | grep -o '/[^ ]*'); do cp --dereference --parents $library . || exit 1; done \
 && echo 'root:x:0:0:root:/root:/sbin/nologin\nnode:x:1000:1000:node:/cassettes:/sbin/nologin' > etc/passwd \
 && echo 'root:x:0:\nnode:x:1000:' > etc/group \
 && install -d -m 1777 tmp \
 && install -d -o 1000 -g 1000 cassettes


FROM scratch AS replay
LABEL org.opencontainers.image.title="retake" \
      org.opencontainers.image.description="Replays recorded calls of the Gemini, OpenAI and Anthropic APIs" \
      org.opencontainers.image.licenses="MIT"
COPY --from=replay-root /root-of-replay /
# As a service container it starts before the checkout brings the cassettes.
ENV PATH=/usr/local/bin \
    NODE_ENV=production \
    RETAKE_HOST=0.0.0.0 \
    RETAKE_PORT=8090 \
    RETAKE_ALLOWED_HOSTS=retake,host.docker.internal \
    RETAKE_CASSETTE=/cassettes \
    RETAKE_MODE=replay \
    RETAKE_ALLOW_MISSING_CASSETTES=1
COPY --from=build /out/replay /app
WORKDIR /cassettes
VOLUME /cassettes
EXPOSE 8090
HEALTHCHECK --interval=5s --timeout=4s --start-period=180s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.RETAKE_PORT}/health`).then(({ok}) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
USER 1000:1000
ENTRYPOINT ["node", "/app/dist/bin/retake.js"]
CMD ["serve"]


# Engine and model lie below the program: other sources are a new top layer, and nothing is fetched again.
FROM base AS live
USER root
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates libgomp1 python3 python3-venv \
 && rm -rf /var/lib/apt/lists/*
# gemma3-4b, gemma3-12b, any other name that `retake setup --list` prints, or custom with the four below.
ARG MODEL=gemma3-4b
ARG MODEL_URL=
ARG MODEL_SHA256=
ARG MMPROJ_URL=
ARG MMPROJ_SHA256=
ENV RETAKE_MODE=auto \
    RETAKE_MODEL=${MODEL} \
    MODEL_URL=${MODEL_URL} \
    MODEL_SHA256=${MODEL_SHA256} \
    MMPROJ_URL=${MMPROJ_URL} \
    MMPROJ_SHA256=${MMPROJ_SHA256}
COPY --from=build /out/setup /opt/setup
RUN node /opt/setup/setup.js \
 && rm -rf /opt/setup /opt/retake/partial \
 && chmod -R a+rX /opt/retake
COPY --from=build /out/app /app
USER 1000:1000


FROM ${VARIANT:-live}
