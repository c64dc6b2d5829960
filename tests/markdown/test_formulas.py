"""Formulas reach the page to the letter, whatever Markdown would make of their signs."""

from __future__ import annotations

import pytest
from selectolax.lexbor import LexborHTMLParser

from generator.markdown.extensions import parser
from generator.markdown.formulas import find_formulas, find_unpaired, protect

MATRIX = "\\begin{pmatrix} a_1 & b_2 \\\\ c_3 & *d* \\end{pmatrix}"


def page(text: str) -> LexborHTMLParser:
    return LexborHTMLParser(parser().convert(protect(text)))


@pytest.mark.parametrize(
    "formula",
    [
        r"$\mathbf{U}_{ij} \mathbf{V}_{ij}$",
        r"\(E = mc^2\)",
        r"$a_1*b_1*c_1$",
        r"$x$",
        r"$a \\ b$",
        r"$<b>$",
        r"$|x|$",
        r"$x[^2] ~~y~~ ==z== ++w++$",
        r"$f'(x) \$ y$",
        r"\[x_1 = \sum_i y_i z_i\]",
        "$$\n\\int_0^1 f_1(x) \\\\\n# g_2(x)\n> h\n$$",
        "$$ a_1 _b_ $$",
        "\\[\na_1 \\\\ *b*\n\\]",
        MATRIX,
        "\\begin{align*}\na_1 &= b \\\\\n- c\n\\end{align*}",
    ],
)
@pytest.mark.parametrize("around", ["{}", "It is {} *here*.", "- one\n\n    {} two", "# Of {}"])
def test_a_formula_is_kept_to_the_letter(formula: str, around: str):
    tree = page(around.format(formula))
    (kept,) = tree.css(".fb-formula")
    assert kept.text() == formula
    assert not kept.css("*")[1:]
    assert len(tree.css("em")) == around.count("*") // 2


def test_a_formula_of_a_table_may_hold_a_bar():
    tree = page("| a | b |\n| --- | --- |\n| $|x|_1$ | $y$ |\n")
    assert [cell.text() for cell in tree.css("td")] == ["$|x|_1$", "$y$"]


def test_a_formula_in_a_quotation_and_in_html():
    assert page("> $$\n> a_1\n> b_2\n> $$").css_first(".fb-formula").text() == "$$\na_1\nb_2\n$$"
    assert page("<div>\n<p>$a_1 _b_$</p>\n</div>").css_first("p").text() == "$a_1 _b_$"
    inside = page('<div markdown="1">\n$a_1 _b_$ and *c*\n</div>')
    assert inside.css_first(".fb-formula").text() == "$a_1 _b_$"
    assert inside.css_first("em").text() == "c"


@pytest.mark.parametrize(
    "text",
    [
        "`$a_1$` and ``b `$c$` ``",
        "```sh\necho $A$B\n```",
        "    echo $A-$B\n",
        "text\n\n~~~\n$$\na\n$$\n~~~",
        "[x](http://host/$a$b)",
        '<a title="$x$" href="#top">y</a>',
        "<pre>$a_1$</pre>",
        "<!-- $x$ -->",
        "costs $5 and $10",
        "costs 5$ or 10$",
        r"\[not a link\] beside text",
        "a $ b $ c",
    ],
)
def test_what_is_no_formula_is_left_alone(text: str):
    assert protect(text) == text
    assert not find_formulas(text)


def test_an_escaped_dollar_is_a_dollar():
    assert page(r"It costs \$5, not \$6: `\$7`.").body.text().strip() == (
        r"It costs $5, not $6: \$7."
    )


def test_braces_with_number_signs_are_text_and_ids_are_ids():
    tree = page("## Title {#own}\n\nbefore {# inside #} after\n{# alone #}\n")
    assert tree.css_first("h2").attributes == {"id": "own"}
    assert "before {# inside #} after\n{# alone #}" in tree.body.text()


@pytest.mark.parametrize(
    ("text", "signs"),
    [
        ("a\n\n$$\nx_1\n\ny_1\n$$\n", ["$$", "$$"]),
        ("a \\(x_1 and more", ["\\("]),
        ("x\\) alone", ["\\)"]),
        ("\\begin{align}\na_1\n\nb\n\\end{align}", ["\\begin{align}", "\\end{align}"]),
        ("`$$` and `\\(`\n\n    $$\n", []),
    ],
)
def test_formulas_that_have_no_end_are_found(text: str, signs: list[str]):
    found = find_unpaired(text)
    assert [each.sign for each in found] == signs
    assert all(text[each.offset :].startswith(each.sign) for each in found)
