"""A proxy that tunnels to one place, whatever it is asked for: ``CONNECT`` and nothing else."""

from __future__ import annotations

import contextlib
import socket
import socketserver
import threading
from typing import Self


class Tunnel:
    """Listens on ``url`` within the block.

    Attributes:
        asked: The ``HOST:PORT`` of each request, in their order.
    """

    def __init__(self, host: str, port: int) -> None:
        self.asked: list[str] = []
        tunnel = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                method, target, _ = self.rfile.readline().split()
                while self.rfile.readline().strip():
                    pass
                assert method == b"CONNECT"
                tunnel.asked.append(target.decode())
                with socket.create_connection((host, port)) as there:
                    self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
                    back = threading.Thread(target=_pass_on, args=(there, self.connection))
                    back.start()
                    _pass_on(self.connection, there)
                    back.join()

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while piece := source.recv(65536):
            target.sendall(piece)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)
