{
  description = "Just enough of nixpkgs to build the flake where nixpkgs cannot be reached; made whole by prove.sh";

  # prove.sh lays down `lib` (nixpkgs' own) and `tools` (this machine's programs) beside this file.
  outputs = _: {
    lib = import ./lib;
    # Other systems are evaluated; built is for this one.
    legacyPackages =
      (import ./lib).genAttrs
        [
          "x86_64-linux"
          "aarch64-linux"
          "aarch64-darwin"
        ]
        (
          system:
          import ./packages.nix {
            lib = import ./lib;
            inherit system;
          }
        );
  };
}
