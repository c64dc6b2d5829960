"""HTTP for one folder on this machine: plain files of the site, and nothing else."""

from __future__ import annotations

import os
import shutil
import socket
import sys
import threading
import time
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import cast
from urllib.parse import quote

from generator.commands.serve.target import RequestError, check_host, opened, parts_of

REQUEST_SECONDS = 10.0  # for a whole request: slow senders do not hold a thread
ANSWER_SECONDS = 30.0  # for each piece of an answer that a client does not take
MOST_HEAD = 65_536  # bytes of a request
MOST_WAITING = 64  # connections that have not sent their request
NAMES = ("127.0.0.1", "localhost", "[::1]")
HTTP_PORT = 80
INDEX = "index.html"
TYPES = {
    ".avif": "image/avif",
    ".css": "text/css; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
    ".gif": "image/gif",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/vnd.microsoft.icon",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".map": "application/json",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".webp": "image/webp",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
    ".xml": "application/xml",
}

Request = socket.socket | tuple[bytes, socket.socket]  # the latter where datagrams are served


class Server(ThreadingHTTPServer):
    """Serves ``site`` at 127.0.0.1; connections that send nothing make way for later ones."""

    request_queue_size = 128

    def __init__(self, site: Path, port: int) -> None:
        self.site = site
        self._waiting: dict[socket.socket, None] = {}
        self._lock = threading.Lock()
        super().__init__(("127.0.0.1", port), Handler)

    @property
    def hosts(self) -> frozenset[str]:
        """What a Host header may hold: names of this machine, with the port."""
        port = int(self.server_address[1])
        named = {f"{name}:{port}" for name in NAMES}
        return frozenset(named | set(NAMES) if port == HTTP_PORT else named)

    def process_request(self, request: Request, client_address: object) -> None:
        """Answer in a thread of its own; the longest waiting connection is closed if need be."""
        with self._lock:
            self._waiting[cast(socket.socket, request)] = None
            oldest = next(iter(self._waiting)) if len(self._waiting) > MOST_WAITING else None
            if oldest is not None:
                del self._waiting[oldest]
                _close(oldest)
        super().process_request(request, client_address)

    def arrived(self, request: socket.socket) -> None:
        """The whole request of a connection is there, or will not come."""
        with self._lock:
            self._waiting.pop(request, None)

    def handle_error(self, request: Request, client_address: object) -> None:
        """Say nothing of clients that went away; a bug is told."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


class Handler(BaseHTTPRequestHandler):
    """One request of a connection, then its end."""

    server: Server
    server_version, sys_version = "filterbook", ""
    timeout = ANSWER_SECONDS

    def handle(self) -> None:
        """Read the whole head of a request in bounded time and size, then answer it."""
        try:
            head = self._head()
        finally:
            self.server.arrived(self.connection)
        if not head:
            return
        self.connection.settimeout(ANSWER_SECONDS)
        self.rfile = BytesIO(head)
        if len(head) > MOST_HEAD and b"\n" in head[:MOST_HEAD]:
            self.requestline = self.command = ""
            self.request_version = self.protocol_version
            self.send_error(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
            return
        super().handle()

    def do_GET(self) -> None:
        """A file of the site."""
        self._answer(with_content=True)

    def do_HEAD(self) -> None:
        """What GET answers, without the content."""
        self._answer(with_content=False)

    def do_POST(self) -> None:
        """Refuse what would change something."""
        self.send_response(HTTPStatus.METHOD_NOT_ALLOWED)
        self.send_header("Allow", "GET, HEAD")
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_PUT = do_DELETE = do_PATCH = do_OPTIONS = do_TRACE = do_CONNECT = do_POST  # noqa: N815

    def end_headers(self) -> None:
        """Other sites in the same browser may not embed the report."""
        self.send_header("Cross-Origin-Resource-Policy", "same-origin")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def log_message(self, *_arguments: object) -> None:
        """Requests are nobody's business."""

    def _head(self) -> bytes:
        """The request's head; nothing where it does not come in time."""
        deadline, head = time.monotonic() + REQUEST_SECONDS, b""
        while len(head) <= MOST_HEAD and not head.endswith((b"\r\n\r\n", b"\n\n")):
            left = deadline - time.monotonic()
            if left <= 0:
                return b""
            self.connection.settimeout(left)
            try:
                piece = self.connection.recv(MOST_HEAD)
            except OSError:
                return b""
            if not piece:
                return b""
            head += piece
            end = head.find(b"\r\n\r\n")
            if end >= 0:  # what follows is a body, which no request here has
                head = head[: end + 4]
        return head

    def _answer(self, *, with_content: bool) -> None:
        try:
            check_host(self.headers, self.server.hosts)
            parts, is_folder = parts_of(self.path, self.server.hosts)
        except RequestError as refusal:
            self.send_error(refusal.status)
            return
        file = opened(self.server.site, [*parts, INDEX] if is_folder else parts)
        if file is None:
            self._redirect_or_refuse(parts, is_folder=is_folder)
            return
        with file:
            name = INDEX if is_folder else parts[-1]
            self.send_response(HTTPStatus.OK)
            suffix = PurePosixPath(name).suffix.lower()
            self.send_header("Content-Type", TYPES.get(suffix, "application/octet-stream"))
            self.send_header("Content-Length", str(os.fstat(file.fileno()).st_size))
            self.end_headers()
            if with_content:
                shutil.copyfileobj(file, self.wfile)

    def _redirect_or_refuse(self, parts: list[str], *, is_folder: bool) -> None:
        """A folder's name without its slash leads to its page, as links inside it count from it."""
        index = None if is_folder else opened(self.server.site, [*parts, INDEX])
        if index is None:
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        index.close()
        self.send_response(HTTPStatus.MOVED_PERMANENTLY)
        self.send_header("Location", f"/{quote('/'.join(parts))}/")
        self.send_header("Content-Length", "0")
        self.end_headers()


def _close(connection: socket.socket) -> None:
    with suppress(OSError):  # the client was faster
        connection.shutdown(socket.SHUT_RDWR)
