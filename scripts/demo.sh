#!/usr/bin/env bash
# The demonstration: builds fupin, starts a centre with the 2013 plan, lets every office work through the year,
# and shows the province's table.
#
#   scripts/demo.sh                 stay up until Ctrl-C
#   scripts/demo.sh --once          end after the table
#   scripts/demo.sh -- COMMAND…     run a command against this centre, exit with its status
#   --months N                      only the first N months of the year; 0: a centre that nobody has sent anything to
#   --dir DIR                       keep the data there (otherwise a temporary directory is removed)
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
. "$(dirname "${BASH_SOURCE[0]}")/year.sh"

once=false dir= months=12 command=()
while [ $# -gt 0 ]; do
  case $1 in
    --once) once=true ;;
    --months) months=${2:?--months needs a number}; shift ;;
    --dir) dir=${2:?--dir needs a directory}; shift ;;
    --) shift; command=("$@"); break ;;
    -h | --help) sed -n '2,10s/^# \{0,1\}//p' "$0"; exit 0 ;;
    *) say "demo.sh: $1: unknown; see demo.sh --help"; exit 2 ;;
  esac
  shift
done

label='演示数据 / demonstration data'
centre= temporary=
finish() {
  local status=$?
  trap - EXIT INT TERM HUP
  # shellcheck disable=SC2046
  kill $(jobs -p) 2>/dev/null || true
  stop_process "$centre"
  # Again: a child between fork and exec may have missed the first.
  # shellcheck disable=SC2046
  kill $(jobs -p) 2>/dev/null || true
  wait 2>/dev/null || true
  [ -z "$temporary" ] || rm -rf -- "$temporary"
  exit "$status"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# Every office makes its own key pair; the administrator enters the public ones.
make_keys() {
  local name role unit key
  mkdir -p "$dir/home"
  while IFS=, read -r name role unit key; do
    if [ "$name" = name ]; then
      printf '%s,%s,%s,%s\n' "$name" "$role" "$unit" "$key"
    else
      key=$(fupin keygen --home "$dir/home/$name" --name "$name")
      printf '%s,%s,%s,"%s"\n' "$name" "$role" "$unit" "$key"
    fi
  done <"$root/db/plan-2013/principals.csv" >"$dir/principals.csv"
}

centre_is_gone() {
  say "demo.sh: the centre ended by itself (status $1):"
  tail -n 5 "$dir/fupind.log" >&2
  tail -n 5 "$dir/data/pg.log" >&2 || true
  exit 1
}

start_centre() {
  rm -f "$dir/data/endpoint"
  fupind serve --data "$dir/data" --plan "$root/db/plan-2013" --principals "$dir/principals.csv" \
    --label "$label" --endpoint 'tcp://127.0.0.1:*' --ready-file "$dir/data/endpoint" \
    --clock 2013-01-28T09:00 --with-parent yes 2>>"$dir/fupind.log" &
  centre=$!
  while [ ! -e "$dir/data/endpoint" ]; do
    if ! kill -0 "$centre" 2>/dev/null; then
      centre_is_gone "before it served"
    fi
    sleep 0.02
  done
  local home
  for home in "$dir"/home/*/; do
    printf '[centre]\nendpoint = %s\npublic-key = %s\n' "$(cat "$dir/data/endpoint")" "$centre_key" \
      >"$home/fupin.ini"
  done
}

progress() {
  [ -t 2 ] || return 0
  local done=$1 all=$2
  printf '\r[%s%s] %d/%d months' "$(printf '%*s' $((done * 3)) '' | tr ' ' '#')" \
    "$(printf '%*s' $(((all - done) * 3)) '' | tr ' ' '.')" "$done" "$all" >&2
  [ "$done" -lt "$all" ] || printf '\n' >&2
}

send_year() {
  local name role unit month began ended sent=0
  [ ! -e "$dir/months-sent" ] || sent=$(cat "$dir/months-sent")
  if [ "$sent" -ge "$months" ]; then
    [ "$months" = 0 ] || printf 'the year was sent before\n\n'
    return 0
  fi
  homes=$dir/home sheets=$dir/sheets list=$dir/principals.csv log=$dir/year.log
  mkdir -p "$dir/sheets/22"
  while IFS=, read -r name role unit _; do
    [ "$role" != county ] || mkdir -p "$dir/sheets/$unit"
  done <"$dir/principals.csv"
  awk -v out="$dir/sheets" -f "$root/scripts/demo_year.awk" "$root/db/plan-2013/units.csv"
  began=$(date +%s%N)
  # The centre's clock does not go back: what was sent before is not sent again.
  for ((month = sent + 1; month <= months; month++)); do
    progress $((month - 1)) "$months"
    if ! year_month "$month"; then
      kill -0 "$centre" 2>/dev/null || centre_is_gone "in month $month"
      grep -v '^receipt' "$log" | tail -n 10 >&2
      say "demo.sh: month $month could not be sent"
      exit 1
    fi
    echo "$month" >"$dir/months-sent"
  done
  progress "$months" "$months"
  ended=$(date +%s%N)
  printf '%d offices worked through %d months of 2013 (61 counties, 210 villages, 9 prefectures, the province) in %d.%d s\n\n' \
    72 $((months - sent)) $(((ended - began) / 1000000000)) $(((ended - began) / 100000000 % 10))
  printf '%s had no line on the 3rd of each month: it saved %d submissions, and caught up on the 9th\n\n' \
    "$offline" "$(fupin outbox list --home "$dir/home/$offline" --state receipted --format csv 2>/dev/null | tail -n +2 | wc -l)"
}

# FUPIN_BUILD_DIR: use what is built there (the tests do).
build=${FUPIN_BUILD_DIR:-$root/build}
if [ -z "${FUPIN_BUILD_DIR:-}" ]; then
  need_packages "${build_packages[@]}"
  build_tree "$build" -DFUPIN_TESTS=OFF
fi
export PATH="$build:$PATH"

if [ -z "$dir" ]; then
  temporary=$(mktemp -d "${TMPDIR:-/tmp}/fupin-demo.XXXXXX")
  # fupind started as root becomes another user, who has to get through here.
  chmod 755 "$temporary"
  dir=$temporary
fi
mkdir -p "$dir/data"
dir=$(cd "$dir" && pwd)
centre_key=$(fupind keygen --data "$dir/data")
make_keys
start_centre
send_year
export FUPIN_HOME="$dir/home/province" FUPIN_DEMO_DIR="$dir"
fupin total 22 --by prefecture
# Targets, who is late, how far review is: the year's last bulletin; then a prefecture's work list.
echo
month=2013-$(printf %02d "$((months > 0 ? months : 1))")
fupin bulletin "$month"
echo
echo "What waits for the review of 白城市 2208, of its counties:"
fupin review list 2208 "$month" county --home "$dir/home/prefecture-2208"
echo
echo "Where the province's money is on its way down, and the proof that none is lost:"
fupin fund flow 22
fupin fund check 22
echo
echo "The plan's rules, of the province; then who keeps money back, and who grants too little for industry:"
fupin compliance 22 --by province
fupin compliance 22 --rule kept_back --state red
fupin compliance 22 --rule industry_share_of_grants --state red

if [ ${#command[@]} -gt 0 ]; then
  status=0
  "${command[@]}" || status=$?
  exit "$status"
fi
"$once" && exit 0
cat <<EOF

The centre is up. In another terminal, try:

  export PATH="$build:\$PATH" FUPIN_HOME="$dir/home/province"
  fupin total 2208 --by county                    # one prefecture
  fupin total 220822                              # one county, every indicator
  fupin total 22 --by prefecture --period 2013-01..2013-06 --format csv
  fupin total 22 --funds
  fupin fund transit 22                           # what the counties have not confirmed
  fupin project list 220821                       # a county's projects, work and money side by side
  fupin compliance 22 --state red                 # every rule that is not kept, with its figures
  fupin fund flow 22 --voucher 2013-03-0010       # where this money went, down to the village
  fupin status
  FUPIN_HOME="$dir/home/county-220822" fupin status   # as another office
  fupind verify --data "$dir/data"

Ctrl-C ends it.
EOF
status=0
wait "$centre" || status=$?
centre_is_gone "$status"
