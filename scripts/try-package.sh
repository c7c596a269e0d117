#!/usr/bin/env bash
# Tries the packages of scripts/package.sh on a Debian 12 with nothing else on it: bootstraps one into a temporary
# folder, installs them with apt, loads the plan of 2013, serves it from the private PostgreSQL, lets an office
# enrol, submit and run its agent, and purges them again.
#
#   scripts/try-package.sh [--keep]     as root; needs debootstrap, a network for apt, and 1 GB in TMPDIR (/var/tmp)
#
# Packages come from where apt of this machine has its own Debian 12 from. All that is started here ends with this
# script, and the folder is removed (but with --keep). Exit status: 0 all went well, 1 something did not,
# 2 wrong usage, 77 it cannot be tried here.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

keep=false
case ${1:-} in
  '') ;;
  --keep) keep=true ;;
  -h | --help) sed -n '2,12s/^# \{0,1\}//p' "$0"; exit 0 ;;
  *) say "try-package.sh: $1: unknown; see try-package.sh --help"; exit 2 ;;
esac
packages=$root/build-deb/packages

cannot() { say "try-package.sh: $*"; exit 77; }
[ "$(id -u)" = 0 ] || cannot "only root can make a Debian in a folder: sudo $0"
command -v debootstrap >/dev/null || cannot "debootstrap is missing: apt-get install debootstrap"
compgen -G "$packages/fupind_*.deb" >/dev/null || cannot "there are no packages yet: scripts/package.sh"

# URI and suite of this machine's Debian 12, a line each.
sources() {
  # shellcheck disable=SC2016
  apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' |
    awk '$3 == "main" && $2 ~ /^bookworm(-updates|-security)?$/ { print $1, $2 }' | sort -u
}
read -r mirror _ < <(sources | awk '$2 == "bookworm"') || true
[ -n "${mirror:-}" ] || cannot "apt of this machine has no Debian 12 (bookworm) to take packages from"
keyring=/usr/share/keyrings/debian-archive-keyring.gpg

place=$(mktemp -d "${TMPDIR:-/var/tmp}/fupin-try.XXXXXX")
finish() {
  local status=$?
  trap - EXIT INT TERM HUP
  # Mounts and processes were the namespace's and went with it.
  if "$keep"; then say "try-package.sh: kept in $place"; else rm -rf --one-file-system -- "$place"; fi
  exit "$status"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

say "bootstrapping Debian 12 in $place"
debootstrap --variant=minbase --keyring="$keyring" bookworm "$place/debian" "$mirror" >"$place/log" 2>&1 ||
  { tail -n 20 "$place/log" >&2; exit 1; }
while read -r uri suite; do
  echo "deb $uri $suite main"
done < <(sources) >"$place/debian/etc/apt/sources.list"
apt-config dump | grep '^Acquire::.*Proxy' >"$place/debian/etc/apt/apt.conf.d/proxy" || true
mkdir "$place/debian/try"
cp "$packages"/*.deb "$root/scripts/try-package-inside.sh" "$place/debian/try"
cp /etc/resolv.conf /etc/hosts "$place/debian/etc/"

# The first process of a namespace of its own: when it ends, or this script does, so do all that it began.
# shellcheck disable=SC2016
unshare --mount --pid --fork --kill-child bash -euc '
  mount -t proc proc "$1/proc"
  mkdir -p "$1/dev/shm"
  mount -t tmpfs tmpfs "$1/dev/shm"
  exec chroot "$1" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 TERM=dumb bash /try/try-package-inside.sh
' try "$place/debian"
