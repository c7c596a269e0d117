"""Everything that the program says, in Chinese and English: complete, formats that fit, nothing that slipped past."""
import glob
import os
import re
import subprocess
import unittest

from harness import BUILD, FUPIN, SOURCE

PO = os.path.join(SOURCE, "client", "po", "zh_CN.po")
# What a C file consists of, as far as it matters here.
TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\'|/\*.*?\*/|//[^\n]*|[A-Za-z_]\w*|\s+|.', re.S)
# Parts of the library say nothing; what they write is files, or comes in both languages by an argument.
LIBRARY = {"splice.c", "xlsx_mark_notes.c", "xlsx_mark_sheet.c", "xlsx_mark_style.c", "xlsx_mark.c", "finding.c", "home.c"}
# Words of programs: the same in every language.
SAME = re.compile(r"^(\{.*|\\xEF.*|  fupin %s %s.*|receipts %zu refused %zu waiting %zu seq .*|fupin.*%s\\n|%s \(UTC\+08:00\)\\n|\\r%s: .*KiB.*)$", re.S)


def entries(text):
    """(context, id, translation, flags) of each message."""
    for block in text.split("\n\n"):
        fields, current, flags = {}, None, ""
        for line in block.split("\n"):
            match = re.match(r'(msgctxt|msgid|msgstr) (".*")$', line)
            if match:
                current = match.group(1)
                fields[current] = match.group(2)[1:-1]
            elif line.startswith('"') and current:
                fields[current] += line[1:-1]
            elif line.startswith("#"):
                flags += line
        if fields.get("msgid"):
            yield fields.get("msgctxt"), fields["msgid"], fields["msgstr"], flags


def literal(tokens):
    """What adjacent string literals say; None: something else is there."""
    text = ""
    for token in tokens:
        if token.isspace() or token.startswith("/*"):
            continue
        if token[0] == '"':
            text += token[1:-1]
        elif re.fullmatch(r"PRI[diuxX]\d+", token):
            text += "d"
        else:
            return None
    return text


def arguments(tokens, at):
    """Of a call whose parenthesis is at `at`."""
    depth, found = 0, [[]]
    for token in tokens[at:]:
        depth += token in "([{" if len(token) == 1 else 0
        depth -= token in ")]}" if len(token) == 1 else 0
        if not depth:
            break
        if token == "," and depth == 1:
            found.append([])
        elif not (token == "(" and depth == 1 and found == [[]]):
            found[-1].append(token)
    return found


def speaks(text):
    """Are there words in it, apart from formats, escapes, and the program's own name?"""
    text = re.sub(r"%<\w+>|%[-+ #0]*[\d.*]*(?:z|l|ll|h)?[a-zA-Z]", "", text)
    text = re.sub(r"\\.|033\[\w", "", text)
    return re.search(r"[A-Za-z]{2}", re.sub(r"^fupin( \w+)*:", "", text))


class Translation(unittest.TestCase):
    def test_complete(self):
        files = sorted(glob.glob(os.path.join(SOURCE, "client", "**", "*.c"), recursive=True))
        template = subprocess.run(["xgettext", "--from-code=UTF-8", "-k_", "-kN_", "-kC_:1c,2", "-o", "-", *files],
                                  capture_output=True, text=True, check=True).stdout
        with open(PO, encoding="utf-8") as file:
            po = list(entries(file.read()))
        wanted = {(context, text) for context, text, _, _ in entries(template)}
        there = {(context, text) for context, text, _, _ in po}
        self.assertGreater(len(wanted), 300)
        self.assertEqual(wanted - there, set(), "not translated")
        self.assertEqual(there - wanted, set(), "translated, and said nowhere")
        for context, text, translation, flags in po:
            self.assertTrue(translation, (context, text))
            self.assertNotIn("fuzzy", flags)
            self.assertEqual(text.endswith("\\n"), translation.endswith("\\n"), text)
            if speaks(text):
                self.assertRegex(translation, r"[\u4e00-\u9fff]|^[A-Za-z0-9 %.,:=/-]+$", text)
        subprocess.run(["msgfmt", "--check-format", "-o", os.devnull, PO], check=True)

    def test_a_wrong_format_is_found(self):
        bad = subprocess.run(["msgfmt", "--check-format", "-o", os.devnull, "-"], text=True, capture_output=True, check=False,
                             input='msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n#, c-format\nmsgid "%d of %s"\nmsgstr "%s 的 %d"\n')
        self.assertNotEqual(bad.returncode, 0)

    def test_nothing_is_said_past_it(self):
        """Every text that goes to somebody's screen is marked for translation."""
        found = []
        for path in glob.glob(os.path.join(SOURCE, "client", "**", "*.c"), recursive=True):
            name = os.path.basename(path)
            with open(path, encoding="utf-8") as file:
                tokens = TOKEN.findall(file.read())
            for i, token in enumerate(tokens[:-1]):
                if name in LIBRARY or token not in ("printf", "fprintf", "puts", "fputs", "output_line", "complain") or tokens[i + 1] != "(":
                    continue
                for argument in arguments(tokens, i + 1):
                    text = literal(argument)
                    if text and speaks(text) and not SAME.match(text):
                        found.append(f"{name}: {token}: {text}")
        self.assertEqual(found, [])

    def test_every_word_of_help(self):
        chinese = subprocess.run([FUPIN, "help"], env={"LC_ALL": "zh_CN.UTF-8"}, capture_output=True, text=True, check=True).stdout
        lines = [line for line in chinese.split("\n") if line.startswith("      ")]
        self.assertGreater(len(lines), 25)
        for line in lines:
            self.assertRegex(line, r"[\u4e00-\u9fff]")
        for name in re.findall(r"^  fupin ([\w-]+)", chinese, re.M):
            for words in ((name, "--help"), ("help", name)):
                shown = subprocess.run([FUPIN, *words], env={"LANG": "zh_CN.UTF-8"}, capture_output=True, text=True, check=True).stdout
                self.assertRegex(shown, r"    \$ fupin " + name)

    def test_whatever_the_environment(self):
        """LC_ALL before LC_MESSAGES before LANG; a locale that is not installed; none at all."""
        for environment, expected in (({"LANG": "zh_CN.UTF-8"}, "没有这个命令"), ({"LANG": "zh_TW.Big5"}, "没有这个命令"),
                                      ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, "no such command"), ({}, "no such command"),
                                      ({"LANG": "C", "LC_MESSAGES": "zh_CN"}, "没有这个命令"), ({"LANG": "de_DE.UTF-8"}, "no such command"),
                                      ({"LANG": "en_US.UTF-8", "LANGUAGE": "zh_CN"}, "no such command")):
            out = subprocess.run([FUPIN, "nonsense"], env=environment, capture_output=True, text=True, check=False)
            self.assertIn(expected, out.stderr, environment)
            self.assertEqual(out.returncode, 2)


if __name__ == "__main__":
    assert BUILD
    unittest.main()
