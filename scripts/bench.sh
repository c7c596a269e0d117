#!/usr/bin/env bash
# The benchmark: builds fupin, measures it beside what PostgreSQL alone can do, checks every receipt and
# total, and prints a table. docs/performance.md says what each row is.
#
#   scripts/bench.sh                under 10 minutes
#   scripts/bench.sh --quick        scaled down, under 50 seconds
#   --long                          the load on a slow PostgreSQL lasts five minutes, not twenty seconds
#   --json FILE                     the rows for programs, too
#   --only ROW,…                    only the parts that make these rows
#   --keep                          keep the directory with the database and logs
#   --dir DIR                       where that directory is made (on a disk; otherwise /var/tmp)
#
# Exit status: 0 done (whether goals were met or not), 1 a receipt or total was wrong, 2 wrong usage.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

case ${1:-} in -h | --help) sed -n '2,14s/^# \{0,1\}//p' "$0"; exit 0 ;; esac
need_packages "${build_packages[@]}" "${python_packages[@]}"
build_tree "$root/build-bench" -DCMAKE_BUILD_TYPE=RelWithDebInfo
exec env FUPIN_BUILD="$root/build-bench" PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 "$root/tests/bench/bench.py" "$@"
