"""A year of the plan as offices would work it: the calendar of 2013, a county that comes late and one month that never comes,
reports returned and corrected, a correction after approval, a form that changes in July, a village that moves to another
township in September, a broken-down target. After each month every printed total is compared with plain SQL; at the end each
month's tables are printed again as of then, and have to be what they were."""
import datetime
import json
import os
import unittest

from harness import CHINA, Centre, china, copy_plan, edit_csv, entry, new_directory, report, submission
import fupin_pb2 as pb

COUNTY, LATE = 220122, 220112
OFFICES = ("province", "admin", "prefecture-2201", "county-220122", "county-220112")
STEPS = ("village_started", "village_under_way", "village_completed", "village_accepted")
PONDS = 125  # what the village form asks for from July on, instead of houses repaired


class Year(unittest.TestCase):
    def setUp(self):
        self.plan = copy_plan(os.path.join(new_directory(), "plan"), deadlines=True, rules=True)
        self.centre = Centre(offices=OFFICES, plan=self.plan, options=("--clock", "2013-01-04T09:00"), is_new=True).start()
        self.addCleanup(self.centre.stop)
        self.connect()
        self.villages = {c: [u.code for u in self.catalogue.units if u.level == pb.VILLAGE and u.code // 10**6 == c] for c in (COUNTY, LATE)}
        self.moving = self.villages[COUNTY][0]
        township = next(u.code for u in self.catalogue.units if u.level == pb.TOWNSHIP and u.code // 1000 == COUNTY and u.code != self.moving // 1000)
        self.moved = township * 1000 + 991
        self.kept = {}

    def connect(self):
        self.wires = {name: self.centre.wire(name) for name in OFFICES}
        self.catalogue = self.wires["province"].catalogue()
        self.numbers = {i.code: i.number for i in self.catalogue.indicators}

    def ok(self, by, *rows):
        answer = self.wires[by].submit(submission(*rows))
        self.assertIsInstance(answer, pb.Receipt, answer)

    def at(self, *when):
        self.assertIsInstance(self.wires["admin"].set_clock(china(*when)), pb.Pong)

    def shown(self, *words, by="province"):
        return json.loads(self.centre.offices[by].run(*words, "--format", "json", check=0).stdout)

    # ---------------------------------------------------------------- what changes on the way

    def restart(self):
        """The plan is changed while the centre is stopped; the drill's clock goes on from where it was."""
        now = datetime.datetime.fromtimestamp(self.wires["admin"].ping().time_us // 1000000 + 60, CHINA)
        self.centre.stop()
        self.centre.options = ["--clock", now.strftime("%Y-%m-%dT%H:%M")]
        self.centre.start()
        self.connect()

    def change_form(self):
        def forms(rows):
            old = next(r for r in rows if r["form"] == "village")
            rows.append(dict(old, version="2", first_period="2013-07"))
            old["last_period"] = "2013-06"
        def indicators(rows):
            first = [r for r in rows if r["form"] == "village"]
            second = [dict(r, version="2") for r in first if r["indicator"] != "village_houses_repaired"]
            pond = dict(second[-1], number=str(PONDS), indicator="village_ponds", name_zh="塘坝", name_en="Ponds dug", measure_zh="个", measure_en="ponds", kind="flow")
            rows += second + [pond]
        edit_csv(os.path.join(self.plan, "forms.csv"), forms)
        edit_csv(os.path.join(self.plan, "indicators.csv"), indicators)
        self.restart()

    def move_village(self):
        path = os.path.join(self.plan, "units.csv")
        with open(path, encoding="utf-8") as file:
            text = file.read()
        with open(path, "w", encoding="utf-8") as file:
            file.write(text.replace("code_basis\n", "code_basis,first_period,last_period,successor\n", 1))
        def units(rows):
            for row in list(rows):
                row.update(first_period="", last_period="", successor="")
                if row["code"] == str(self.moving):
                    rows.append(dict(row, code=str(self.moved), parent=str(self.moved)[:9], code_basis="provisional", first_period="2013-09"))
                    row.update(last_period="2013-08", successor=str(self.moved))
        edit_csv(path, units)
        self.restart()

    # ---------------------------------------------------------------- a month's work

    def code(self, village, month):
        return self.moved if village == self.moving and month >= 9 else village

    def reports(self, county, month):
        rows = [report(self.numbers, county, 201300 + month, people_lifted=10 * month + county % 7, households_lifted=3, registered_people=5000,
                       registered_households=900, special_industries=1 + (month > 4))]
        for place, village in enumerate(self.villages[county]):
            reached = min(4, max(0, month - place % 5))
            values = {name: int(step < reached) for step, name in enumerate(STEPS)}
            if month >= 7:
                values["village_ponds"] = month
            else:
                values["village_houses_repaired"] = month
            rows.append(report(self.numbers, self.code(village, month), 201300 + month, version=1 + (month >= 7), village_people_lifted=month + place, **values))
        rows += [report(self.numbers, t.code, 201300 + month, township_one_industry=int(month > 5)) for t in self.catalogue.units
                 if t.level == pb.TOWNSHIP and t.code // 1000 == county]
        return rows

    def pass_all(self, month, decision=pb.PASS, by="prefecture-2201", state=pb.SENT):
        items = self.wires[by].reports(2201, 201300 + month, 201300 + month, states=[state])
        self.ok(by, *[pb.Review(unit=i.key.unit, period=i.key.period, form=i.key.form, revision=i.revision, step=i.step, decision=decision) for i in items])

    def correct(self, month, reason, people):
        item = next(i for i in self.wires["province"].reports(COUNTY, 201300 + month, 201300 + month, forms=[1]))
        row = report(self.numbers, COUNTY, 201300 + month, replaces=item.revision, people_lifted=people, households_lifted=3, registered_people=5000,
                     registered_households=900, special_industries=2)
        row.reason = reason.encode()
        self.ok("county-220122", row)

    def move_money(self, month):
        """Down from the prefecture, spent by the county; and to the village that moves: what it was granted under its old code it
        claims and spends under the new one."""
        source, fen, day = 1 + month % 5, 10**6 * month + 7, 201300 * 100 + 100 * month
        self.ok("prefecture-2201", entry(2201, f"p{month}", source=source, amount_fen=fen, occurred=day + 1),
                entry(2201, f"d{month}", kind=pb.SENT_DOWN, source=source, amount_fen=fen, occurred=day + 1, counterparty=COUNTY))
        self.ok("county-220122", entry(COUNTY, f"r{month}", kind=pb.RECEIVED, source=source, amount_fen=fen, occurred=day + 2,
                                       counterparty=2201, refers=f"d{month}"),
                entry(COUNTY, f"s{month}", kind=pb.SPENT, source=source, use=1 + month % 2, amount_fen=10**5 * month + 3, occurred=day + 28))
        place = self.code(self.moving, month)
        if month == 3:
            self.ok("county-220122", entry(COUNTY, "grant", kind=pb.GRANTED, source=4, use=1, amount_fen=500_000, occurred=day + 5,
                                           counterparty=place))
        if month in (8, 10):
            self.ok("county-220122", entry(place, f"c{month}", kind=pb.REIMBURSED, source=4, amount_fen=200_000, occurred=day + 6),
                    entry(place, f"x{month}", kind=pb.SPENT, source=4, use=1, amount_fen=100_000 + month * 10_000, occurred=day + 7))
        if month == 12:
            balance = self.shown("fund", "balance", str(place), "--own")[-1]
            self.assertEqual((balance["under_grant"], balance["on_hand"], balance["spent"]), ("1000.00", "200.00", "3800.00"))
            self.centre.offices["province"].run("fund", "check", "22", check=0)

    def month(self, month):
        year, following = (2014, 1) if month == 12 else (2013, month + 1)
        if month == 7:
            self.change_form()
        if month == 9:
            self.move_village()
        self.at(year, following, 3, 9)
        self.ok("county-220122", *self.reports(COUNTY, month))
        self.move_money(month)
        if month % 3:
            self.ok("county-220112", *self.reports(LATE, month))
        self.at(year, following, 9, 15)
        if month % 3 == 0 and month != 6:  # June never comes
            self.ok("county-220112", *self.reports(LATE, month))
        self.at(year, following, 11, 9)
        if month == 5:  # returned, and corrected
            item = next(i for i in self.wires["province"].reports(COUNTY, 201305, 201305, forms=[1]))
            self.ok("prefecture-2201", pb.Review(unit=COUNTY, period=201305, form=1, revision=item.revision, step=item.step, decision=pb.RETURN,
                                                 reason=pb.WRONG_FIGURE, text="人数有误".encode()))
            self.correct(5, "核实", 77)
        self.pass_all(month)
        if month == 8:  # corrected after approval: waits for consent
            self.correct(8, "漏报", 111)
        self.check(month)
        if month == 8:
            self.pass_all(8)
            self.check(month)
        self.at(year, following, 18, 9)
        self.pass_all(month, pb.TAKE, "province", pb.PASSED)
        self.keep(month)

    # ---------------------------------------------------------------- what is printed, and plain SQL

    def place_sql(self):
        return f"CASE v.unit WHEN {self.moving} THEN {self.moved} ELSE v.unit END"

    def figures(self, view, month):
        """(name, place): (sum, count) of every unit's subtree by the end of a month, in two statements."""
        source = (f"FROM report_value v JOIN {view} c USING (unit, period, revision) JOIN form f ON f.number = c.form AND f.code = v.form "
                  "WHERE v.period <= %s AND v.kind = %s")
        lies = f"CASE WHEN place = {self.moved} AND {201300 + month} < 201309 THEN {self.moving} ELSE place END"
        digits = "CROSS JOIN (VALUES (2), (4), (6), (9), (12)) d(digits) WHERE length(code::text) >= digits GROUP BY 1, 2"
        flows = f"SELECT indicator, left(code::text, digits)::bigint, sum(value), count(*) FROM (SELECT v.indicator, v.unit AS code, value {source}) s {digits}"
        stocks = (f"SELECT indicator, left(code::text, digits)::bigint, sum(value), count(*) FROM (SELECT indicator, {lies} AS code, value FROM "
                  f"(SELECT DISTINCT ON (v.indicator, {self.place_sql()}) v.indicator, {self.place_sql()} AS place, value {source} "
                  f"ORDER BY 1, 2, v.period DESC) p) s {digits}")
        rows = self.centre.sql(flows, 201300 + month, "flow") + self.centre.sql(stocks, 201300 + month, "stock")
        return {(name, place): (value, count) for name, place, value, count in rows}

    def check(self, month):
        period = f"2013-01..2013-{month:02}"
        names = ["people_lifted", "village_people_lifted", "village_completed", "village_started", "special_industries",
                 "village_houses_repaired", "township_one_industry"] + ["village_ponds"] * (month >= 7)
        submitted, approved = self.figures("report_current", month), self.figures("report_approved", month)
        compared = 0
        for unit, level in (("22", "prefecture"), ("2201", "county"), (str(COUNTY), "township"), (str(COUNTY), "village")):
            answer = self.shown("total", unit, "--by", level, "--period", period, "--indicator", ",".join(names))
            for row in answer["units"] + [answer["whole"]]:
                if not str(row["unit"]).startswith("2201") and row["unit"] != 22:
                    continue
                for name in names:
                    figures, place = row["indicators"][name], (name, row["unit"])
                    self.assertEqual((int(figures["total"]), figures["reported"]), submitted.get(place, (0, 0)), (month, place))
                    self.assertEqual((int(figures["approved"]), figures["approved_reported"]), approved.get(place, (0, 0)), (month, place, "approved"))
                    compared += 1
        self.assertGreater(compared, 150)
        counties = self.shown("total", "22", "--by", "county", "--period", period, "--indicator", "county_two_industries")
        [(two,)] = self.centre.sql("SELECT count(*) FROM (SELECT DISTINCT ON (unit) value FROM report_value WHERE indicator = 'special_industries' AND period <= %s "
                                   "ORDER BY unit, period DESC, revision DESC) s WHERE value >= 2", 201300 + month)
        self.assertEqual(int(counties["whole"]["indicators"]["county_two_industries"]["total"]), two)
        self.check_completeness(month)
        self.check_funds(month)
        target = self.shown("target", "show", "2201", by="prefecture-2201")
        whole = next(t for t in target if t["unit"] == 2201)
        self.assertEqual((whole["target"], int(whole["reached"])), ("300000", submitted["people_lifted", 2201][0]))
        parts = {t["unit"]: t for t in target if t["unit"] != 2201}
        self.assertEqual({u: t["target"] for u, t in parts.items()}, {COUNTY: "180000", LATE: "120000"})

    def check_funds(self, month):
        for first in (1, month):
            answer = self.shown("total", "22", "--by", "county", "--period", f"2013-{first:02}..2013-{month:02}", "--funds")
            shown = {(row["unit"], f["kind"], f["source"], f["use"], f["level"]): (f["yuan"], f["entries"]) for row in answer["units"] + [answer["whole"]] for f in row["funds"]}
            rows = self.centre.sql(
                "SELECT u.code, (ARRAY['raised', 'sent_down', 'received', 'granted', 'spent', 'allocated', 'reimbursed'])[kind], s.code, coalesce(x.code, ''), "
                "CASE length(e.unit::text) WHEN 4 THEN 'prefecture' WHEN 6 THEN 'county' ELSE 'village' END, (sum(amount_fen) / 100)::numeric(20, 2)::text, "
                "count(*) FROM fund_entry e JOIN fund_source s ON s.number = source LEFT JOIN fund_use x ON x.number = use "
                "JOIN unit u ON u.code IN (22, left(e.unit::text, 6)::bigint) AND u.level IN (1, 3) WHERE to_char(occurred, 'YYYYMM')::integer BETWEEN %s AND %s GROUP BY 1, 2, 3, 4, 5",
                201300 + first, 201300 + month)
            self.assertEqual(shown, {tuple(r[:5]): tuple(r[5:]) for r in rows})
            self.assertEqual(len(rows) > 0, True)

    def check_completeness(self, month):
        rows = self.shown("completeness", "2201", f"2013-{month:02}", "--by", "county")["rows"]
        for row in rows:
            [(owed,)] = self.centre.sql("SELECT count(*) FROM unit WHERE level >= 3 AND code::text LIKE %s AND coalesce(first_period, 0) <= %s "
                                        "AND coalesce(last_period, 999912) >= %s", f"{row['unit']}%", 201300 + month, 201300 + month)
            [(there,)] = self.centre.sql("SELECT count(*) FROM report_current WHERE period = %s AND unit::text LIKE %s", 201300 + month, f"{row['unit']}%")
            self.assertEqual((row["due"], row["received"], row["missing"]), (owed, there, owed - there), (month, row["unit"]))
            self.assertLessEqual(row["received"], row["due"])
        late = next(r for r in rows if r["unit"] == LATE)
        self.assertEqual(late["on_time"], late["received"] if month % 3 else 0)
        if month == 6:
            self.assertEqual((late["received"], late["missing"]), (0, late["due"]))
            owing = self.shown("late", str(LATE), "2013-06")["duties"]
            self.assertEqual(len(owing), late["due"])

    # ---------------------------------------------------------------- again, as of then

    def tables(self, month, *words):
        def printed(*command):
            result = self.centre.offices["province"].run(*command, *words, "--format", "json", check=0)
            return result.stdout
        return [printed("total", "22", "--by", "county", "--period", f"2013-01..2013-{month:02}"),
                printed("completeness", "2201", f"2013-{month:02}", "--by", "county"),
                self.centre.offices["province"].run("bulletin", f"2013-{month:02}", "2201", *words, check=0).stdout]

    def keep(self, month):
        pong = self.wires["admin"].ping()
        moment = f"{pong.as_of.seq}@2013-{month + 1:02}-18T09:00" if month < 12 else f"{pong.as_of.seq}@2014-01-18T09:00"
        self.kept[month] = moment, self.tables(month, "--as-of", moment)

    def test_year(self):
        people = self.numbers["people_lifted"]
        self.ok("province", pb.TargetPart(unit=2201, year=2013, indicator=people, value=300000))
        self.ok("prefecture-2201", pb.TargetPart(unit=COUNTY, year=2013, indicator=people, value=180000),
                pb.TargetPart(unit=LATE, year=2013, indicator=people, value=120000))
        for month in range(1, 13):
            self.month(month)
        # What was printed then is printed again: with the plan of then (before July the form was another one, before September
        # the village lay elsewhere).
        for month in range(1, 13):
            moment, before = self.kept[month]
            self.assertEqual(self.tables(month, "--as-of", moment), before, month)
        told = self.centre.offices["county-220122"].run("history", str(COUNTY), "2013-08", "county", check=0).stdout
        self.assertIn("because: 漏报", told)
        self.assertEqual(told.count("passed"), 2)
        self.assertEqual(told.count("taken over"), 1)
        self.centre.verify()


if __name__ == "__main__":
    unittest.main()
