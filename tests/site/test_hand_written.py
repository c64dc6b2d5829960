"""Hand-written pages that pass the check are built without a fault, as they were meant."""

from __future__ import annotations

from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser

from generator.site import build
from tests import records
from tests.markdown import test_link_check as links

DAILY = """# Daily

$\\mathbf{U}_{ij} \\mathbf{V}_{ij}$ and \\(E = mc^2\\) {# text #} `$x$` ~~old~~

$$
a_1 \\\\
b_2 {{ number('counts.claims') }}
$$

- [ ] open
- [x] done

<figure markdown="span">
  ![x](own.PNG){ width="300" }
  <figcaption markdown>*Own*</figcaption>
</figure>

![x](box.svg){ width="50%" }
/// caption
Words
///

=== "One"
    one

=== "Two"
    two

??? note "More"
    ```python
    x = 1
    ```

| a | b |
| --- | --- |
| $|x|$ | ==y== |

term
:   text
"""
folder = links.folder


@pytest.fixture
def site(folder: Path) -> Path:
    (folder / "references.bib").write_text("@misc{one, title = {One}}\n")
    (folder / "notes" / "README.md").write_text("# Notes\n\n![x](<a b.png>)\n")
    (folder / "daily.md").write_text(DAILY)
    text = links.RIGHT.replace("[x](#references)", "") + "\n[y](daily.md){ #last }\n"
    (folder / "index.md").write_text(text)
    out = folder.parent / "site"
    build(records.findings(links.study(folder)), out, work=folder.parent / "build")
    return out


def test_pages_are_as_they_were_meant(site: Path):
    page = LexborHTMLParser((site / "daily.html").read_text()).css_first("article")
    formulas = [each.text() for each in page.css(".fb-formula math")]
    claims = len(records.spec().claims)
    assert formulas == ["𝐔ij𝐕ij", "E=mc2", f"a1b2{claims}", "|x|"]
    assert "{# text #}" in page.text()
    images = [(each.attributes["width"], each.attributes["height"]) for each in page.css("img")]
    assert images == [("300", "200"), ("4", "3")]
    for selector in (
        "del",
        "mark",
        "figcaption em",
        ".task-list-item",
        "dd",
        ".tabbed-set",
        "details",
    ):
        assert page.css_first(selector), selector
