# The whole network on this machine without anything installed: llama-server with the demo model, and `infernet start`.
{
  lib,
  writeShellScriptBin,
  coreutils,
  curl,
  infernet,
  llama-cpp,
}:

let
  llamaServer = import ./llama-server.nix;
  command = llamaServer.command {
    package = llama-cpp;
    model = "${infernet}/${infernet.demoModel}";
    alias = "tiny-demo";
  };
  script = writeShellScriptBin "infernet-demo" ''
    set -eu
    port=''${INFERNET_DEMO_BACKEND_PORT:-${toString llamaServer.port}}
    # It ends with this process, which is the program's in the end, however that ends.
    {
      ${lib.escapeShellArgs command} --port "$port" &
      ${coreutils}/bin/tail --pid=$$ -f /dev/null
      kill $!
    } >/dev/null 2>&1 &
    if ! ${lib.getExe curl} -sf --retry 30 --retry-delay 1 --retry-all-errors -o /dev/null "http://127.0.0.1:$port/health"; then
      echo "infernet-demo: no llama-server on port $port: set INFERNET_DEMO_BACKEND_PORT to a free one" >&2
      exit 1
    fi
    export INFERNET_BACKEND=llamacpp LLAMACPP_HOST="http://127.0.0.1:$port"
    exec ${lib.getExe infernet} start "$@"
  '';
in
script
// {
  meta = (script.meta or { }) // {
    description = "Infernet on this machine alone, with a very small model";
    mainProgram = "infernet-demo";
  };
}
