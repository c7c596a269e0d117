"""Where a C file can be mutated, and what each mutation makes of it.

The file is cut into tokens; only bodies of functions are looked at. Left alone: comments, strings, preprocessor
lines, static tables, enums, sizes of arrays, what only logs or asserts, and the giving back of memory and
descriptors (LeakSanitizer watches over that, in the same unit tests). To add an operator: a function that yields
sites, and a line in OPERATORS.
"""
import re
from collections import namedtuple

Token = namedtuple("Token", "kind text start end line")
# `choices`: what may stand there instead.
Site = namedtuple("Site", "operator function line start end choices")

TOKEN = re.compile(
    r"(?P<comment>//[^\n]*|/\*.*?\*/)"
    r"|(?P<directive>^[ \t]*#(?:[^\n\\]|\\.|\\\n)*)"
    r'|(?P<string>"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\')'
    r"|(?P<number>\.?\d(?:[eEpP][+-]|[\w.])*)"
    r"|(?P<word>[A-Za-z_]\w*)"
    r"|(?P<punct><<=|>>=|\.\.\.|->|\+\+|--|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%&|^]=|.)",
    re.S | re.M)

KEYWORDS = set("if else while for do switch case default return break continue goto sizeof".split())
TYPE_WORDS = set("""auto bool char const double enum extern float int long register short signed static struct
    typedef union unsigned void volatile size_t ssize_t date period unit_code wide_sum""".split())
# Calls whose arguments are only said or asserted.
SAID = {"log_line", "log_quoted", "assert", "static_assert", "_Static_assert"}
# What gives memory, descriptors or locks of others back: nothing but a leak tells that it is missing.
GIVEN_BACK = re.compile(r"^(free|\w+_free|\w+_destroy|XML_ParserFree|\w*close|PQclear|PQfreemem|PQfinish|arena_reset|unlink)$")


def tokens_of(text):
    out, line, at = [], 1, 0
    for match in TOKEN.finditer(text):
        line += text.count("\n", at, match.start())
        at = match.start()
        kind = match.lastgroup
        if kind in ("comment", "directive") or match.group().isspace():
            continue
        out.append(Token(kind, match.group(), match.start(), match.end(), line))
    return out


def lines_of_code(text):
    return len({token.line for token in tokens_of(text)})


class Body:
    """The tokens of one function's body, with what belongs together in them."""

    def __init__(self, name, tokens):
        self.name, self.tokens = name, tokens
        self.pair = self.find_pairs()
        self.statements = list(self.find_statements())
        self.banned = self.find_banned()

    def find_pairs(self):
        pair, open_ones = {}, []
        for i, token in enumerate(self.tokens):
            if token.text in "([{" and token.kind == "punct":
                open_ones.append(i)
            elif token.text in ")]}" and token.kind == "punct" and open_ones:
                pair[open_ones[-1]] = i
                pair[i] = open_ones.pop()
        return pair

    def find_statements(self):
        """(first, behind) of each simple statement, without its semicolon."""
        i, count = 0, len(self.tokens)
        while i < count:
            text = self.tokens[i].text
            if text in ("{", "}", ";", "else", "do"):
                i += 1
            elif text in ("if", "while", "for", "switch"):
                i = self.pair.get(i + 1, i) + 1
            elif text in ("case", "default"):
                while self.tokens[i].text != ":":
                    i += 1
                i += 1
            elif self.tokens[i].kind == "word" and i + 1 < count and self.tokens[i + 1].text == "(" and \
                    self.tokens[min(self.pair.get(i + 1, i) + 1, count - 1)].text == "{":
                i = self.pair[i + 1] + 1  # a loop by macro
            else:
                end = i
                while end < count and self.tokens[end].text != ";":
                    end = self.pair[end] + 1 if self.tokens[end].text in "([{" and end in self.pair else end + 1
                yield i, end
                i = end + 1

    def is_declaration(self, first, end):
        words = [token.text for token in self.tokens[first:min(end, first + 4)]] + [""] * 4
        known = words[0] in TYPE_WORDS or re.match(r"^\w+_t$|^PG\w+$|^\w+Type$", words[0])
        two = re.match(r"[A-Za-z_]", words[0]) and re.match(r"[A-Za-z_]", words[1]) and words[0] not in KEYWORDS
        return bool(known or two)

    def find_banned(self):
        banned = set()
        for first, end in self.statements:
            words = {token.text for token in self.tokens[first:first + 2]}
            if "static" in words or (self.tokens[first].text == "enum" and "{" in words):
                banned.update(range(first, end))
            if self.is_declaration(first, end):
                for i in range(first, end):
                    if self.tokens[i].text == "=":
                        break
                    if self.tokens[i].text == "[":
                        banned.update(range(i, self.pair[i]))
        for i, token in enumerate(self.tokens):
            if token.text in SAID or token.text == "sizeof":
                last = self.pair.get(i + 1, i) if self.tokens[i + 1].text == "(" else i + 1
                banned.update(range(i, last + 1))
            if [t.text for t in self.tokens[i:i + 3]] == ["{", "0", "}"]:
                banned.update(range(i, i + 3))
        return banned

    def is_binary(self, i):
        before = self.tokens[i - 1]
        return i > 0 and (before.kind in ("number", "string") or before.text in (")", "]") or
                          (before.kind == "word" and before.text not in KEYWORDS))

    def headers(self, word):
        """(first, behind) of what stands in the parentheses after each such word."""
        for i, token in enumerate(self.tokens[:-1]):
            if token.text == word and self.tokens[i + 1].text == "(" and i + 1 in self.pair:
                yield i + 2, self.pair[i + 1]


def bodies_of(tokens):
    depth, start, name = 0, None, None
    parens = []
    for i, token in enumerate(tokens):
        if token.kind != "punct":
            continue
        if depth == 0 and token.text == "(":
            parens.append(i)
        elif depth == 0 and token.text == ")" and parens:
            opened = parens.pop()
            if not parens:
                name = tokens[opened - 1].text if opened else None
        elif token.text == "{":
            if depth == 0:
                start = i + 1 if tokens[i - 1].text == ")" else None
            depth += 1
        elif token.text == "}":
            depth -= 1
            if depth == 0 and start is not None:
                yield Body(name, tokens[start:i])
                start = None


# ---------------------------------------------------------------- operators

BOUNDARY = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "=="}
OPPOSITE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<"}
SUM = {"+": "-", "-": "+", "+=": "-=", "-=": "+=", "++": "--", "--": "++"}
LOGIC = {"&&": "||", "||": "&&"}
BOOLEAN = {"true": "false", "false": "true"}


def in_loops(body):
    return {i for word in ("for", "while") for first, end in body.headers(word) for i in range(first, end)}


def relational(body):
    loops = in_loops(body)
    for i, token in enumerate(body.tokens):
        if token.text in BOUNDARY and i not in loops:
            choices = [BOUNDARY[token.text]] + ([OPPOSITE[token.text]] if token.text in OPPOSITE else [])
            yield i, i + 1, choices


def loop_end(body):
    for i in sorted(in_loops(body)):
        if body.tokens[i].text in BOUNDARY:
            yield i, i + 1, [BOUNDARY[body.tokens[i].text]]


def logic(body):
    for i, token in enumerate(body.tokens):
        if token.text in LOGIC:
            yield i, i + 1, [LOGIC[token.text]]


def plus_minus(body):
    loops = in_loops(body)
    for i, token in enumerate(body.tokens):
        counted = token.text in ("++", "--") and i not in loops
        if token.text in SUM and (counted or (len(token.text) == 1 or "=" in token.text) and body.is_binary(i)):
            yield i, i + 1, [SUM[token.text]]


def condition(body):
    for first, end in body.headers("if"):
        yield first, end, [None]  # the text itself, negated


def constant(body):
    for i, token in enumerate(body.tokens):
        if token.kind == "number" and re.fullmatch(r"\d+", token.text):
            value = int(token.text)
            yield i, i + 1, [str(value + 1)] + ([str(value - 1)] if value else [])


def boolean(body):
    for i, token in enumerate(body.tokens):
        if token.text in BOOLEAN and body.tokens[i - 1].text != "return":
            yield i, i + 1, [BOOLEAN[token.text]]


def returned(body):
    swapped = dict(BOOLEAN, **{"0": "1", "1": "0"})
    for first, end in body.statements:
        words = [token.text for token in body.tokens[first:end]]
        if words[:1] == ["return"] and len(words) == 2 and words[1] in swapped:
            yield first + 1, end, [swapped[words[1]]]


def statement(body):
    for first, end in body.statements:
        words = [token.text for token in body.tokens[first:end]]
        if not words or words[0] in KEYWORDS or body.is_declaration(first, end) or words[:2] == ["(", "void"]:
            continue
        if words[0] in SAID or GIVEN_BACK.match(words[0]):
            continue
        yield first, end, [""]


OPERATORS = {"relational": relational, "loop end": loop_end, "&& ||": logic, "+ -": plus_minus,
             "negated condition": condition, "constant": constant, "true false": boolean,
             "return value": returned, "statement removed": statement}


def sites_of(text):
    """All sites of a file, by operator."""
    out = {name: [] for name in OPERATORS}
    for body in bodies_of(tokens_of(text)):
        for name, find in OPERATORS.items():
            for first, end, choices in find(body):
                if end <= first or first in body.banned:
                    continue
                start, behind = body.tokens[first].start, body.tokens[end - 1].end
                if choices == [None]:
                    choices = ["!(" + text[start:behind] + ")"]
                out[name].append(Site(name, body.name, body.tokens[first].line, start, behind, choices))
    return {name: sites for name, sites in out.items() if sites}
