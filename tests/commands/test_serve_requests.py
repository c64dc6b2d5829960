"""Odd and hostile requests over a real socket: each has an answer, none leaves the site."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from generator.commands.serve import handler
from generator.commands.serve.handler import Server


@pytest.fixture
def site(tmp_path: Path) -> Path:
    folder = tmp_path / "site"
    (folder / "claims").mkdir(parents=True)
    (folder / "data").mkdir()
    (folder / "index.html").write_text("<p>the report</p>")
    (folder / "claims" / "index.html").write_text("claims")
    (folder / "data" / "a b ü.csv").write_text("1,2")
    (folder / ".hidden").write_text("hidden")
    (folder / "link.txt").symlink_to(tmp_path / "secret.txt")
    (folder / "folder").symlink_to(tmp_path)
    os.mkfifo(folder / "pipe")
    (tmp_path / "secret.txt").write_text("not for serving")
    return folder


@pytest.fixture
def server(site: Path) -> Iterator[Server]:
    with Server(site, 0) as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield running
        running.shutdown()
        thread.join()


def exchange(server: Server, request: bytes, *, seconds: float = 20) -> bytes:
    """Send bytes, and read until the connection ends."""
    with socket.create_connection(server.server_address[:2], timeout=seconds) as connection:
        connection.sendall(request)
        answer = b""
        try:
            while piece := connection.recv(65536):
                answer += piece
        except ConnectionResetError:  # what was sent was not read to its end
            pass
        return answer


def status(answer: bytes) -> int:
    return int(answer.split()[1])


def get(server: Server, path: str, *, host: str | None = None, method: str = "GET") -> bytes:
    named = f"127.0.0.1:{server.server_address[1]}" if host is None else host
    return exchange(server, f"{method} {path} HTTP/1.1\r\nHost: {named}\r\n\r\n".encode())


def body(answer: bytes) -> bytes:
    return answer.split(b"\r\n\r\n", 1)[1]


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("/", b"<p>the report</p>"),
        ("/index.html?x=1#y", b"<p>the report</p>"),
        ("/claims/", b"claims"),
        ("/data/a%20b%20%C3%BC.csv", b"1,2"),
    ],
)
def test_files_of_the_site(server: Server, path: str, content: bytes) -> None:
    answer = get(server, path)
    assert (status(answer), body(answer)) == (200, content)
    assert b"Cross-Origin-Resource-Policy: same-origin" in answer
    head = get(server, path, method="HEAD")
    assert (status(head), body(head)) == (200, b"")
    assert f"Content-Length: {len(content)}".encode() in head


@pytest.mark.parametrize(
    "path",
    [
        "/link.txt",
        "/folder/secret.txt",
        "/folder/",
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/claims/../../secret.txt",
        "/claims/%2e%2e%2f%2e%2e%2fsecret.txt",
        "/data",
        "/data/",
        "/data/.",
        "/.hidden",
        "/pipe",
        "/index.html/",
        "/index.html/x",
        "//secret.txt",
        "/claims//index.html",
        "/%zz",
        "/" + "a" * 9000,
        "/" + "a/" * 9000,
        "/\\..\\secret.txt",
    ],
)
def test_what_is_not_there(server: Server, path: str) -> None:
    answer = get(server, path)
    assert status(answer) == 404
    assert b"not for serving" not in answer


def test_a_folder_without_its_slash(server: Server) -> None:
    answer = get(server, "/claims")
    assert status(answer) == 301
    assert b"\r\nLocation: /claims/\r\n" in answer


@pytest.mark.parametrize(
    "path", ["/%00", "/index.html%00.txt", "/%0d%0aX:%20y", "/%ff", "/%1b[31m"]
)
def test_names_that_no_file_has(server: Server, path: str) -> None:
    answer = get(server, path)
    assert status(answer) == 400
    assert b"\x00" not in answer
    assert b"\r\nX:" not in answer


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "[::1]", "LOCALHOST"])
def test_hosts_of_this_machine(server: Server, name: str) -> None:
    port = server.server_address[1]
    assert status(get(server, "/", host=f"{name}:{port}")) == 200
    assert status(get(server, "/", host=name)) == 421
    assert status(get(server, "/", host=f"{name}:{port + 1}")) == 421


@pytest.mark.parametrize(
    "name", ["evil.example", "", "127.0.0.1.evil.example", "localhost@evil", "0"]
)
def test_other_hosts(server: Server, name: str) -> None:
    answer = get(server, "/", host=f"{name}:{server.server_address[1]}")
    assert status(answer) == 421
    assert b"the report" not in answer


def test_no_host_or_two(server: Server) -> None:
    named = f"Host: 127.0.0.1:{server.server_address[1]}\r\n"
    for head in ("GET / HTTP/1.1\r\n\r\n", f"GET / HTTP/1.1\r\n{named}{named}\r\n"):
        assert status(exchange(server, head.encode())) == 400


def test_an_absolute_address(server: Server) -> None:
    own = f"127.0.0.1:{server.server_address[1]}"
    assert body(get(server, f"http://{own}/claims/")) == b"claims"
    assert status(get(server, f"http://{own}")) == 200
    for address in ("http://evil.example/", f"https://{own}/", "*", "index.html", "http://[/"):
        assert status(get(server, address)) == 400


@pytest.mark.parametrize(
    "method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT"]
)
def test_methods_that_would_change_something(server: Server, method: str) -> None:
    answer = get(server, "/", method=method)
    assert status(answer) == 405
    assert b"Allow: GET, HEAD" in answer


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (b"NONSENSE / HTTP/1.1\r\n\r\n", 501),
        (b"GET / HTTP/9.1\r\n\r\n", 505),
        (b"GET / HTTP/x\r\n\r\n", 400),
        (b"GET\r\n\r\n", 400),
        (b"a b c d e\r\n\r\n", 400),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400),
        (b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n", 414),
        (b"GET / HTTP/1.1\r\nX: " + b"a" * 70_000 + b"\r\n\r\n", 431),
        (b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 200 + b"\r\n", 431),
        (b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 20_000 + b"\r\n", 431),
    ],
)
def test_what_is_no_request(server: Server, request_: bytes, expected: int) -> None:
    answer = exchange(server, request_)
    assert b" %d " % expected in answer.split(b"\r\n")[0] or b"Error code: %d" % expected in answer


def test_a_range_is_answered_with_the_whole(server: Server) -> None:
    own = f"Host: 127.0.0.1:{server.server_address[1]}\r\n"
    for asked in ("bytes=0-1", "bytes=9-1", "bytes=-99999999999999999999", "x"):
        answer = exchange(server, f"GET / HTTP/1.1\r\n{own}Range: {asked}\r\n\r\n".encode())
        assert (status(answer), body(answer)) == (200, b"<p>the report</p>")


def test_a_request_that_does_not_end(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """Byte by byte as well: the time is for all of it."""
    monkeypatch.setattr(handler, "REQUEST_SECONDS", 0.5)
    with socket.create_connection(server.server_address[:2], timeout=20) as connection:
        begun = time.monotonic()
        connection.settimeout(0.05)
        for byte in b"GET / HTTP/1.1\r\nX: " + b"a" * 1000:
            try:
                connection.sendall(bytes([byte]))
                if connection.recv(1) == b"":
                    break
            except TimeoutError:
                continue
            except OSError:
                break
        assert time.monotonic() - begun < 15
    assert status(get(server, "/")) == 200


def test_connections_that_send_nothing_make_way(server: Server) -> None:
    held = [socket.create_connection(server.server_address[:2]) for _ in range(300)]
    try:
        assert status(get(server, "/")) == 200
        assert sum(thread.is_alive() for thread in threading.enumerate()) < 150
        held[0].settimeout(20)
        assert held[0].recv(1) == b""
    finally:
        for connection in held:
            connection.close()


def test_a_client_that_goes_away_is_no_word_on_the_terminal(
    site: Path, server: Server, capfd: pytest.CaptureFixture[str]
) -> None:
    (site / "large.txt").write_bytes(bytes(20_000_000))
    own = f"127.0.0.1:{server.server_address[1]}"
    for _ in range(5):
        with socket.create_connection(server.server_address[:2]) as connection:
            connection.sendall(f"GET /large.txt HTTP/1.1\r\nHost: {own}\r\n\r\n".encode())
            connection.recv(10)
    assert status(get(server, "/")) == 200
    time.sleep(0.2)
    assert capfd.readouterr() == ("", "")
