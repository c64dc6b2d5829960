"""Parses the calls of a hand-written page; refuses everything else.

Jinja's tree knows lines but no columns, and its tokens know neither: so the tokens, which are the
whole text in order, are counted, and met with the calls of the tree, which stand in that order.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from jinja2 import TemplateSyntaxError, nodes
from jinja2.sandbox import SandboxedEnvironment

from generator.errors import Problem
from generator.markdown.page_files import PageFile

Place = tuple[int, int]  # line and column, from 1
RAW = "text with {{ or {% in it is kept as it is between {% raw %} and {% endraw %}"
ONLY = f"only calls such as {{{{ figure(…) }}}} may be used; {RAW}"
PLAIN = "written-out texts and numbers only"
# Comments begin with what no page can hold: `{#` begins an id, as in `## Title {#id}`.
SYNTAX: Final = {"comment_start_string": "\x02#", "comment_end_string": "#\x02"}
_READER = SandboxedEnvironment(keep_trailing_newline=True, **SYNTAX)


@dataclass(frozen=True, slots=True)
class Joined:
    """Texts and calls that a page puts together with ``~``; numbers within a caption, say."""

    parts: tuple[object, ...]

    def calls(self) -> Iterator[Call]:
        """The calls among the parts."""
        return (part for part in self.parts if isinstance(part, Call))


@dataclass(frozen=True, slots=True)
class Call:
    """One call: its function, its arguments as written, and where each stands.

    ``literals`` are the texts and numbers among the arguments with their places; ``fault`` says
    what keeps the arguments from being read.
    """

    name: str
    place: Place
    positional: tuple[object, ...] = ()
    named: tuple[tuple[str, object], ...] = ()
    literals: tuple[tuple[object, Place], ...] = ()
    fault: str = ""

    def place_of(self, value: object) -> Place:
        """Where an argument stands, or the call if that is not to be told."""
        places = (place for literal, place in self.literals if literal == value)
        return next(places, self.place)


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    offset: int


def read_calls(page: PageFile) -> tuple[tuple[Call, ...], tuple[Problem, ...]]:
    """Every call of a page in the order of the text, and everything that is none."""
    body = page.body
    place = Places(page)
    try:
        tokens = tuple(_tokens(body))
        tree = _READER.parse(body)
    except TemplateSyntaxError as error:
        where = place.of_tag(error.lineno)
        return (), (page.text.problem(*where, f"this cannot be read: {_reason(error)}; {RAW}"),)
    except RecursionError:
        return (), (page.text.problem(0, 0, "this page is nested too deeply to be read"),)
    if blocks := _blocks(tokens):
        faults = (page.text.problem(*place(each.offset), ONLY) for each in blocks)
        return (), tuple(faults)
    calls: list[Call] = []
    problems: list[Problem] = []
    for part, inside in zip(_expressions(tree), _insides(tokens), strict=True):
        read = _Reader(inside, place).call(part)
        if read is None:
            problems.append(page.text.problem(*place(inside[0].offset), ONLY))
        else:
            calls.append(read)
    return tuple(calls), tuple(problems)


def _reason(error: TemplateSyntaxError) -> str:
    return (error.message or "").rstrip(".")


def without_calls(page: PageFile) -> str:
    """The body of a page with an x for each sign of calls and marks of raw text."""
    body, pieces, done, inside = page.body, [], 0, False
    for token in _tokens(body):
        inside = inside or token.kind == "variable_begin"
        pieces.append(body[done : token.offset])  # white space that `-` takes away
        is_data = token.kind == "data" and not inside
        pieces.append(token.text if is_data else re.sub(r"\S", "x", token.text))
        inside = inside and token.kind != "variable_end"
        done = token.offset + len(token.text)
    return "".join((*pieces, body[done:]))


def call_spans(page: PageFile) -> Iterator[tuple[int, int, bool]]:
    """Start and end of each call and each mark of raw text, and whether it is a call."""
    start = 0
    for token in _tokens(page.body):
        if token.kind == "variable_begin":
            start = token.offset
        elif token.kind == "variable_end":
            yield start, token.offset + len(token.text), True
        elif token.kind in ("raw_begin", "raw_end"):
            yield token.offset, token.offset + len(token.text), False


def _tokens(body: str) -> Iterator[_Token]:
    """Jinja's tokens with their offsets; ``{{-`` drops white space between them, nothing else."""
    offset = 0
    for _, kind, text in _READER.lex(body):
        offset = body.index(text, offset)
        yield _Token(kind, text, offset)
        offset += len(text)


def _blocks(tokens: tuple[_Token, ...]) -> list[_Token]:
    """The beginnings of statements, without those that end one."""
    found = []
    for at, token in enumerate(tokens):
        if token.kind == "block_begin":
            words = (t.text for t in tokens[at + 1 :] if t.kind == "name")
            if not next(words, "").startswith("end"):
                found.append(token)
    return found


def _expressions(tree: nodes.Template) -> Iterator[nodes.Expr]:
    for output in tree.body:
        for part in output.nodes if isinstance(output, nodes.Output) else ():
            if not isinstance(part, nodes.TemplateData):
                yield part


def _insides(tokens: tuple[_Token, ...]) -> Iterator[list[_Token]]:
    """The tokens of each ``{{ … }}``, the opening first, without white space."""
    inside: list[_Token] = []
    for token in tokens:
        if token.kind == "variable_begin":
            inside = [token]
        elif token.kind == "variable_end":
            yield inside
            inside = []
        elif inside and token.kind != "whitespace":
            inside.append(token)


class Places:
    """Offsets in a body → lines and columns of the file."""

    def __init__(self, page: PageFile) -> None:
        self.body = page.body
        self.skip = page.skip

    def __call__(self, offset: int) -> Place:
        before = self.body[:offset]
        return before.count("\n") + 1 + self.skip, offset - (before.rfind("\n") + 1) + 1

    def of_tag(self, line: int) -> Place:
        """The first tag on a line of the body, for syntax errors, which have no column."""
        text = self.body.split("\n")[line - 1] if line else ""
        starts = [at for at in (text.find("{{"), text.find("{%")) if at >= 0]
        return line + self.skip, min(starts, default=0) + 1


class _Reader:
    """Reads the call within one ``{{ … }}``; tokens tell the places, the tree everything else."""

    def __init__(self, inside: list[_Token], places: Places) -> None:
        starts = (a for a, b in pairwise(inside) if a.kind == "name" and b.text == "(")
        self._starts = iter([places(each.offset) for each in starts])
        self._literals = tuple(
            (_constant(token), places(token.offset))
            for token in inside
            if token.kind in ("string", "integer")
        )

    def call(self, node: nodes.Expr) -> Call | None:
        """The call that the node is, or None if it is none."""
        if not isinstance(node, nodes.Call) or not isinstance(node.node, nodes.Name):
            return None
        place = next(self._starts, (0, 0))
        fault = "* and ** cannot be used here" if node.dyn_args or node.dyn_kwargs else ""
        try:
            positional = tuple(self._value(each) for each in node.args)
            named = tuple((each.key, self._value(each.value)) for each in node.kwargs)
        except nodes.Impossible:
            positional, named, fault = (), (), f"{node.node.name}() takes {PLAIN}"
        return Call(node.node.name, place, positional, named, self._literals, fault)

    def _value(self, node: nodes.Expr) -> object:
        if isinstance(node, nodes.Concat):
            return Joined(tuple(self._value(each) for each in node.nodes))
        if isinstance(node, nodes.Call):
            if call := self.call(node):
                return call
            raise nodes.Impossible
        if not isinstance(node, nodes.Const | nodes.List | nodes.Tuple | nodes.Neg):
            raise nodes.Impossible  # nothing that computes: 'x' * 10**9 is a constant to Jinja
        value = node.as_const()
        return tuple(value) if isinstance(value, list) else value


def _constant(token: _Token) -> object:
    if token.kind == "integer":
        return int(token.text.replace("_", ""), 0)
    return token.text[1:-1]
