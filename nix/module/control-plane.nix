# services.infernet.controlPlane: `infernet control-plane`, on a database of its own or the one in DATABASE_URL.
{ config, lib, ... }:

let
  inherit (lib) mkOption types;
  service = import ./service.nix { inherit lib; };
  all = config.services.infernet;
  cfg = all.controlPlane;
  name = "infernet-control-plane";
in
{
  options.services.infernet.controlPlane = service.options // {
    enable = lib.mkEnableOption "an Infernet control plane";

    host = mkOption {
      type = types.str;
      default = "127.0.0.1";
      example = "0.0.0.0";
      description = "Address to listen on; `0.0.0.0` for all.";
    };
    port = mkOption {
      type = types.port;
      default = 46337;
      description = "Port of the API.";
    };
    openFirewall = mkOption {
      type = types.bool;
      default = false;
      description = "Whether others may reach the port. It speaks plain HTTP: better to put a proxy with TLS before it.";
    };
    publicUrl = mkOption {
      type = types.nullOr types.str;
      default = null;
      example = "https://infernet.example";
      description = "The URL that clients and nodes reach it at, where a proxy stands before it.";
    };
    allowedHosts = mkOption {
      type = types.listOf types.str;
      default = [ ];
      example = [ "infernet.example" ];
      description = "Names that it answers to; none means any on a public address.";
    };
  };

  config = lib.mkIf cfg.enable {
    systemd.services.${name} = service.unit {
      inherit name;
      inherit (cfg) environmentFile;
      description = "Infernet control plane";
      exec = "${lib.getExe all.package} control-plane";
      environment =
        service.variables {
          INFERNET_HOST = cfg.host;
          INFERNET_PORT = cfg.port;
          INFERNET_PUBLIC_URL = cfg.publicUrl;
          INFERNET_ALLOWED_HOSTS = cfg.allowedHosts;
        }
        // cfg.environment;
    };
    users = service.account name;
    networking.firewall.allowedTCPPorts = lib.optional cfg.openFirewall cfg.port;
  };
}
