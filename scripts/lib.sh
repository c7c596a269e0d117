# What the scripts share: packages, building, and ending what was started. Sourced, not run.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

build_packages=(gcc libc6-dev gettext cmake ninja-build pkg-config protobuf-c-compiler protobuf-compiler
  libprotobuf-c-dev libzmq3-dev libpq-dev libsodium-dev libsqlite3-dev libsmartcols-dev libcsv-dev
  libinih-dev libjson-c-dev libsystemd-dev libxlsxwriter-dev libzip-dev libexpat1-dev uthash-dev postgresql)
test_packages=(libcmocka-dev clang libclang-rt-14-dev clang-format python3 python3-zmq python3-protobuf python3-psycopg2
  python3-openpyxl openssl dpkg-dev file)
# For scripts/package.sh. lintian and debootstrap (scripts/try-package.sh) are not asked for: without them is only less
# looked at; and tests skip what zsh, mandoc and lintian would be needed for.
package_packages=(dpkg-dev file xz-utils)

say() { printf '%s\n' "$*" >&2; }

# Those of the named packages that are not installed.
missing_packages() {
  local package
  for package in "$@"; do
    [ "$(dpkg-query -W -f '${db:Status-Abbrev}' "$package" 2>/dev/null)" = 'ii ' ] || printf '%s ' "$package"
  done
}

# Installs what is missing, or prints the one command that does.
need_packages() {
  local missing become=()
  missing=$(missing_packages "$@")
  [ -n "$missing" ] || return 0
  if [ "$(id -u)" != 0 ]; then
    if ! sudo -n true 2>/dev/null; then
      say "Some packages are missing. As root, run:"
      say "  apt-get update && apt-get install --no-install-recommends -y $missing"
      return 1
    fi
    become=(sudo -n)
  fi
  say "installing: $missing"
  # Debian would make and start a cluster of its own; fupin brings its own.
  case $missing in *postgresql*)
    "${become[@]}" mkdir -p /etc/postgresql-common/createcluster.d
    echo 'create_main_cluster = false' |
      "${become[@]}" tee /etc/postgresql-common/createcluster.d/fupin.conf >/dev/null ;;
  esac
  # shellcheck disable=SC2086
  "${become[@]}" apt-get update -qq >&2 &&
    "${become[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $missing >&2
}

# build_tree DIR [CMAKE OPTION…]: configures and builds; shows the log only when it fails.
build_tree() {
  local dir=$1 log
  shift
  mkdir -p "$dir" || return 1
  log=$dir/build.log
  if ! { cmake -S "$root" -B "$dir" -G Ninja "$@" && cmake --build "$dir"; } >"$log" 2>&1; then
    cat "$log" >&2
    return 1
  fi
}

# Ends a process of ours by its id and waits for it.
stop_process() {
  [ -n "${1:-}" ] || return 0
  kill "$1" 2>/dev/null || true
  wait "$1" 2>/dev/null || true
}
