"""Loading plans: every error with its place, all or nothing, repeatable; principals and their keys."""
import os
import signal
import unittest

from harness import Centre, Office, copy_plan, edit_csv, entry, new_directory, pb, report, submission, wait_for
from wire import NoAnswer, codes


def change_cell(plan, file, row, column, value):
    def change(rows):
        rows[row][column] = value
    edit_csv(os.path.join(plan, file), change)


class Plan(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.centre = Centre().start()

    @classmethod
    def tearDownClass(cls):
        cls.centre.stop()
        cls.centre.check_log()

    def setUp(self):
        self.good = self.centre.plan
        self.plan = copy_plan(os.path.join(new_directory(), "plan"))
        self.centre.plan = self.plan

    def tearDown(self):
        self.centre.plan = self.good

    def refused(self, *lines):
        before = self.centre.sql("SELECT (SELECT md5(string_agg(u::text, '' ORDER BY code)) FROM unit u), "
                                 "(SELECT count(*) FROM form_field), (SELECT count(*) FROM target)")
        result = self.centre.load()
        self.assertEqual(result.returncode, 3, result.stdout + result.stderr)
        for line in lines:
            self.assertIn(line, result.stderr)
        self.assertEqual(self.centre.sql("SELECT (SELECT md5(string_agg(u::text, '' ORDER BY code)) FROM unit u), "
                                         "(SELECT count(*) FROM form_field), (SELECT count(*) FROM target)"), before)

    def test_the_shipped_plan_is_the_notices(self):
        self.assertEqual(
            self.centre.sql("SELECT level, count(*) FROM unit GROUP BY level ORDER BY level"),
            [(1, 1), (2, 10), (3, 61), (4, 171), (5, 210)])
        self.assertEqual(self.centre.sql("SELECT measure, value FROM target ORDER BY measure"),
                         [("fund:raised", 57000000000), ("loans_issued", 25000000000), ("people_lifted", 300000),
                          ("village_completed", 200), ("village_started", 210)])
        self.assertEqual(self.centre.sql("SELECT DISTINCT unit FROM target"), [(22,)])
        self.assertEqual(self.centre.sql("SELECT DISTINCT project FROM indicator WHERE project LIKE 'P%' ORDER BY 1"),
                         [(f"P{i}",) for i in range(1, 7)])
        self.assertEqual(self.centre.sql("SELECT count(*) FROM fund_source WHERE special"), [(4,)])

    def test_every_error_with_file_line_and_column(self):
        change_cell(self.plan, "units.csv", 4, "code", "22O3")
        change_cell(self.plan, "units.csv", 9, "parent", "2201")
        change_cell(self.plan, "forms.csv", 0, "first_period", "2013-13")
        change_cell(self.plan, "indicators.csv", 0, "maximum", "viele")
        change_cell(self.plan, "indicators.csv", 2, "part_of", "nothing")
        change_cell(self.plan, "fund_sources.csv", 0, "special", "maybe")
        self.refused('units.csv:6: column code: "22O3" is not a unit code',
                     'units.csv:11: column parent: "2201" is not the prefix',
                     'forms.csv:2: column first_period: "2013-13" is not a period',
                     'indicators.csv:2: column maximum: "viele" is not a number',
                     'indicators.csv:4: column part_of: "nothing" is not in this form',
                     'fund_sources.csv:2: column special: "maybe" is neither yes nor no')

    def test_references(self):
        change_cell(self.plan, "targets.csv", 0, "measure", "fund:stolen")
        change_cell(self.plan, "targets.csv", 1, "unit", "2213")
        change_cell(self.plan, "targets.csv", 2, "measure", "fund:received")
        change_cell(self.plan, "groups.csv", 0, "unit", "220999")
        change_cell(self.plan, "principals.csv", 3, "role", "emperor")
        change_cell(self.plan, "principals.csv", 4, "public_key", "short")
        self.refused('targets.csv:2: column measure: "fund:stolen" names no kind',
                     'targets.csv:3: column unit: "2213" is not in units.csv',
                     'targets.csv:4: column measure: "fund:received" is recorded again at each level',
                     'groups.csv:2: column unit: "220999" is not in units.csv',
                     'principals.csv:5: column role: "emperor" is not a role',
                     'principals.csv:6: column public_key: "short" is not a public key')

    def test_missing_file_and_column(self):
        os.unlink(os.path.join(self.plan, "fund_uses.csv"))
        with open(os.path.join(self.plan, "targets.csv"), "w", encoding="utf-8") as file:
            file.write("unit,year,value,notice\n")
        result = self.centre.load()
        self.assertIn("fund_uses.csv: the file cannot be read: No such file or directory", result.stderr)
        with open(os.path.join(self.plan, "fund_uses.csv"), "w", encoding="utf-8") as file:
            file.write("number,use,name_zh,name_en,notice\n1,industry,产业,industry,\n2,infrastructure,基础设施,infrastructure,\n"
                       "3,training,培训,training,\n6,mutual_aid,互助资金,mutual aid,\n")
        self.refused("targets.csv:1: column measure is missing")

    def test_figures_without_quotes(self):
        """A target of 300,000 that is not quoted is not a target of 300."""
        for name, line in (("targets.csv", 2), ("calendar.csv", 3)):
            path = os.path.join(self.plan, name)
            with open(path, encoding="utf-8") as file:
                lines = file.read().splitlines()
            lines[line - 1] = lines[line - 1].rstrip(",") + "," * (lines[0].count(",") - lines[line - 1].rstrip(",").count(",")) + ",000"
            with open(path, "w", encoding="utf-8") as file:
                file.write("\n".join(lines) + "\n")
        self.refused('targets.csv:2: more cells than the header: is "000" the rest of a figure with separators? put that in quotes',
                     'calendar.csv:3: more cells than the header: is "000"')

    def test_uses_that_a_source_permits(self):
        change_cell(self.plan, "fund_sources.csv", 5, "uses", "industry gambling")
        self.refused("fund source social: its permitted use 'gambling' is none of the uses")

    def test_books_closed(self):
        with open(os.path.join(self.plan, "plan.csv"), "a", encoding="utf-8") as file:
            file.write("books_closed,2013-02-30\n")
        self.refused('plan.csv:9: column value: "2013-02-30" is not a date (2013-12-31)')

    def test_same_name_twice(self):
        change_cell(self.plan, "indicators.csv", 1, "name_zh", "脱贫人口")
        self.refused("indicators people_lifted and households_lifted have the same name")

    def test_loading_again_changes_nothing(self):
        def content():
            return [self.centre.sql(f"SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {table} t")
                    for table in ("unit", "unit_group", "form", "form_version", "indicator", "form_field", "fund_source",
                                  "fund_use", "target", "principal")]
        self.centre.plan = self.good
        before = content()
        for _ in range(2):
            self.assertEqual(self.centre.load().returncode, 0)
            self.assertEqual(content(), before)

    def load_while_stopped(self):
        """Loads self.plan into a stopped centre, and starts it again with the good one."""
        self.centre.stop()
        try:
            return self.centre.load()
        finally:
            self.centre.plan = self.good
            self.centre.start()

    def send_one(self):
        wire = self.centre.wire("county-220122")
        catalogue = wire.catalogue()
        numbers = {i.code: i.number for i in catalogue.indicators}
        village = next(u.code for u in catalogue.units if u.level == pb.VILLAGE and u.code // 10**6 == 220122)
        wire.submit(submission(report(numbers, 220122, 201301), entry(village, "plan-1")))
        return village

    def test_what_reports_use_may_not_change(self):
        village = self.send_one()
        for file, change, reason in (
                ("indicators.csv", lambda rows: rows[:5] + rows[6:],
                 "form 1 version 1 has reports: its indicators may not change; add a version"),
                ("indicators.csv", lambda rows: [dict(r, kind="stock") if r["indicator"] == "people_lifted" else r for r in rows],
                 "indicator (people_lifted) is in use"),
                ("indicators.csv", lambda rows: [dict(r, decimals="2", maximum="1000") if r["indicator"] == "skill_trained" else r
                                                 for r in rows], "indicator (skill_trained) is in use"),
                ("forms.csv", lambda rows: [dict(r, first_period="2013-02") for r in rows], "its unit or period is not in the plan"),
                ("fund_sources.csv", lambda rows: [dict(r, special="yes") if r["number"] == "5" else r for r in rows],
                 "source (sector) is in use"),
                ("fund_sources.csv", lambda rows: [r for r in rows if r["number"] != "5"],
                 "source 5 has fund entries, it may not vanish"),
                ("forms.csv", lambda rows: [dict(r, version="2") for r in rows],
                 "column version: version 1 of the form is not in forms.csv"),
                ("units.csv", lambda rows: [r for r in rows if r["code"] != str(village)],
                 f"unit {village} has reports, fund entries, documents or projects, it may not vanish")):
            with self.subTest(file=file, reason=reason):
                self.plan = copy_plan(os.path.join(new_directory(), "plan"))
                edit_csv(os.path.join(self.plan, file), change)
                self.centre.plan = self.plan
                result = self.load_while_stopped()
                self.assertIn(result.returncode, (3, 4), result.stdout + result.stderr)
                self.assertIn(reason, result.stderr)
        self.centre.verify()

    def test_catalogue_may_not_change_under_a_running_centre(self):
        """It goes on with the catalogue that it started with: what it then accepted could not be read again."""
        edit_csv(os.path.join(self.plan, "units.csv"), lambda rows: rows[:-1])
        result = self.centre.load()
        self.assertEqual(result.returncode, 4)
        self.assertIn("a centre serves this database", result.stderr)
        # Targets, label and principals may.
        self.centre.plan = self.plan = copy_plan(os.path.join(new_directory(), "plan"))
        change_cell(self.plan, "targets.csv", 0, "value", "300001")
        self.assertEqual(self.centre.load("--label", "a label").returncode, 0)
        self.assertEqual(self.centre.sql("SELECT value FROM target WHERE measure = 'people_lifted'"), [(300001,)])
        self.centre.plan = self.good
        self.assertEqual(self.centre.load("--label", "").returncode, 0)

    def test_new_version_beside_an_old_one_in_use(self):
        shared, self.centre = self.centre, Centre(plan=self.plan).start()
        try:
            self.use_a_new_version()
        finally:
            self.centre.stop()
            self.centre = shared

    def use_a_new_version(self):
        self.send_one()
        edit_csv(os.path.join(self.plan, "forms.csv"), lambda rows: [
            dict(r, last_period="2013-06") if r["form"] == "county" else r for r in rows] + [
                dict(rows[0], version="2", first_period="2013-07")])
        edit_csv(os.path.join(self.plan, "indicators.csv"), lambda rows: rows + [
            dict(r, version="2") for r in rows if r["form"] == "county"][::-1])
        self.centre.stop()
        result = self.centre.load()
        self.assertEqual(result.returncode, 0, result.stderr)
        self.centre.start()
        wire = self.centre.wire("county-220122")
        numbers = {i.code: i.number for i in wire.catalogue().indicators}
        wire.submit(submission(report(numbers, 220122, 201307, version=2, people_lifted=30)))
        wire.submit(submission(report(numbers, 220122, 201306, version=1, people_lifted=12)))
        total = wire.total(220122, 201306, 201307, indicators=[numbers["people_lifted"]])
        self.assertEqual(total.units[0].values[0], 42)
        self.centre.verify()
        self.centre.stop()
        self.centre.start()
        total = self.centre.wire("county-220122").total(220122, 201306, 201307, indicators=[numbers["people_lifted"]])
        self.assertEqual(total.units[0].values[0], 42)

    def test_what_the_files_dropped_is_gone(self):
        """A use that nothing speaks of goes; then the same plan is the database's, and loads while serving."""
        shared, self.centre = self.centre, Centre(plan=self.plan).start()
        try:
            edit_csv(os.path.join(self.plan, "fund_uses.csv"), lambda rows: [r for r in rows if r["use"] != "management"])
            self.centre.stop()
            self.assertEqual(self.centre.load().returncode, 0)
            self.centre.start()
            self.assertEqual(self.centre.sql("SELECT count(*) FROM fund_use"), [(5,)])
            result = self.centre.load()
            self.assertEqual(result.returncode, 0, result.stderr)
        finally:
            self.centre.stop()
            self.centre = shared

    def test_no_new_catalogue_while_the_centres_database_is_away(self):
        """The serve lock goes with the connection; the directory's lock and the plan's generation remain."""
        shared, self.centre = self.centre, Centre(plan=self.plan).start()
        try:
            edit_csv(os.path.join(self.plan, "units.csv"), lambda rows: rows[:-1])
            with open(os.path.join(self.centre.data, "pg", "postmaster.pid"), encoding="utf-8") as file:
                os.kill(int(file.readline()), signal.SIGKILL)
            result = self.centre.load()
            self.assertEqual(result.returncode, 4)
            self.assertIn("a centre serves this database", result.stderr)
        finally:
            self.centre.stop()
            self.centre = shared

    def test_keys_stay_when_the_plan_has_none(self):
        """The shipped principals.csv has no keys: loading it must not shut all offices out."""
        before = self.centre.sql("SELECT count(public_key) FROM principal")
        self.assertGreater(before[0][0], 0)
        edit_csv(os.path.join(self.plan, "principals.csv"), lambda rows: [dict(r, public_key="") for r in rows])
        self.assertEqual(self.centre.load().returncode, 0)
        self.assertEqual(self.centre.sql("SELECT count(public_key) FROM principal"), before)

    def test_principals_are_reloaded(self):
        """By SIGHUP and by the administrator's request; a revoked key is cut off on a standing line."""
        self.centre.plan = self.good
        centre = self.centre
        standing = centre.wire("county-220112")
        standing.ping()
        fresh = Office(centre.directory, "county-220183")
        centre.offices["county-220183"] = fresh
        with open(os.path.join(fresh.home, "fupin.ini"), "w", encoding="utf-8") as file:
            file.write(f"[centre]\nendpoint = {centre.endpoint}\npublic-key = {centre.centre_key()}\n")
        fresh.run("status", check=5)
        others = [name for name in centre.offices if name != "county-220112"]
        centre.admit(*others)
        self.assertEqual(centre.load_principals().returncode, 0)
        centre.process.send_signal(signal.SIGHUP)
        wait_for("the new office", lambda: fresh.run("status").returncode == 0)
        refused = standing.ask(pb.Request(ping=pb.Ping()))
        self.assertEqual(codes(refused.refusal), ["NOT_ADMITTED"])
        with self.assertRaises(NoAnswer):
            centre.wire("county-220112").ping(timeout=0.5)
        centre.admit(*centre.offices)
        self.assertEqual(centre.load_principals().returncode, 0)
        result = centre.offices["admin"].run("reload", check=0)
        self.assertIn(f"admits {len(centre.offices)} offices", result.stdout)
        self.assertTrue(standing.ping().store_ready)
        centre.offices["county-220112"].run("reload", check=3)


if __name__ == "__main__":
    unittest.main()
