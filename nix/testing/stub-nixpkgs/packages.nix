# The packages that the flake asks for, under nixpkgs' names: this machine's programs, and a builder over its shell.
{ lib, system }:

let
  # A derivation as stdenvNoCC makes it: the phases that are given, in order, with the tools of its inputs on PATH.
  mkDerivation =
    argument:
    let
      attributes = if lib.isFunction argument then argument result else argument;
      passthru = attributes.passthru or { };
      meta = attributes.meta or { };
      name = attributes.name or "${attributes.pname}-${attributes.version}";
      environment = builtins.removeAttrs attributes [
        "meta"
        "passthru"
      ];
      result =
        derivation (
          environment
          // {
            inherit name system;
            builder = "/bin/bash";
            args = [ ./builder.sh ];
          }
        )
        // passthru
        // {
          inherit meta;
          version = attributes.version or "";
        };
    in
    result;

  stdenv = {
    inherit mkDerivation;
    hostPlatform = {
      inherit system;
      isLinux = lib.hasSuffix "linux" system;
    };
  };

  # A folder of ready-made programs.
  tool =
    name: extra:
    mkDerivation (
      {
        inherit name;
        src = ./tools + "/${name}";
        installPhase = "cp -R . $out";
        meta.mainProgram = name;
      }
      // extra
    );

  # nixpkgs' llama.cpp stands by itself; so does this one, with its own C library.
  relocated = ''
    cp -R . $out
    lib=$out/usr/lib/x86_64-linux-gnu
    find $out -type f \( -name 'lib*llama*.so*' -o -name 'lib*mtmd*.so*' -o -name 'lib*ggml*.so*' \) \
      -exec patchelf --force-rpath --set-rpath $lib:$lib/llama {} \;
    patchelf --set-interpreter $lib/ld-linux-x86-64.so.2 --force-rpath --set-rpath $lib:$lib/llama $out/usr/bin/llama-server
    # ggml looks for its CPU variants beside the program.
    ln -sf $lib/ggml/backends0/*.so $out/usr/bin/
    ln -s usr/bin $out/bin
  '';

  runCommand =
    name: environment: script:
    mkDerivation (environment // {
      inherit name;
      installPhase = script;
    });

  packages = {
    inherit lib stdenv runCommand;
    stdenvNoCC = stdenv;
    bash = tool "bash" { };
    bun = tool "bun" { version = lib.fileContents ./tools/bun/version; };
    coreutils = tool "coreutils" { };
    curl = tool "curl" { };
    git = tool "git" { };
    llama-cpp = tool "llama-cpp" {
      installPhase = relocated;
      meta.mainProgram = "llama-server";
    };
    postgresql_18 = tool "postgresql_18" { };
    makeWrapper = tool "make-wrapper" {
      installPhase = ''
        cp -R . $out
        sed -i "s|@shell@|${packages.bash}/bin/bash|" $out/nix-support/setup-hook
      '';
    };
    mkShell = environment: mkDerivation (environment // {
      name = "shell";
      installPhase = "touch $out";
    });
    writeShellScriptBin =
      name: text:
      mkDerivation {
        inherit name text;
        passAsFile = [ "text" ];
        installPhase = ''
          mkdir -p $out/bin
          { echo '#!${packages.bash}/bin/bash'; cat "$textPath"; } >$out/bin/${name}
          chmod +x $out/bin/${name}
        '';
        meta.mainProgram = name;
      };
    # No virtual machine here: its configuration is evaluated and its units are written, for systemd to judge.
    testers.runNixOSTest = import ./machine.nix { inherit lib packages; };
    callPackage =
      file: given:
      let
        function = import file;
      in
      function (builtins.intersectAttrs (builtins.functionArgs function) packages // given);
  };
in
packages
