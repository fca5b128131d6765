# What the bundle is made of, fetched once: the one derivation that reaches the network, held by its hash.
#
# Only what is plain JavaScript is installed, so the hash is one for all systems. It changes with bun.lock: set it to
# lib.fakeHash, build, and take the hash that the build says it got.
{
  lib,
  stdenvNoCC,
  bun,
}:

let
  inherit (lib) fileset;
  manifests = fileset.fileFilter (file: file.name == "package.json");
in
stdenvNoCC.mkDerivation {
  name = "infernet-node-modules";

  src = fileset.toSource {
    root = ../.;
    fileset = fileset.unions [
      ../package.json
      ../bun.lock
      ../bunfig.toml
      (manifests ../apps)
      (manifests ../packages)
    ];
  };

  nativeBuildInputs = [ bun ];
  impureEnvVars = lib.fetchers.proxyImpureEnvVars;

  dontConfigure = true;
  buildPhase = ''
    runHook preBuild
    export HOME=$TMPDIR BUN_INSTALL_CACHE_DIR=$TMPDIR/cache
    bun install --frozen-lockfile --ignore-scripts --no-progress \
      --linker hoisted --filter infernet --omit optional --omit peer
    runHook postBuild
  '';
  installPhase = ''
    runHook preInstall
    cp -R node_modules $out
    runHook postInstall
  '';
  # The links to the workspace lead nowhere from here, and scripts must not name this machine's shell.
  dontFixup = true;

  outputHashMode = "recursive";
  outputHashAlgo = "sha256";
  outputHash = "sha256-eTNEUc+Zx+mEtI5MiYOKbI0E4lkdferELokYty8qmxA=";
}
