#!/usr/bin/env bash
# Boots this machine's own system in a container, over an overlay that goes again, with the module's units in it, and
# asks the network that they make: boot.sh <scratch folder> <units> <infernet>. Needs root.
set -euo pipefail

scratch=$1/boot units=$2 infernet=$3
root=$scratch/root
mkdir -p "$scratch"
mount -t tmpfs tmpfs "$scratch"
trap 'umount "$root" "$scratch"' EXIT
mkdir "$scratch"/{root,upper,work}
mount -t overlay overlay -o "lowerdir=/,upperdir=$scratch/upper,workdir=$scratch/work" "$root"

system=$root/etc/systemd/system
# Nothing of this machine's own is wanted, and no network but the loopback.
rm -rf "$system"/*.wants
mkdir "$system/multi-user.target.wants"
for unit in systemd-networkd systemd-networkd-wait-online; do ln -sf /dev/null "$system/$unit.service"; done
for unit in "$units"/*.service; do
  cp "$unit" "$system"
  ln -s "../$(basename "$unit")" "$system/multi-user.target.wants/"
done
for user in $(jq -r '.users | keys[]' "$units/users.json"); do
  chroot "$root" useradd --system --user-group --home-dir /var/empty "$user"
done

cat >"$root/root/ask.sh" <<END
services="infernet-control-plane infernet-node infernet-llama-server"
until systemctl is-active \$services >/dev/null && journalctl -u infernet-node | grep -q 'link up'; do sleep 1; done
key=\$(runuser -u infernet-control-plane -- /var/lib/infernet-control-plane/bin/infernet api-key create test)
INFERNET_BEARER_TOKEN=\$key $infernet/bin/infernet chat --control-plane http://127.0.0.1:46337 "What is the capital of France?"
systemctl show --property=Id,ActiveState,NRestarts \$services
systemctl stop \$services
systemctl show --property=Id,ActiveState,Result,ExecMainStatus \$services
END
cat >"$system/ask.service" <<END
[Service]
Type=oneshot
ExecStart=/usr/bin/timeout 90 /bin/bash -e /root/ask.sh
ExecStopPost=/bin/bash -c "journalctl --no-pager -u 'infernet-*' -n 200 >/root/journal; systemctl poweroff --force"
StandardOutput=file:/root/said
StandardError=file:/root/said
END
ln -s ../ask.service "$system/multi-user.target.wants/"

timeout 150 systemd-nspawn --quiet --directory "$root" --register=no --keep-unit --private-network --boot \
  systemd.unit=multi-user.target </dev/null >"$scratch/console" 2>&1 || true
cat "$root/root/said" || cat "$scratch/console"
if ! grep -q Paris "$root/root/said"; then
  cat "$root/root/journal"
  exit 1
fi
# All three ended as they were told to.
[ "$(grep -c '^Result=success' "$root/root/said")" = 3 ]
