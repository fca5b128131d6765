# What working on Infernet takes. On NixOS the checkers that npm packages bring ready-made need programs.nix-ld.
{
  lib,
  mkShell,
  bun,
  git,
  llama-cpp,
  postgresql_18,
}:

mkShell {
  packages = [
    bun
    git
    llama-cpp
    postgresql_18
  ];
  INFERNET_POSTGRES_BIN = "${postgresql_18}/bin";
  INFERNET_LLAMA_SERVER = lib.getExe' llama-cpp "llama-server";
}
