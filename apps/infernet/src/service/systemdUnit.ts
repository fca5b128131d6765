/** A systemd unit: a user's own, or root's for the whole machine. */
import { type Plan, stopSeconds } from "./Plan.ts"

/** As one word of a unit: quoted, and without the specifiers and variables that systemd would fill in. */
const word = (text: string): string => {
  const literal = text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("%", "%%")
  return /^[\w@+=:,./-]+$/.test(text) ? text : `"${literal}"`
}

const commandWord = (text: string): string => word(text).replaceAll("$", "$$$$")

/**
 * For root's unit alone: in a user's own, what hides parts of the file system needs user namespaces, which many systems
 * deny, and the service would not start. There the user's own rights are the fence.
 *
 * Left out on purpose: `MemoryDenyWriteExecute` (JavaScript is compiled as it runs), `PrivateTmp` (a home with a long
 * path has its socket in `/tmp`), `PrivateDevices`, `ProtectClock` and `ProtectKernelModules` (GPUs).
 */
const fence = (home: string): ReadonlyArray<string> => [
  "ProtectSystem=strict",
  "ProtectHome=read-only",
  `ReadWritePaths=${word(home)} /tmp`,
  "# Where the database lies that a home under /root cannot hold.",
  "StateDirectory=infernet",
  "StateDirectoryMode=0755",
  "ProtectControlGroups=yes",
  "ProtectKernelTunables=yes",
  "ProtectKernelLogs=yes",
  "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK",
  "RestrictNamespaces=yes"
]

export const unit = ({ args, home, isRoot, path, program }: Plan): string =>
  [
    "# Written by `infernet service install`; `infernet service uninstall` removes it.",
    "[Unit]",
    "Description=Infernet",
    ...(isRoot ? ["Wants=network-online.target", "After=network-online.target"] : []),
    "StartLimitIntervalSec=300",
    "StartLimitBurst=5",
    "",
    "[Service]",
    "Type=exec",
    // A shell's argument may have a name that systemd denies a program.
    `ExecStart=/bin/sh ${[program, "start", ...args].map(commandWord).join(" ")}`,
    "Environment=INFERNET_STARTED=service",
    `Environment=${word(`PATH=${path}`)}`,
    "Restart=on-failure",
    "RestartSec=5",
    "# The signal is for the main process, which lets running jobs end first; then for all that is left.",
    "KillMode=mixed",
    `TimeoutStopSec=${stopSeconds}`,
    "LimitNOFILE=65536",
    "UMask=0077",
    "NoNewPrivileges=yes",
    "RestrictSUIDSGID=yes",
    "RestrictRealtime=yes",
    "LockPersonality=yes",
    "SystemCallArchitectures=native",
    ...(isRoot ? fence(home) : []),
    "",
    "[Install]",
    `WantedBy=${isRoot ? "multi-user.target" : "default.target"}`,
    ""
  ].join("\n")
