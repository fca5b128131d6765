#!/bin/sh
# Makes the secrets of deploy/compose.yaml, once: a password for the database, and the address that holds it.
set -eu
cd "$(dirname "$0")"

if [ -e secrets ]; then
  echo "deploy/secrets is there already: the database knows the password in it, so it stays" >&2
  exit 1
fi
# Nobody else on this host gets past the directory. The files can be read by all, as Compose mounts them as they are
# for users of the containers that do not exist here.
mkdir -m 700 secrets.new
password=$(od -An -N24 -tx1 /dev/urandom | tr -d ' \n')
umask 022
printf '%s' "$password" >secrets.new/database_password
printf 'postgres://infernet:%s@database:5432/infernet' "$password" >secrets.new/database_url
mv secrets.new secrets
