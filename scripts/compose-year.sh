#!/usr/bin/env bash
# The demonstration year for a centre that runs elsewhere: the one-shot services of docker-compose.yml.
#
#   scripts/compose-year.sh keys   before the centre starts: its key pair, one for every office of the plan,
#                                  and the list of offices that the centre admits
#   scripts/compose-year.sh year   every county's invented year, sent by the offices; the province's table
#
# Both may run again: keys stay what they are, and what was sent is not sent a second time. Where things are:
#   FUPIN_CENTRE    the centre's --data; principals.csv is written there   (/var/lib/fupin)
#   FUPIN_OFFICES   the offices' home directories                          (/var/lib/fupin-offices)
#   FUPIN_PLAN      the plan's CSV files                                   (/usr/share/fupin/plan-2013)
#   FUPIN_ENDPOINT  where the offices find the centre                      (tcp://fupind:7513)
#   FUPIN_MONTHS    how many months of the year                            (12)
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/year.sh"
centre=${FUPIN_CENTRE:-/var/lib/fupin}
offices=${FUPIN_OFFICES:-/var/lib/fupin-offices}
plan=${FUPIN_PLAN:-/usr/share/fupin/plan-2013}
endpoint=${FUPIN_ENDPOINT:-tcp://fupind:7513}
months=${FUPIN_MONTHS:-12}

# The list appears whole or not at all: a centre never admits half of the offices.
make_keys() {
  local centre_key name role unit key
  mkdir -p "$offices"
  centre_key=$(fupind keygen --data "$centre")
  while IFS=, read -r name role unit key; do
    if [ "$name" != name ]; then
      key=$(fupin keygen --home "$offices/$name" --name "$name" --endpoint "$endpoint" --centre-key "$centre_key")
      key="\"$key\""
    fi
    printf '%s,%s,%s,%s\n' "$name" "$role" "$unit" "$key"
  done <"$plan/principals.csv" >"$centre/principals.csv.new"
  mv "$centre/principals.csv.new" "$centre/principals.csv"
  printf 'keys of the centre and of %d offices are in place\n' "$(($(wc -l <"$centre/principals.csv") - 1))"
}

send_all() {
  local name role unit month done=0
  sheets=$(mktemp -d)
  trap 'rm -rf -- "$sheets"' EXIT
  homes=$offices list=$plan/principals.csv log=$offices/year.log
  [ ! -e "$offices/months-sent" ] || done=$(cat "$offices/months-sent")
  while IFS=, read -r name role unit _; do
    case $role in county | province) mkdir -p "$sheets/$unit" ;; esac
  done <"$list"
  awk -v out="$sheets" -f "$here/demo_year.awk" "$plan/units.csv"
  for ((month = done + 1; month <= months; month++)); do
    if ! year_month "$month"; then
      tail -n 5 "$log" >&2
      echo 'compose-year.sh: a month could not be sent; what was saved waits in the outboxes' >&2
      return 1
    fi
    echo "$month" >"$offices/months-sent"
  done
  printf 'the offices worked through %d months\n\n' "$months"
}

case ${1:-} in
  keys) make_keys ;;
  year)
    send_all
    fupin total 22 --by prefecture --home "$offices/province"
    ;;
  *) sed -n '2,12s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
