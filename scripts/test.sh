#!/usr/bin/env bash
# Builds fupin and runs its tests.
#
#   scripts/test.sh            gcc: the build, the format, every unit and system test
#   scripts/test.sh --all      the same with what needs large programs (a spreadsheet program); then with clang,
#                              AddressSanitizer + UBSan and ThreadSanitizer beside each other
#   scripts/test.sh --all --long   the sanitizers get the tests, too, that are left out for time (docs/testing.md)
#
# At the end: the ten slowest, what was skipped and why (tests/skips.txt), `N passed, N failed, N skipped`.
# Exit status: 0 all passed, 1 not, 2 wrong usage.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

all=false long=false
for word; do
  case $word in
    --all) all=true ;;
    --long) long=true ;;
    -h | --help) sed -n '2,11s/^# \{0,1\}//p' "$0"; exit 0 ;;
    *) say "test.sh: $word: unknown; see test.sh --help"; exit 2 ;;
  esac
done
"$all" || ! "$long" || { say "test.sh: --long goes with --all"; exit 2; }

# The tests' databases are in memory where there is room for them: nothing here survives the machine anyhow, and what
# the disk promises is tested apart (unit_outbox_power, tests/crash). TMPDIR says another place.
is_roomy() { [ "$(stat -f -c %T "$1")" = tmpfs ] && [ "$(df --output=avail -k "$1" | tail -n 1)" -gt 6000000 ] && can_run "$1"; }
can_run() {
  local program=$1/fupin-run.$$ status=0
  printf '#!/bin/sh\n' >"$program" && chmod +x "$program" && "$program" 2>/dev/null || status=1
  rm -f "$program"
  return "$status"
}
if [ -z "${TMPDIR:-}" ] && is_roomy /dev/shm; then
  TMPDIR=/dev/shm
fi
reports=$(TMPDIR= mktemp -d)
# A short name: a socket's path has 107 bytes. Whoever PostgreSQL runs as has to get through here.
TMPDIR=$(mktemp -d "${TMPDIR:-/tmp}/fupin.XXXX")
chmod 755 "$TMPDIR"
export TMPDIR
clean_up() {
  # The sanitizers' run in the background does not hear Ctrl-C.
  # shellcheck disable=SC2046
  kill $(jobs -p) 2>/dev/null || true
  wait 2>/dev/null || true
  rm -rf -- "$reports" "$TMPDIR"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
# Each copy of the sources that a test builds finds there what was compiled here. In what language a compiler would
# complain is no difference: Python sets LC_CTYPE for its children where there was none.
export CCACHE_BASEDIR=$root CCACHE_NOHASHDIR=1 CCACHE_SLOPPINESS=locale

# run_tests NAME JOBS [CTEST OPTION…]: the tests of build-NAME. Most of them wait for other processes most of the time, so
# there may be more of them than cores.
run_tests() {
  local name=$1 jobs=$2
  shift 2
  ctest --test-dir "$root/build-$name" --output-on-failure --no-tests=error -j "$jobs" \
    --output-junit "$reports/$name.xml" --test-output-size-passed 1000000 "$@"
}

finish() {
  local status=$1 seconds
  /usr/bin/python3 "$root/tests/summary.py" "$reports"/*.xml || status=1
  # What this shell's children and theirs took, user and system; a subshell has none.
  times >"$reports/times"
  seconds=$(awk 'NR == 2 { for (i = 1; i <= 2; i++) { split($i, part, /[ms]/); sum += part[1] * 60 + part[2] } print int(sum) }' "$reports/times")
  printf 'took %d s, %d s of a processor\n' "$SECONDS" "$seconds"
  exit "$status"
}

cores=$(nproc)
if "$all"; then
  need_packages "${build_packages[@]}" "${test_packages[@]}" "${package_packages[@]}" \
    "${clang_packages[@]}" "${large_packages[@]}"
  export FUPIN_WHOLE=1
else
  need_packages "${build_packages[@]}" "${test_packages[@]}" "${package_packages[@]}"
fi
status=0
say "== gcc"
build_tree "$root/build-gcc" -DCMAKE_C_COMPILER=gcc
cmake --build "$root/build-gcc" --target format-check
run_tests gcc $((4 * cores)) || status=1
"$all" || finish "$status"

say "== clang: AddressSanitizer and UndefinedBehaviorSanitizer, ThreadSanitizer"
build_tree "$root/build-asan" -DCMAKE_C_COMPILER=clang -DFUPIN_ASAN=ON
build_tree "$root/build-tsan" -DCMAKE_C_COMPILER=clang -DFUPIN_TSAN=ON
leave_out=(-LE long)
"$long" && leave_out=()
run_tests tsan "$cores" -L threads >"$reports/tsan.log" 2>&1 &
tsan=$!
run_tests asan $((3 * cores)) "${leave_out[@]}" || status=1
wait "$tsan" || status=1
cat "$reports/tsan.log"
finish "$status"
