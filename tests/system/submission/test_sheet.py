"""The workbook that a county office fills in: what is in it, how it comes back, from openpyxl and from a real spreadsheet
program where one is installed."""
import importlib.util
import os
import re
import shutil
import subprocess
import unittest
import zipfile

import openpyxl

from harness import CentreTest, pb, report, submission, wait_for

COUNTY, OTHER = 220822, 220122
LINE_FIRST = 5
# Figures that pass all checks of the plan's county form.
FIGURES = {"脱贫人口（人）": 21, "脱贫户数（户）": 6, "建档立卡贫困人口（人）": 800}


class SheetTest(CentreTest):
    options = {"offices": ("province", f"county-{COUNTY}", f"county-{OTHER}"), "options": ("--clock", "2013-07-10T09:00")}

    def setUp(self):
        self.office = self.centre.offices[f"county-{COUNTY}"]

    def path(self, name):
        return os.path.join(self.centre.directory, name)

    def run_here(self, *words, check=0, language="zh_CN.UTF-8"):
        return self.office.run(*words, check=check, language=language, cwd=self.centre.directory)

    def make(self, month, *words):
        name = f"{month}-{len(os.listdir(self.centre.directory))}.xlsx"
        self.run_here("sheet", month, *words, "--output", name)
        return name

    def titles(self, sheet):
        return {cell.value: cell.column for cell in sheet[LINE_FIRST - 1] if cell.value}

    def fill(self, name, figures, sheet=0, rows=(LINE_FIRST,)):
        book = openpyxl.load_workbook(self.path(name))
        titles = self.titles(book.worksheets[sheet])
        for row in rows:
            for title, value in figures.items():
                book.worksheets[sheet].cell(row, titles[title]).value = value
        book.save(self.path(name))


class Workbook(SheetTest):
    def test_what_is_in_it(self):
        book = openpyxl.load_workbook(self.path(self.make("2013-05")))
        self.assertEqual([(s.title, s.sheet_state) for s in book],
                         [("县（市、区）扶贫开发月报", "visible"), ("整村推进村月报", "visible"), ("乡（镇）产业月报", "visible"),
                          ("资金", "visible"), ("项目", "visible"), ("选项", "hidden"), ("fupin", "hidden")])
        county = book.worksheets[0]
        titles = self.titles(county)
        self.assertTrue(all(s.protection.sheet for s in book))
        # The office and the form's version are inside, out of sight.
        self.assertEqual({row[0].value: row[1].value for row in book["fupin"]},
                         {"fupin-sheet": "1", "office": str(COUNTY), "principal": f"county-{COUNTY}", "plan": "jilin-2013", "period": "2013-05"})
        self.assertTrue(county.column_dimensions["A"].hidden)
        self.assertEqual((county.cell(LINE_FIRST, titles["表"]).value, county.cell(LINE_FIRST, titles["表版本"]).value), ("county", 1))
        # What identifies a row is locked, figures are not.
        for title in ("单位", "单位名称", "期间", "替换版本"):
            self.assertTrue(county.cell(LINE_FIRST, titles[title]).protection.locked, title)
        for title in FIGURES:
            self.assertFalse(county.cell(LINE_FIRST, titles[title]).protection.locked, title)
            self.assertEqual(county.cell(LINE_FIRST - 2, titles[title]).value, "必填")
        self.assertEqual((county.cell(LINE_FIRST, titles["单位"]).value, county.cell(LINE_FIRST, titles["单位名称"]).value), (str(COUNTY), "通榆县"))
        # Villages: a row for each.
        villages = [u.code for u in self.catalogue.units if u.level == pb.VILLAGE and u.code // 10**6 == COUNTY]
        rows = [row[2].value for row in book.worksheets[1].iter_rows(min_row=LINE_FIRST)]
        self.assertEqual([int(r) for r in rows], villages)

    def test_limits_are_the_plans(self):
        book = openpyxl.load_workbook(self.path(self.make("2013-05")))
        sheet = book.worksheets[0]
        rules = {str(rule.sqref): rule for rule in sheet.data_validations.dataValidation}
        titles = self.titles(sheet)
        letter = openpyxl.utils.get_column_letter
        lifted = rules[f"{letter(titles['脱贫人口（人）'])}{LINE_FIRST}"]
        self.assertEqual((lifted.type, lifted.operator or "between", lifted.formula1, lifted.formula2), ("whole", "between", "0", "200000"))
        self.assertIn("脱贫人口", lifted.error)
        self.assertIn("200,000", lifted.error)
        loans = rules[f"{letter(titles['发放扶贫贴息贷款（元）'])}{LINE_FIRST}"]
        self.assertEqual(loans.type, "decimal")
        figures = sum(1 for title in titles if "（" in title)
        self.assertEqual(len(rules), figures)
        self.assertGreaterEqual(figures, 40)
        # Drop-downs of the plan's terms.
        funds = {str(rule.sqref).split(":", maxsplit=1)[0]: rule for rule in book["资金"].data_validations.dataValidation}
        self.assertEqual((funds["A3"].type, funds["A3"].formula1), ("list", "'选项'!$B$1:$B$11"))
        offered = [cell.value for cell in book["选项"]["B"] if cell.value]
        self.assertEqual(offered[:3], ["筹措", "下拨", "到账"])
        self.assertIn(f"{COUNTY} 通榆县", [cell.value for cell in book["选项"]["A"]])

    def test_it_comes_back(self):
        """One county report, two villages of many, a fund entry from the drop-downs; the rest is left out and told."""
        wire = self.centre.wire(f"county-{COUNTY}")
        villages = [u.code for u in self.catalogue.units if u.level == pb.VILLAGE and u.code // 10**6 == COUNTY]
        self.assertIsInstance(wire.submit(submission(report(
            self.numbers, villages[0], 201303, village_started=1, village_under_way=1, village_people_lifted=8, village_registered_households=40))), pb.Receipt)
        name = self.make("2013-04")
        book = openpyxl.load_workbook(self.path(name))
        village = book.worksheets[1]
        titles = self.titles(village)
        # Carried forward: what stands, in a cell of another colour; what happened is empty.
        started = village.cell(LINE_FIRST, titles["整村推进已启动（村）"])
        self.assertEqual((started.value, village.cell(LINE_FIRST, titles["本村脱贫人口（人）"]).value), (1, None))
        self.assertNotEqual(started.fill.fgColor.rgb, village.cell(LINE_FIRST + 1, started.column).fill.fgColor.rgb)
        self.assertFalse(started.protection.locked)
        for row in (LINE_FIRST, LINE_FIRST + 1):
            for title in titles:
                if village.cell(LINE_FIRST - 2, titles[title]).value == "必填" and village.cell(row, titles[title]).value is None:
                    village.cell(row, titles[title]).value = 0
        county = book.worksheets[0]
        for title, value in FIGURES.items():
            county.cell(LINE_FIRST, self.titles(county)[title]).value = value
        funds = book["资金"]
        for column, value in enumerate(("筹措", f"{COUNTY} 通榆县", "凭-7", "2013-04-15", "其他涉农资金", None, None, 1234.56, "测试"), 1):
            funds.cell(3, column).value = value
        book.save(self.path(name))
        listed = self.run_here("check", name).stdout
        left_out = sum(int(last) - int(first) + 1 for first, last in re.findall(r"第 (\d+)-(\d+) 行：没有填写本期数，不报", listed))
        self.assertEqual(left_out, len(villages) - 2 + village_towns(book))
        self.assertIn("没有问题：报表 3，资金记录 1，项目步骤 0", listed)
        out = self.run_here("submit", name).stdout
        self.assertRegex(out, r"未报：\d+ 行没有填写本期数")
        self.assertRegex(out, r"报表 3 资金记录 1")
        self.assertEqual(self.centre.sql("SELECT amount_fen::bigint FROM fund_entry WHERE voucher = '凭-7'"), [(123456,)])
        self.assertEqual(self.centre.sql("SELECT indicator, value::bigint FROM report_value WHERE unit = %s AND period = 201304 AND indicator = 'people_lifted'", COUNTY),
                         [("people_lifted", 21)])
        # What was sent is not in the next workbook of the month, but in the one for corrections.
        again = openpyxl.load_workbook(self.path(self.make("2013-04")))
        self.assertNotIn("县（市、区）扶贫开发月报", again.sheetnames)
        rows = [row[2].value for row in again["整村推进村月报"].iter_rows(min_row=LINE_FIRST)]
        self.assertEqual([int(r) for r in rows], villages[2:])
        self.assertIn("已上报的 2 个单位不在此表", again["整村推进村月报"].cell(2, 3).value)
        name = self.make("2013-04", "--corrections")
        self.fill(name, {"脱贫人口（人）": 22, "更正原因": "漏报一人"})
        self.assertIn("整村推进村月报", openpyxl.load_workbook(self.path(name)).sheetnames)
        book = openpyxl.load_workbook(self.path(name))
        del book["整村推进村月报"]
        book.save(self.path(name))
        self.assertRegex(self.run_here("submit", name).stdout, "报表 1")
        self.assertEqual(self.centre.sql("SELECT max(revision) FROM report WHERE unit = %s AND period = 201304", COUNTY), [(2,)])

    def test_of_another_office(self):
        name = self.make("2013-05")
        self.fill(name, FIGURES)
        other = self.centre.offices[f"county-{OTHER}"]
        for word in ("check", "submit"):
            self.assertIn(f"{name}: the workbook was made for unit {COUNTY}, this office is {OTHER}: make your own with fupin sheet",
                          other.run(word, name, cwd=self.centre.directory, check=3).stderr)

    def test_never_over_one_that_is_there(self):
        self.run_here("sheet", "2013-02")
        with open(self.path("2013-02.xlsx"), "rb") as file:
            before = file.read()
        self.assertIn("2013-02.xlsx 已经存在", self.run_here("sheet", "2013-02", check=2).stderr)
        with open(self.path("2013-02.xlsx"), "rb") as file:
            self.assertEqual(file.read(), before)
        self.run_here("sheet", "2015-02", "--output", "none.xlsx", check=2)

    @unittest.skipUnless(shutil.which("soffice") and importlib.util.find_spec("uno"), "no spreadsheet program here")
    def test_filled_by_a_spreadsheet_program(self):
        """LibreOffice opens it, types the figures, saves it as a workbook of its own."""
        name = self.make("2013-06")
        titles = self.titles(openpyxl.load_workbook(self.path(name)).worksheets[0])
        cells = {openpyxl.utils.get_column_letter(titles[title]) + str(LINE_FIRST): value for title, value in FIGURES.items()}
        fill_by_office(self.path(name), self.centre.directory, cells)
        book = openpyxl.load_workbook(self.path(name))
        self.assertIn("LibreOffice", zipfile.ZipFile(self.path(name)).read("docProps/app.xml").decode())
        self.assertEqual(book["fupin"].sheet_state, "hidden")
        self.assertTrue(book.worksheets[0].protection.sheet)
        self.assertRegex(self.run_here("submit", name).stdout, "报表 1 ")
        self.assertEqual(self.centre.sql("SELECT value::bigint FROM report_value WHERE unit = %s AND period = 201306 AND indicator = 'people_lifted'", COUNTY),
                         [(21,)])


class Marked(SheetTest):
    """Problems written back into a copy of the workbook."""

    def bad_book(self):
        name = self.make("2013-03")
        self.fill(name, {**FIGURES, "脱贫户数（户）": "六户", "发放扶贫贴息贷款（元）": -5})
        return name

    def check(self, name, copy):
        return self.run_here("check", name, "--mark", copy, check=3)

    def test_red_cells_with_comments(self):
        name = self.bad_book()
        out = self.check(name, "red.xlsx")
        self.assertIn("red.xlsx：红色单元格中说明了应如何改正", out.stdout)
        before, after = openpyxl.load_workbook(self.path(name)), openpyxl.load_workbook(self.path("red.xlsx"))
        titles = self.titles(before.worksheets[0])
        cell = after.worksheets[0].cell(LINE_FIRST, titles["脱贫户数（户）"])
        self.assertEqual((cell.fill.fgColor.rgb, cell.value), ("FFFF9C9C", "六户"))
        self.assertIn("六户", cell.comment.text)
        # All else is as it was: values, locks, formats, limits, hidden sheets.
        for old, new in zip(before, after):
            self.assertEqual((old.title, old.sheet_state, old.protection.sheet), (new.title, new.sheet_state, new.protection.sheet))
            self.assertEqual(len(old.data_validations.dataValidation), len(new.data_validations.dataValidation))
            for row_old, row_new in zip(old.iter_rows(), new.iter_rows()):
                for a, b in zip(row_old, row_new):
                    self.assertEqual((a.value, a.number_format, a.protection.locked), (b.value, b.number_format, b.protection.locked))
                    if b.comment is None:
                        self.assertEqual(a.fill.fgColor.rgb, b.fill.fgColor.rgb)
        # Mended in the copy, the next problem is found; mended again, it is sent.
        self.fill("red.xlsx", {"脱贫户数（户）": 6})
        self.check("red.xlsx", "red2.xlsx")
        again = openpyxl.load_workbook(self.path("red2.xlsx")).worksheets[0]
        cell = again.cell(LINE_FIRST, titles["发放扶贫贴息贷款（元）"])
        self.assertIn("-5", cell.comment.text)
        # What is mended has neither comment nor colour any more, in a copy of the copy.
        mended = again.cell(LINE_FIRST, titles["脱贫户数（户）"])
        self.assertIsNone(mended.comment)
        self.assertEqual((mended.fill.fill_type, mended.protection.locked), (None, False))
        # Another problem in a cell that has our comment: the text is that of now.
        self.fill("red2.xlsx", {"发放扶贫贴息贷款（元）": "八元", "脱贫户数（户）": -1})
        self.check("red2.xlsx", "red3.xlsx")
        third = openpyxl.load_workbook(self.path("red3.xlsx")).worksheets[0]
        texts = {cell.coordinate: cell.comment.text for row in third.iter_rows() for cell in row if cell.comment}
        self.assertEqual(len(texts), 1)
        self.assertIn("八元", list(texts.values())[0])
        self.assertEqual(zipfile.ZipFile(self.path("red3.xlsx")).read(
            next(n for n in zipfile.ZipFile(self.path("red3.xlsx")).namelist() if n.endswith(".vml"))).count(b"<v:shape "), 1)
        self.fill("red2.xlsx", {"脱贫户数（户）": 6})
        self.fill("red2.xlsx", {"发放扶贫贴息贷款（元）": None})
        self.assertRegex(self.run_here("submit", "red2.xlsx").stdout, "报表 1 ")

    def test_what_the_clerk_has_stays(self):
        """Own formats, formulas, comments and sheets; two problems in a cell; a cell that was empty."""
        book = openpyxl.Workbook()
        sheet = book.active
        sheet.title = "资金 & 表"
        rows = [["类别", "单位", "凭证号", "日期", "来源", "金额（元）", "摘要"],
                ["筹措", COUNTY, "甲-1", "2013-03-01", "其他涉农资金", "=100*2", "a"],
                ["礼金", COUNTY, "甲-2", "2013-03-01", "其他涉农资金", 5, "b"],
                ["筹措", COUNTY, "甲-3", "2013-03-01", "其他涉农资金", None, "c"]]
        for row in rows:
            sheet.append(row)
        sheet["A3"].comment = openpyxl.comments.Comment("我的批注", "会计")
        sheet["B2"].comment = openpyxl.comments.Comment("另一条", "会计")
        sheet["F4"].number_format = "0.000"
        other = book.create_sheet("随手记")
        other["A1"], other["A1"].font = "不动", openpyxl.styles.Font(color="FF00FF00")
        book.save(self.path("own.xlsx"))
        out = self.check("own.xlsx", "own-red.xlsx")
        self.assertIn("资金 & 表", out.stderr)
        after = openpyxl.load_workbook(self.path("own-red.xlsx"))
        sheet = after["资金 & 表"]
        red = {cell.coordinate for row in sheet.iter_rows() for cell in row if cell.fill.fgColor.rgb == "FFFF9C9C"}
        self.assertEqual(red, {"F2", "A3", "F4"})
        self.assertEqual((sheet["F2"].value, sheet["F4"].value, sheet["F4"].number_format), ("=100*2", None, "0.000"))
        self.assertIn("=100*2", sheet["F2"].comment.text)
        self.assertEqual((sheet["A3"].comment.text, sheet["B2"].comment.text), ("我的批注", "另一条"))
        self.assertEqual((after["随手记"]["A1"].value, after["随手记"]["A1"].font.color.rgb), ("不动", "FF00FF00"))

    def test_no_copy(self):
        name = self.bad_book()
        with open(self.path(name), "rb") as file:
            before = file.read()
        self.assertIn("the copy would be the workbook itself", self.run_here("check", name, "--mark", name, check=1, language="C").stderr)
        with open(self.path(name), "rb") as file:
            self.assertEqual(file.read(), before)
        with open(self.path("plain.csv"), "w", encoding="utf-8") as file:
            file.write("unit,period,people_lifted\nx,2013-03,1\n")
        self.assertIn("only a workbook", self.run_here("check", "plain.csv", "--mark", "p.xlsx", check=1, language="C").stderr)
        self.assertFalse(os.path.exists(self.path("p.xlsx")))
        good = self.make("2013-03")
        self.fill(good, FIGURES)
        self.run_here("check", good, "--mark", "none.xlsx", check=0)
        self.assertFalse(os.path.exists(self.path("none.xlsx")))

    @unittest.skipUnless(shutil.which("soffice"), "no spreadsheet program here")
    def test_a_spreadsheet_program_reads_it(self):
        self.check(self.bad_book(), "for-office.xlsx")
        subprocess.run(["soffice", "-env:UserInstallation=file://" + self.path("profile2"), "--headless", "--convert-to", "ods",
                        "--outdir", self.centre.directory, self.path("for-office.xlsx")], check=True, capture_output=True, timeout=300)
        content = zipfile.ZipFile(self.path("for-office.ods")).read("content.xml").decode()
        self.assertTrue(re.search(r"office:annotation.*六户", content))
        self.assertTrue("#ff9c9c" in content)


def village_towns(book):
    """Rows of the township form, of which none is filled in."""
    return book["乡（镇）产业月报"].max_row - LINE_FIRST + 1


def fill_by_office(path, directory, cells):
    """Sets cells of the first sheet with the spreadsheet program itself, over its own interface."""
    import uno
    from com.sun.star.beans import PropertyValue
    pipe = "fupin-" + os.path.basename(directory)
    process = subprocess.Popen(["soffice", "-env:UserInstallation=file://" + os.path.join(directory, "profile"), "--headless",
                                "--norestore", f"--accept=pipe,name={pipe};urp;"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        local = uno.getComponentContext()
        resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)

        def connect():
            try:
                return resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
            except uno.getClass("com.sun.star.connection.NoConnectException"):
                return None
        context = wait_for("the spreadsheet program", connect, 120)
        desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
        book = desktop.loadComponentFromURL("file://" + path, "_blank", 0, (PropertyValue("Hidden", 0, True, 0),))
        for place, value in cells.items():
            book.Sheets.getByIndex(0).getCellRangeByName(place).setValue(value)
        book.storeToURL("file://" + path, (PropertyValue("FilterName", 0, "Calc MS Excel 2007 XML", 0),))
        book.close(True)
        try:
            desktop.terminate()
        except uno.getClass("com.sun.star.lang.DisposedException"):
            pass
        process.wait(60)
    finally:
        process.kill()
        process.wait()


if __name__ == "__main__":
    unittest.main()
