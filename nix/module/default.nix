# NixOS: a control plane, a node and a llama-server for it, each a hardened unit with a user and a home of its own.
#
# `packages` has the flake's packages for every system.
packages:
{
  config,
  lib,
  pkgs,
  ...
}:

let
  cfg = config.services.infernet;
in
{
  imports = [
    ./control-plane.nix
    ./node.nix
    ./llama-server.nix
  ];

  options.services.infernet.package = lib.mkOption {
    type = lib.types.package;
    default = packages.${pkgs.stdenv.hostPlatform.system}.default;
    defaultText = lib.literalExpression "infernet.packages.\${system}.default";
    description = "The package with the `infernet` command, for all of its services.";
  };

  config = lib.mkIf (cfg.controlPlane.enable || cfg.node.enable) {
    environment.systemPackages = [ cfg.package ];
  };
}
