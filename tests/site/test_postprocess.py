"""The last touch: policy, sizes of images, idle bytes."""

from pathlib import Path

import pytest

from generator.site.postprocess import finish, finished, policy, squeezed

HEAD = '<html><head><meta charset="utf-8"></head><body>'


def test_only_scripts_of_the_page_itself_may_run():
    page = HEAD + "<script>x=1</script>"
    assert "script-src .self. .sha256-".replace(".", "'") in policy(page)
    assert policy(page).count("sha256-") == 1
    assert "unsafe-eval" not in policy(page)
    scripts = policy(page).partition("script-src")[2]
    assert "unsafe-inline" not in scripts
    assert policy(HEAD + "<script>x=2</script>") != policy(page)


@pytest.mark.parametrize(
    "script",
    ['<script src="a.js"></script>', '<script type="application/json">{"a": 1}</script>'],
)
def test_what_does_not_run_needs_no_digest(script: str):
    assert "sha256" not in policy(HEAD + script)


def test_the_policy_stands_before_anything_that_it_governs():
    page = finished(HEAD + "<script>x=1</script>")
    assert page.index("Content-Security-Policy") < page.index("<script>")


def test_a_title_that_is_the_site_s_own_is_said_once():
    assert "<title>A &amp; B</title>" in finished("<title>A &amp; B - A &amp; B</title>")
    drawn = "<title>A - B</title><svg><title>x - x</title></svg>"
    assert drawn in finished(drawn)


def test_a_list_of_pages_has_a_name():
    inner = (
        '<label class="md-nav__title" for="__nav_2">'
        '<span class="md-nav__icon md-icon"></span>\n  A "B" &amp; C\n</label></nav>'
    )
    page = finished(
        f'<nav class="md-nav" data-md-level="1" aria-labelledby="__nav_2_label">{inner}'
    )
    assert page.startswith(
        '<nav class="md-nav" data-md-level="1" aria-label="A &quot;B&quot; &amp; C">'
    )


def test_code_keeps_its_lines():
    code = "<pre><code>a\n\n\n  b</code></pre>"
    script = "<script>if (a)\n\n  b()</script>"
    assert squeezed(f"<p>x</p>\n\n   \n  <p>y</p>{code}\n\n{script}") == (
        f"<p>x</p>\n<p>y</p>{code}\n{script}"
    )


def test_every_page_of_a_folder_is_finished(tmp_path: Path):
    (tmp_path / "sub").mkdir()
    for name in ("a.html", "sub/b.html"):
        (tmp_path / name).write_text(HEAD, encoding="utf-8")
    finish(tmp_path)
    for name in ("a.html", "sub/b.html"):
        assert "default-src 'none'" in (tmp_path / name).read_text(encoding="utf-8")
