# The `infernet` command: one bundle of all workspace code on nixpkgs' Bun, PostgreSQL and llama.cpp.
#
# Programs that npm packages bring ready-made do not start on NixOS. So PostgreSQL is nixpkgs' (INFERNET_POSTGRES_BIN),
# of the major version that the npm package has, and instead of the embedded engine there is llama-server on PATH.
{
  lib,
  stdenvNoCC,
  callPackage,
  makeWrapper,
  bun,
  coreutils,
  postgresql_18,
  llama-cpp,
  withLlamaCpp ? true,
}:

let
  inherit (lib) fileset;
  manifest = lib.importJSON ../apps/infernet/package.json;
  oldestBun = lib.removePrefix ">=" manifest.engines.bun;
  modules = callPackage ./modules.nix { };
  programs = [ coreutils ] ++ lib.optional withLlamaCpp llama-cpp;
in
assert lib.assertMsg (lib.versionAtLeast bun.version oldestBun)
  "infernet needs Bun ${oldestBun} or later, and this nixpkgs has ${bun.version}: take a newer one";
stdenvNoCC.mkDerivation (finalAttrs: {
  pname = "infernet";
  inherit (manifest) version;

  src = fileset.toSource {
    root = ../.;
    fileset = fileset.unions [
      ../package.json
      ../tsconfig.json
      ../scripts/dashboard.ts
      ../scripts/package.ts
      ../scripts/packaging
      ../apps
      ../packages
      ../sql
    ];
  };

  nativeBuildInputs = [
    bun
    makeWrapper
  ];

  # A copy: its links to the workspace are relative.
  configurePhase = ''
    runHook preConfigure
    cp -R ${modules} node_modules
    export HOME=$TMPDIR
    runHook postConfigure
  '';

  buildPhase = ''
    runHook preBuild
    bun scripts/package.ts --without-dashboard
    runHook postBuild
  '';

  installPhase = ''
    runHook preInstall
    mkdir -p $out/lib
    cp -R apps/infernet/dist $out/lib/infernet
    makeWrapper ${lib.getExe bun} $out/bin/infernet \
      --add-flags $out/lib/infernet/infernet.js \
      --set INFERNET_COMMAND $out/bin/infernet \
      --set-default INFERNET_POSTGRES_BIN ${postgresql_18}/bin \
      --suffix PATH : ${lib.makeBinPath programs}
    runHook postInstall
  '';

  doInstallCheck = true;
  installCheckPhase = ''
    runHook preInstallCheck
    $out/bin/infernet --version | grep -F ${finalAttrs.version}
    runHook postInstallCheck
  '';

  passthru = {
    inherit modules;
    # Relative to the package: for llama-server.
    demoModel = "lib/infernet/assets/tiny-demo-q8_0.gguf";
  };

  meta = {
    inherit (manifest) description;
    license = lib.licenses.mit;
    mainProgram = "infernet";
    platforms = lib.platforms.linux ++ lib.platforms.darwin;
  };
})
