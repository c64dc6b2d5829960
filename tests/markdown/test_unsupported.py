"""What mkdocs-material's users write daily works; what does not is a message with its place."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from selectolax.lexbor import LexborHTMLParser

from generator.markdown.extensions import EXTENSIONS, parser
from generator.markdown.page_files import page
from generator.markdown.unsupported import unsupported_problems
from generator.spec.text import read_text
from tests import records


def problems(text: str) -> list[tuple[int, int, str]]:
    source, _ = page("index.md", read_text(text.encode(), "index.md"))
    return [(each.line, each.column, each.message) for each in unsupported_problems(source)]


def test_mkdocs_reads_pages_as_the_check_does():
    config = yaml.safe_load((records.ROOT / "mkdocs.yml").read_text())
    assert config["markdown_extensions"] == EXTENSIONS


@pytest.mark.parametrize(
    ("text", "selector", "shown"),
    [
        ("- [ ] open\n- [x] done", "li input[type=checkbox][checked]", ""),
        ("~~gone~~", "del", "gone"),
        ("H~2~O", "sub", "2"),
        ("m^2^", "sup", "2"),
        ("^^new^^", "ins", "new"),
        ("==seen==", "mark", "seen"),
        ("++ctrl+c++", "kbd", "Ctrl"),
        ('!!! note "Mind"\n    *text*', ".admonition em", "text"),
        ('??? note "Mind"\n    *text*', "details em", "text"),
        ('=== "One"\n    *a*\n\n=== "Two"\n    b', ".tabbed-set em", "a"),
        ("## Title {#own .big}", "h2#own.big", "Title"),
        ("text\n{ #own }", "p#own", "text"),
        ("term\n:   what it is", "dd", "what it is"),
        ("The HTML\n\n*[HTML]: markup", "abbr[title=markup]", "HTML"),
        ("- a\n\n    ```python\n    x = 1\n    ```", "li code", "x = 1\n"),
        (
            '<figure markdown="span">\n  ![x](a.png)\n  <figcaption>*Own*</figcaption>\n</figure>',
            "figure img[alt=x]",
            "",
        ),
        ('<div class="grid" markdown>\n*a*\n</div>', "div.grid em", "a"),
        ("![x](a.png)\n/// caption\nOwn *words*\n///", "figure figcaption em", "words"),
        ("/// details | More\n*text*\n///", "details em", "text"),
    ],
)
def test_what_is_written_daily_works(text: str, selector: str, shown: str):
    found = LexborHTMLParser(parser().convert(text)).css_first(selector)
    assert found is not None
    assert found.text() == shown
    assert problems(text) == []


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("a\n\n```mermaid\ngraph\n```", (3, 1), "Mermaid are not drawn"),
        ("~~~ {.mermaid}\ngraph\n~~~", (1, 1), "Mermaid are not drawn"),
        ("- a\n\n    ```mermaid\n    graph\n    ```", (3, 5), "```text to show its source"),
        ("::: package.module", (1, 1), "`:::` are not read"),
        ("x\n\n::: {.callout-note}\nx\n:::", (3, 1), "write `!!! note`"),
        ("```{note}\nx\n```", (1, 1), "MyST"),
        ("a {++new++} b", (1, 3), "marks of revision"),
        ("a {~~old~>new~~} b", (1, 3), "marks of revision"),
        ('--8<-- "file.md"', (1, 1), "files are not included"),
        ("> [!NOTE]\n> text", (1, 3), "boxes of GitHub"),
        ("as [@olah2017, p. 3] says", (1, 4), "cite('key')"),
        ("/// figure-caption\nx\n///", (1, 1), "there is no such block"),
        ("see [[Other page]] too", (1, 5), "write [text](page.md)"),
        (":material-home: home", (1, 1), "icons are not read"),
        ("well :smile: done", (1, 6), "write the sign itself, 😄"),
        ("a\n\n```\ncode *x*", (3, 1), "this block of code has no end"),
        ("a\n\n  $$\n  x_1\n\n  y_1", (3, 3), "$$ and no $$ in the same paragraph"),
        ("{{ number('counts.claims') }} a \\(x_1 b", (1, 33), "\\( and no \\)"),
    ],
)
def test_what_is_not_read_is_said(text: str, place: tuple[int, int], message: str):
    ((line, column, said),) = problems(text)
    assert (line, column) == place
    assert message in said


@pytest.mark.parametrize(
    "text",
    [
        "At 10:30:45 a :b: c, and `:smile:`",
        "`::: x`\n\n    ::: y\n\n```text\n::: z\n--8<--\n{++a++}\n```",
        "````markdown\n```mermaid\n```\n````",
        "[x](mailto:a@b.c) <a@b.c>",
        "[[0, 1], [2, 3]] and [[a, b]] and [[x]](#top)",
        "/// caption\nx\n///",
        "///Footnotes Go Here///",
        "$x_{++a++}$",
        "<!-- ::: x -->",
        "{% raw %}{{ x }}{% endraw %}",
    ],
)
def test_what_is_meant_is_no_problem(text: str):
    assert problems(text) == []


def test_the_example_has_nothing_that_is_not_read():
    for path in (records.ROOT / "site_src" / "pages").rglob("*.md"):
        assert problems(Path(path).read_text()) == []
