"""The finished site over http, on this machine alone."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from generator.errors import MachineError, ReportError


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_arguments: object) -> None:
        """Requests are nobody's business."""


def serve(site: Path, port: int, *, say: Callable[[str], None]) -> None:
    """Serve ``site`` at 127.0.0.1 until Ctrl-C; port 0 takes a free one.

    Raises
    ------
    ReportError
        If there is no site yet.
    MachineError
        If the port is taken.
    """
    if not (site / "index.html").is_file():
        raise ReportError(f"there is no site in {site.name}/ yet", "run `make site` first")
    try:
        server = ThreadingHTTPServer(("127.0.0.1", port), partial(_Quiet, directory=str(site)))
    except OSError as reason:
        raise MachineError(
            f"port {port} cannot be used: {reason.strerror}", "choose another with --port"
        ) from None
    with server:
        say(f"http://127.0.0.1:{server.server_address[1]}/ until Ctrl-C")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            say("stopped")
