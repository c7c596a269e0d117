# The demonstration year, month by month, as offices would work: sourced by demo.sh and compose-year.sh.
#
# The centre runs a drill (fupind serve --clock): the administrator's office moves its clock. Each month the counties
# (and the province, for its funds) send their sheets on the 3rd, some late ones on the 9th; on the 11th the prefectures
# pass what their counties sent, on the 18th the province takes it over. In June one report is returned and corrected.
# One of the late ones has no line on the 3rd: it saves its sheets without the centre, and catches up on the 9th.
# At the end it is 10 January 2014: one county has not sent December, and not every prefecture has passed it.
#
#   homes    the offices' home directories      sheets   where demo_year.awk wrote the sheets
#   list     name,role,unit,… of all offices    log      a file for what the programs say

late='county-220183 county-220523 county-222426'
offline=county-220523
missing=county-222424
slow='prefecture-2207 prefecture-2208'
returned=220822

# In the background what must not fail; year_wait stops the year when one of them did.
# Some at a time: who stands in line for a processor for seconds takes the centre for away.
year_at_once=$((4 * $(nproc)))
year_run() {
  local running
  while running=($(jobs -rp)) && [ "${#running[@]}" -gt "$year_at_once" ]; do sleep 0.02; done
  "$@" >>"$log" 2>&1 &
  year_pids+=($!)
}

year_wait() {
  local pid status=0
  for pid in "${year_pids[@]}"; do
    wait "$pid" || status=$?
  done
  year_pids=()
  return "$status"
}

year_clock() { fupin clock --home "$homes/admin" "$1" >>"$log"; }

# It reaches the centre a last time, then its line is gone: what it submits is checked, saved, and waits (status 4).
# year_save_offline NAME UNIT MONTH
year_save_offline() {
  local status=0
  fupin forms --home "$homes/$1" --timeout 120 >/dev/null || return
  fupin submit --home "$homes/$1" --offline --each --quiet "$sheets/$2/$3"-*.csv || status=$?
  [ "$status" = 4 ]
}

# The province's money is on its way before a county confirms it.
# year_send MONTH on-time|late
year_send() {
  local name role unit rest is_late
  if [ "$2" = on-time ]; then
    year_run fupin submit --home "$homes/province" --each --quiet --timeout 120 "$sheets/22/$1"-*.csv
    year_wait || return
  fi
  while IFS=, read -r name role unit rest; do
    [ "$role" = county ] || continue
    is_late=on-time
    case " $late " in *" $name "*) is_late=late ;; esac
    if [ "$name" = "$offline" ]; then
      case $2 in
        on-time) year_run year_save_offline "$name" "$unit" "$1" ;;
        late) year_run fupin outbox send --home "$homes/$name" --quiet --timeout 120 ;;
      esac
      continue
    fi
    [ "$2" = "$is_late" ] || continue
    [ "$name" != "$missing" ] || [ "$1" != 2013-12 ] || continue
    year_run fupin submit --home "$homes/$name" --each --quiet --timeout 120 "$sheets/$unit/$1"-*.csv
  done <"$list"
  year_wait
}

# Prefectures without counties have nothing to pass: then the status is 3.
year_review() {
  local status=0
  fupin review "$@" || status=$?
  [ "$status" = 3 ] || return "$status"
}

year_pass() {
  local name role unit rest
  while IFS=, read -r name role unit rest; do
    [ "$role" = prefecture ] || continue
    case "$1 $slow " in "2013-12 "*" $name "*) continue ;; esac
    year_run year_review pass --home "$homes/$name" "$unit" "$1"
  done <"$list"
  year_wait
}

# The prefecture finds fault, the county sends the corrected sheet.
year_correct() {
  local sheet=$sheets/$returned/$1-county.csv
  fupin review return --home "$homes/prefecture-${returned%??}" "$returned" "$1" county --reason inconsistent \
    --text '脱贫户数与村报表合计不符' >>"$log" 2>&1
  awk 'NR == 1 { print $0 ",替换版本" } NR > 1 { print $0 ",1" }' "$sheet" >"$sheet.corrected"
  fupin submit --home "$homes/county-$returned" --quiet --timeout 120 "$sheet.corrected" >>"$log" 2>&1
}

# Every county's plan or acceptance report, as a file, but of some.
# year_documents KIND COUNTY…
year_documents() {
  local name role unit rest file=$sheets/$1.pdf kind=$1
  shift
  printf '%%PDF-1.4\n%% 演示数据 demonstration data\n%%%%EOF\n' >"$file"
  while IFS=, read -r name role unit rest; do
    [ "$role" = county ] || continue
    case " $* " in *" $unit "*) continue ;; esac
    year_run fupin document send --home "$homes/$name" --timeout 120 "$kind" "$file"
  done <"$list"
  year_wait
}

# Status not 0: an office's program failed, or the centre refused something.
# year_month NUMBER
year_month() {
  local month next
  month=$(printf '2013-%02d' "$1")
  next=$(printf '2013-%02d' $(($1 + 1)))
  [ "$1" != 12 ] || next=2014-01
  year_pids=()
  year_clock "$next-03T09:00" || return
  year_send "$month" on-time || return
  year_clock "$next-09T15:00" || return
  year_send "$month" late || return
  year_clock "$next-10T09:00" || return
  [ "$1" != 6 ] || year_correct "$month" || return
  [ "$1" = 12 ] || year_clock "$next-11T09:00" || return
  year_pass "$month" || return
  [ "$1" != 12 ] || return 0
  year_clock "$next-18T09:00" || return
  year_run year_review take --home "$homes/province" 22 "$month"
  year_wait || return
  case $1 in
    3) year_documents plan 222424 ;;
    10) year_documents acceptance 220403 220422 220621 220802 220821 ;;
  esac
}
