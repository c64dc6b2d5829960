"""A report on disk with hostile texts in every field that a user may write, and what it becomes.

Texts are dealt out over the slots of a field: all of them into the one title, each its own into
authors, photographs, captions and references. The same report with harmless words has the same
pages; in Chromium, every element of a hostile page must be one of the harmless page too.
"""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.conftest import CHROMIUM, FLAGS, MISSING, watch
from tests.conftest import LIBRARY
from tests.faults.nursery import Nursery
from tests.hostile import HUNDRED

AT_ONCE = 34  # texts of a report: two or three fit into a layer's title
FEW = 5  # where each of them is in every field at least twice
LAYERS = tuple(f"features.{at}" for at in (0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28))
BIB = ("author", "title", "journal", "booktitle", "year", "volume", "url", "doi", "eprint", "note")
ROLES = ("two", "one", "three")  # of photographs in turn; the copy has that of its original
CAPTIONED = (
    "figure('features.0', 0, {})",
    "figure('features.0', 0, size='small', {})",
    "growth('features.2', 0, {})",
    "gallery('features.5', {})",
    "photographs('c0', 'best', 2, {})",
    "chart('c1', {})",
)
# The theme gives a text that it had to cut short a title, which is no matter of what the text is.
SKELETON = """() => [...document.querySelectorAll('*')].map(node => [
    node.tagName,
    ...[...node.attributes].map(each => each.name)
        .filter(name => name !== 'title' || !node.matches('.md-ellipsis')).sort()].join(' '))"""
# What a hostile text would have made of the page.
EVIL = """[
    ...[...document.querySelectorAll('*')].flatMap(node => [...node.attributes]
        .filter(a => a.name.startsWith('on') || /^\\s*javascript:/i.test(a.value))
        .map(a => `${node.tagName} ${a.name}`)),
    ...[...document.querySelectorAll('a, img, iframe, script, base')]
        .map(n => n.href || n.src || '').filter(u => u.includes('evil')),
    ...[...document.querySelectorAll('.evil, #evil, article iframe, article script')]
        .filter(n => !n.matches('.fb-atlas > script[src$=".js"]'))  /* a layer's own two */
        .map(n => n.outerHTML),
    ...('pwned' in window ? ['pwned'] : []),
]"""
VIOLATIONS = """window.violations = []
addEventListener('securitypolicyviolation', event => violations.push(event.violatedDirective))"""


def groups(size: int = AT_ONCE) -> tuple[tuple[str, ...], ...]:
    """The hundred texts, as many as one report takes; the last one gets the first ones again."""
    texts = HUNDRED + HUNDRED[: -len(HUNDRED) % size]
    return tuple(texts[at : at + size] for at in range(0, len(texts), size))


def harmless(count: int) -> tuple[str, ...]:
    """As many words that mean nothing to anybody."""
    return tuple(f"word{number}" for number in range(count))


def build(nursery: Nursery, folder: Path, texts: Sequence[str], *, store: Path) -> Path:
    """Write the report and build it, with a small network in the place of VGG-16; its site.

    Reports may have one store: pictures and responses, which hold no text, are made once.
    """
    write(folder, texts)
    arguments = ("build", "--spec", folder / "report.yml", "--device", "cpu", "--store", store)
    ended = nursery.run(*arguments, prelude=("thirteen_layers",))
    assert ended.code == 0, ended.err
    return folder / "site"


def try_hostility(nursery: Nursery, folder: Path, *, count: int) -> tuple[int, list[str]]:
    """So many of the hundred texts, a few in every field of each report; what became of them."""
    if CHROMIUM is None:
        return 0, [MISSING]
    chosen = groups(FEW)[: -(-count // FEW)]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        store = folder / "store"
        plain = look(browser, build(nursery, folder / "plain", harmless(FEW), store=store))
        found: list[str] = []
        for number, texts in enumerate(chosen):
            place = folder / str(number)
            seen = look(browser, build(nursery, place, texts, store=store))
            found += [f"{texts!r}: {each}" for each in complaints(plain, seen)]
            shutil.rmtree(place)
        browser.close()
    return sum(map(len, chosen)), found


def write(folder: Path, texts: Sequence[str]) -> None:
    """The report's files: spec, index, photographs, pages, references."""
    names = _photographs(folder / "photographs", texts)
    pages = folder / f"pages {_name(texts[0])}"
    pages.mkdir()
    spec = json.dumps(_spec(texts, names, pages.name), ensure_ascii=False)
    (folder / "report.yml").write_text(spec, encoding="utf-8")
    (pages / "index.md").write_text(_page(texts), encoding="utf-8")
    (pages / "further.md").write_text(_page(texts[::-1]), encoding="utf-8")
    (pages / "references.bib").write_text("\n".join(_references(texts)), encoding="utf-8")


def _spec(texts: Sequence[str], names: Sequence[str], pages: str) -> dict[str, Any]:
    dealt = _deal(texts, len(LAYERS))
    return {
        "version": 1,
        "title": " ".join(texts)[:2000],
        "authors": [{"name": text, "affiliation": text, "url": _address(text)} for text in texts],
        "url": _address(texts[0]),
        "doi": "10.5281/" + re.sub(r"[\s<>\"'{}\\]|evil", "", texts[-1]) + ".",
        "repository": _address(texts[-1]),
        "images": "photographs/index.csv",
        "pages": pages,
        "render": {"size": 64, "stability": 1},
        "layers": [
            {"layer": layer, "title": text, "filters": [0, 1]}
            for layer, text in zip(LAYERS, dealt, strict=True)
        ],
        "claims": [_claim(number, text, names) for number, text in enumerate(dealt)],
    }


def _claim(number: int, text: str, names: Sequence[str]) -> dict[str, Any]:
    return {
        "id": f"c{number}",
        "layer": LAYERS[number],
        "filter": 0,
        "statement": text,
        "positives": {"tags": ["one"]},
        "controls": {"tags": ["two"]},
        "lookalikes": [f"photographs/{name}" for name in names[2:-1:3]],
        "discovery": [f"photographs/{names[0]}"],
        "review": {"status": "rejected", "by": text, "on": "2026-01-31", "note": text},
    }


def _photographs(folder: Path, texts: Sequence[str]) -> list[str]:
    """Real photographs under hostile names, two that are one, one that is none, and their index."""
    folder.mkdir(parents=True)
    real = sorted(LIBRARY.glob("*/*.jpg"))[:: 450 // max(len(texts), 12)][: max(len(texts), 12)]
    columns = ("file", "subject", "tags", "source", "licence", "boxes")
    file, names = io.StringIO(newline=""), []
    writer = csv.writer(file)
    writer.writerow(columns)
    for number, path in enumerate([*real, real[0]]):
        text = texts[number % len(texts)]
        names.append(f"{number:03} {_name(text)}.jpg")
        shutil.copy(path, folder / names[-1])
        tags = f"{ROLES[number % len(real) % len(ROLES)]}; {text}"
        writer.writerow([names[-1], text, tags, text, text, "0 0 1 1"])
    broken = f"broken {_name(texts[0])}.jpg"
    (folder / broken).write_bytes(b"no photograph")
    writer.writerow([broken, texts[0], "one", "", "", ""])
    (folder / "index.csv").write_text(file.getvalue(), encoding="utf-8")
    (folder / "README.md").write_text("\n\n".join(texts), encoding="utf-8")
    return names


def _page(texts: Sequence[str]) -> str:
    title, description = " ".join(texts)[:300], " ".join(texts)[-500:]
    lines = ["---", f"title: {json.dumps(title)}", f"description: {json.dumps(description)}"]
    lines += ["---", "", "# Page", "", "{{ authors() }}", ""]
    for number, text in enumerate(texts):
        caption = f"caption={_literal(text)} ~ cite('k{number}') ~ {_literal(text)}"
        call = CAPTIONED[number % len(CAPTIONED)].format(caption)
        lines += [f"{{{{ {call} }}}}", "", f"Text{{{{ cite('k{number}') }}}} of it.", ""]
    lines += ["{{ claim('c2') }}", "", "{{ claim('c3', style='compact') }}", ""]
    return "\n".join([*lines, "{{ verdict('c4') }} {{ citation() }}", ""])


def _references(texts: Sequence[str]) -> Iterator[str]:
    for number, text in enumerate(texts):
        # Braces close a field and \href is refused: neither comes so far as to a page.
        bare = re.sub(r"[{}]", "", text).replace("\\href", "").replace("%", "\\%")
        fields = "".join(f"  {name} = {{{bare}}},\n" for name in BIB)
        yield f"@article{{k{number},\n{fields}}}\n"


def _deal(texts: Sequence[str], slots: int) -> list[str]:
    """All texts over so many slots; the first ones again where there are more slots than texts."""
    return [" ".join(texts[at::slots]) or texts[at % len(texts)] for at in range(slots)]


def _name(text: str) -> str:
    """A text as part of a file's name, which may hold anything but a slash."""
    return text.replace("/", "∕").strip()[:60]


def _address(text: str) -> str:
    return "https://host.example/" + re.sub(r"[\s<>\"']", "", text).replace("evil", "host")


def _literal(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Seen:
    """A page as Chromium made it: every element with its attributes' names, and what is wrong."""

    skeleton: tuple[str, ...]
    wrong: tuple[str, ...]


def look(browser: Browser, site: Path) -> dict[str, Seen]:
    """Every page of a site, opened, and searched for once."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, reduced_motion="reduce")
    context.add_init_script(VIOLATIONS)
    watched = watch(context, site.as_uri())
    found = {}
    for path in sorted(site.rglob("*.html")):
        name = path.relative_to(site).as_posix()
        watched.said.clear()
        watched.page.goto(path.as_uri(), wait_until="load")
        skeleton = tuple(watched.page.evaluate(SKELETON))
        found[name] = Seen(skeleton, (*_wrong(watched.page), *watched.said))
    found["search"] = Seen((), (*_searched(watched.page), *watched.said))
    context.close()
    return found


def _searched(page: Page) -> list[str]:
    page.locator(".md-header__button[for=__search]").click()
    page.locator("[data-md-component='search-query']").press_sequentially("claim", delay=20)
    page.locator(".md-search-result__link").first.wait_for(timeout=120_000)
    return _wrong(page)


def _wrong(page: Page) -> list[str]:
    return [*page.evaluate(EVIL), *page.evaluate("violations.map(each => `policy: ${each}`)")]


def complaints(plain: dict[str, Seen], hostile: dict[str, Seen]) -> Iterable[str]:
    """What the hostile site has that the harmless one has not."""
    if plain.keys() != hostile.keys():
        yield f"other pages: {sorted(plain.keys() ^ hostile.keys())}"
    for name in sorted(plain.keys() & hostile.keys()):
        yield from (f"{name}: {each}" for each in hostile[name].wrong)
        old, new = plain[name].skeleton, hostile[name].skeleton
        if old != new:
            at = next((n for n, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), -1)
            yield f"{name}: {len(old)} elements became {len(new)}; at {at} {new[at]!r}"
