"""What is installed is what was locked; and what the threat model promises is tested."""

from __future__ import annotations

import ast
import json
import re
import zipfile
from pathlib import Path

import pytest

from tests import audit

ROOT = Path(__file__).parents[1]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


def test_every_pin_has_hashes_and_no_address() -> None:
    blocks = re.split(r"\n(?=[A-Za-z0-9])", LOCK.split("\n\n")[-1])
    pinned = [block for block in blocks if "==" in block.split("\n")[0]]
    assert len(pinned) == len(audit.pins(LOCK)) > 50
    assert [block.split()[0] for block in pinned if "--hash=sha256:" not in block] == []
    assert "://" not in LOCK
    assert "--index-url" not in LOCK


def test_every_installation_asks_for_hashes() -> None:
    joined = MAKEFILE.replace("\\\n", " ")
    lines = [line for line in joined.splitlines() if re.search(r"pip (install|sync)\b", line)]
    assert len(lines) >= 3
    loose = [
        line
        for line in lines
        if "--require-hashes" not in line and "--no-deps" not in line.split("--editable .")[0]
    ]
    assert loose == []
    own = [line for line in lines if "--require-hashes" not in line]
    assert all(line.rstrip().endswith("--editable .") for line in own)


def test_every_target_that_runs_python_installs_the_lock_first() -> None:
    rules = re.findall(r"^([a-z]+):(.*)\n((?:\t.*\n)+)", MAKEFILE, re.MULTILINE)
    runs = {name: needs for name, needs, body in rules if "$(RUN) -m" in body}
    del runs["install"], runs["distclean"]  # it removes the environment
    assert {"site", "test", "check", "torture", "audit"} <= runs.keys() | {"site"}
    assert [n for n, needs in runs.items() if "$(STAMP)" not in needs and "site" not in needs] == []


OSV = {
    "id": "PYSEC-0000-1",
    "affected": [
        {
            "package": {"ecosystem": "PyPI", "name": "Jinja2"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "999.1"}]}],
        }
    ],
}
OLD = {
    "id": "PYSEC-0000-2",
    "affected": [
        {
            "package": {"ecosystem": "PyPI", "name": "numpy"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1.0"}]}],
            "versions": ["0.9"],
        },
        {"package": {"ecosystem": "npm", "name": "torch"}, "versions": ["2.15.0"]},
    ],
}
REPORT = {
    "dependencies": [
        {"name": "torch", "version": "2.15.0", "vulns": [{"id": "GHSA-x", "fix_versions": []}]},
        {"name": "numpy", "version": "0.1", "vulns": [{"id": "GHSA-y"}]},
    ]
}


def audited(path: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    code = audit.main([str(ROOT / "requirements.lock"), str(path)])
    out, err = capsys.readouterr()
    return code, out, err


@pytest.mark.parametrize("form", ["one", "list", "lines", "zip"])
def test_osv_records(form: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "advisories"
    if form == "zip":
        with zipfile.ZipFile(path, "w") as archive:
            for record in (OSV, OLD):
                archive.writestr(f"{record['id']}.json", json.dumps(record))
    else:
        texts = {
            "one": json.dumps(OSV),
            "list": json.dumps([OLD, OSV], indent=1),
            "lines": f"{json.dumps(OLD)}\n{json.dumps(OSV)}\n",
        }
        path.write_text(texts[form])
    code, out, _ = audited(path, capsys)
    assert code == 1
    assert [line.split(":")[1].strip() for line in out.splitlines()[:-1]] == ["PYSEC-0000-1"]
    assert out.startswith("jinja2 ")


def test_a_report_of_pip_audit(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "report.json").write_text(json.dumps(REPORT))
    code, out, _ = audited(tmp_path / "report.json", capsys)
    assert code == 1
    assert out.splitlines()[0] == "torch 2.15.0: GHSA-x"


def test_nothing_vulnerable(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "osv.json").write_text(json.dumps([OLD, OSV | {"withdrawn": "2026-01-01"}]))
    code, out, _ = audited(tmp_path / "osv.json", capsys)
    assert code == 0
    assert out.rstrip().endswith("2 records: none vulnerable")


@pytest.mark.parametrize("content", [None, "", "[]", "{", "[1]"])
def test_what_could_not_be_checked_is_said(
    content: str | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "advisories.json"
    if content is not None:
        path.write_text(content)
    code, out, err = audited(path, capsys)
    assert (code, out) == (3, "")
    assert err.startswith("error: ")


def test_no_file_of_advisories(capsys: pytest.CaptureFixture[str]) -> None:
    assert audit.main(["requirements.lock"]) == 3
    assert "nothing was checked" in capsys.readouterr().err


# ---- the threat model


NAMED = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", (ROOT / "docs" / "threat-model.md").read_text())


def test_the_threat_model_names_tests() -> None:
    lines = (ROOT / "docs" / "threat-model.md").read_text().splitlines()
    rows = [line for line in lines if line.startswith("| ") and not line.startswith("| --")][1:]
    assert len(rows) >= 15
    assert [row for row in rows if "`tests/" not in row] == []


@pytest.mark.parametrize(("file", "name"), NAMED)
def test_every_test_that_is_named_exists(file: str, name: str) -> None:
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    assert name in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
