"""Workbooks (.xlsx) instead of CSV files: the same submission, the same problems with the sheet's name beside them, a
sheet that fupin wrote comes back filled in. The workbooks are openpyxl's, and fupin's own."""
import csv
import datetime
import io
import json
import os
import unittest

import openpyxl

from harness import CentreTest

COUNTY, VILLAGE = 220122, 220122101901
PAPER = "吉财农指〔2013〕12号"
FUNDS = f"""类别,单位,凭证号,日期,来源,用途,对方单位,金额,摘要,文件依据
筹措,{COUNTY},X-1,2013-04-01,其他涉农资金,,,"1,000.50",第一笔,{PAPER}
筹措,{COUNTY},X-2,2013-04-15,其他涉农资金,,,2000,,
安排,{COUNTY},X-3,2013-04-16,其他涉农资金,产业开发,{VILLAGE},0.30,,
"""
REPORTS = f"""单位,期间,脱贫人口（人）,脱贫户数,建档立卡贫困人口,发放扶贫贴息贷款
{COUNTY},2013-03,12,3,"1,000","1,234,567.89"
{COUNTY},2013-04,7,2,990,
"""
PROJECT = f"""单位,项目编号,步骤,日期,项目名称,类别,牵头单位,计划开工,计划竣工,财政发展资金(元),其他涉农资金,文件依据
{VILLAGE},路-9,立项,2013-03-01,通村水泥路,生产性基础设施,{COUNTY},2013-05-01,2013-10-31,"600,000.10",400000,农发〔2013〕7号
{VILLAGE},路-9,事前公示,2013-03-10,,,,,,,,村务公开栏
"""


def typed(title, text):
    """A cell as a clerk's spreadsheet has it: figures are numbers, dates are dates."""
    if title in ("日期", "计划开工", "计划竣工") and text:
        return datetime.datetime.strptime(text, "%Y-%m-%d")
    if title == "期间":
        return datetime.datetime.strptime(text, "%Y-%m")
    if title == "凭证号" or not text:
        return text or None
    try:
        number = float(text.replace(",", ""))
        return int(number) if number.is_integer() else number
    except ValueError:
        return text


class WorkbookTest(CentreTest):
    options = {"offices": ("province", "county-220122"), "options": ("--clock", "2013-05-10T09:00")}

    def setUp(self):
        self.office, self.province = self.centre.offices["county-220122"], self.centre.offices["province"]

    def path(self, name):
        return os.path.join(self.centre.directory, name)

    def write_csv(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)
        return name

    def write_book(self, name, sheets, title=None):
        """Sheets by their names, each from the text of a CSV file; `title`: a merged line above each header."""
        book = openpyxl.Workbook()
        book.active.title = "说明"
        book.active["A1"] = "填报说明：金额以元计"
        for sheet_name, text in sheets.items():
            sheet = book.create_sheet(sheet_name)
            if title:
                sheet.append([title])
                sheet.merge_cells("A1:F1")
            rows = list(csv.reader(io.StringIO(text)))
            sheet.append(rows[0])
            for row in rows[1:]:
                sheet.append([typed(column, cell) for column, cell in zip(rows[0], row)])
                for cell, column in zip(sheet[sheet.max_row], rows[0]):
                    if column == "期间":
                        cell.number_format = 'yyyy"年"m"月"'
        book.save(self.path(name))
        return name

    def submit(self, *names, check=0, language="C", office=None):
        return (office or self.office).run("submit", *names, check=check, language=language, cwd=self.centre.directory)

    def receipts(self, *names):
        return [line.rsplit(": ", 1)[0] for line in self.submit(*names).stdout.splitlines() if line.startswith("receipt")]

    # ---------------------------------------------------------------- the same

    def test_the_same_submission(self):
        """The same rows are the same submission and get the receipt that the CSV file got, whatever they came in."""
        first = self.receipts(self.write_csv("reports.csv", REPORTS), self.write_csv("funds.csv", FUNDS))
        self.assertEqual(len(first), 1)
        self.assertRegex(first[0], "reports 2 fund entries 3")
        self.assertEqual(self.receipts(self.write_book("all.xlsx", {"月报": REPORTS, "资金": FUNDS})), first)
        self.assertEqual(self.receipts(self.write_book("all.xlsx", {"月报": REPORTS, "资金": FUNDS}, "九台市2013年报表")), first)
        self.assertEqual(self.receipts(self.write_book("r.xlsx", {"月报": REPORTS}), "funds.csv"), first)
        self.assertEqual(self.receipts("reports.csv", self.write_book("f.xlsx", {"资金": FUNDS})), first)
        self.assertEqual(self.centre.sql("SELECT voucher, amount_fen FROM fund_entry WHERE unit = %s ORDER BY voucher", COUNTY),
                         [("X-1", 100050), ("X-2", 200000), ("X-3", 30)])

    def test_projects(self):
        first = self.receipts(self.write_csv("project.csv", PROJECT))
        self.assertRegex(first[0], "steps of projects 2")
        self.assertEqual(self.receipts(self.write_book("project.xlsx", {"项目": PROJECT}, "项目进度表")), first)
        book = self.write_book("next.xlsx", {"项目": f"单位,项目编号,步骤,日期\n{VILLAGE},路-9,盖章,2013-04-01\n"})
        self.assertEqual(self.submit(book, check=3).stderr, "next.xlsx: sheet 项目, row 2, column C (步骤): 盖章 cannot be read\n")

    # ---------------------------------------------------------------- problems

    def test_places(self):
        book = self.write_book("bad.xlsx", {"资金": FUNDS.replace("2000,", "壹仟元,").replace("X-", "B-")}, "标题")
        self.assertEqual(self.submit(book, check=3).stderr,
                         "bad.xlsx: sheet 资金, row 4, column H (金额): 壹仟元 is not a number with at most 2 decimals\n")
        self.assertEqual(self.submit(book, check=3, language="zh_CN.UTF-8").stderr,
                         "bad.xlsx: 工作表“资金”，第 4 行，H 列（金额）：壹仟元 不是最多 2 位小数的数字\n")

    def test_the_centre_refuses_with_the_sheets_name(self):
        self.submit(self.write_csv("one.csv", f"unit,period,people_lifted,households_lifted,registered_people\n{COUNTY},2013-02,1,1,9\n"))
        book = self.write_book("two.xlsx", {"更正": f"单位,期间,脱贫人口,脱贫户数,建档立卡贫困人口\n{COUNTY},2013-02,2,1,9\n"})
        self.assertEqual(self.submit(book, check=3).stderr,
                         "two.xlsx: sheet 更正, row 2, column replaces: the centre's current revision is 1, this row says it replaces 0\n")

    def test_header_of_two_rows(self):
        """Headings over several columns, and names that are merged downwards beside them: the columns are found."""
        book = openpyxl.Workbook()
        sheet = book.active
        for row in (["农安县扶贫月报"], ["单位", "期间", "贫困人口", None, "发放扶贫贴息贷款（万元）", "建档立卡贫困人口"],
                    [None, None, "脱贫户数", "脱贫人口（人）"], [COUNTY, "2013-05", 3, 12, 1.5, 1000]):
            sheet.append(row)
        for area in ("A1:F1", "A2:A3", "B2:B3", "C2:D2", "E2:E3", "F2:F3"):
            sheet.merge_cells(area)
        book.save(self.path("two-rows.xlsx"))
        self.assertRegex(self.receipts("two-rows.xlsx")[0], "reports 1")
        self.assertEqual(self.centre.sql("SELECT indicator, value::bigint FROM report_value WHERE unit = %s AND period = 201305 ORDER BY indicator", COUNTY),
                         [("households_lifted", 3), ("loans_issued", 15000), ("people_lifted", 12), ("registered_people", 1000)])

    def test_formulas(self):
        """openpyxl saves formulas without values: nobody has calculated them."""
        text = FUNDS.replace("2000,", "=1000*2,").replace("X-", "F-")
        book = self.write_book("formula.xlsx", {"资金": text})
        self.assertEqual(self.submit(book, check=3).stderr,
                         "formula.xlsx: sheet 资金, row 3, column H (金额): the value of the formula =1000*2 was not saved: open "
                         "the workbook, calculate, save\n")

    def test_what_is_no_workbook(self):
        self.write_csv("plain.xlsx", FUNDS)
        self.assertIn("plain.xlsx: the file is no workbook, whatever its name says", self.submit("plain.xlsx", check=3).stderr)
        self.assertIn("none.xlsx: the file cannot be read: No such file", self.submit("none.xlsx", check=3).stderr)
        book = self.write_book("other.xlsx", {"名单": "姓名,年龄\n张三,50\n"})
        self.assertEqual(self.submit(book, check=3, language="zh_CN.UTF-8").stderr,
                         "other.xlsx: 工作簿中没有带已知列名（单位等）的工作表；现有：说明, 名单\n")

    # ---------------------------------------------------------------- fupin's own workbooks

    def test_a_sheet_comes_back(self):
        """What fupin sheet writes as a workbook is filled in by a spreadsheet program and sent."""
        for language, name in (("C", "county.xlsx"), ("zh_CN.UTF-8", "县.xlsx")):
            self.office.run("sheet", "county", "2013-01", "--output", self.path(name), language=language, check=0)
            book = openpyxl.load_workbook(self.path(name))
            sheet = book.active
            titles = [cell.value for cell in sheet[1]]
            for code, title, figure in (("people_lifted", "脱贫人口", 21), ("households_lifted", "脱贫户数", 6),
                                        ("registered_people", "建档立卡贫困人口", 800)):
                sheet.cell(2, 1 + titles.index(title if title in titles else code)).value = figure
            book.save(self.path(name))
        first = self.receipts("county.xlsx")
        self.assertRegex(first[0], "reports 1 fund entries 0")
        self.assertEqual(self.receipts("县.xlsx"), first)
        # As it comes from the centre, it is the report that is there, to be corrected.
        self.office.run("sheet", "county", "2013-01", "--output", self.path("again.xlsx"), check=0)
        self.office.run("sheet", "county", "2013-01", "--output", self.path("again.csv"), check=0)
        self.assertEqual(self.receipts("again.xlsx"), self.receipts("again.csv"))

    def test_targets(self):
        book = self.write_book("targets.xlsx", {"目标": "单位,年度,指标,目标,摘要\n22,2013,loans_issued,\"1,000.00\",工作簿\n"})
        self.province.run("target", "load", book, cwd=self.centre.directory, check=0)
        shown = json.loads(self.province.run("target", "show", "22", "--format", "json", check=0).stdout)
        self.assertIn("工作簿", json.dumps(shown, ensure_ascii=False))
        bad = self.write_book("bad-targets.xlsx", {"目标": "单位,年度,指标,目标\n22,2013,loans_issued,=1+1\n"})
        self.assertIn("bad-targets.xlsx: sheet 目标: row 2: the value of the formula =1+1 was not saved",
                      self.province.run("target", "load", bad, cwd=self.centre.directory, check=3).stderr)


if __name__ == "__main__":
    unittest.main()
