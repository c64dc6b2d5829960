"""PyYAML's errors in plain words."""

from __future__ import annotations

import re

import yaml

from generator.errors import Problem
from generator.spec.text import Text

# What PyYAML says (a part of it), what it means, and whether the place that matters is where the
# thing began (the context) rather than where the parser gave up.
_MEANINGS = (
    ("mapping values are not allowed", "a colon does not belong here: indent the line like its"
     " neighbours, or put text that holds a colon in quotes", False),
    ("expected ',' or ']'", "this list is not closed: a ] or a comma is missing", True),
    ("expected ',' or '}'", "this mapping is not closed: a } or a comma is missing", True),
    ("end of stream", "these quotes are not closed", True),
    ("tab character", "tabs cannot indent: use spaces", False),
    ("cannot start any token", "text cannot begin with this character: put the text in quotes",
     False),
    ("find expected ':'", "a colon is missing after this key", True),
    ("expected '-' indicator", "this line belongs neither to the list above it nor to anything"
     " else: check its indentation", False),
    ("unknown escape", "an unknown \\ escape: double the backslash, or use single quotes", False),
    ("alphabetic or numeric", "text that begins with * or & must stand in quotes", False),
    ("undefined tag", "tags (!name) are not read: write the value alone", False),
    ("undefined alias", "aliases (*name) are not read: write it out", False),
    ("incompatible YAML", "YAML of this version is not read: remove the %YAML line", False),
    ("expected <block end>", "this line is indented unlike its neighbours, or quotes end too early",
     False),
    ("did not find expected key", "this line is indented unlike its neighbours, or quotes end too"
     " early", False),
    ("expected node content", "a value is missing before this", False),
)  # fmt: skip

_COMMENT = re.compile(r"\s(#.*[\]}].*)")


def explain_syntax(error: yaml.YAMLError, text: Text) -> Problem:
    """Say where a text stops being YAML, and what is most likely wrong there."""
    problem = str(getattr(error, "problem", None) or error)
    mark = getattr(error, "problem_mark", None)
    meaning = f"this is not YAML: {problem}"
    for part, words, from_context in _MEANINGS:
        if part in problem:
            meaning = words
            mark = getattr(error, "context_mark", None) or mark if from_context else mark
            if from_context and (comment := _hiding_comment(error, text)):
                return comment
            break
    if mark is None:
        return text.problem(0, 0, meaning)
    line, column = mark.line + 1, mark.column + 1
    tabbed = line <= len(text.lines) and text.lines[line - 1][column - 1 : column] == "\t"
    return text.problem(line, column, "tabs cannot indent: use spaces" if tabbed else meaning)


def _hiding_comment(error: yaml.YAMLError, text: Text) -> Problem | None:
    """A ``#`` behind which the bracket or the quotes stand that are missing."""
    began = getattr(error, "context_mark", None)
    ended = getattr(error, "problem_mark", None)
    if began is None or ended is None:
        return None
    for number in range(began.line + 1, min(ended.line + 1, len(text.lines)) + 1):
        start = began.column if number == began.line + 1 else 0
        comment = _COMMENT.search(text.lines[number - 1], start)
        if comment:
            words = "what follows `#` is a comment, its bracket too: put the value in quotes"
            return text.problem(number, comment.start(1) + 1, words)
    return None
