"""通道: services above, as the exchange asks any service; listens on this machine only.

The exchange checks what comes back and writes the receipts; here a call is only passed on.
"""

from __future__ import annotations

import contextlib
import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

from django.conf import settings

from yiwang.foundation.upper import drivers
from yiwang.foundation.upper.definitions import UpperAway

_ADDRESS: Final = re.compile(r"/([0-9A-Za-z_./-]{2,120})")
_MOST: Final = 1_048_576


def serve(stopping: threading.Event) -> None:
    """Answer until told to stop."""
    with listening(settings.UPPER_PORT):
        stopping.wait()


@contextlib.contextmanager
def listening(port: int) -> Iterator[int]:
    """The gateway, on this port."""
    server = ThreadingHTTPServer(("127.0.0.1", port), _Passing)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, name="upper", daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Passing(BaseHTTPRequestHandler):
    """One call."""

    protocol_version = "HTTP/1.1"
    timeout = 60

    def do_POST(self) -> None:
        """Pass it on; silence above is 503, so that the caller hears “nothing is known”."""
        found = _ADDRESS.fullmatch(self.path)
        length = self.headers.get("Content-Length") or "0"
        if found is None or not length.isdecimal() or int(length) > _MOST:
            self.send_error(400)
            return
        try:
            parameters = json.loads(self.rfile.read(int(length)) or b"{}")
            message = self.headers.get("X-Exchange-Message", "")
            answer = drivers.get_driver().call(found[1], parameters, message=message)
            self._say(json.dumps(answer, ensure_ascii=False).encode())
        except (UpperAway, ValueError, TypeError):
            self.send_error(503)

    def _say(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: receipts say who asked."""
