# What NixOS makes of the module, by nixpkgs' own module system: the text of its units, as a folder of files.
{ lib, packages }:

test:

let
  inherit (lib) mkOption types;
  anything = mkOption {
    type = types.anything;
    default = { };
  };
  strings = mkOption {
    type = types.listOf types.str;
    default = [ ];
  };

  service = {
    options = {
      description = mkOption { type = types.str; };
      environment = mkOption {
        type = types.attrsOf types.str;
        default = { };
      };
      serviceConfig = mkOption {
        type = types.attrsOf (types.oneOf [ types.bool types.int types.str (types.listOf types.str) ]);
      };
      path = mkOption {
        type = types.listOf types.package;
        default = [ ];
      };
      wantedBy = strings;
      wants = strings;
      after = strings;
    };
  };

  # The options of NixOS that the module sets, and that the test does.
  nixos = {
    options = {
      systemd.services = mkOption { type = types.attrsOf (types.submodule service); };
      networking.firewall.allowedTCPPorts = mkOption {
        type = types.listOf types.port;
        default = [ ];
      };
      environment.systemPackages = mkOption { type = types.listOf types.package; };
      users = anything;
      virtualisation = anything;
    };
    config._module.args = {
      pkgs = packages;
      # As nixos/lib/utils.nix has it.
      utils.escapeSystemdExecArgs = lib.concatMapStringsSep " " (
        word: lib.replaceStrings [ "%" "$" ] [ "%%" "$$" ] (builtins.toJSON word)
      );
    };
  };

  inherit (lib.evalModules { modules = [ nixos test.nodes.machine ]; }) config;

  line = name: value: "${name}=${if lib.isBool value then lib.boolToString value else toString value}\n";
  lines = name: value: lib.concatMapStrings (line name) (lib.toList value);
  section = values: lib.concatStrings (lib.mapAttrsToList lines values);

  unit =
    { environment, path, ... }@service:
    ''
      [Unit]
      Description=${service.description}
      Wants=${toString service.wants}
      After=${toString service.after}

      [Service]
    ''
    + line "Environment" (builtins.toJSON "PATH=${lib.makeBinPath (path ++ [ packages.coreutils ])}")
    + lib.concatStrings (lib.mapAttrsToList (name: value: line "Environment" (builtins.toJSON "${name}=${value}")) environment)
    + section service.serviceConfig
    + "\n[Install]\nWantedBy=${toString service.wantedBy}\n";

  files = {
    "users.json" = builtins.toJSON config.users;
    "ports.json" = builtins.toJSON config.networking.firewall.allowedTCPPorts;
  }
  // lib.mapAttrs' (name: service: lib.nameValuePair "${name}.service" (unit service)) config.systemd.services;
in
packages.runCommand "units" { } (
  "mkdir $out\n"
  + lib.concatStrings (
    lib.mapAttrsToList (name: text: ''
      printf %s ${lib.escapeShellArg text} >$out/${name}
    '') files
  )
)
