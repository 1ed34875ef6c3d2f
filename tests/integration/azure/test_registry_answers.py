"""A registry that says more than anybody asked for is not listened to for ever."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest
import trustme

from funcyard.azure.cloud import local
from funcyard.azure.registries import manifest_of
from funcyard.oci.reference import Reference

if TYPE_CHECKING:
    from azure.core.credentials_async import AsyncTokenCredential

_HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n"
_PART = b" " * 1024 * 1024
_ENOUGH = 64


@pytest.fixture
def talking(tmp_path: Path) -> Iterator[tuple[str, list[bytes]]]:
    """A registry that answers by 64 MiB of nothing; what it could send until somebody hung up."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    sent: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            try:
                with context.wrap_socket(connection, server_side=True) as wrapped:
                    wrapped.recv(4096)
                    wrapped.sendall(_HEAD)
                    for _ in range(_ENOUGH):
                        wrapped.sendall(_PART)
                        sent.append(_PART)
            except OSError:
                return

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"localhost:{server.getsockname()[1]}", sent
        thread.join()


async def test_a_manifest_without_end_is_none(
    talking: tuple[str, list[bytes]], tmp_path: Path
) -> None:
    server, sent = talking
    nobody = cast("AsyncTokenCredential", None)  # it is not asked for
    cloud = local(f"https://{server}", tmp_path / "ca.pem")

    told = await manifest_of(Reference(f"{server}/app", "v1"), nobody, cloud, patience=60)

    assert told.failure == f"{server} answers with something that is no manifest"
    assert len(sent) < _ENOUGH
