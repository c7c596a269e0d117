# What can follow fupin, for bash and zsh: this text becomes part of both (cmake/packages.cmake). A test compares
# commands and options with client/*.c.
#
# To add a subcommand or an option: the list of commands, its row in _fupin_row, and, if a value is one of a few,
# _fupin_value and _fupin_kind.

_fupin_commands='submit check sheet total watch status outbox carry agent units forms target review document fund
project completeness late appraisal compliance history extend export bulletin enroll admin keygen reload clock help
version'

# _fupin_row COMMAND [ACTION]: sets flags ("=": a value follows) and kinds, those of its arguments in order; the
# last one with * comes again and again.
_fupin_row() {
	local office='--home= --timeout= --json'
	local table="$office --format= --output= --bom" totals='--by= --period= --indicator= --project= --group= --funds'
	flags=$office kinds=
	case $1 in
	submit) flags="$office --clear --each --quiet --offline" kinds='sheet*' ;;
	check) flags="$office --format= --mark=" kinds='sheet*' ;;
	sheet) flags="$table --corrections" kinds='form_or_month month unit' ;;
	total) flags="$table $totals --as-of=" kinds=unit ;;
	watch) flags="$table $totals --count= --compliance --rule= --state=" kinds=unit ;;
	status) flags=$table ;;
	outbox) flags="$table --state= --lost --yes --quiet" kinds='action_outbox' ;;
	carry) flags="$office --quiet" kinds='sealed*' ;;
	agent) flags="$office --folder=" ;;
	units) flags="$table --as-of= --level= --group= --kept" kinds=unit ;;
	forms) flags="$table --as-of= --kept" kinds=form ;;
	target) flags="$table --year= --note= --as-of=" kinds='action_target unit' ;;
	review)
		flags="$table --state= --seen= --revision= --reason= --text= --warned --as-of="
		kinds='action_review unit month form'
		;;
	document)
		flags="$office --format= --bom --unit= --note= --kind= --version= --output= --missing --versions --as-of="
		kinds='action_document unit kind_document'
		;;
	fund) flags="$table --by= --source= --voucher= --ages --own --back --as-of=" kinds='action_fund unit' ;;
	project) flags="$table --state= --open --overdue --own --as-of=" kinds='action_project unit' ;;
	completeness) flags="$table --by= --group= --as-of=" kinds='unit month form' ;;
	late) flags="$table --all --limit= --as-of=" kinds='unit month form' ;;
	appraisal) flags="$table --by= --explain --as-of=" kinds='unit month' ;;
	compliance) flags="$table --by= --rule= --state= --as-of=" kinds=unit ;;
	history) flags=$table kinds='unit month form' ;;
	extend) flags="$office --due= --closed= --corrections= --reason=" kinds='unit month form' ;;
	export) flags="$table --unit= --period= --by= --form= --as-of=" kinds='table_export*' ;;
	bulletin) flags="$table --as-of=" kinds='month unit' ;;
	enroll) flags="$office --name= --wait" ;;
	admin)
		flags="$table --name= --role= --hours= --endpoint= --all --fingerprint= --reason= --admitted"
		kinds='action_admin'
		;;
	keygen) flags='--home= --json --name= --endpoint= --centre-key=' ;;
	reload | clock) ;;
	*) flags= ;;
	esac
	case "$1 ${2-}" in
	'outbox export') kinds='action_outbox folder' ;;
	'outbox import') kinds='action_outbox receipts' ;;
	'target load') kinds='action_target sheet' ;;
	'document send') kinds='action_document kind_document file' ;;
	'admin invite') kinds='action_admin unit' ;;
	esac
}

# _fupin_value COMMAND OPTION: sets kind, of what may follow it; empty: nobody knows.
_fupin_value() {
	case $2 in
	--home | --folder) kind=folder ;;
	--by | --level) kind=level ;;
	--format) kind=format ;;
	--output | --mark | --centre-key) kind='file' ;;
	--period) kind=month ;;
	--form) kind=form ;;
	--unit) kind=unit ;;
	--kind) kind=kind_document ;;
	--role) kind=role ;;
	--project) kind=project ;;
	--state) kind=state_$1 ;;
	*) kind= ;;
	esac
}

# What the office keeps of the centre: no network, some milliseconds. `fupin` and `home` are the caller's.
_fupin_kept() {
	LC_ALL=C.UTF-8 command "$fupin" "$1" --kept --format csv ${home:+--home} ${home:+"$home"} 2>/dev/null
}

# Units by code and by name. What would need quotes is left out: names come from elsewhere.
_fupin_units() {
	local code level name rest
	_fupin_kept units | while IFS=, read -r code level name rest; do
		case $code in *[!0-9]*) continue ;; esac
		printf '%s\t%s\n' "$code" "$name"
		case $name in *[\ \"\'\`\$\;\&\|\<\>\(\)\\*?\[\]{}~#!]*) ;; *) printf '%s\t%s\n' "$name" "$code" ;; esac
	done
}

_fupin_forms() {
	local form version level periods rest
	_fupin_kept forms | while IFS=, read -r form version level periods rest; do
		case $form in form | *[!a-z0-9_]*) ;; *) printf '%s\t%s, %s\n' "$form" "$level" "$periods" ;; esac
	done
}

# The months of all forms.
_fupin_months() {
	local form version level periods rest year month
	_fupin_kept forms | while IFS=, read -r form version level periods rest; do
		case $periods in [0-9][0-9][0-9][0-9]-[0-9][0-9]..[0-9][0-9][0-9][0-9]-[0-9][0-9]) ;; *) continue ;; esac
		year=${periods%%-*} month=${periods%%..*}
		month=${month#*-} month=${month#0}
		while [ "$year$(printf %02d "$month")" -le "$(printf %s "${periods##*..}" | tr -d -)" ]; do
			printf '%s-%02d\t\n' "$year" "$month"
			month=$((month + 1))
			if [ "$month" = 13 ]; then month=1 year=$((year + 1)); fi
		done
	done | sort -u
}

# _fupin_kind KIND: a candidate a line, and behind a tab what it is. Files are the shells' own matter.
_fupin_kind() {
	case $1 in
	unit) _fupin_units ;;
	form) _fupin_forms ;;
	month) _fupin_months ;;
	form_or_month) _fupin_forms && _fupin_months ;;
	level) printf '%s\t\n' province prefecture county township village ;;
	format) printf '%s\t\n' table csv json xlsx ;;
	role) printf '%s\t\n' province prefecture county admin ;;
	project) printf '%s\t\n' P1 P2 P3 P4 P5 P6 ;;
	kind_document) printf '%s\t%s\n' plan 实施方案 acceptance 验收报告 ;;
	table_export) printf '%s\t\n' totals indicators targets funds completeness late reports ;;
	state_outbox) printf '%s\t%s\n' waiting 待发送 refused 被退回 receipted 已回执 lost 中心已无 dropped 已作废 all 全部 ;;
	state_review) printf '%s\t%s\n' none 未报 sent 待审 returned 退回 passed 审核通过 taken 已接收 ;;
	state_watch | state_compliance) printf '%s\t%s\n' red 不达标 amber 预警 green 达标 not_judged 无法判定 ;;
	state_project) printf '%s\t%s\n' planned 已立项 noticed 已公示 under_way 在建 complete 已竣工 accepted 已验收 dropped 已撤销 ;;
	action_outbox) printf '%s\t\n' list send retry drop void export import ;;
	action_target) printf '%s\t\n' show split load ;;
	action_review) printf '%s\t\n' list show pass return take ;;
	action_document) printf '%s\t\n' send list get ;;
	action_fund) printf '%s\t\n' balance ledger transit flow loans early check ;;
	action_project) printf '%s\t\n' list show ;;
	action_admin) printf '%s\t\n' invite requests admit refuse revoke offices ;;
	esac
}
