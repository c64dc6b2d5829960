"""Text that someone else wrote stays text."""

import html
import json

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from generator.markdown.escaping import neutral, quoted, title
from generator.markdown.extensions import parser
from generator.pages.charts import Svg
from generator.pages.escaping import clean
from tests.hostile import HOSTILE

TEXTS = st.one_of(st.text(max_size=80), st.sampled_from(HOSTILE))


def shown(source: str) -> LexborHTMLParser:
    return LexborHTMLParser(parser().convert(source))


@given(TEXTS)
def test_text_in_a_block_adds_no_element_and_is_shown_as_it_is(text: str):
    tree = shown(f'<div title="{neutral(text)}">\n<p>{neutral(text)}</p>\n</div>')
    assert [node.tag for node in tree.css("body *")] == ["div", "p"]
    paragraph = tree.css_first("p")
    assert paragraph is not None
    assert paragraph.text() == clean(text)
    assert list(paragraph.attributes) == []
    assert tree.css("div")[0].attributes["title"] == clean(text)


@given(TEXTS)
def test_text_within_a_paragraph_adds_no_element(text: str):
    tree = shown(f"before {neutral(text)} after")
    assert [node.tag for node in tree.css("body *")] == ["p"]


@given(TEXTS)
def test_titles_open_no_tag_even_after_being_unescaped_once(text: str):
    made = title(text)
    assert made.strip()
    assert not set('<>"') & set(made + html.unescape(made).replace("&", ""))
    assert LexborHTMLParser(f"<p>{made}</p>").css("body *")[0].html.count("<") == 2


@given(TEXTS)
def test_quoted_titles_are_texts_to_yaml(text: str):
    made = title(text)
    assert yaml.safe_load(f"title: {quoted(made)}\n") == {"title": made}
    assert json.loads(quoted(made)) == made


def test_only_drawings_of_our_own_are_markup():
    assert neutral(Svg("<svg></svg>")) == "<svg></svg>"
    assert neutral("<svg></svg>") == "&#60;svg&#62;&#60;&#47;svg&#62;"


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("a\nb\tc\x00", "a b c "),
        ("a\u202eb", "ab"),
        ("\ud800", "\ufffd"),
        ("a\ufffeb\uffff", "a\ufffdb\ufffd"),
        ("née 鳥 👩‍🔬", "née 鳥 👩‍🔬"),
    ],
)
def test_signs_that_deceive_are_taken_out(text: str, seen: str):
    assert clean(text) == seen
