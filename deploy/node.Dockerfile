# A node beside a backend: docker build -f deploy/node.Dockerfile -t infernet-node .
# Say which network it joins (INFERNET_CONTROL_PLANE) and where its backend is (OLLAMA_HOST, VLLM_HOST, …).
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
LABEL org.opencontainers.image.title="Infernet node" \
  org.opencontainers.image.description="Puts a backend's models on an Infernet network" \
  org.opencontainers.image.licenses="MIT"

COPY --from=package /infernet /opt/infernet
COPY --chmod=755 deploy/infernet.sh /usr/local/bin/infernet
RUN install -d -m 700 -o bun -g bun /var/lib/infernet

# The home: the node's key, which is its name in the network and what it earns with. Keep this volume.
# As under systemd, SIGTERM lets running jobs end, for up to a minute, and what is printed is kept by somebody.
# Bun's own limit is 256 chats at a time; set from the start, the program need not replace itself to lift it.
ENV INFERNET_HOME=/var/lib/infernet \
  INFERNET_COMMAND=/usr/local/bin/infernet \
  BUN_CONFIG_MAX_HTTP_REQUESTS=20000 \
  INFERNET_STARTED=service \
  JOURNAL_STREAM=container \
  NODE_ENV=production
VOLUME /var/lib/infernet
WORKDIR /var/lib/infernet
# bun, as a number: Kubernetes can tell that it is not root.
USER 1000:1000

# No new jobs, the running ones to their end, leave of the control plane, exit code 0: give it 70 s.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s --retries=3 CMD ["infernet", "status", "--json"]
ENTRYPOINT ["infernet"]
CMD ["start"]
