"""Servers of HTTP on this machine."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread


class Handler(BaseHTTPRequestHandler):
    """Answers requests, and logs none."""

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def serving(handler: type[Handler]) -> Iterator[ThreadingHTTPServer]:
    """A server on a free port of 127.0.0.1, stopped at the end."""
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        # How often it looks whether it shall stop, in seconds: each test waits for that.
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()
