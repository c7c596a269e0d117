#!/usr/bin/env bash
# Mutation: changes one thing in the code at a time, on a copy, and looks whether a unit test notices.
#
#   scripts/mutate.sh                      150 mutants, drawn by seed 1; a table of rooms at the end
#   --seed N, --count N                    others; more or fewer
#   --only GLOB                            of these files alone ('server/*', common/check/check.c)
#   --at-least PERCENT                     exit status 1 if fewer were killed
#   FILE:LINE …                            every mutation of these lines instead
#   --list-excluded                        which files are not mutated, and why
#   --jobs N, --dir DIR                    so many at a time; where it is built (build-mutate/)
#
# docs/testing.md says what the numbers mean, tests/mutate/survivors.txt which survivors are known.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

case ${1:-} in -h | --help) sed -n '2,13s/^# \{0,1\}//p' "$0"; exit 0 ;; esac
need_packages "${build_packages[@]}" "${python_packages[@]}"
PYTHONDONTWRITEBYTECODE=1 exec nice /usr/bin/python3 "$root/tests/mutate/mutate.py" "$@"
