#!/usr/bin/env bash
# Goes on with fuzzing from the corpus that is kept (docs/testing.md, "Fuzzing").
#
#   scripts/fuzz.sh MINUTES [TARGET…]    each target for so long, one after the other; without a target all of them
#   scripts/fuzz.sh --merge [TARGET…]    takes what was found into the kept corpus: as few inputs as reach as much
#
# What is found lies in build-fuzz/found. A line for each target says how it went; an input that stopped one is named,
# and the exit status is 1.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

all_targets=(request reply plan sheet sealed)
build=$root/build-fuzz
kept=$root/tests/fuzz/corpus
# Inputs longer than this are slow, and find nothing that shorter ones do not.
bytes_max=8192
kept_bytes_max=4096

usage() {
  say "fuzz.sh: $1; see the head of this file"
  exit 2
}

# The last number that libFuzzer wrote behind a word.
last_number() {
  grep -oE "$1[: ]+[0-9]+" "$2" | tail -1 | grep -oE '[0-9]+$' || printf 0
}

# run_target TARGET SECONDS: false if an input stopped it.
run_target() {
  local target=$1 seconds=$2 log=$build/$1.log inputs=() status=0 found
  mkdir -p "$build/found/$target" "$build/stopped/$target"
  [ ! -f "$root/tests/fuzz/$target.dict" ] || inputs+=("-dict=$root/tests/fuzz/$target.dict")
  inputs+=("$build/found/$target" "$kept/$target" "$build/seeds/$target")
  # A quarantine of 256 MB would make every allocation touch new memory; a zone of its own, glibc read its file each time.
  TZ=UTC ASAN_OPTIONS=quarantine_size_mb=8:detect_leaks=1 "$build/tests/fuzz/fuzz_$target" \
    -max_total_time="$seconds" -max_len=$bytes_max -timeout=30 -rss_limit_mb=2048 -print_final_stats=1 \
    -artifact_prefix="$build/stopped/$target/" "${inputs[@]}" >"$log" 2>&1 || status=$?
  found=$(sed -n 's/.*Test unit written to //p' "$log" | tail -1)
  printf '%-8s %10s executions  %6s/s  coverage %5s  %s\n' "$target" "$(last_number number_of_executed_units "$log")" \
    "$(last_number average_exec_per_sec "$log")" "$(last_number cov "$log")" "${found:-no finding}"
  [ "$status" = 0 ] && return 0
  grep -E -m1 -A12 'ERROR:|runtime error:|Assertion' "$log" >&2 || tail -5 "$log" >&2
  say "the whole of it: $log"
  return 1
}

# Files whose name is a digest are what was found; a name says what an input stopped once, and those stay.
merge_target() {
  local target=$1 fresh=$build/merged/$1 file
  rm -rf "$fresh"
  mkdir -p "$fresh" "$build/found/$target"
  ASAN_OPTIONS=quarantine_size_mb=8 "$build/tests/fuzz/fuzz_$target" -merge=1 -use_counters=0 -set_cover_merge=1 \
    -max_len=$kept_bytes_max "$fresh" "$kept/$target" "$build/seeds/$target" "$build/found/$target" >"$build/$target.log" 2>&1
  for file in "$kept/$target"/*; do
    [[ ! ${file##*/} =~ ^[0-9a-f]{40}$ ]] || rm "$file"
  done
  cp "$fresh"/* "$kept/$target/"
  printf '%-8s %5s inputs, %7s bytes\n' "$target" "$(find "$kept/$target" -type f | wc -l)" \
    "$(find "$kept/$target" -type f -printf '%s\n' | awk '{ sum += $1 } END { print sum }')"
}

what=${1:-}
[ -n "$what" ] || usage "for how many minutes?"
[ "$what" = --merge ] || [[ $what =~ ^[1-9][0-9]*$ ]] || usage "$what: neither minutes nor --merge"
shift
targets=("$@")
[ $# -gt 0 ] || targets=("${all_targets[@]}")
for target in "${targets[@]}"; do
  [ -f "$root/tests/fuzz/fuzz_$target.c" ] || usage "$target: no such target (${all_targets[*]})"
done

need_packages "${build_packages[@]}" "${python_packages[@]}" "${clang_packages[@]}"
build_tree "$build" -DCMAKE_C_COMPILER=clang -DFUPIN_ASAN=ON -DFUPIN_FUZZ=ON
rm -rf "$build/seeds"
"$build/tests/fuzz/fuzz_seeds" "$build/seeds"
"$build/tests/fuzz/fuzz_sheet_seeds" "$build/seeds/sheet"
failed=0
for target in "${targets[@]}"; do
  if [ "$what" = --merge ]; then
    merge_target "$target"
  else
    run_target "$target" $((what * 60)) || failed=1
  fi
done
exit "$failed"
