# Runs the phases that a derivation has.
set -euo pipefail
PATH=/usr/bin:/bin
for input in ${nativeBuildInputs:-}; do
  PATH=$input/bin:$PATH
  if [ -e "$input/nix-support/setup-hook" ]; then . "$input/nix-support/setup-hook"; fi
done
export PATH HOME=/homeless-shelter TMPDIR=${NIX_BUILD_TOP:-$TMPDIR}
runHook() { :; }
cd "$NIX_BUILD_TOP"
if [ -n "${src:-}" ]; then
  cp -R "$src" source
  chmod -R u+w source
  cd source
fi
for phase in configurePhase buildPhase installPhase installCheckPhase; do
  eval "${!phase:-}"
done
