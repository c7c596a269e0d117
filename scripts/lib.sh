# What the scripts share: packages, building, and ending what was started. Sourced, not run.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

build_packages=(gcc libc6-dev gettext cmake ninja-build pkg-config protobuf-c-compiler protobuf-compiler
  libprotobuf-c-dev libzmq3-dev libpq-dev libsodium-dev libsqlite3-dev libsmartcols-dev libcsv-dev
  libinih-dev libjson-c-dev libsystemd-dev libxlsxwriter-dev libzip-dev libexpat1-dev libutf8proc-dev uthash-dev postgresql)
# For a centre that a program in Python drives: the system tests, the benchmark.
python_packages=(libcmocka-dev python3 python3-zmq python3-protobuf python3-psycopg2 python3-openpyxl)
test_packages=("${python_packages[@]}" clang-format ccache locales faketime openssl file zsh man-db groff-base mandoc docker-compose)
# A second compiler with its sanitizers and libFuzzer; and a spreadsheet program (86 MB) that opens our workbooks.
clang_packages=(clang libclang-rt-14-dev llvm-14)
large_packages=(libreoffice-calc python3-uno)
# For scripts/package.sh. lintian looks a package over; debootstrap (scripts/try-package.sh) is not asked for.
package_packages=(dpkg-dev file xz-utils lintian)

say() { printf '%s\n' "$*" >&2; }

# Those of the named packages that are not installed.
missing_packages() {
  local package
  for package in "$@"; do
    [ "$(dpkg-query -W -f '${db:Status-Abbrev}' "$package" 2>/dev/null)" = 'ii ' ] || printf '%s ' "$package"
  done
}

# apt_get WORD…: apt-get; while another apt works, it waits, up to ten minutes, and says for whom. apt itself waits
# for dpkg's lock only (DPkg::Lock::Timeout), not for that of its lists, and says nothing when it is quiet.
apt_lock_seconds=600
apt_get() {
  local output status told='' until=$((SECONDS + apt_lock_seconds))
  while
    status=0
    output=$("${become[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=5 "$@" 2>&1) || status=$?
    [ "$status" != 0 ]
  do
    case $output in
      *'Could not get lock'* | *'Unable to acquire the dpkg frontend lock'*) ;;
      *) say "$output"; return "$status" ;;
    esac
    if [ "$SECONDS" -ge "$until" ]; then
      say "$output"
      return "$status"
    fi
    # The first line names the lock and who has it.
    if [ "${output%%$'\n'*}" != "$told" ]; then
      told=${output%%$'\n'*}
      say "waiting for another apt: ${told#E: }"
    fi
    sleep 1
  done
}

# Installs what is missing, or prints the one command that does. With everything there, no apt is called.
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
  apt_get update && apt_get install -y --no-install-recommends $missing
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
