"""The site over http: on this machine alone, with what can go wrong in words."""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from generator.commands.serve import serve
from generator.errors import MachineError, ReportError


@pytest.fixture
def site(tmp_path: Path) -> Path:
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "index.html").write_text("<p>the report</p>")
    (tmp_path / "secret.txt").write_text("not for serving")
    return folder


def test_it_serves_the_site_until_ctrl_c(site: Path, request: pytest.FixtureRequest) -> None:
    command = [sys.executable, "-m", "generator", "serve", "--port", "0", "--out", str(site)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    request.addfinalizer(process.wait)
    request.addfinalizer(process.kill)  # the last one goes first
    assert process.stdout is not None
    said = process.stdout.readline()
    address = re.fullmatch(r"http://127\.0\.0\.1:([0-9]+)/ until Ctrl-C\n", said)
    assert address is not None
    connection = http.client.HTTPConnection("127.0.0.1", int(address[1]), timeout=10)

    def get(path: str) -> tuple[int, bytes]:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read()

    assert get("/") == (200, b"<p>the report</p>")
    for path in ("/missing.html", "/../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt"):
        assert get(path)[0] == 404
    connection.close()
    os.kill(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=20)
    assert (process.returncode, out, err) == (0, "stopped\n", "")


def test_there_is_no_site_yet(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match="there is no site in site/ yet") as refusal:
        serve(tmp_path / "site", 0, say=pytest.fail)
    assert "make site" in refusal.value.remedy


def test_the_port_is_taken(site: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(MachineError, match=f"port {port} cannot be used") as refusal:
            serve(site, port, say=pytest.fail)
    assert "--port" in refusal.value.remedy
