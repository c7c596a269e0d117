# demo_year.awk - a made-up year of sheets for the 2013 plan.
#
# DEMONSTRATION DATA 演示数据: every number written here is INVENTED. None of it is a record of any
# place, and it must never be quoted as one. It is there to show and to test the system: a month has for every
# county a sheet of steps of projects, one of its own, one of its villages, one of its townships, one of funds; and
# the province's fund sheet.
#
#   awk -v out=DIR -f scripts/demo_year.awk db/plan-2013/units.csv
#
# writes DIR/<county>/2013-MM-1-projects.csv (which comes first: money is granted to what is registered),
# 2013-MM-county.csv, 2013-MM-village.csv (where the plan lists villages), 2013-MM-township.csv,
# 2013-MM-funds.csv, and DIR/22/2013-MM-funds.csv. The directories must exist.
#
# Two irregularities are planted, for the rules to find: from July on county `kept` passes on nothing of what it
# receives, and of what county `narrow` grants to its villages too little goes to industry.
#
# Deterministic: a generator of its own, seeded from each unit's code; no clock, no srand(). Runs in
# any POSIX awk (mawk too): whole numbers stay below 2^53, and %d is used below 2^31 only.
#
# What holds in every sheet: the limits and the "part of" relations of indicators.csv; per place and
# source, spent <= claimed <= granted <= received (or raised); what the province sends down in a month is
# what the county confirms in that month, by its voucher; but in `narrow` at least 70 % of what a village is granted goes to
# industry; loans that are drawn are lent on at once; the fund sheets and the money columns of the reports agree. An empty cell is "not reported", not zero.
# Money is counted in whole fen.

# --- made-up numbers -------------------------------------------------------------------------------

function seed(code, salt,   i) {
    state = (code * 7919 + salt * 104729 + 12345) % 2147483647
    if (state < 1) state = 1
    for (i = 0; i < 5; i++) state = (state * 16807) % 2147483647
}

# 0 .. n-1
function rnd(n) {
    state = (state * 16807) % 2147483647
    return int(state / 2147483647 * n)
}

function between(low, high) { return low + rnd(high - low + 1) }

# The value, or now and then nothing at all.
function maybe(value) { return rnd(100) < 7 ? "" : value }

# A whole number of units of `step` fen, rounded down.
function whole(fen, step) { return int(fen / step) * step }

function yuan(fen,   y) {
    y = int(fen / 100)
    return sprintf("%.0f.%02d", y, fen - y * 100)
}

function count(n) { return sprintf("%.0f", n) }

# A year's amount up to the end of month m, in 1/1000 by the profile `ramp`, with a little unrest.
function upto(year, m, unrest) {
    if (m < 1) return 0
    return int(year * (m < 12 ? ramp[m] + unrest : 1000) / 1000)
}

# --- fund rows -------------------------------------------------------------------------------------

function fund(kind, from, to_use, counterparty, fen, day, refers, project) {
    printf "%s,%s,%s-%04d,%s-%02d,%s,%s,%s,%s,%s,%s,%s\n", kind, unit, period, ++voucher, period, day, \
        from, to_use, counterparty, yuan(fen), refers, "演示数据", project > file
}

# The project of a village that money of this use is for; "": none.
function project_for(who, to_use) {
    return who == county_now || !(to_use in project_kind) ? "" : "2013-" project_word[to_use]
}

# A grant of `fen` of source s to a village; where the plan lists none the county spends it itself.
function grant(s, to_use, to, fen, day) {
    if (fen <= 0) return
    unspent[to, s, to_use] += fen
    if (to == unit) return
    fund("granted", source[s], to_use, to, fen, day, "", project_for(to, to_use))
    if (to_use in project_kind) {
        if (!((to, to_use) in begun)) begun[to, to_use] = month_now
        budget[to, to_use, s] += fen
    }
    if (s <= 4) {
        granted += fen
        granted_to[to] += fen
        if (to_use == "industry") { industry += fen; industry_to[to] += fen }
    }
}

# Special funds to one receiver: industry first, at least 70 %.
function grant_special(s, to, fen, day,   part) {
    part = rnd(4) == 0 ? fen : fen - whole(fen * between(12, 28) / 100, 10000)
    if (unit == narrow) part = whole(fen * between(40, 55) / 100, 10000)
    grant(s, "industry", to, part, day)
    grant(s, rnd(5) == 0 ? "training" : "infrastructure", to, fen - part, day)
}

# Loans by the end of the month, and what is paid of their interest, when provincial money comes.
function county_loans(c, m,   drawn) {
    drawn = whole(upto(loans_year[c], m, m < 12 ? rnd(9) - 4 : 0), 100000)
    lent = drawn - issued[c]
    issued[c] = drawn
    interest[c] += whole(lent * between(30, 50) / 1000, 1)
    subsidy = interest[c] < received[c, m, 4] * 3 / 10 ? interest[c] : whole(received[c, m, 4] * 3 / 10, 1)
    interest[c] -= subsidy
    back = m > 9 ? whole(drawn * between(20, 60) / 1000, 10000) : 0
}

function county_funds(c, m,   n, s, r, g, i, k, step, each, u, x) {
    file = out "/" c "/" period "-funds.csv"
    print fund_header > file
    unit = county_now = c; month_now = m; voucher = 0; granted = industry = special = pooled_sector = pooled_social = 0
    n = villages[c]
    for (i in granted_to) granted_to[i] = industry_to[i] = 0

    for (s = 1; s <= 4; s++)
        if (received[c, m, s] > 0) {
            fund("received", source[s], "", province, received[c, m, s], between(7, 10), sent[c, m, s])
            special += received[c, m, s]
        }
    for (s = 5; s <= 7; s++) {
        r = 0
        if (s == 5) r = whole(special * between(176, 182) / 100, 100000)
        if (s == 6) r = whole(special * between(27, 32) / 100, 100000)
        if (s == 7 && m == 6 && n > 0) r = between(10, 60) * 100000
        raised_here[s] = r
        if (r > 0) fund("raised", source[s], "", "", r, between(8, 11))
    }

    if (lent > 0) {
        fund("raised", source[8], "", "", lent, between(9, 11))
        fund("spent", source[8], "industry", "", lent, between(12, 14))
    }
    if (back > 0) fund("repaid", source[8], "", "", back, between(20, 24))
    if (subsidy > 0) fund("spent", source[4], "interest_subsidy", "", subsidy, between(19, 25))
    for (s = 1; s <= 4; s++) {
        r = received[c, m, s] - (s == 4 ? subsidy : 0)
        if (r <= 0 || (c == kept && m >= 7)) continue
        g = r
        if (n == 0) {
            x = whole(g * between(10, 25) / 100, 10000)
            grant(s, "infrastructure", c, x, between(12, 18))
            grant(s, "industry", c, g - x, between(12, 18))
            continue
        }
        turn[c]++
        step = n > 3 ? 3 : 1
        k = 0
        for (i = 1; i <= n; i++) if ((i + turn[c]) % step == 0) k++
        each = whole(g / k, 10000)
        for (i = 1; i <= n; i++) {
            if ((i + turn[c]) % step != 0) continue
            grant_special(s, village[c, i], --k ? each : g, between(12, 18))
            g -= each
        }
    }
    # Pooled at county level (三(二)), and spent there.
    for (s = 5; s <= 6; s++) {
        x = whole(raised_here[s] * between(40, 70) / 100, 10000)
        grant(s, "infrastructure", c, x, between(14, 18))
        grant(s, "industry", c, raised_here[s] - x, between(14, 18))
    }
    if (raised_here[7] > 0) grant(7, "industry", village[c, 1 + rnd(n)], raised_here[7], between(14, 18))

    spend(c, 0)
    for (i = 1; i <= n; i++) spend(village[c, i], 1)
    close(file)
}

# What a unit spends of what it has; what was granted is claimed before (报账).
function spend(who, claims,   s, u, x, day, county_unit) {
    county_unit = unit
    unit = who
    for (s = 1; s <= 7; s++)
        for (u = 1; u <= uses; u++) {
            x = unspent[who, s, use[u]]
            # A county keeps nothing of what is for itself; a village pays as the work goes on.
            if (x <= 0 || (claims && rnd(6) == 0)) continue
            if (claims) x = whole(x * between(55, 92) / 100, rnd(3) ? 10000 : 1)
            if (x <= 0) continue
            day = between(19, 26)
            if (claims) fund("reimbursed", source[s], "", "", x, day, "", project_for(who, use[u]))
            fund("spent", source[s], use[u], "", x, day + 2, "", project_for(who, use[u]))
            unspent[who, s, use[u]] -= x
        }
    unit = county_unit
}

function province_funds(m,   s, c, i, day, sum) {
    file = out "/" province "/" period "-funds.csv"
    print fund_header > file
    unit = province; voucher = 0
    for (s = 1; s <= 4; s++) {
        sum = 0
        for (i = 1; i <= counties; i++) sum += received[county[i], m, s]
        if (sum > 0) fund("raised", source[s], "", "", (int(sum / 1000000) + 1) * 1000000, between(1, 2))
    }
    for (s = 1; s <= 4; s++) {
        day = between(3, 6)
        for (i = 1; i <= counties; i++) {
            c = county[i]
            if (received[c, m, s] <= 0) continue
            fund("sent_down", source[s], "", c, received[c, m, s], day)
            sent[c, m, s] = sprintf("%s-%04d", period, voucher)
        }
    }
    close(file)
}

# --- projects --------------------------------------------------------------------------------------

# One step, in the sheet of month m; `rest`: note, system, percent, passed, met, again_by, then the plan's columns.
function step_row(m, who, code, what, day, document, rest) {
    if (rest == "") rest = ",,,,,"
    steps[m] = steps[m] who "," code "," what "," day "," document "," rest "\n"
}

function day_in(m, day) { return sprintf("2013-%02d-%02d", m, day) }

function four_systems(m, who, code, year_month, day) {
    step_row(m, who, code, "system", year_month "-" day, "项目法人任命书", ",legal_person,,,,")
    step_row(m, who, code, "system", year_month "-" day, "中标通知书", ",tendering,,,,")
    step_row(m, who, code, "system", year_month "-" day, "监理合同", ",supervision,,,,")
    step_row(m, who, code, "system", year_month "-" day, "施工合同", ",contract,,,,")
}

function plan_columns(name, kind, leader, begins, ends) {
    return ",,,,,," name "," kind "," leader "," begins "," ends
}

# A village's project of one use, from the month of its first grant on.
function village_project(c, v, to_use,   code, m, s, budgets, starts, done) {
    if (!((v, to_use) in begun)) return
    code = project_for(v, to_use)
    m = begun[v, to_use]
    for (s = 1; s <= 7; s++) budgets = budgets "," (budget[v, to_use, s] ? yuan(budget[v, to_use, s]) : "")
    step_row(m, v, code, "register", day_in(m, "05"), "县扶贫办批复", \
        plan_columns(project_name[to_use], project_kind[to_use], c, day_in(m, "05"), "2014-06-30") budgets)
    step_row(m, v, code, "notice", day_in(m, "08"), "村务公开栏")
    if (to_use == "infrastructure") four_systems(m, v, code, sprintf("2013-%02d", m), "10")
    starts = v_work[v] > m ? v_work[v] : m
    if (starts > 12) return
    step_row(starts, v, code, "start", day_in(starts, "20"), "")
    done = v_done[v] > starts ? v_done[v] : starts + 2
    for (m = starts; m <= 12 && m < done; m++)
        step_row(m, v, code, "progress", day_in(m, "25"), "", ",," int(95 * (m - starts + 1) / (done - starts + 1)) ",,,")
    if (done > 12) return
    step_row(done, v, code, "finish", day_in(done, "26"), "")
    step_row(done, v, code, "notice_after", day_in(done, "27"), "村务公开栏")
}

# Construction of last year, which is to be accepted this year (四(三)): some of it fails first, some is never looked at.
function old_project(c,   m, accepted) {
    step_row(1, c, "2012-水利", "register", "2012-03-10", "县扶贫办批复", \
        plan_columns("小型水利工程", "production", c, "2012-05-01", "2012-11-30") "," yuan(between(20, 80) * 1000000) ",,,,,,")
    step_row(1, c, "2012-水利", "notice", "2012-03-15", "县政府网站")
    four_systems(1, c, "2012-水利", "2012-04", "20")
    step_row(1, c, "2012-水利", "start", "2012-05-06", "")
    step_row(1, c, "2012-水利", "finish", "2012-11-20", "")
    step_row(1, c, "2012-水利", "notice_after", "2012-11-28", "县政府网站")
    if (c % 19 == 3) return
    m = between(4, 9)
    if (c % 11 == 5) {
        step_row(m, c, "2012-水利", "acceptance", day_in(m, "20"), "验收报告", \
            "渠道渗漏,,,no,1 3 4 5 6," day_in(m + 2, "20"))
        m += 2
    }
    step_row(m, c, "2012-水利", "acceptance", day_in(m, "24"), "验收报告", ",,,yes,all,")
}

# Written when the year's grants, and so the budgets, are known.
function county_projects(c,   m, k) {
    seed(c, 300)
    for (m = 1; m <= 12; m++) steps[m] = ""
    old_project(c)
    for (k = 1; k <= villages[c]; k++) {
        village_project(c, village[c, k], "industry")
        village_project(c, village[c, k], "infrastructure")
    }
    for (m = 1; m <= 12; m++) {
        if (steps[m] == "") continue
        file = out "/" c "/" sprintf("2013-%02d", m) "-1-projects.csv"
        print project_header > file
        printf "%s", steps[m] > file
        close(file)
    }
}

# --- reports ---------------------------------------------------------------------------------------

# One row from cell[1] .. cell[n].
function row(form, code, n,   i, line) {
    line = form "," code "," period
    for (i = 1; i <= n; i++) line = line "," cell[i]
    print line > file
}

function county_report(c, m,   i, j, people, households, drawn, trained, skilled, p) {
    file = out "/" c "/" period "-county.csv"
    print "form,unit,period" county_columns > file
    for (i = 1; i <= 51; i++) cell[i] = ""
    p = lifted_year[c]

    j = m < 12 ? rnd(9) - 4 : 0
    people = upto(p, m, j)
    cell[1] = count(people - lifted[c])
    lifted[c] = people
    households = int(people * 1000 / size[c])
    cell[2] = count(households - households_lifted[c])
    households_lifted[c] = households
    cell[3] = count(registered[c])
    cell[4] = maybe(count(int(registered[c] * 1000 / size[c])))

    if (c in area) {
        i = between(m < 4 ? 0 : 1, 6); j = rnd(i + 1)
        cell[5] = maybe(count(i))
        if (cell[5] != "") { cell[6] = count(j); cell[7] = count(rnd(i - j + 1)) }
        cell[8] = maybe(yuan(between(500, 6000) * 100000))
    }

    cell[9] = yuan(whole(special * between(155, 190) / 100, 10000) + raised_here[5])
    cell[10] = yuan(whole(special * between(62, 90) / 100, 10000) + raised_here[6])
    cell[11] = yuan(special)
    if (villages[c] > 0) { cell[12] = yuan(granted); cell[13] = yuan(industry) }
    cell[14] = maybe(count(labour))
    cell[15] = maybe(yuan(own + raised_here[7]))

    cell[16] = maybe(count(2 + c % 3 + (m > 6 && c % 2)))
    cell[17] = maybe(count(3 + c % 9 + int(m / 4)))
    cell[18] = maybe(count(20 + c % 60 + 2 * m))
    cell[19] = maybe(count(c % 3 + (m > 8)))
    drawn = int(p * (40 + 5 * m) / 100) + between(0, 20)
    cell[20] = maybe(count(drawn))
    if (cell[20] != "") cell[21] = maybe(count(int(drawn * (42 + c % 20) / 100)))
    cell[22] = maybe(count(int(drawn * (5 + m) / 100)))
    cell[23] = maybe(count(int(p * (6 + m) / 100)))
    cell[24] = maybe(count(rnd(25)))

    trained = (m >= 6 && m <= 11) ? between(5, 40) : 0
    skilled = int(p * between(5, 20) / 1000) + between(0, 15)
    cell[25] = maybe(count(trained))
    cell[26] = maybe(count(skilled))
    cell[27] = maybe(count(int((trained + skilled) * between(35, 70) / 100)))
    cell[28] = maybe(yuan(trained * 150000 + skilled * 20000))

    cell[29] = maybe(count(rnd(7)))
    cell[30] = maybe(yuan(between(100, 4000) * 100000))
    cell[31] = maybe(count(6 + c % 25))
    cell[32] = maybe(yuan(between(0, 300) * 100000))
    cell[33] = maybe(count(rnd(m < 4 ? 2 : 4)))

    if (c in border) cell[34] = maybe(count(rnd(4)))
    if (villages[c] > 3) cell[35] = maybe(count(m < 5 ? 0 : 1 + c % 2))
    cell[36] = maybe(count(rnd(30)))
    if (c in key) {
        cell[37] = maybe(count(1))
        cell[38] = maybe(yuan((600 + c % 400 + 40 * m) * 100000))
        cell[39] = maybe(count(rnd(3)))
    }

    cell[40] = yuan(lent)
    cell[41] = yuan(subsidy)

    if (cell[7] != "") {
        i = cell[7] + 0; j = rnd(i + 1)
        cell[42] = maybe(count(j)); cell[43] = maybe(count(rnd(i - j + 1)))
        cell[44] = maybe(count(rnd(i + 1)))
    }
    if (cell[25] != "") {
        i = cell[25] + 0; j = rnd(i + 1)
        cell[45] = maybe(count(j)); cell[46] = maybe(count(i - j))
    }
    if (c in key) cell[47] = maybe(count(1))
    cell[48] = maybe(count(villages[c] + c % 7))
    cell[49] = maybe(count(12 + c % 30))
    cell[50] = maybe(count(rnd(3)))
    cell[51] = count(registered[c] - people)

    row("county", c, 51)
    close(file)
}

# Also leaves the villages' labour and own money for the county's report.
function village_report(c, m,   i, k, v, n, j, people, households, started, under, done, accepted, poor, drawn) {
    labour = own = 0
    n = villages[c]
    if (n == 0) { labour = between(0, 800); own = between(0, 40) * 100000; return }
    file = out "/" c "/" period "-village.csv"
    print "form,unit,period" village_columns > file
    for (k = 1; k <= n; k++) {
        v = village[c, k]
        seed(v, m)
        for (i = 1; i <= 24; i++) cell[i] = ""
        j = m < 12 ? rnd(9) - 4 : 0
        people = upto(v_people[v], m, j)
        cell[1] = count(people - v_lifted[v])
        v_lifted[v] = people
        households = int(people / 3)
        cell[2] = count(households - v_households[v])
        v_households[v] = households
        poor = int(v_people[v] / 3) + v_more[v]
        cell[3] = maybe(count(poor))

        started = m >= v_start[v]
        under = m >= v_work[v]
        done = m >= v_done[v]
        accepted = m >= v_accept[v]
        cell[4] = count(started); cell[5] = count(under); cell[6] = count(done); cell[7] = count(accepted)

        cell[8] = yuan(granted_to[v] + 0)
        cell[9] = yuan(industry_to[v] + 0)
        cell[10] = maybe(yuan(whole(granted_to[v] * 150 / 100, 10000)))
        cell[11] = maybe(yuan(whole(granted_to[v] * 60 / 100, 10000)))
        j = (under && !done) ? between(40, 400) : between(0, 40)
        labour += j
        cell[12] = maybe(count(j))
        j = (under && !done) ? between(0, 25) * 100000 : 0
        own += j
        cell[13] = maybe(yuan(j))

        cell[14] = maybe(count(m >= v_work[v] + 3))
        drawn = under ? int((poor + v_more[v]) * (30 + 4 * m) / 100) : 0
        cell[15] = maybe(count(drawn))
        if (cell[15] != "") cell[16] = maybe(count(int(drawn * (40 + v_more[v] % 20) / 100)))
        cell[17] = maybe(count(int(drawn * (5 + m) / 100)))
        cell[18] = maybe(count(rnd(18)))
        cell[19] = maybe(count(under ? rnd(3) : 0))
        cell[20] = maybe(count(granted_to[v] > 0 ? 1 + rnd(2) : 0))
        cell[21] = maybe(count(int(poor * (50 + 3 * m) / 100)))
        cell[22] = maybe(count(m > 4 && m < 11 ? rnd(4) : 0))
        cell[23] = yuan((v_people[v] + 3 * v_more[v]) * between(280, 460) * 100)
        cell[24] = maybe(count(int(poor * (30 + 5 * m) / 100)))
        row("village", v, 24)
    }
    close(file)
}

function township_report(c, m,   i, k, t, drawn) {
    if (!townships[c]) return
    file = out "/" c "/" period "-township.csv"
    print "form,unit,period" township_columns > file
    for (k = 1; k <= townships[c]; k++) {
        t = township[c, k]
        seed(t, m)
        for (i = 1; i <= 5; i++) cell[i] = ""
        cell[1] = count(m >= 2 + t % 9)
        drawn = m >= 2 + t % 9 ? 150 + t % 400 + 12 * m : 0
        cell[2] = maybe(count(drawn))
        if (cell[2] != "") cell[3] = maybe(count(int(drawn * (30 + t % 25) / 100)))
        cell[4] = maybe(yuan(drawn * between(900, 1600) * 100))
        cell[5] = maybe(count(t % 11 == 0 && m > 4))
        row("township", t, 5)
    }
    close(file)
}

# --- the year --------------------------------------------------------------------------------------

# What a county is given: people to lift, special funds a month and source, loans.
function plan_county(c,   m, s, share, year) {
    seed(c, 0)
    lifted_year[c] = int(people_total * weight_people[c] / all_people + 0.5)
    loans_year[c] = whole(loans_total * weight_loans[c] / all_loans, 100000)
    size[c] = between(2900, 3200)                   # people a household, in 1/1000
    registered[c] = lifted_year[c] * between(3, 4) + between(100, 900)
    for (s = 1; s <= 4; s++) {
        share = (c in minority) ? share_minority[s] : share_other[s]
        year = funds_total * weight_funds[c] / all_funds * share / 1000
        for (m = 1; m <= 12; m++)
            received[c, m, s] = int(year * profile[s, m] / 1000 / 100000 + 0.5) * 100000
    }
}

# When a village starts, works, completes, is accepted; month 99 is "not this year".
function plan_village(v) {
    seed(v, 0)
    listed++
    v_people[v] = between(60, 180)
    v_more[v] = between(20, 90)
    v_start[v] = between(1, 4)
    v_work[v] = v_start[v] + between(1, 2)
    v_done[v] = listed % 30 == 17 ? 99 : between(8, 12)
    v_accept[v] = v_done[v] == 99 ? 99 : v_done[v] + between(1, 2)
    if (v_accept[v] > 12 && v_done[v] < 12) v_accept[v] = 12
}

function list(text, into,   n, a, i) {
    n = split(text, a, " ")
    for (i = 1; i <= n; i++) into[a[i]] = 1
}

function profiles(s, text,   a, i) {
    split(text, a, " ")
    for (i = 1; i <= 12; i++) profile[s, i] = a[i]
}

BEGIN {
    FS = ","
    if (out == "") { print "demo_year.awk: say where to write: -v out=DIR" > "/dev/stderr"; bad = 1; exit 2 }

    people_total = 304000
    funds_total = 57140000000                       # fen
    loans_total = 25360000000

    split("10 25 60 115 190 280 380 490 610 740 870 1000", ramp, " ")
    split("fiscal_development work_relief minority_development provincial_special sector social own_money discount_loan", source, " ")
    kept = 220722; narrow = 220821
    project_kind["industry"] = "special_industry"; project_kind["infrastructure"] = "living"
    project_word["industry"] = "产业"; project_word["infrastructure"] = "基建"
    project_name["industry"] = "特色产业发展项目"; project_name["infrastructure"] = "基础设施项目"
    uses = split("industry infrastructure training interest_subsidy", use, " ")
    profiles(1, "30 30 60 90 110 120 120 120 110 100 70 40")
    profiles(2, "0 0 150 0 200 0 250 0 250 0 150 0")
    profiles(3, "0 0 0 300 0 0 400 0 0 300 0 0")
    profiles(4, "0 100 0 180 0 220 0 220 0 180 0 100")
    split("420 180 150 250", share_minority, " ")
    split("480 220 0 300", share_other, " ")

    # Who shows which lines: the same members as groups.csv, and the autonomous prefecture and counties.
    list("220622 220821 220822 220882 222405 222406 222424 222426", key)
    list("220821 220822 220882", area)
    list("220582 220602 220621 220623 220681 222402 222404 222405 222406 222426", border)
    list("220323 220623 220721 222401 222402 222403 222404 222405 222406 222424 222426", minority)

    fund_header = "kind,unit,voucher,occurred,source,use,counterparty,amount,refers,note,project"
    project_header = "unit,project,step,occurred,document,note,system,percent,passed,met,again_by,name,kind,leader,begins,ends" \
        ",fiscal_development,work_relief,minority_development,provincial_special,sector,social,own_money"
    county_columns = ",people_lifted,households_lifted,registered_people,registered_households" \
        ",area_projects_started,area_industry_projects,area_infrastructure_projects,area_investment" \
        ",sector_funds_pooled,social_funds_pooled,special_funds,special_granted,special_granted_industry" \
        ",labour_days,villagers_own_money,special_industries,leading_enterprises,cooperatives" \
        ",industrial_parks,households_drawn,poor_households_drawn,dividend_households" \
        ",livestock_in_rotation,facilities_provided,reserve_labour_trained,skill_trained" \
        ",trained_employed,training_subsidies,sector_projects,sector_project_funds,fixed_point_units" \
        ",fixed_point_funds,inspections,border_projects,whole_township_townships" \
        ",entrepreneurship_trained,contiguous_pilots,mutual_aid_funds,science_projects,loans_issued" \
        ",loan_interest_subsidy,area_production_infrastructure,area_living_infrastructure" \
        ",area_ecology_infrastructure,reserve_junior_leavers,reserve_senior_leavers" \
        ",training_subsidy_pilots,fixed_point_villages,fixed_point_helpers,progress_published" \
        ",registered_remaining"
    township_columns = ",township_one_industry,township_industry_households,township_poor_households" \
        ",township_industry_output,township_whole_advance"
    village_columns = ",village_people_lifted,village_households_lifted,village_registered_households" \
        ",village_started,village_under_way,village_completed,village_accepted,village_special_granted" \
        ",village_industry_funds,village_other_funds,village_social_funds,village_labour_days" \
        ",village_own_money,village_one_product,village_households_drawn" \
        ",village_poor_households_drawn,village_dividend_households,village_trained" \
        ",village_infrastructure_projects,village_public_notices,village_safe_water_households" \
        ",village_houses_repaired,village_net_income,village_registered_supported"
}

{ sub(/\r$/, "") }
$3 == "province" { province = $1 }
$3 == "county" { county[++counties] = $1 }
$3 == "township" { c = substr($1, 1, 6); township[c, ++townships[c]] = $1 }
$3 == "village" { c = substr($1, 1, 6); village[c, ++villages[c]] = $1 }

END {
    if (bad) exit 2
    for (i = 1; i <= counties; i++) {
        c = county[i]
        n = villages[c] + 0
        seed(c, 99)
        all_people += weight_people[c] = between(60, 120) + 45 * n
        all_funds += weight_funds[c] = (n ? 20 + 19 * n : 50) * between(92, 108)
        all_loans += weight_loans[c] = between(40, 100) + 12 * n
    }
    for (i = 1; i <= counties; i++) {
        c = county[i]
        plan_county(c)
        for (k = 1; k <= villages[c]; k++) plan_village(village[c, k])
    }
    for (m = 1; m <= 12; m++) {
        period = sprintf("2013-%02d", m)
        seed(province, m)
        province_funds(m)
    }
    for (i = 1; i <= counties; i++) {
        c = county[i]
        for (k in unspent) unspent[k] = 0
        for (k in begun) delete begun[k]
        for (k in budget) delete budget[k]
        for (m = 1; m <= 12; m++) {
            period = sprintf("2013-%02d", m)
            seed(c, 200 + m)
            county_loans(c, m)
            seed(c, m)
            county_funds(c, m)
            village_report(c, m)
            township_report(c, m)
            seed(c, 100 + m)
            county_report(c, m)
        }
        county_projects(c)
    }
}
