# Chainwatch's server as an image, built from the source in this folder:
#
#   docker build -t chainwatch .                       the server: `chainwatch serve`, with CHAINWATCH_TOKEN_FILE or
#                                                      CHAINWATCH_TOKEN
#   docker build -t chainwatch-demo --target demo .    the demo's app beside it: `chainwatch demo`
#
# REGISTRY may name a mirror of docker.io, NPM_REGISTRY one of npm's registry.
ARG REGISTRY=docker.io

FROM ${REGISTRY}/library/node:24.9.0-bookworm-slim AS base
WORKDIR /opt/chainwatch

FROM base AS build
ARG NPM_REGISTRY=
ENV npm_config_update_notifier=false npm_config_audit=false npm_config_fund=false
# First what is installed, so that a change of the source alone does not install again.
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts ${NPM_REGISTRY:+--registry="$NPM_REGISTRY"}
COPY tsconfig.json LICENSE ./
COPY build build
COPY src src
RUN npm run build

FROM build AS server-files
RUN npm prune --omit=dev --ignore-scripts && rm -rf build src tsconfig.json package-lock.json

# LangChain comes with the user's app, so to Chainwatch it is a development dependency; the demo's app runs on it.
FROM build AS demo-files
RUN for name in langchain @langchain/core @langchain/openai; do \
      npm pkg set "dependencies[$name]=*" && npm pkg delete "devDependencies[$name]" || exit 1; \
    done \
    && npm prune --omit=dev --ignore-scripts && rm -rf build src tsconfig.json package-lock.json

FROM base AS program
ENV NODE_ENV=production
ENTRYPOINT ["node", "/opt/chainwatch/dist/esm/cli.js"]

FROM program AS demo
COPY --from=demo-files /opt/chainwatch ./
USER node
CMD ["demo"]

FROM program AS server
COPY --from=server-files /opt/chainwatch ./
# A volume that is new takes the owner of the folder it covers. There is no VOLUME: it would leave a volume without a
# name behind each container that was started without one. Without a volume, the data goes with the container.
RUN install -d -o node -g node -m 0750 /var/lib/chainwatch /run/chainwatch
ENV CHAINWATCH_HOST=0.0.0.0 \
    CHAINWATCH_PORT=4318 \
    CHAINWATCH_DATA_DIR=/var/lib/chainwatch
USER node
EXPOSE 4318
HEALTHCHECK --interval=5s --timeout=3s --start-period=30s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:4318/readyz').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["serve"]
