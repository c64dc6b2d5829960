"""A real browser and two finished sites: one harmless, one with hostile text in every field."""

from __future__ import annotations

import functools
import http.server
import os
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    expect,
    sync_playwright,
)

from generator.site import build
from tests import records
from tests.hostile import ALL
from tests.isolation import once

expect.set_options(timeout=20_000)  # milliseconds: a machine may do other work as well

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
REQUIRED = "FILTERBOOK_REQUIRE_BROWSER" in os.environ
MISSING = "Chromium is not installed (Debian: apt-get install chromium): no browser test has run"
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
ARTICLE = """---
title: The article
description: What filters look for, and what photographs say.
hide: [navigation]
---

# The article

{{ authors() }}

{{ figure('conv5_3', 501, caption='A caption') }}

## A gallery

{{ gallery('conv5_1') }}

## A claim

{{ claim('arches') }}

AUC {{ number('claims.arches.t1.value') }}: {{ verdict('arches') }}

It costs $5, `$x$` is code, and $\\bar z = \\frac{1}{n} \\sum_i z_i$ by \\eqref{loss}.

\\begin{equation}
L = \\left( \\frac{a^2}{b_{{ number('counts.claims') }}} \\right)
+ \\int_0^1 f(x)\\,dx + \\sum_{i=1}^n \\lambda_i
+ g(x) + h(x) \\label{loss}
\\end{equation}
"""


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        (pytest.fail if REQUIRED else pytest.skip)(MISSING)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield started
        started.close()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    def make(folder: Path) -> None:
        (folder / "pages").mkdir()
        (folder / "pages" / "index.md").write_text(ARTICLE, encoding="utf-8")
        study = records.study(folder / "pages")
        build(records.findings(study), folder / "site", work=folder / "build")

    return once(tmp_path_factory, "site", make) / "site"


@pytest.fixture(scope="session")
def hostile_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    def make(folder: Path) -> None:
        build(records.with_text(ALL), folder / "site", work=folder / "build")

    return once(tmp_path_factory, "hostile-site", make) / "site"


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="session")
def served(site: Path) -> Iterator[str]:
    handler = functools.partial(Quiet, directory=str(site))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@dataclass
class Watched:
    """A page with everything on it that a reader should never meet."""

    page: Page
    root: str
    said: list[str]

    def open(self, path: str) -> Page:
        """Open a page of the site and load every picture on it."""
        self.page.goto(f"{self.root}/{path}", wait_until="load")
        self.page.evaluate(
            """async () => {
                const pictures = [...document.querySelectorAll('img')]
                pictures.forEach(each => each.loading = 'eager')
                await Promise.all(pictures.map(each => each.decode().catch(() => null)))
            }"""
        )
        return self.page

    def broken(self) -> list[str]:
        """Addresses of pictures that did not load."""
        found: list[str] = self.page.evaluate(
            "[...document.images].filter(i => !i.naturalWidth).map(i => i.src)"
        )
        return found


def watch(context: BrowserContext, root: str) -> Watched:
    """A new page that notes errors, warnings and every request that leaves the site."""
    said: list[str] = []

    def on_console(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            said.append(f"console {message.type}: {message.text}")

    def on_failure(request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":  # given up because the next page was opened
            said.append(f"failed: {request.url}")

    page = context.new_page()
    page.on("console", on_console)
    page.on("pageerror", lambda error: said.append(f"error: {error}"))
    page.on("dialog", lambda dialog: said.append(f"dialog: {dialog.message}"))
    page.on("requestfailed", on_failure)
    page.on(
        "request",
        lambda request: (
            None
            if request.url.startswith((root, "data:", "blob:", "about:"))
            else said.append(f"leaves the site: {request.url}")
        ),
    )
    return Watched(page, root, said)
