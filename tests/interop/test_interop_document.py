"""PROTOCOL.md against fupin.proto: what is in one is in the other."""
import os
import re
import unittest

import fupin_pb2 as pb

SOURCE = os.environ["FUPIN_SOURCE"]
REQUESTS = ("Request", "Hello", "Submit", "Carry", "Submission", "Report", "FundEntry", "TotalQuery", "StatusQuery",
            "CatalogueQuery", "Watch", "Ack", "Unwatch", "SetClock", "ReportQuery", "ReportKey", "Extension",
            "Review", "CompletenessQuery", "HistoryQuery", "AsOf", "TargetPart",
            "TargetQuery", "AppraisalQuery", "Document", "Upload", "DocumentQuery", "DocumentKey", "FileQuery",
            "BalanceQuery", "EntryQuery", "TraceQuery", "ComplianceQuery", "FindingKey", "ProjectRow", "ProjectPlan", "ProjectBudget", "ProjectQuery",
            "ProjectKey", "Enrol", "Invite", "EnrolmentQuery", "OfficeDecision", "OfficeQuery")

# Section 11 row by row: which constants its numbers are.
LIMITS = {
    "`submission_rows`*": "SUBMISSION_ROWS_MAX",
    "`frame_bytes`*": "FRAME_BYTES_MAX",
    "connections of one key": "LINES_KEY_MAX",
    "bytes of a connection that make no whole message": "LINE_BYTES_MAX LINE_BYTES_GUEST_MAX",
    "descriptors": "DESCRIPTORS_KEPT",
    "`credit_window`*": "CREDIT_WINDOW",
    "`problems`*": "PROBLEMS_MAX",
    "decoding": "DECODE_BYTES_MAX",
    "answer": "ANSWER_BYTES_MAX",
    "values of a report": "",  # four times FORM_FIELDS_MAX, which stands in its reason
    "catalogue numbers": "CATALOGUE_NUMBER_MAX",
    "value, amount": "",  # VALUE_MAX, a power of ten
    "`voucher`; `code` of a project, with its `@unit`": "VOUCHER_BYTES_MAX",
    "`code` of a new project": "PROJECT_CODE_BYTES_MAX",
    "budgets of a project": "PROJECT_BUDGETS_MAX",
    "items of the checklist": "ACCEPTANCE_ITEMS_MAX",
    "projects of an answer": "PROJECTS_LISTED_MAX",
    "file of a document": "DOCUMENT_BYTES_MAX",
    "versions of a document": "DOCUMENT_VERSIONS_MAX",
    "part of a file": "DOCUMENT_PART_BYTES",
    "files that are no documents": "UPLOADS_COUNTY_MAX UPLOAD_BYTES_MAX",
    "bytes of a county's files that were thrown away": "THROWN_AWAY_MAX",
    "a file that nobody continues": "UPLOAD_DAYS_MAX",
    "`Upload`s and `FileQuery`s that wait": "FILE_JOBS_OFFICE_MAX FILE_JOBS_MAX",
    "questions about the past that wait": "PAST_JOBS_OFFICE_MAX",
    "documents of an answer": "DOCUMENTS_LISTED_MAX",
    "findings of an answer": "FINDINGS_LISTED_MAX",
    "`note`, `reason`, `text`": "NOTE_BYTES_MAX",
    "duties of an answer": "DUTIES_MAX",
    "reports of an answer": "ITEMS_MAX",
    "`Hello.software`": "SOFTWARE_BYTES_MAX",
    "`office`, `host`, `software` of an `Enrol`, each; `name` of an `Invite`; `fingerprint` of an `OfficeDecision`": "OFFICE_NAME_BYTES_MAX SOFTWARE_BYTES_MAX",
    "`office` of an `OfficeDecision`; names of files and projects": "NAME_BYTES_MAX",
    "frame of a key that is not admitted": "GUEST_FRAME_BYTES_MAX",
    "such a key's connections": "LINES_GUEST_MAX DOOR_CONNECTIONS_MAX",
    "`Enrol`s": "DOOR_GUEST_ENROLS DOOR_ENROLS DOOR_JOBS_MAX",
    "keys of one code": "",
    "hours of an invitation": "INVITATION_HOURS_MAX",
    "invitations that are open or wait": "INVITATIONS_OPEN_MAX",
    "keys of an answer": "KEYS_LISTED_MAX",
    "enrolments, offices of an answer": "ENROLMENTS_LISTED_MAX OFFICES_LISTED_MAX",
    "period": "PERIOD_FIRST PERIOD_LAST",
    "queue": "QUEUE_SUBMISSIONS_MAX QUEUE_BYTES_MAX QUEUE_OFFICE_MAX",
    "answers not taken": "UNREAD_OFFICE_MAX UNREAD_BYTES_MAX",
    "watches": "WATCHES_MAX WATCHES_OFFICE_MAX",
    "rows, or turns, of a push": "PUSH_ROWS_MAX",
}
# In bounds.h and no limit of a peer's, or told elsewhere in PROTOCOL.md.
OF_THE_CENTRE = """PROTOCOL_VERSION PROTOCOL_VERSION_OLDEST CURVE_BYTES LONG_ANSWER_BYTES FORM_FIELDS_MAX CODE_BYTES_MAX HISTORY_BYTES
    LOOK_UP_BYTES_MAX BATCH_ROWS_MAX QUEUE_ROWS QUEUE_ROWS_FEW QUEUE_ROWS_PER_OFFICE SETTLE_ROWS THROWN_AWAY_KIB_US INVITATION_HOURS
    TIME_MAX VALUE_MAX"""


def read(*path):
    with open(os.path.join(SOURCE, *path), encoding="utf-8") as file:
        return file.read()


class Constants:
    """Integer constants of C: of an enum, or defined by the preprocessor."""

    def __init__(self, *files):
        self.files = {file: dict(re.findall(r"\b([A-Z][A-Z_0-9]+) = ([^,}\n]+?)\s*[,}]", read(file)) +
                                 re.findall(r"^#define ([A-Z][A-Z_0-9]+) (.*\d.*|\(.+\))$", read(file), re.M)) for file in files}
        self.all = {name: text for constants in self.files.values() for name, text in constants.items()}

    def of(self, file):
        return self.files[file]

    def value(self, name):
        value = 1  # all of them are products
        for factor in re.findall(r"[A-Z_0-9]+", self.all[name].replace("INT64_C", "")):
            value *= int(factor) if factor.isdigit() else self.value(factor)
        return value


class Document(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.text = read("proto", "PROTOCOL.md")
        cls.words = set(re.findall(r"\w+", cls.text))

    def assert_named(self, names, what):
        self.assertEqual([name for name in names if name not in self.words], [], f"{what} not in PROTOCOL.md")

    def test_every_message_is_named(self):
        self.assert_named(pb.DESCRIPTOR.message_types_by_name, "messages")

    def test_every_enum_and_its_values_are_named(self):
        for enum in pb.DESCRIPTOR.enum_types_by_name.values():
            self.assert_named([enum.name, *enum.values_by_name], f"enum {enum.name}:")

    def test_every_kind_of_request_and_reply_is_in_the_grammar(self):
        grammar = self.text.split("## 3.")[1].split("## 4.")[0]
        for message, side in ((pb.Request, "C:Request"), (pb.Reply, "S:Reply")):
            for field in message.DESCRIPTOR.oneofs_by_name["body"].fields:
                self.assertIn(f"{side}({field.name})", grammar)
                self.assert_named([field.message_type.name], "message of the grammar")

    def test_every_request_has_its_places(self):
        def section(number):
            return self.text.split(f"\n## {number}. ")[1].split("\n## ")[0]
        conversation, roles = section(3), section(13)
        exchange = re.search(r"exchange +=(.*?)\n    \w+ +=", conversation, re.DOTALL).group(1)
        chapters = " ".join(re.findall(r"^###? (.*)", self.text, re.M))
        for field in pb.Request.DESCRIPTOR.oneofs_by_name["body"].fields:
            message = field.message_type.name
            if field.name != "ack":  # it ends a push
                self.assertIn(field.name, re.findall(r"\w+", exchange), "section 3, exchange")
            self.assertIn(f"\n| `{field.name}` | `{message}`", conversation, "section 3, the table")
            self.assertIn(field.name, re.findall(r"\w+", roles), "section 13")
            if message.endswith("Query"):
                self.assertIn(message, re.findall(r"\w+", chapters), "a chapter")

    def test_every_field_of_a_request_is_named(self):
        for name in REQUESTS:
            fields = pb.DESCRIPTOR.message_types_by_name[name].fields_by_name
            self.assert_named(fields, f"fields of {name}:")

    def test_no_request_message_was_forgotten_here(self):
        reached, waiting = set(), [pb.Request.DESCRIPTOR, pb.Submission.DESCRIPTOR]  # the latter goes as bytes
        while waiting:
            message = waiting.pop()
            if message.fields:  # Ping and Reload have none
                reached.add(message.name)
            waiting += [f.message_type for f in message.fields if f.message_type]
        self.assertEqual(reached, set(REQUESTS))

    def test_table_of_codes_is_the_enum(self):
        rows = re.findall(r"^\| (\d+) \| `([A-Z_]+)` \| [^|]+ \| [^|]+ \|$", self.text, re.M)
        expected = [(value.number, name) for name, value in pb.ProblemCode.DESCRIPTOR.values_by_name.items()]
        self.assertEqual([(int(number), name) for number, name in rows],
                         sorted(pair for pair in expected if pair[0]))

    def test_limits_are_those_of_the_code(self):
        """Each row of section 11 has the numbers of its constants; each constant of bounds.h has a row, or no peer sees it."""
        table = self.text.split("## 11.")[1].split("## 12.")[0]
        rows = dict(re.findall(r"^\| ([^|]+) \| ([^|]+) \|[^|\n]*\|$", table, re.M))
        del rows["name"]
        self.assertEqual(sorted(rows), sorted(LIMITS))
        constants = Constants("common/base/bounds.h", "common/field/catalogue.h", "common/field/project.h", "server/access/door.h", "server/query/completeness.c",
                              "server/query/projects_answer.c", "server/query/report_list.c")
        for name, words in LIMITS.items():
            told = rows[name].replace(",", "")
            for word in words.split():
                value = constants.value(word)
                told_so = [rf"\b{value}\b", *(rf"\b{value // size} {unit}\b" for size, unit in ((1024, "KiB"), (1024**2, "MiB")) if value % size == 0)]
                self.assertRegex(told, "|".join(told_so), word)
        named = {word for words in LIMITS.values() for word in words.split()}
        self.assertEqual(set(constants.of("common/base/bounds.h")) - named, set(OF_THE_CENTRE.split()))


if __name__ == "__main__":
    unittest.main()
