"""The one public image that is here without a registry: a page that says that it runs."""

from __future__ import annotations

import sys
from typing import Final

QUICKSTART: Final = "mcr.microsoft.com/k8se/quickstart:latest"
DIGEST: Final = "sha256:" + "0" * 64
_PAGE: Final = "<!DOCTYPE html><title>Azure Container Apps</title><p>Your app is running.</p>"
_PROGRAM: Final = f"""\
import http.server, os, signal, sys
class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = {_PAGE!r}.encode()
        self.send_response(200)
        self.send_header("content-type", "text/html; charset=utf-8")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *ignored):
        pass
signal.signal(signal.SIGTERM, lambda *ignored: sys.exit(0))
server = http.server.ThreadingHTTPServer((os.environ["HOST"], int(os.environ["PORT"])), Page)
print("Listening on :80...", flush=True)
server.serve_forever()
"""
COMMAND: Final = (sys.executable, "-I", "-c", _PROGRAM)
PORT: Final = 80
