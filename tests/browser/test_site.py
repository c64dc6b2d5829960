"""Every kind of page in a real browser: by http and by double click, in every look and width."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests import records
from tests.browser.conftest import Watched, watch

KINDS = (
    "index.html",
    "claims/index.html",
    "claims/arches.html",
    "claims/cats.html",
    "layers/index.html",
    "layers/features.28/index.html",
    "layers/features.28/501.html",
    "layers/features.24/45.html",
    "method.html",
    "calibration.html",
    "provenance.html",
)
WIDE, NARROW = {"width": 1300, "height": 900}, {"width": 360, "height": 740}
LOOKS = [("light", WIDE), ("dark", WIDE), ("light", NARROW), ("dark", NARROW)]
NAMES = ["light-wide", "dark-wide", "light-narrow", "dark-narrow"]


@pytest.fixture(params=["http", "file"])
def root(request: pytest.FixtureRequest, site: Path) -> str:
    if request.param == "http":
        served: str = request.getfixturevalue("served")
        return served
    return site.as_uri()


@pytest.fixture
def reader(browser: Browser, root: str) -> Iterator[Watched]:
    context = browser.new_context(viewport=WIDE, reduced_motion="reduce")
    yield watch(context, root)
    context.close()


@pytest.mark.parametrize(
    ("root", "scheme", "size"),
    [(way, *look) for way, look in zip(("http", "file", "file", "http"), LOOKS, strict=True)],
    ids=NAMES,
    indirect=["root"],
)
def test_every_page_opens_without_a_complaint(
    browser: Browser, root: str, scheme: str, size: dict[str, int]
):
    context = browser.new_context(viewport=size, color_scheme=scheme, reduced_motion="reduce")
    watched = watch(context, root)
    for path in KINDS:
        page = watched.open(path)
        assert watched.broken() == [], path
        assert page.evaluate("document.body.dataset.mdColorScheme") == (
            "slate" if scheme == "dark" else "default"
        )
        overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert page.evaluate(overflow) <= 0, path
    assert watched.said == []
    context.close()


# Every rule of axe's, those for tap targets of 24 pixels (WCAG 2.2, 2.5.8) included.
RULES = {"rules": {"target-size": {"enabled": True}}}


@pytest.mark.parametrize(("scheme", "size"), LOOKS[::3], ids=NAMES[::3])
def test_axe_finds_nothing(browser: Browser, site: Path, scheme: str, size: dict[str, int]):
    context = browser.new_context(viewport=size, color_scheme=scheme, reduced_motion="reduce")
    watched = watch(context, site.as_uri())
    found = []
    for path in KINDS:
        page = watched.open(path)
        result = Axe().run(page, options=RULES).response
        assert {"color-contrast", "target-size"} <= {each["id"] for each in result["passes"]}
        for fault in result["violations"]:
            places = [node["html"][:160] for node in fault["nodes"][:3]]
            found.append((path, fault["id"], fault["impact"], fault["help"], places))
    assert found == []
    context.close()


HEAD = """() => ({
    language: document.documentElement.lang,
    title: document.title,
    description: document.querySelector('meta[name=description]')?.content ?? '',
    viewport: document.querySelector('meta[name=viewport]')?.content ?? '',
    headings: document.querySelectorAll('h1').length,
    main: document.querySelectorAll('main').length,
    shapeless: [...document.images].filter(each =>
        !(each.getAttribute('width') > 0 && each.getAttribute('height') > 0)).map(each => each.src),
    distorted: [...document.images].filter(each => {
        const {width, height} = each.getBoundingClientRect()
        const shown = getComputedStyle(each).objectFit === 'fill' && width && each.naturalWidth
        const stretch = width / height / (each.naturalWidth / each.naturalHeight)
        return shown && Math.abs(stretch - 1) > 0.03
    }).map(each => each.src),
})"""


def test_every_page_says_what_it_is(reader: Watched):
    """What Lighthouse asks of a page's head, and that no picture is stretched."""
    titles, descriptions = set(), set()
    for path in KINDS:
        head = reader.open(path).evaluate(HEAD)
        assert head["language"] == "en", path
        assert (head["headings"], head["main"]) == (1, 1), path
        assert head["viewport"] == "width=device-width,initial-scale=1", path
        assert 20 <= len(head["description"]) <= 240, path
        assert head["shapeless"] == head["distorted"] == [], path
        titles.add(head["title"])
        descriptions.add(head["description"])
    assert len(titles) == len(descriptions) == len(KINDS)


def test_search_works_without_a_server_too(reader: Watched):
    page = reader.open("index.html")
    page.locator("[data-md-component='search-query']").click()
    page.keyboard.type("arches", delay=20)
    results = page.locator(".md-search-result__link")
    expect(results.first).to_be_visible(timeout=10_000)
    results.first.click()
    expect(page.locator("h1").first).to_be_visible()
    assert reader.said == []


def test_maps_can_be_taken_off_without_a_script(browser: Browser, site: Path):
    context = browser.new_context(viewport=WIDE, java_script_enabled=False, reduced_motion="reduce")
    page = context.new_page()
    page.goto(f"{site.as_uri()}/claims/arches.html")
    shown = page.locator("#maps-best ~ .fb-exhibit-grid .fb-map").first
    expect(shown).to_have_css("opacity", "1")
    page.locator("#maps-best").press("Space")
    expect(shown).to_have_css("opacity", "0")
    other = page.locator("#maps-counterexamples ~ .fb-exhibit-grid .fb-map").first
    expect(other).to_have_css("opacity", "1")
    context.close()


def test_counter_examples_are_as_large_as_the_best(reader: Watched):
    page = reader.open("claims/arches.html")
    sizes = page.evaluate(
        """['best', 'counterexamples'].map(key =>
            [...document.querySelectorAll(`#maps-${key} ~ ul .fb-photo`)]
                .map(photo => Math.round(photo.getBoundingClientRect().width)))"""
    )
    assert sizes[0] == sizes[1]
    assert len(set(sizes[0])) == 1


def test_the_lightbox_opens_and_closes_by_keyboard(reader: Watched):
    page = reader.open("layers/features.28/501.html")
    link = page.locator("a.fb-zoom")
    link.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Picture made to excite filter 501")).to_be_visible()
    expect(page.locator(".fb-lightbox img")).to_have_js_property("naturalWidth", 136)
    page.keyboard.press("Escape")
    expect(page.locator(".fb-lightbox")).to_have_count(0)
    expect(link).to_be_focused()
    assert reader.said == []


def test_maps_fade_on_the_whole_page(reader: Watched):
    page = reader.open("claims/arches.html")
    slider = page.get_by_role("slider", name="Opacity of the maps").first
    slider.focus()
    page.keyboard.press("Home")
    for shown in page.locator(".fb-map").all():
        expect(shown).to_have_css("opacity", "0")
    assert {s.input_value() for s in page.locator(".fb-fade input").all()} == {"0"}
    assert reader.said == []


def test_one_jumps_to_a_filter_by_its_number(reader: Watched):
    page = reader.open("layers/features.28/501.html")
    wanted = page.get_by_role("textbox", name="Filter")
    wanted.fill("502")
    wanted.press("Enter")
    expect(page.locator(".fb-jump output")).to_have_text("no such page")
    wanted.fill("286")
    wanted.press("Enter")
    expect(page.locator("h1")).to_have_text("conv5_3 : 286")
    page.get_by_role("link", name="Filter 501", exact=True).press("Enter")
    expect(page.locator("h1")).to_have_text("conv5_3 : 501")
    assert reader.said == []


def test_a_gallery_is_sorted_and_narrowed(reader: Watched):
    page = reader.open("layers/features.24/index.html")
    tiles = page.locator(".fb-atlas li:visible")
    names = page.locator(".fb-atlas li:visible .fb-tile-name")
    expect(names).to_have_text(["456", "45"])
    page.get_by_label("Sort by").select_option("filter")
    page.get_by_label("Sort by").select_option("stability")
    expect(names).to_have_text(["456", "45"])
    page.get_by_label("Sort by").select_option("filter")
    expect(names).to_have_text(["45", "456"])
    page.get_by_label("Show").select_option("dead")
    expect(names).to_have_text(["45"])
    page.get_by_label("Show").select_option("all")
    page.get_by_label("Find").fill("arch")
    expect(names).to_have_text(["456"])
    expect(page.locator(".fb-atlas output")).to_have_text("1 of 2")
    page.get_by_label("Find").fill("45")
    expect(tiles).to_have_count(2)
    assert reader.said == []


def shown_frame(page: Page) -> int:
    """Which frame of the strip a reader sees, from where the picture is cropped."""
    position: str = page.locator(".fb-growth img").evaluate(
        "i => getComputedStyle(i).objectPosition"
    )
    return round(float(position.partition("%")[0]) / 100 * (len(records.FRAMES) - 1))


def test_a_picture_grows_by_keyboard(reader: Watched):
    page = reader.open("layers/features.28/501.html")
    slider = page.get_by_role("slider", name="Growth")
    last = len(records.FRAMES) - 1
    picture = page.locator(".fb-growth img")
    expect(page.locator(".fb-growth-shown")).to_have_text("After 52 steps of 52")
    assert shown_frame(page) == last
    slider.focus()
    page.keyboard.press("ArrowLeft")
    expect(slider).to_have_attribute("aria-valuetext", f"after {records.FRAMES[-2]} steps")
    expect(page.locator(".fb-growth-shown")).to_have_text("After 32 steps of 52")
    expect(picture).to_have_attribute("alt", "The picture of conv5_3 : 501 after 32 steps")
    expect(page.locator(".fb-curve-now")).to_have_attribute("d", "M32 0V100")
    assert shown_frame(page) == last - 1
    page.keyboard.press("Home")
    expect(slider).to_have_value("0")
    expect(page.locator(".fb-growth-shown")).to_have_text("After 0 steps of 52")
    assert shown_frame(page) == 0
    box = picture.bounding_box()
    assert box is not None
    assert box["width"] == pytest.approx(box["height"], abs=1)
    assert reader.said == []


def test_without_a_script_the_frames_stand_side_by_side(browser: Browser, site: Path):
    context = browser.new_context(
        viewport=NARROW, java_script_enabled=False, reduced_motion="reduce"
    )
    page = context.new_page()
    page.goto(f"{site.as_uri()}/layers/features.28/501.html")
    strip = page.locator(".fb-growth img")
    box = strip.bounding_box()
    assert box is not None
    assert box["width"] == pytest.approx(box["height"] * len(records.FRAMES), rel=0.02)
    assert box["height"] > 60
    expect(page.locator(".fb-growth figcaption")).to_contain_text("0, 2, 4, 8, 16, 32, 52 steps")
    expect(page.get_by_role("slider")).to_have_count(0)
    expect(page.get_by_role("region", name="Frames of the picture")).to_be_visible()
    overflow = page.locator(".fb-growth-strip").evaluate("e => getComputedStyle(e).overflowX")
    assert overflow == "auto"
    context.close()


def test_figures_point_by_word_and_shape(reader: Watched):
    page = reader.open("layers/features.24/45.html")
    against = page.locator(".fb-trust > div")
    expect(against).to_have_count(6)
    for row in against.all():
        expect(row).to_contain_text("Speaks against it.")
        expect(row.locator("svg path").first).to_be_visible()
    page = reader.open("layers/features.28/286.html")
    expect(page.locator(".fb-trust > div", has_text="Not known.")).to_have_count(4)
    page.locator(".fb-trust + p a").click()
    expect(page.locator("#trust")).to_be_in_viewport()
    assert reader.said == []


def test_charts_are_told_in_words(reader: Watched):
    page = reader.open("claims/arches.html")
    chart = page.get_by_role("img", name="Responses by role")
    expect(chart).to_be_visible()
    dots = page.locator(".fb-chart [stroke*=accent] path").first
    expect(dots).to_have_css("stroke", "rgb(10, 99, 117)")


def test_charts_are_whole_on_a_phone(browser: Browser, site: Path):
    context = browser.new_context(viewport=NARROW, reduced_motion="reduce")
    page = context.new_page()
    for path in ("claims/index.html", "claims/arches.html"):
        page.goto(f"{site.as_uri()}/{path}")
        charts = page.locator(".fb-scroll:has(> .fb-chart)").evaluate_all(CHARTS)
        assert charts, path
        for beyond, cut, smallest in charts:
            assert (beyond, cut) == (0, []), path
            assert smallest >= 9, path
    context.close()


CHARTS = """all => all.map(each => {
    const frame = each.getBoundingClientRect()
    const texts = [...each.querySelectorAll('text')].map(t => [t, t.getBoundingClientRect()])
    return [
        each.scrollWidth - each.clientWidth,
        texts.filter(([, box]) => box.left < frame.left || box.right > frame.right)
            .map(([text]) => text.textContent),
        Math.min(...texts.map(([, box]) => box.height)),
    ]
})"""


def test_a_chart_tells_its_values_to_pointer_and_keyboard(reader: Watched):
    page = reader.open("claims/arches.html")
    readout = page.locator(".fb-readout")
    page.get_by_role("region", name="Chart of all responses").focus()
    page.keyboard.press("ArrowRight")
    expect(readout).to_contain_text("z = ")
    first = readout.text_content()
    page.keyboard.press("ArrowRight")
    expect(readout).not_to_have_text(first or "")
    page.locator(".fb-marks path").nth(3).hover(force=True)
    expect(readout).to_contain_text("z = ")
    assert reader.said == []


def evil(page: Page) -> list[str]:
    """What a hostile text would have made of the page."""
    made: list[str] = page.evaluate(
        """[
            ...[...document.querySelectorAll('*')].flatMap(node => [...node.attributes]
                .filter(a => a.name.startsWith('on') || /^\\s*javascript:/i.test(a.value))
                .map(a => `${node.tagName} ${a.name}`)),
            ...[...document.querySelectorAll('a, img, iframe, script')]
                .map(n => n.href || n.src || '').filter(u => u.includes('evil')),
            ...[...document.querySelectorAll('.evil, #evil, article iframe, article script')]
                .filter(n => !n.matches('.fb-atlas > script[src$=".js"]'))  /* a layer's own two */
                .map(n => n.outerHTML),
            ...('pwned' in window ? ['pwned'] : []),
        ]"""
    )
    return made


def test_hostile_text_is_shown_and_nothing_else(browser: Browser, hostile_site: Path):
    context = browser.new_context(viewport=NARROW, reduced_motion="reduce")
    watched = watch(context, hostile_site.as_uri())
    for path in KINDS:
        page = watched.open(path)
        assert evil(page) == [], path
        assert watched.broken() == [], path
        overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert page.evaluate(overflow) <= 0, path
    page.locator(".md-header__button[for=__search]").click()
    page.keyboard.type("conv5", delay=20)
    page.keyboard.press("Backspace")
    page.locator("[data-md-component='search-query']").fill("claim")
    expect(page.locator(".md-search-result__link").first).to_be_visible(timeout=10_000)
    assert evil(page) == []
    assert watched.said == []
    context.close()


def claims_shown(page: Page) -> list[str]:
    """The ids of the claims that the table shows, from above."""
    found: list[str] = page.locator("table[data-sortable] tbody tr:not([hidden])").evaluate_all(
        "rows => rows.map(row => row.querySelector('th a').getAttribute('href').slice(0, -5))"
    )
    return found


def test_the_table_of_claims_sorts_and_filters(reader: Watched):
    page = reader.open("claims/index.html")
    table = page.locator("table[data-sortable]")
    assert claims_shown(page) == ["arches", "birds", "cats"]
    table.get_by_role("button", name="T1").press("Enter")
    assert claims_shown(page) == ["cats", "birds", "arches"]
    assert table.locator("th[aria-sort=ascending]").count() == 1
    table.get_by_role("button", name="T1").click()
    assert claims_shown(page) == ["arches", "birds", "cats"]
    for button, order in (
        ("T2", ["arches", "birds", "cats"]),
        ("Claim", ["cats", "birds", "arches"]),
    ):
        table.get_by_role("button", name=button).click()
        assert claims_shown(page) == order
    page.get_by_label("Verdict").select_option("Contradicted")
    assert claims_shown(page) == ["birds"]
    expect(page.locator(".fb-filter-bar output")).to_have_text("1 of 3 claims")
    page.get_by_label("Verdict").select_option("any")
    page.get_by_label("Words").fill("FACES")
    assert claims_shown(page) == ["cats"]
    assert reader.said == []


def test_the_table_of_claims_is_a_plain_table_without_a_script(browser: Browser, site: Path):
    context = browser.new_context(viewport=WIDE, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site.as_uri()}/claims/index.html")
    assert claims_shown(page) == ["arches", "birds", "cats"]
    assert page.locator(".fb-filter-bar, .fb-sort").count() == 0
    context.close()


def test_a_claim_prints_on_one_page(browser: Browser, site: Path):
    context = browser.new_context(viewport=WIDE, reduced_motion="reduce")
    watched = watch(context, site.as_uri())
    page = watched.open("claims/arches.html")
    for words in ("", LONG):  # as the test's report has it, and as long as a real one has had it
        page.evaluate(LENGTHEN, words)
        printed = page.pdf(format="A4", prefer_css_page_size=True)
        assert printed.count(b"/Type /Page\n") + printed.count(b"/Type /Page ") == 1
    context.close()


LONG = (
    "Photographs of what it claims excite filter 303 of conv5_3 more than ordinary ones (AUC 0.94,"
    " 95 % interval 0.90 to 0.97; 47 positives, 267 controls). They excite it more than their"
    " look-alikes do (AUC 0.88, 95 % interval 0.81 to 0.93; 61 look-alikes). No other filter of"
    " conv5_3 does it better (rank 1 of 512, interval 1 to 3). It detects them: 81 % of them (68 %"
    " to 90 %) excite it more than 99 % of controls do. Whether it is the thing in the image is"
    " open: covering it lowers the response by 0.91 (0.12 to 1.70) standard deviations; 12"
    " photographs more than covering as much beside it."
)
LENGTHEN = """words => {
    if (!words) return
    document.querySelector('.fb-verdict-sentence').textContent = words
    document.querySelector('.fb-verdict-change').append(words.slice(0, 120))
    for (const each of document.querySelectorAll('.fb-subject'))
        each.textContent = 'a red junglefowl cock, Gallus gallus'
}"""


def test_nothing_runs_inside_a_page_but_what_it_came_with(reader: Watched):
    page = reader.open("claims/arches.html")
    ran = page.evaluate(
        """() => {
            const script = document.createElement('script')
            script.textContent = 'window.pwned = 1'
            document.body.append(script)
            document.body.insertAdjacentHTML('beforeend', '<img src="data:," onerror="pwned=1">')
            return window.pwned ?? 0
        }"""
    )
    assert ran == 0
    policy = page.locator("meta[http-equiv=Content-Security-Policy]").get_attribute("content")
    assert "unsafe-eval" not in (policy or "unsafe-eval")
    assert any("Content Security Policy" in each for each in reader.said)


def test_no_page_asks_more_of_a_first_view_than_it_may(reader: Watched):
    """No published PNG, and no more photographs than fit a screen or two."""
    for path in ("layers/features.28/501.html", "layers/features.28/index.html"):
        reader.page.goto(f"{reader.root}/{path}", wait_until="load")
        loaded = reader.page.evaluate(
            """() => [...performance.getEntriesByType('resource')].map(each => each.name)"""
        )
        assert not [name for name in loaded if name.endswith(".png")], path
        assert len([name for name in loaded if "photographs" in name]) <= 24, path


SHIFTS = """step => new Promise(done => {
    let moved = 0
    new PerformanceObserver(list => {
        for (const each of list.getEntries()) if (!each.hadRecentInput) moved += each.value
    }).observe({type: 'layout-shift', buffered: true})
    const end = document.documentElement.scrollHeight
    const down = at => {
        scrollTo(0, at)
        if (at < end) requestAnimationFrame(() => down(at + step))
        else setTimeout(() => done(moved), 100)
    }
    down(0)
})"""


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_nothing_moves_while_a_page_is_read(browser: Browser, site: Path, size: dict[str, int]):
    context = browser.new_context(viewport=size, reduced_motion="reduce")
    page = context.new_page()
    moved = {}
    for path in KINDS:
        page.goto(f"{site.as_uri()}/{path}", wait_until="load")
        moved[path] = round(page.evaluate(SHIFTS, 400), 3)
    assert {path: by for path, by in moved.items() if by > 0.02} == {}
    context.close()
