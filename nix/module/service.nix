# What the services have in common: one that runs `infernet` as a user and in a home of its own, with little else in reach.
{ lib }:

rec {
  # Of llama-server too. No MemoryDenyWriteExecute: Bun compiles while it runs.
  hardened = {
    Restart = "always";
    RestartSec = 5;
    UMask = "0077";

    CapabilityBoundingSet = "";
    LockPersonality = true;
    NoNewPrivileges = true;
    PrivateDevices = true;
    PrivateTmp = true;
    ProtectClock = true;
    ProtectControlGroups = true;
    ProtectHome = true;
    ProtectHostname = true;
    ProtectKernelLogs = true;
    ProtectKernelModules = true;
    ProtectKernelTunables = true;
    ProtectProc = "invisible";
    ProtectSystem = "strict";
    # Netlink tells which addresses this machine has.
    RestrictAddressFamilies = [
      "AF_INET"
      "AF_INET6"
      "AF_NETLINK"
      "AF_UNIX"
    ];
    RestrictNamespaces = true;
    RestrictRealtime = true;
    RestrictSUIDSGID = true;
    SystemCallArchitectures = "native";
    SystemCallErrorNumber = "EPERM";
    SystemCallFilter = [
      "@system-service"
      "~@privileged"
    ];
  };

  # Variables without those that are not set; lists as the program reads them.
  variables =
    values:
    lib.mapAttrs (_: value: if lib.isList value then lib.concatStringsSep "," value else toString value) (
      lib.filterAttrs (_: value: value != null && value != [ ]) values
    );

  # The unit of one of the program's commands; with tools that read devices it may reach those.
  unit =
    {
      name,
      description,
      exec,
      environment,
      environmentFile,
      after ? [ ],
      deviceTools ? [ ],
    }:
    {
      inherit description;
      path = deviceTools;
      wantedBy = [ "multi-user.target" ];
      wants = [ "network-online.target" ];
      after = [ "network-online.target" ] ++ after;
      environment = {
        INFERNET_HOME = "/var/lib/${name}";
      }
      // environment;
      serviceConfig = hardened // {
        ExecStart = exec;
        User = name;
        Group = name;
        StateDirectory = name;
        StateDirectoryMode = "0700";
        WorkingDirectory = "/var/lib/${name}";
        EnvironmentFile = lib.optional (environmentFile != null) environmentFile;
        LimitNOFILE = 65536;
        PrivateDevices = deviceTools == [ ];
        # The program is told, and ends its database itself.
        KillMode = "mixed";
        TimeoutStopSec = 60;
      };
    };

  # Its user: a lasting one, as the data belong to it.
  account = name: {
    users.${name} = {
      isSystemUser = true;
      group = name;
    };
    groups.${name} = { };
  };

  # Options that both programs have.
  options = {
    environment = lib.mkOption {
      type = lib.types.attrsOf lib.types.str;
      default = { };
      example = {
        INFERNET_LOG_LEVEL = "debug";
      };
      description = "More variables; they win over what the other options set. Not for secrets: everybody can read them.";
    };
    environmentFile = lib.mkOption {
      type = lib.types.nullOr lib.types.str;
      default = null;
      example = "/run/secrets/infernet.env";
      description = "A file of `NAME=value` lines with secrets, read by systemd as root. It wins over everything.";
    };
  };
}
