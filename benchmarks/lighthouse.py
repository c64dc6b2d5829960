"""What Lighthouse says of a finished site: one page of each kind, into docs/benchmarks.md.

``python -m benchmarks.lighthouse --program node_modules/.bin/lighthouse`` after ``make site``; the
environment variable CHROME_PATH names the browser. Nothing but the site itself is asked.
"""

from __future__ import annotations

import argparse
import functools
import http.server
import json
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import page

DOCS = Path(__file__).parents[1] / "docs" / "benchmarks.md"
KINDS = {  # the first page of each by its name
    "home": "index.html",
    "layer": "layers/*/index.html",
    "filter": "layers/*/[0-9]*.html",
    "claim": "claims/[!i]*.html",
    "all claims": "claims/index.html",
    "method": "method.html",
}
CATEGORIES = ("accessibility", "best-practices", "seo")
CHROME = "--headless --no-sandbox --disable-gpu --disable-background-networking"
LIMIT = 300  # seconds for a page


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves without a line for each request."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@dataclass(frozen=True, slots=True)
class Audit:
    """One page: scores from 0 to 100, its layout shift, and what held a score below 100."""

    kind: str
    scores: tuple[int, ...]
    shift: float
    faults: tuple[str, ...]


@contextmanager
def served(site: Path) -> Iterator[str]:
    """The address of a folder over http, for as long as it is needed."""
    handler = functools.partial(Quiet, directory=str(site))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def audit(program: str, kind: str, address: str) -> Audit:
    """Ask Lighthouse about one page."""
    options = ["--quiet", "--output=json", f"--chrome-flags={CHROME}"]
    only = f"--only-categories={','.join(('performance', *CATEGORIES))}"
    command = [program, address, only, *options]
    done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT, check=True)
    return read(kind, json.loads(done.stdout))


def read(kind: str, report: dict[str, Any]) -> Audit:
    """What is kept of a report of Lighthouse's."""
    audits, categories = report["audits"], report["categories"]
    parts = [part for name in CATEGORIES for part in categories[name]["auditRefs"]]
    asked = {part["id"] for part in parts if part["weight"]}
    return Audit(
        kind=kind,
        scores=tuple(round(100 * categories[name]["score"]) for name in CATEGORIES),
        shift=audits["cumulative-layout-shift"]["numericValue"],
        faults=tuple(sorted(each for each in asked if audits[each]["score"] == 0)),
    )


def table(audits: list[Audit], version: str) -> str:
    """The audits as Markdown."""
    lines = [
        f"Lighthouse {version}, its emulated phone.",
        "",
        "| page | accessibility | best practices | search | layout shift | short of 100 for |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for each in audits:
        scores = " | ".join(map(str, each.scores))
        faults = ", ".join(f"`{fault}`" for fault in each.faults)
        lines.append(f"| {each.kind} | {scores} | {each.shift:.3f} | {faults} |")
    return "\n".join(lines)


def main() -> None:
    """Audit, print, and write the table into its place."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--site", type=Path, default=Path("site"), help="the finished site")
    parser.add_argument("--program", default="lighthouse", help="the Lighthouse to run")
    parser.add_argument("--dry", action="store_true", help="print only")
    given = parser.parse_args()
    asked = [given.program, "--version"]
    version = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()
    audits = []
    with served(given.site) as root:
        for kind, pattern in KINDS.items():
            for found in sorted(given.site.glob(pattern))[:1]:
                where = found.relative_to(given.site).as_posix()
                audits.append(audit(given.program, kind, f"{root}/{where}"))
                print(audits[-1], flush=True)
    text = table(audits, version)
    print(text)
    if not given.dry:
        DOCS.write_text(page.fill(DOCS.read_text("utf-8"), {"lighthouse": text}), "utf-8")


if __name__ == "__main__":
    main()
