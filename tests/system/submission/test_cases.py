"""Small files that go wrong elsewhere (tests/cases): each is read as it is meant, or refused by name. Each stands for a kind;
the kinds are in unit_sheet, unit_csv and unit_xlsx_number."""
import csv
import os
import subprocess
import unittest
import zipfile

import openpyxl

from harness import SOURCE, CentreTest, new_directory

CASES = os.path.join(SOURCE, "tests", "cases")
WITH = "row 2, column F (金额{}): "
# What the clerk is told of a file; none: it is read.
REFUSED = {
    "unquoted-thousands-fund.csv": ["row 2: the row has a cell too many: is 443,000.00 a figure with separators? put it in quotes"],
    "fmt-0.xlsx": ["sheet Sheet, " + WITH.format("") + "the cell's number format shows its figure as 100万元, which is none of this column"],
    "fmt-scaled.xlsx": ["sheet Sheet1, " + WITH.format("（万元）") + "the cell's number format shows another figure than 120000, which the cell holds"],
    "esc.csv": ["row 2, column people_lifted: ␛[2J␛[31mX is not a number"],
    "cr-only.csv": ["row 3, column people_lifted: x is not a number", "row 4, column people_lifted: y is not a number"],
    "voucher-as-date.xlsx": ["row 2, column C (凭证号): the cell is a date", "shown as 2026-01-05",
                             "row 2, column H (文件依据)", "shown as 12:30:00", "row 3, column H (文件依据)", "shown as TRUE"],
    "vouchers.csv": ["row 5, column voucher: voucher 凭-1 of this unit stands in this submission twice",
                     "row 10, column voucher: voucher PZ-1 of this unit stands in this submission twice"],
}
READ = {
    "report-measure-above.xlsx": dict(reports=1),
    "second-sheet-padded.xlsx": dict(reports=1, fund_entries=1),
    "hdr-newline2.xlsx": dict(reports=1),
    "cell-nbsp.csv": dict(reports=1),
    "spaces-row.csv": dict(reports=1),
}
OF_SHUANGYANG = ("fmt-0.xlsx", "report-measure-above.xlsx", "vouchers.csv")


class Cases(CentreTest):
    options = {"offices": ("province", "county-220822", "county-220112"), "options": ("--clock", "2013-10-10T09:00")}

    def office(self, name):
        return self.centre.offices["county-220112" if name in OF_SHUANGYANG else "county-220822"]

    def value(self, unit, month, indicator):
        """What the unit reported for the month; None: nothing."""
        total = self.centre.wire("province").total(unit, month, month, indicators=[self.numbers[indicator]]).units[0]
        return total.values[0] if total.reported[0] else None

    def test_every_file_has_its_answer(self):
        names = {name for name in os.listdir(CASES) if name.endswith((".csv", ".xlsx"))}
        self.assertEqual(names, set(REFUSED) | set(READ))

    def test_refused(self):
        for name, told in REFUSED.items():
            with self.subTest(name=name):
                result = self.office(name).run("check", os.path.join(CASES, name), check=3)
                for text in told:
                    self.assertIn(text, result.stderr)
                self.assertNotIn("\x1b", result.stderr)

    def test_read(self):
        for name, counts in READ.items():
            with self.subTest(name=name):
                result = self.office(name).run("check", os.path.join(CASES, name), check=0)
                for what, count in counts.items():
                    self.assertIn(f"{what.replace('_', ' ')} {count}", result.stdout)
        self.office("report-measure-above.xlsx").run("submit", os.path.join(CASES, "report-measure-above.xlsx"), check=0)
        self.assertEqual(self.value(220112, 201304, "people_lifted"), 5)
        self.assertEqual(self.value(220112, 201304, "special_granted_industry"), 1_500_000)  # 1.5万元

    def test_sheets_that_are_not_read_are_named(self):
        path = os.path.join(new_directory(), "月报.xlsx")
        book = openpyxl.Workbook()
        book.active.title = "说明"
        book.active.append(["本表由县扶贫办填报"])
        hidden = book.create_sheet("草稿")
        hidden.append(["随便"])
        hidden.sheet_state = "hidden"
        sheet = book.create_sheet("县")
        sheet.append(["单位", "期间", "脱贫人口", "脱贫户数", "建档立卡贫困人口"])
        sheet.append([220822, "2013-09", 5, 2, 100])
        book.save(path)
        office = self.centre.offices["county-220822"]
        self.assertIn("not read: sheet 说明, it has no column names that are known", office.run("check", path, check=0).stdout)
        self.assertNotIn("草稿", office.run("check", path, check=0).stdout)
        self.assertIn("未读取：工作表“说明”", office.run("submit", path, check=0, language="zh_CN.UTF-8").stdout)
        # One that is ours but for a note in brackets is not passed over: it is refused by name.
        sheet["A1"] = "单位（县）"
        book.save(path)
        self.assertIn("sheet 县, row 1, column A (单位（县）): column 单位（县） is not known in this sheet",
                      office.run("check", path, check=3).stderr)

    def test_shared_strings_that_are_named_but_not_there(self):
        """Some programs name the part even if every text is in its cell."""
        path, named = (os.path.join(new_directory(), name) for name in ("a.xlsx", "b.xlsx"))
        book = openpyxl.Workbook()
        book.active.append(["单位", "期间", "脱贫人口", "脱贫户数", "建档立卡贫困人口"])
        book.active.append(["220822", "2013-07", "5", "2", "100"])
        book.save(path)
        link = ('<Relationship Id="rId99" Target="sharedStrings.xml" '
                'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"/></Relationships>')
        with zipfile.ZipFile(path) as old, zipfile.ZipFile(named, "w") as new:
            for item in old.infolist():
                data = old.read(item).decode("utf-8")
                if item.filename == "xl/_rels/workbook.xml.rels":
                    self.assertNotIn("sharedStrings", data)
                    data = data.replace("</Relationships>", link)
                new.writestr(item, data)
        self.assertIn("reports 1", self.centre.offices["county-220822"].run("check", named, check=0).stdout)

    def test_our_own_sheet_as_csv(self):
        """A sheet of our workbook that a spreadsheet program saved as CSV: titles above, rows that nobody filled in are left out."""
        office, directory = self.centre.offices["county-220822"], new_directory()
        book, path = os.path.join(directory, "2013-05.xlsx"), os.path.join(directory, "乡镇.csv")
        office.run("sheet", "2013-05", "--output", book, check=0)
        sheet = next(s for s in openpyxl.load_workbook(book) if s.title.startswith("乡"))
        titles = {cell.value: cell.column for cell in sheet[4] if cell.value}
        sheet.cell(5, titles["乡（镇）有一业（乡镇）"]).value = 1
        sheet.cell(5, titles["主导产业产值（元）"]).value = "1,000.50"
        for separator in (",", ";", "\t"):
            with open(path, "w", encoding="gb18030", newline="") as file:
                csv.writer(file, delimiter=separator).writerows([["" if cell.value is None else cell.value for cell in row] for row in sheet.iter_rows()])
            told = office.run("check", path, check=0).stdout
            self.assertIn("reports 1,", told)
            self.assertIn("nothing of the month is filled in: left out", told)

    def test_a_point_is_a_point_in_every_locale(self):
        """Where a decimal point is a comma, a workbook still has points, and a figure is read as it is."""
        places = new_directory()
        subprocess.run(["localedef", "-i", "de_DE", "-f", "UTF-8", os.path.join(places, "de_DE.UTF-8")], check=True, capture_output=True)
        office, directory = self.centre.offices["county-220822"], new_directory()
        env = dict(os.environ, LOCPATH=places, LC_ALL="de_DE.UTF-8")
        self.assertEqual(subprocess.run(["locale", "decimal_point"], env=env, capture_output=True, text=True, check=True).stdout, ",\n")
        path, book = os.path.join(directory, "fund.csv"), os.path.join(directory, "total.xlsx")
        with open(path, "w", encoding="utf-8") as file:
            file.write("kind,unit,voucher,occurred,source,amount\nraised,220822,de-1,2013-02-05,fiscal_development,44.30\n")
        subprocess.run(office.command("submit", path), env=env, check=True, capture_output=True)
        self.assertEqual(self.centre.sql("SELECT amount_fen FROM fund_entry WHERE voucher = 'de-1'"), [(4430,)])
        subprocess.run(office.command("total", 220822, "--funds", "--output", book), env=env, check=True, capture_output=True)
        values = [cell.value for row in openpyxl.load_workbook(book).active.iter_rows() for cell in row]
        self.assertIn(44.3, values)
        sheet = os.path.join(directory, "2013-06.xlsx")
        subprocess.run(office.command("sheet", "2013-06", "--output", sheet), env=env, check=True, capture_output=True)
        with zipfile.ZipFile(sheet) as pack:
            for name in pack.namelist():
                if name.startswith("xl/worksheets/"):
                    self.assertNotRegex(pack.read(name).decode("utf-8"), r"<v>\d+,\d+</v>|(width|ht)=.\d+,\d")

    def test_file_names_that_are_no_text(self):
        directory = os.fsencode(new_directory())
        path = os.path.join(directory, b"\x1b[31m\xff.csv")
        with open(path, "w", encoding="utf-8") as file:
            file.write("单位,期间,脱贫人口\n1,2,3\n")
        office = self.centre.offices["county-220822"]
        for words in ((), ("--json",)):
            result = subprocess.run(office.command("check")[:2] + [path, *words, "--home", office.home], capture_output=True, check=False)
            self.assertEqual(result.returncode, 3)
            text = (result.stdout + result.stderr).decode("utf-8")  # is text
            self.assertNotIn("\x1b", text)
            self.assertIn("␛[31m\ufffd.csv", text)

    def test_corrections_that_lack_a_column(self):
        office, directory = self.centre.offices["county-220112"], new_directory()

        def sheet(name, header, row):
            path = os.path.join(directory, name)
            with open(path, "w", encoding="utf-8") as file:
                file.write(f"unit,period,replaces,reason,people_lifted,households_lifted,registered_people{header}\n220112,2013-08,{row}\n")
            return path
        office.run("submit", sheet("first.csv", ",households_drawn", "0,,5,2,100,7"), check=0)
        self.assertEqual(self.value(220112, 201308, "households_drawn"), 7)
        lacking = sheet("lacking.csv", "", "1,typing error,6,2,100")
        self.assertIn("has Households drawn along by industry 7: add the column", office.run("submit", lacking, check=3).stderr)
        self.assertEqual(self.value(220112, 201308, "households_drawn"), 7)
        for command in (("check",), ("submit", "--clear")):
            told = office.run(*command, lacking, check=0).stdout
            self.assertRegex(told, r"corrections: 1 rows have no column for figures, and clear what stood there: \S*lacking\.csv:2: ")
        self.assertIsNone(self.value(220112, 201308, "households_drawn"))
        self.assertEqual(self.value(220112, 201308, "people_lifted"), 6)

    def test_one_voucher_in_many_spellings(self):
        """Whatever the spelling that came first, another one is the same voucher, and refers to it."""
        office, directory = self.centre.offices["county-220822"], new_directory()

        def entry(kind, voucher, refers=""):
            path = os.path.join(directory, "entry.csv")
            with open(path, "w", encoding="utf-8") as file:
                file.write(f"kind,unit,voucher,occurred,source,amount,refers,note\n{kind},220822,{voucher},2013-02-05,fiscal_development,100.00,{refers},x\n")
            return office.run("submit", path)
        self.assertEqual(entry("raised", "凭—１").returncode, 0)
        for spelling in ("凭-1", "凭－1", "\u200b凭‐1 ", "凭−１"):
            result = entry("raised", spelling)
            self.assertEqual(result.returncode, 3, spelling)
            self.assertIn("凭", result.stdout + result.stderr)
        self.assertEqual(entry("reversed", "凭-2", refers="凭-1").returncode, 0)
        self.assertEqual(self.centre.sql("SELECT voucher, refers FROM fund_entry WHERE unit = 220822 AND voucher LIKE '凭%' ORDER BY seq"),
                         [("凭—１", None), ("凭-2", "凭—１")])


if __name__ == "__main__":
    unittest.main()
