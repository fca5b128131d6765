{
  description = "Infernet: a network that sells LLM inference";

  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-unstable";

  outputs =
    { self, nixpkgs }:
    let
      inherit (nixpkgs) lib;
      systems = [
        "x86_64-linux"
        "aarch64-linux"
        "aarch64-darwin"
      ];
      forEach = make: lib.genAttrs systems (system: make nixpkgs.legacyPackages.${system});
      built = pkgs: self.packages.${pkgs.stdenv.hostPlatform.system};
      app = package: {
        type = "app";
        program = lib.getExe package;
        meta.description = package.meta.description;
      };
    in
    {
      overlays.default = final: _: {
        infernet = final.callPackage ./nix/package.nix { };
        infernet-demo = final.callPackage ./nix/demo.nix { };
      };

      packages = forEach (pkgs: rec {
        default = infernet;
        infernet = pkgs.callPackage ./nix/package.nix { };
        demo = pkgs.callPackage ./nix/demo.nix { inherit infernet; };
      });

      apps = forEach (pkgs: {
        default = app (built pkgs).infernet;
        demo = app (built pkgs).demo;
      });

      devShells = forEach (pkgs: {
        default = pkgs.callPackage ./nix/shell.nix { };
      });

      nixosModules.default = import ./nix/module self.packages;

      checks = forEach (
        pkgs:
        {
          package = (built pkgs).infernet;
          chat = pkgs.callPackage ./nix/checks/chat.nix { inherit (built pkgs) infernet demo; };
        }
        // lib.optionalAttrs pkgs.stdenv.hostPlatform.isLinux {
          nixos = pkgs.callPackage ./nix/checks/nixos.nix { module = self.nixosModules.default; };
        }
      );
    };
}
