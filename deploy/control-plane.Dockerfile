# A control plane for a server: docker build -f deploy/control-plane.Dockerfile -t infernet-control-plane .
# It needs DATABASE_URL; there is no database inside.
ARG BUN_VERSION=1.4.5

FROM oven/bun:${BUN_VERSION} AS package
WORKDIR /source
COPY . .
RUN bun install --frozen-lockfile --ignore-scripts
WORKDIR /source/apps/infernet
RUN bun pm pack --quiet --filename /tmp/infernet.tgz \
  && mkdir /infernet \
  && tar -xzf /tmp/infernet.tgz --strip-components 1 -C /infernet

FROM oven/bun:${BUN_VERSION}-slim
LABEL org.opencontainers.image.title="Infernet control plane" \
  org.opencontainers.image.description="Takes chats from clients and routes them to nodes" \
  org.opencontainers.image.licenses="MIT"

# One bundle, migrations included: nothing is fetched when it runs.
COPY --from=package /infernet /opt/infernet
COPY --chmod=755 deploy/infernet.sh /usr/local/bin/infernet
RUN install -d -m 700 -o bun -g bun /var/lib/infernet

# The home: the control plane's key, which nodes pin, and the socket for `infernet api-key`.
ENV INFERNET_HOME=/var/lib/infernet \
  INFERNET_COMMAND=/usr/local/bin/infernet \
  INFERNET_HOST=0.0.0.0 \
  NODE_ENV=production
VOLUME /var/lib/infernet
WORKDIR /var/lib/infernet
# bun, as a number: Kubernetes can tell that it is not root.
USER 1000:1000
EXPOSE 46337

# SIGTERM is a clean stop: streams are cut, nodes told, exit code 0.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
  CMD ["bun", "-e", "process.exit((await fetch(`http://127.0.0.1:${process.env.INFERNET_PORT || 46337}/ready`)).ok ? 0 : 1)"]
ENTRYPOINT ["infernet"]
CMD ["control-plane"]
