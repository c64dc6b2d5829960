"""Checks a report's gates and writes JUnit XML."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from xml.etree import ElementTree as Xml

from generator.errors import ExitCode, visible
from generator.findings.findings import Findings
from generator.results import read
from generator.results.read import Published
from generator.results.write import results
from generator.system.output import check_output, write_text

_NAME = "filterbook"
_HEAD = f'<testsuites name="{_NAME}"'
# What XML 1.0 can hold (https://www.w3.org/TR/xml/#charsets): no escape makes the rest legal.
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def of_findings(found: Findings) -> Published:
    """What a build is about to publish, as `results.read.load` would read it."""
    return read.parse(results(found), "results.json")


def check(file: Path, xml: Path | None, *, say: Callable[[str], None]) -> ExitCode:
    """Tell what held and what failed of a results.json, and write JUnit XML where asked.

    Raises
    ------
    ReportError
        The file is no results.json.
    MachineError
        The XML cannot be written.
    """
    if xml:
        check_output(xml, is_junit)
    found = read.load(file)
    if xml:
        write_junit(found, xml)
    for line in told(found):
        say(visible(line))
    return verdict(found)


def verdict(found: Published) -> ExitCode:
    """Whether every gate held."""
    return ExitCode.DONE if all(gate.held for gate in found.gates) else ExitCode.GATE_FAILED


def told(found: Published) -> Iterator[str]:
    """The claims with their verdicts, then the gates: what held and what failed, a line each."""
    for claim in found.claims:
        yield f"{claim.id}: {_plain(claim.verdict.code)}"
    for gate in found.gates:
        yield f"gate {gate.name}: {'held' if gate.held else 'FAILED'}: {gate.detail}"
    failed = sum(not gate.held for gate in found.gates)
    if not found.gates:
        yield "no gates: the report's spec demands nothing (see `gates:` in its schema)"
    else:
        yield f"{len(found.gates) - failed} of {len(found.gates)} gates held"


def junit(found: Published) -> str:
    """JUnit XML: a test for each gate and for each claim.

    Gates alone can fail, as in the exit code; a claim that is not supported counts as skipped,
    with its verdict as the message.
    """
    root = Xml.Element("testsuites", name=_NAME)
    gates = [_gate(gate) for gate in found.gates]
    claims = [_claim(claim) for claim in found.claims]
    for name, cases in (("gates", gates), ("claims", claims)):
        counts = {tag: sum(case.find(tag) is not None for case in cases) for tag in _OUTCOMES}
        suite = Xml.SubElement(root, "testsuite", name=name, tests=str(len(cases)), errors="0")
        suite.set("failures", str(counts["failure"]))
        suite.set("skipped", str(counts["skipped"]))
        suite.extend(cases)
    Xml.indent(root)
    text = Xml.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


_OUTCOMES = ("failure", "skipped")


def write_junit(found: Published, path: Path) -> None:
    """Write JUnit XML to a file.

    Raises
    ------
    MachineError
        The file cannot be written.
    """
    write_text(junit(found), path, is_junit)


def is_junit(data: bytes) -> bool:
    """Whether a file was written by `write_junit`."""
    return _HEAD.encode() in data[:200]


def _gate(gate: read.PublishedGate) -> Xml.Element:
    case = _case("gates", gate.name)
    if gate.held:
        _out(case, gate.detail)
    else:
        _outcome(case, "failure", gate.detail)
    return case


def _claim(claim: read.PublishedClaim) -> Xml.Element:
    case = _case("claims", claim.id)
    code = _plain(claim.verdict.code)
    if claim.verdict.code.startswith("supported"):
        _out(case, f"{code}: {claim.verdict.sentence}")
    else:
        _outcome(case, "skipped", f"{code}: {claim.verdict.sentence}")
    return case


def _case(group: str, name: str) -> Xml.Element:
    return Xml.Element("testcase", classname=f"filterbook.{group}", name=_legal(name), time="0")


def _outcome(case: Xml.Element, tag: str, message: str) -> None:
    Xml.SubElement(case, tag, message=_legal(message), type="gate" if tag == "failure" else tag)


def _out(case: Xml.Element, text: str) -> None:
    Xml.SubElement(case, "system-out").text = _legal(text)


def _legal(text: str) -> str:
    return _ILLEGAL.sub(lambda found: visible(found[0]), text)


def _plain(code: str) -> str:
    return code.replace("_", " ")
