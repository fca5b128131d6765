# A stand-in for nixpkgs' makeWrapper: the flags that the package uses, to the same effect.
makeWrapper() {
  local program=$1 wrapper=$2 flags=
  shift 2
  mkdir -p "$(dirname "$wrapper")"
  echo "#! @shell@ -e" >"$wrapper"
  while [ $# -gt 0 ]; do
    case $1 in
      --add-flags) flags+=" $2"; shift 2 ;;
      --set) echo "export $2=${3@Q}" >>"$wrapper"; shift 3 ;;
      --set-default) echo "export $2=\${$2-${3@Q}}" >>"$wrapper"; shift 3 ;;
      --suffix) echo "export $2=\${$2:+\$$2$3}${4@Q}" >>"$wrapper"; shift 4 ;;
      *) echo "makeWrapper: $1 is not known here" >&2; return 1 ;;
    esac
  done
  echo "exec -a \"\$0\" $program$flags \"\$@\"" >>"$wrapper"
  chmod +x "$wrapper"
}
