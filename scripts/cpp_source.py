"""Just enough C++ for the rules of scripts/check: statements and functions, found by their brackets."""

import re

TOKEN = re.compile(r"\w+|::|->|[^\w\s]")
LITERAL_COMMENT_OR_DIRECTIVE = re.compile(
    r'R"(?P<mark>[^(\s]*)\(.*?\)(?P=mark)"'
    r'|"(?:\\.|[^"\\\n])*"'
    r"|(?<![0-9a-fA-F])'(?:\\.|[^'\\\n])+'"
    r"|//[^\n]*|/\*.*?\*/"
    r"|^[ \t]*#(?:\\\n|[^\n])*",
    re.DOTALL | re.MULTILINE,
)
STRUCTURED_BINDING = re.compile(r"\bauto (?:const )?(?:& )*\[")
SCOPES = {"namespace", "class", "struct", "union", "enum", "extern"}
CONTROLS = {"if", "for", "while", "switch", "catch", "else", "do", "try", "case", "default"}
TYPE_TOKEN = re.compile(r"\w+|[<>,*&]|::|->")
QUALIFIERS = {"const", "noexcept", "override", "final", "mutable", "&", "->"}


def bare(text):
    """The text with literals, comments and directives blanked; lines stay where they are."""
    return LITERAL_COMMENT_OR_DIRECTIVE.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), text)


class Statement:
    def __init__(self):
        self.tokens = []
        self.line = 0
        self.await_line = 0  # 0: awaits nothing
        self.has_brace = False

    def add(self, token, line):
        self.line = self.line or line
        if token == "co_await":
            self.await_line = self.await_line or line
        self.tokens.append(token)

    def breaks_await_rule(self):
        binds = STRUCTURED_BINDING.search(" ".join(self.tokens))
        return bool(self.await_line and (self.has_brace or binds))


class Source:
    """`statements`: all of them, each with what it awaits itself (a lambda's body is statements of its own).
    `functions`: (first line, last line) of each function that is not inside another."""

    def __init__(self, text):
        self.tokens = iter(self._numbered(bare(text)))
        self.statements = []
        self.functions = []
        self._read_block("scope")

    @staticmethod
    def _numbered(text):
        for number, line in enumerate(text.split("\n"), 1):
            for match in TOKEN.finditer(line):
                yield match.group(), number

    def _read_block(self, kind):
        """Reads statements up to the `}` that closes the block; returns its line."""
        statement, depth = Statement(), 0
        for token, line in self.tokens:
            if depth == 0 and token in ("}", ";"):
                self.statements.append(statement)
                if token == "}":
                    return line
                statement = Statement()
                continue
            opens = brace_kind(statement.tokens, depth, kind) if token == "{" else None
            if opens in ("scope", "function", "control"):
                self.statements.append(statement)
                last_line = self._read_block(opens)
                if opens == "function":
                    self.functions.append((statement.line, last_line))
                statement = Statement()
                continue
            statement.has_brace |= token == "{"
            statement.add(token, line)
            if opens == "lambda":
                self._read_block("function")
                statement.add("}", line)
            else:
                depth += (token in "([{") - (token in ")]}")
        self.statements.append(statement)
        return 0


def brace_kind(head, depth, inside):
    """What a `{` after these tokens opens: "scope", "function", "control", "lambda" or None, a braced value."""
    close = parameters_end(head)
    if head and (head[-1] == "]" or (close is not None and before_parentheses(head, close) == "]")):
        return "lambda"
    if depth > 0:
        return None
    if not head or head[0] in CONTROLS:
        return "control"
    if not {"(", "="} & set(head) and (head[0] in SCOPES or (head[0] == "template" and SCOPES & set(head))):
        return "scope"
    if inside == "scope" and (close is not None or head[-1] == "}"):  # a `}` ends the initialisers of a constructor
        return "function"
    return None


def parameters_end(head):
    """Index of the `)` before the brace, qualifiers and a trailing return type left out; None if there is none."""
    end = len(head) - 1
    while end >= 0 and TYPE_TOKEN.fullmatch(head[end]):
        end -= 1
    if end < 0 or head[end] != ")":
        return None
    return end if end == len(head) - 1 or head[end + 1] in QUALIFIERS else None


def before_parentheses(head, close):
    """The token before the `(` that belongs to the `)` at `close`."""
    depth = 0
    for index in range(close, -1, -1):
        depth += (head[index] == ")") - (head[index] == "(")
        if depth == 0:
            return head[index - 1] if index > 0 else None
    return None
