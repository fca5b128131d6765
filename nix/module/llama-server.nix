# services.infernet.llamaServer: a llama-server for the node; with the demo model unless it is given another.
{
  config,
  lib,
  pkgs,
  utils,
  ...
}:

let
  inherit (lib) mkOption types;
  service = import ./service.nix { inherit lib; };
  llamaServer = import ../llama-server.nix;
  all = config.services.infernet;
  cfg = all.llamaServer;
  name = "infernet-llama-server";
  demoModel = "${all.package}/${all.package.demoModel}";
in
{
  options.services.infernet.llamaServer = {
    enable = lib.mkEnableOption "llama.cpp's server as the node's backend";

    package = lib.mkPackageOption pkgs "llama-cpp" {
      extraDescription = "For GPUs, one that was built for them.";
    };
    model = mkOption {
      type = types.str;
      default = demoModel;
      defaultText = "the demo model of the package";
      example = "/var/lib/models/model.gguf";
      description = "The model's GGUF file; everybody must be able to read it.";
    };
    alias = mkOption {
      type = types.nullOr types.str;
      default = if cfg.model == demoModel then "tiny-demo" else null;
      defaultText = lib.literalMD "`tiny-demo` for the demo model, else none";
      description = "The model's name in the network; without it, that of its file.";
    };
    port = mkOption {
      type = types.port;
      default = llamaServer.port;
      description = "Port on the loopback.";
    };
    useGpu = mkOption {
      type = types.bool;
      default = false;
      description = "Whether it may reach this machine's devices.";
    };
    extraArgs = mkOption {
      type = types.listOf types.str;
      default = [ ];
      example = [
        "--n-gpu-layers"
        "99"
      ];
      description = "More arguments of llama-server.";
    };
  };

  config = lib.mkIf cfg.enable {
    systemd.services.${name} = {
      description = "llama-server for the Infernet node";
      wantedBy = [ "multi-user.target" ];
      after = [ "network.target" ];
      serviceConfig = service.hardened // {
        ExecStart = utils.escapeSystemdExecArgs (
          llamaServer.command { inherit (cfg) package model alias; }
          ++ [
            "--port"
            (toString cfg.port)
          ]
          ++ cfg.extraArgs
        );
        DynamicUser = true;
        PrivateDevices = !cfg.useGpu;
      };
    };
  };
}
