#!/bin/sh
# The infernet command in a container: a secret NAME may also come from the file that NAME_FILE names.
set -eu

for name in DATABASE_URL INFERNET_BEARER_TOKEN INFERNET_BACKEND_API_KEY INFERNET_RPC_URL INFERNET_RPC_URL_2 \
  OLLAMA_API_KEY VLLM_API_KEY SGLANG_API_KEY MODULAR_MAX_API_KEY LLAMACPP_API_KEY HF_TOKEN; do
  eval "file=\${${name}_FILE:-}"
  [ -n "$file" ] || continue
  if [ ! -r "$file" ]; then
    echo "infernet: ${name}_FILE: $file cannot be read by user $(id -u): check its owner and mode" >&2
    exit 1
  fi
  # The shell drops the line break at its end, which an editor may have added.
  value=$(cat "$file")
  export "$name=$value"
done

# The same process: signals reach the program, and its exit code is the container's. Bun would fetch a package that is
# missing here from npm, in the middle of a run: not in an image.
exec bun --no-install /opt/infernet/dist/infernet.js "$@"
