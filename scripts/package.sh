#!/usr/bin/env bash
# Builds the Debian packages into build-deb/packages, and has lintian look at them if it is there.
#
#   scripts/package.sh             as root or as an ordinary user; needs what scripts/lib.sh lists for building
#
# MAINTAINER='Name <address>'      who answers for these packages (the changelog's is the project's)
# Exit status: 0 done, 1 failed (also: lintian found an error), 2 wrong usage.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

case ${1:-} in
  '') ;;
  -h | --help) sed -n '2,8s/^# \{0,1\}//p' "$0"; exit 0 ;;
  *) say "package.sh: $1: unknown; see package.sh --help"; exit 2 ;;
esac

build=$root/build-deb
need_packages "${build_packages[@]}" "${package_packages[@]}"
# Debian's own flags (hardening); a changed path to the sources must not change the packages.
CFLAGS="$(dpkg-buildflags --get CFLAGS) $(dpkg-buildflags --get CPPFLAGS) -ffile-prefix-map=$root=."
LDFLAGS=$(dpkg-buildflags --get LDFLAGS)
export CFLAGS LDFLAGS
options=(-DCMAKE_BUILD_TYPE=RelWithDebInfo -DCMAKE_INSTALL_PREFIX=/usr -DFUPIN_TESTS=OFF)
[ -z "${MAINTAINER:-}" ] || options+=("-DCPACK_PACKAGE_CONTACT=$MAINTAINER")
build_tree "$build" "${options[@]}"
rm -rf "$build/packages"
(cd "$build" && cpack -G DEB -B "$build/packages") >"$build/package.log" 2>&1 || { cat "$build/package.log" >&2; exit 1; }
rm -rf "$build/packages/_CPack_Packages"
if command -v lintian >/dev/null; then
  allow=()
  [ "$(id -u)" != 0 ] || allow=(--allow-root)
  lintian "${allow[@]}" --fail-on error "$build"/packages/*.deb || { say "package.sh: lintian found errors"; exit 1; }
else
  say "package.sh: lintian is not installed; nothing has looked at the packages"
fi
printf '%s\n' "$build"/packages/*.deb
