"""Formulas of an article in a real browser: as formulas, from the site alone."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser

from tests.browser.conftest import watch


def test_formulas_are_drawn_without_a_script(browser: Browser, site: Path):
    context = browser.new_context(java_script_enabled=True)
    watched = watch(context, site.as_uri())
    page = watched.open("index.html")
    inline, displayed = page.locator("article math").nth(0), page.locator("article math[display]")
    assert inline.evaluate("m => getComputedStyle(m).display") == "math"
    assert displayed.evaluate("m => getComputedStyle(m).display") == "block math"
    fraction = displayed.locator("mfrac").first
    above, below = (fraction.locator("> *").nth(n).bounding_box() for n in (0, 1))
    assert above and below and above["y"] < below["y"]
    page.evaluate("document.fonts.ready")
    assert page.evaluate("document.fonts.check('16px \"STIX Two Math\"')")
    bracket = displayed.locator("mo", has_text="(").first.bounding_box()
    assert bracket and bracket["height"] > 30  # it grows with what it holds
    text = page.locator("article").first.inner_text()
    assert "It costs $5, $x$ is code" in text
    assert not page.locator("article code math").count()
    assert watched.said == []
    context.close()


def test_a_reference_leads_to_its_equation(browser: Browser, site: Path):
    context = browser.new_context()
    page = watch(context, site.as_uri()).open("index.html")
    page.locator("article a", has_text="(1)").click()
    assert page.url.endswith("#eq-loss")
    assert page.locator("#eq-loss").text_content() == "(1)"
    context.close()


def test_a_wide_formula_scrolls_on_a_phone(browser: Browser, site: Path):
    context = browser.new_context(viewport={"width": 320, "height": 740})
    page = watch(context, site.as_uri()).open("index.html")
    formula = page.locator(".fb-formula--display")
    assert formula.evaluate("f => f.scrollWidth > f.clientWidth")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    context.close()
