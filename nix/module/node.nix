# services.infernet.node: `infernet start --control-plane URL`, a node that offers the models of the backends here.
{ config, lib, ... }:

let
  inherit (lib) mkOption types;
  service = import ./service.nix { inherit lib; };
  all = config.services.infernet;
  cfg = all.node;
  name = "infernet-node";
in
{
  options.services.infernet.node = service.options // {
    enable = lib.mkEnableOption "an Infernet node";

    controlPlaneUrl = mkOption {
      type = types.str;
      example = "https://infernet.example";
      description = "The network to join; the control plane of this machine where there is one.";
    };
    backend = mkOption {
      type = types.nullOr types.str;
      default = null;
      example = "http://gpu:8000";
      description = ''
        Kinds of backends (`ollama`, `vllm`, `sglang`, `max`, `llamacpp`, `llamaswap`) and URLs, separated by commas.
        Without it, all kinds are looked for at their usual ports of this machine.
      '';
    };
    servedModels = mkOption {
      type = types.listOf types.str;
      default = [ ];
      example = [ "qwen3*" ];
      description = "Models to offer, by name or pattern; none means all.";
    };
    displayName = mkOption {
      type = types.nullOr types.str;
      default = null;
      description = "The node's name in the network; without it, the name of this machine.";
    };
    gpuTools = mkOption {
      type = types.listOf types.package;
      default = [ ];
      example = lib.literalExpression "[ config.hardware.nvidia.package.bin ]";
      description = "Packages with the tool that reads the GPUs (`nvidia-smi`, `rocm-smi`, `amd-smi`), which is then let near them.";
    };
  };

  config = lib.mkMerge [
    (lib.mkIf all.controlPlane.enable {
      services.infernet.node.controlPlaneUrl = lib.mkDefault "http://127.0.0.1:${toString all.controlPlane.port}";
    })
    (lib.mkIf all.llamaServer.enable {
      services.infernet.node = {
        backend = lib.mkDefault "llamacpp";
        environment.LLAMACPP_HOST = lib.mkDefault "http://127.0.0.1:${toString all.llamaServer.port}";
      };
    })
    (lib.mkIf cfg.enable {
      systemd.services.${name} = service.unit {
        inherit name;
        inherit (cfg) environmentFile;
        description = "Infernet node";
        exec = "${lib.getExe all.package} start";
        environment =
          service.variables {
            INFERNET_CONTROL_PLANE = cfg.controlPlaneUrl;
            INFERNET_BACKEND = cfg.backend;
            INFERNET_SERVED_MODELS = cfg.servedModels;
            INFERNET_NODE_NAME = cfg.displayName;
          }
          // cfg.environment;
        # An order, no need: a node waits for its network and its backends.
        after =
          lib.optional all.controlPlane.enable "infernet-control-plane.service"
          ++ lib.optional all.llamaServer.enable "infernet-llama-server.service";
        deviceTools = cfg.gpuTools;
      };
      users = service.account name;
    })
  ];
}
