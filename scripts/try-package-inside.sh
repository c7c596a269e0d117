#!/usr/bin/env bash
# What scripts/try-package.sh runs inside of the Debian that it made. Not for a machine that anybody needs.
# shellcheck disable=SC2016  # what stands in the units is no variable of ours
set -euo pipefail
[ -d /try ] || { echo "try-package-inside.sh: this is for scripts/try-package.sh" >&2; exit 2; }

step() { printf '\n== %s\n' "$*"; }
fail() {
  printf 'try-package: %s\n' "$*" >&2
  tail -n 15 /try/serve.log /var/lib/fupin/pg.log >&2 || true
  exit 1
}
as() { (as_only "$@"); }
# The same in place of this shell: in the background, $! is the program's own.
as_only() { local user=$1; shift; exec setpriv --reuid="$user" --regid="$user" --init-groups env HOME=/ "$@"; }
quiet() { "$@" >/try/log 2>&1 || { cat /try/log >&2; fail "failed: $*"; }; }
# wait_for WHAT COMMAND…
wait_for() {
  local what=$1
  shift
  for _ in $(seq 600); do
    if "$@"; then return 0; fi
    sleep 0.1
  done
  fail "waited in vain for $what"
}

export DEBIAN_FRONTEND=noninteractive
installed=(fupind fupin libfupin0 libfupin-dev)
# Debian's postgresql would make a cluster of its own.
mkdir -p /etc/postgresql-common/createcluster.d
echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.d/try.conf

step 'apt install ./fupind.deb ./fupin.deb ./libfupin0.deb ./libfupin-dev.deb'
quiet apt-get update
quiet apt-get install -y --no-install-recommends /try/*.deb postgresql man-db bash-completion
dpkg-query -W -f '${Package} ${Version} ${db:Status-Status}\n' "${installed[@]}"
getent passwd fupin fupin-office | cut -d: -f1,6,7
stat -c '%A %U %n' /var/lib/fupin /var/lib/fupin-office /etc/fupin/fupind.conf
[ ! -e /etc/systemd/system/multi-user.target.wants/fupind.service ] || fail 'fupind is enabled'
[ -z "$(ls -A /var/lib/fupin)" ] || fail 'something began by itself'

step 'the plan of 2013, loaded by the user fupin; the first administrator by his key'
fupin keygen --home /root/admin --name admin >/try/admin.key
printf 'name,role,unit,public_key\nadmin,admin,22,"%s"\n' "$(cat /try/admin.key)" >/try/principals.csv
as fupin fupind load --data /var/lib/fupin --plan /usr/share/fupin/plan-2013 --principals /try/principals.csv 2>/try/load.log ||
  { cat /try/load.log >&2; fail 'the plan was not loaded'; }

step 'the service, by its own command line (a drill: the plan is of 2013)'
sed -i -e 's|^FUPIND_ENDPOINT=.*|FUPIND_ENDPOINT=tcp://127.0.0.1:*|' \
  -e 's|^FUPIND_OPTIONS=.*|FUPIND_OPTIONS="--clock 2013-05-03T09:00"|' /etc/fupin/fupind.conf
install -d -o fupin -g fupin -m 755 /run/fupin
# shellcheck source=/dev/null
. /etc/fupin/fupind.conf
command=$(sed -n 's/^ExecStart=//p' /usr/lib/systemd/system/fupind.service)
command=${command//'${FUPIND_ENDPOINT}'/"'$FUPIND_ENDPOINT'"}
command=${command//'$FUPIND_OPTIONS'/$FUPIND_OPTIONS}
echo "$command"
eval "as_only fupin $command" 2>/try/serve.log &
centre=$!
wait_for 'the centre' test -e /run/fupin/endpoint
cut -d' ' -f2- /try/serve.log | grep serving | sed 's/centre_key=.*/…/'

step 'an office comes in'
endpoint=$(cat /run/fupin/endpoint)
fupin keygen --home /root/admin --endpoint "$endpoint" --centre-key /var/lib/fupin/centre.key >/dev/null
office=/var/lib/fupin-office/county-220822
code=$(fupin admin invite 220822 --home /root/admin | grep -oE '([0-9A-Z]{5}-){5,}[0-9A-Z-]+' | head -n 1)
as fupin-office fupin enroll "$code" --name 通榆县扶贫办 --home "$office" | tee /try/enroll
fingerprint=$(sed -n 's/^fingerprint[^:]*: *//p' /try/enroll)
number=$(sed -n 's/^request \([0-9]*\) .*/\1/p' /try/enroll)
fupin admin admit "$number" --fingerprint "$fingerprint" --home /root/admin

step 'fupin submit, fupin agent, fupin status'
printf 'kind,unit,voucher,occurred,source,amount\nraised,220822,V-%s,2013-04-15,fiscal_development,1000.50\n' 1 >/try/one.csv
printf 'kind,unit,voucher,occurred,source,amount\nraised,220822,V-%s,2013-04-15,fiscal_development,2000.00\n' 2 >/try/two.csv
as fupin-office fupin submit /try/one.csv --home "$office"
as fupin-office fupin submit /try/two.csv --offline --home "$office" || [ $? = 4 ]
command=$(sed -n 's/^ExecStart=//p' /usr/lib/systemd/system/fupin-agent@.service)
command=${command//%i/county-220822}
command=${command//'$FUPIN_AGENT_OPTIONS'/}
eval "as_only fupin-office $command" >/try/agent.log 2>&1 &
agent=$!
is_delivered() { as fupin-office fupin outbox list --home "$office" --format csv 2>/dev/null | grep -c receipted | grep -qx 2; }
wait_for 'the agent to deliver' is_delivered
as fupin-office fupin status --home "$office"
kill "$agent"
wait "$agent" || fail "the agent ended with $?"

step 'fupind verify, and the end of the service'
as fupin fupind verify --data /var/lib/fupin | tail -n 2
kill "$centre"
wait "$centre" || fail "the centre ended with $?"
[ -z "$(find /proc -maxdepth 1 -user fupin -print 2>/dev/null || true)" ] || fail 'processes of the user fupin are left'

step 'the library is where programs look for it'
ldconfig -p | grep -o 'libfupin.so.0 .*'

step 'manual pages and completion'
for page in 'fupin.1' 'fupind.8' 'fupin.ini.5' 'fupin-sheet.5' 'fupin-plan.5' 'fupin-sealed.5'; do
  man -w "${page##*.}" "${page%.*}"
done
man -L zh_CN.UTF-8 -w fupin
bash -ic '. /usr/share/bash-completion/bash_completion && _completion_loader fupin; complete -p fupin' 2>/dev/null

step 'purge'
quiet apt-get purge -y "${installed[@]}"
grep -h 'data stays' /try/log
left=$(find / -xdev \( -path /proc -o -path /try -o -path /root/admin -o -path /var/lib/fupin -o -path /var/lib/fupin-office \
  -o -path /run/fupin \) -prune -o -name '*fupin*' -print)
[ -z "$left" ] || fail "left: $left"
ls -d /var/lib/fupin/centre.key_secret "$office/office.key_secret"

step 'once more, without data'
rm -rf /var/lib/fupin /var/lib/fupin-office
quiet apt-get install -y --no-install-recommends /try/*.deb
quiet apt-get purge -y "${installed[@]}"
[ -z "$(getent passwd fupin fupin-office || true)" ] || fail 'a user is left'
if [ -e /var/lib/fupin ] || [ -e /etc/fupin ]; then fail 'a folder is left'; fi
echo 'nothing is left'
