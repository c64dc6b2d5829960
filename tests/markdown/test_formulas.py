"""Formulas become MathML that Markdown leaves alone; what cannot be read has its place."""

from __future__ import annotations

import re

import pytest
from selectolax.lexbor import LexborHTMLParser

from generator.markdown.call_parser import read_calls
from generator.markdown.extensions import parser
from generator.markdown.formula_check import formula_problems
from generator.markdown.formulas import find_formulas, find_unpaired, write_formulas
from generator.markdown.mathml import LONGEST, latex_fault, to_mathml, value_latex
from generator.markdown.page_files import page as page_of
from generator.spec.text import read_text

MATRIX = "\\begin{pmatrix} a_1 & b_2 \\\\ c_3 & *d* \\end{pmatrix}"


def page(text: str) -> LexborHTMLParser:
    return LexborHTMLParser(parser().convert(write_formulas(text)))


@pytest.mark.parametrize(
    ("formula", "shown"),
    [
        (r"$\mathbf{U}_{ij} \mathbf{V}_{ij}$", "𝐔ij𝐕ij"),
        (r"\(E = mc^2\)", "E=mc2"),
        (r"$a_1*b_1*c_1$", "a1∗b1∗c1"),
        (r"$x$", "x"),
        (r"$<b>$", "<b>"),
        (r"$|x|$", "|x|"),
        (r"$x[^2] ~~y~~$", "x[2]\xa0\xa0y\xa0\xa0"),
        (r"$f'(x) \$ y$", "f′(x)$y"),
        (r"$\text{AUC} = 0.97\,\%$", "AUC=0.97%"),
        (r"\[x_1 = \sum_i y_i z_i\]", "x1=∑iyizi"),
        ("$$\n\\int_0^1 f_1(x)\n# g_2(x)\n> h\n$$", None),
        ("$$ a_1 _b_ $$", None),
        ("$$ x_1 \\\\\n*b* $$", "x1∗b∗"),
        ("\\[\na_1 *b*\n\\]", "a1∗b∗"),
        (r"$\overline{x}\underline{y}$", "x‾y_"),
        (MATRIX, "(a1b2c3∗d∗)"),
        ("\\begin{align*}\na_1 &= b \\\\\n- c\n\\end{align*}", "a1=b−c"),
    ],
)
@pytest.mark.parametrize(
    "around", ["{}", "It is {} *here*.", "{} and *c*", "- one\n\n    {} two", "# Of {}", "> {}"]
)
def test_a_formula_is_mathml(formula: str, shown: str | None, around: str):
    formula = formula.replace("\n", "\n> ") if around.startswith(">") else formula
    tree = page(around.format(formula))
    if shown is None:
        assert not tree.css("math")
        return
    (written,) = tree.css(".fb-formula")
    assert re.sub(r"[\n\u2061\u2062]", "", written.text()) == shown
    assert written.css_first("math")
    assert "data-" not in written.html
    assert len(tree.css("em")) == around.count("*") // 2


def test_a_displayed_formula_is_displayed():
    displayed = page("$$x$$ and $y$, \\begin{equation}z\\end{equation}").css("math")
    assert [each.attributes.get("display") for each in displayed] == ["block", None, "block"]


def test_a_formula_of_a_table_may_hold_a_bar():
    tree = page("| a | b |\n| --- | --- |\n| $|x|_1$ | $y$ |\n")
    assert [cell.text() for cell in tree.css("td")] == ["|x|1", "y"]


def test_a_formula_in_a_quotation_and_in_html():
    assert page("> $$\n> a_1\n> b_2\n> $$").css_first("blockquote math").text() == "a1b2"
    assert page("<div>\n<p>$a_1 _b_$</p>\n</div>").css_first("p").text() == "$a_1 _b_$"
    inside = page('<div markdown="1">\n$a_1 b_2$ and *c*\n\n$$x$$\n</div>')
    assert [each.text() for each in inside.css("div > p math")] == ["a1b2", "x"]
    assert inside.css_first("em").text() == "c"


def test_an_abbreviation_leaves_formulas_alone():
    tree = page("$\\mathrm{AUC}$ AUC\n\n*[AUC]: area\n")
    assert len(tree.css("abbr")) == 1
    assert not tree.css("math abbr")


def test_equations_are_numbered_through_a_page():
    tree = page(
        "By \\eqref{b}:\n\n\\begin{equation}a\\label{a}\\end{equation}\n\n"
        "\\begin{align}b\\label{b} \\\\ c\\end{align}\n"
    )
    assert tree.css_first("p a").text() == "(2)"
    assert not tree.css("math a")
    assert tree.css_first("#eq-b").text() == "(2)"
    assert tree.css_first("p a").attributes["href"] == "#eq-b"


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
        "costs $5",
        "costs $5 and $10",
        "from $5 (in US$) to $6",
        "$5–$10 and $ 3",
        "costs 5$ or 10$",
        r"\[not a link\] beside text",
        "a $ b $ c",
    ],
)
def test_what_is_no_formula_is_left_alone(text: str):
    assert write_formulas(text) == text
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


def problems(text: str) -> list[tuple[int, int, str]]:
    source, _ = page_of("index.md", read_text(text.encode(), "index.md"))
    found = formula_problems(source, read_calls(source)[0])
    return [(each.line, each.column, each.message) for each in found]


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("---\ntitle: x\n---\na $\\fraq{1}{2}$", (4, 4), r"\fraq (did you mean \frac or"),
        ("a $\\sigm_a$", (1, 4), r"did you mean \sigma"),
        ("$$\na\n\\begin{algin}b\\end{algin}\n$$", (3, 7), "(did you mean align"),
        ("\\begin{pmatrx} a \\end{pmatrx}", (1, 7), "(did you mean pmatrix"),
        ("$\\frac{1}{2$", (1, 12), 'expected closing token "}"'),
        ("$a^b^c$", (1, 5), "duplicate subscript or superscript"),
        ("a $x}$", (1, 5), 'unmatched closing token: "}"'),
        ("$\\left( a$", (1, 10), r'"\right"'),
        ("> $$\n> a\n> b \\foo\n> $$", (3, 5), r"unknown command \foo"),
        ("$a & b$", (1, 4), "table-like environment"),
        ("$\\def\\x{1} \\x$", (1, 2), "cannot be defined"),
        ("$$ $$", (1, 3), "empty"),
        ("$$\\begin{align}x\\label{b}\\end{align}$$ $x = \\eqref{b}$", (1, 52), "holds no links"),
        ("see \\eqref{b}", (1, 12), "unknown equation 'b'"),
        (f"${'x' * (LONGEST + 1)}$", (1, 2), f"at most {LONGEST} characters"),
        ("$x$ and $\\eqref{b}$", (1, 17), "unknown equation 'b' (no equation"),
        ("$$\\begin{align}x\\label{b c}\\end{align}$$", (1, 24), "a label is made of"),
        ("a $x_{{ cite('x') }}$", (1, 9), "a formula may hold number(); found cite()"),
    ],
)
def test_what_cannot_be_read_has_its_place(text: str, place: tuple[int, int], message: str):
    ((line, column, said),) = problems(text)
    assert (line, column) == place
    assert message in said


def test_labels_occur_once_and_references_have_a_near_match():
    equation = "\\begin{equation}x\\label{loss}\\end{equation}\n\n"
    twice, unknown = problems(equation * 2 + "\\(\\eqref{los}\\)")
    assert twice == (3, 25, "the label 'loss' is already given on line 1")
    assert unknown == (5, 10, "unknown equation 'los' (did you mean loss?)")


@pytest.mark.parametrize(
    "text",
    [
        "`$\\fraq$` costs $5 ```$\\foo$```",
        "    $$ \\foo $$\n",
        "$\\sqrt{{ number('counts.claims') }}$ and $b_{{ number('counts.claims') }}$",
        "$x^{% raw %}{{a}}{% endraw %}$",
    ],
)
def test_code_and_calls_are_no_problem(text: str):
    assert problems(text) == []


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("0.97", "0.97"),
        ("−1.5", "−1.5"),
        ("12.5&#32;%", "12.5%"),
        ("1,234", "1,234"),
        ("p &lt; 0.001", "p\xa0<\xa00.001"),
        ("—", "—"),
        ("<b>a_b</b>", "a\xa0b"),
        ("conv5_3 \\{}^~$&amp;#", None),
    ],
)
def test_every_value_can_stand_in_a_formula(value: str, shown: str | None):
    latex = f"x = {value_latex(value)}"
    assert latex_fault(latex) is None
    (markup,) = to_mathml([(latex, False)])
    if shown is not None:
        assert LexborHTMLParser(markup).body.text().removeprefix("x=") == shown


@pytest.mark.parametrize("nested", ["x^{{{}}}", "\\sqrt {}", "\\left({}\\right)", "\\frac{{{}}}1"])
def test_a_formula_nested_as_deeply_as_it_may_be_is_read(nested: str):
    formula = "x"
    while len(further := nested.format(formula)) <= LONGEST:
        formula = further
    assert latex_fault(formula) is None
    assert to_mathml([(formula, True)])
