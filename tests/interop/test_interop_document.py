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


def read(*path):
    with open(os.path.join(SOURCE, *path), encoding="utf-8") as file:
        return file.read()


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
        bounds = read("common", "bounds.h")
        table = self.text.split("## 11.")[1].split("## 12.")[0].replace(",", "")
        for name in ("SUBMISSION_ROWS_MAX", "CREDIT_WINDOW", "PROBLEMS_MAX", "VOUCHER_BYTES_MAX",
                     "NOTE_BYTES_MAX", "SOFTWARE_BYTES_MAX", "QUEUE_SUBMISSIONS_MAX", "PERIOD_FIRST",
                     "PERIOD_LAST", "FRAME_BYTES_MAX", "ANSWER_BYTES_MAX", "DOCUMENT_BYTES_MAX", "DOCUMENT_PART_BYTES",
                     "FILE_JOBS_MAX", "DOCUMENTS_LISTED_MAX", "FINDINGS_LISTED_MAX", "OFFICE_NAME_BYTES_MAX",
                     "INVITATION_HOURS_MAX", "GUEST_FRAME_BYTES_MAX", "INVITATIONS_OPEN_MAX", "ENROLMENTS_LISTED_MAX", "OFFICES_LISTED_MAX", "KEYS_LISTED_MAX"):
            factors = re.search(rf"\b{name} = ([\d *]+),", bounds).group(1).split("*")
            value = 1
            for factor in factors:
                value *= int(factor)
            self.assertRegex(table, rf"\b{value}\b", name)


if __name__ == "__main__":
    unittest.main()
