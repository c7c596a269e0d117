#!/usr/bin/env bash
# Builds fupin and runs all tests.
#
#   scripts/test.sh            gcc; clang with AddressSanitizer and UBSan: all tests in both;
#                              clang with ThreadSanitizer: where fupind and libfupin have threads
#   scripts/test.sh --quick    gcc only
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

quick=false
case ${1:-} in
  '') ;;
  --quick) quick=true ;;
  *) say "test.sh: $1: unknown; see the head of this file"; exit 2 ;;
esac

# run_tests DIR [CTEST OPTION…]
run_tests() {
  local dir=$1
  shift
  ctest --test-dir "$dir" --output-on-failure --no-tests=error -j "$(nproc)" "$@"
}

need_packages "${build_packages[@]}" "${test_packages[@]}"
say "== gcc"
build_tree "$root/build-gcc" -DCMAKE_C_COMPILER=gcc
cmake --build "$root/build-gcc" --target format-check
run_tests "$root/build-gcc"
"$quick" && exit 0
say "== clang, AddressSanitizer and UndefinedBehaviorSanitizer"
build_tree "$root/build-asan" -DCMAKE_C_COMPILER=clang -DFUPIN_ASAN=ON
run_tests "$root/build-asan"
say "== clang, ThreadSanitizer"
build_tree "$root/build-tsan" -DCMAKE_C_COMPILER=clang -DFUPIN_TSAN=ON
run_tests "$root/build-tsan" -R 'system_library|system_plan|system_submission|system_watch'
